# Stands for github:ryantm/agenix, which comes from no package registry: the options of its NixOS module, with
# their types and defaults, and its demand for an identity. It decrypts nothing.
{
  description = "The tests' stand-in for agenix";

  inputs.nixpkgs.url = "nixpkgs";

  outputs = _: {
    nixosModules = rec {
      age = ./module.nix;
      default = age;
    };
  };
}
