# The fleet as a flake. fleet.yaml says what there is, `cistern generate` writes generated/, this joins the two.
{
  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
    deploy-rs.url = "github:serokell/deploy-rs";
    deploy-rs.inputs.nixpkgs.follows = "nixpkgs";
    agenix.url = "github:ryantm/agenix";
    agenix.inputs.nixpkgs.follows = "nixpkgs";
    cistern.url = "path:../..";
    cistern.inputs.nixpkgs.follows = "nixpkgs";
  };

  outputs =
    inputs:
    inputs.cistern.lib.mkFleet {
      inherit inputs;
      root = ./.;
    };
}
