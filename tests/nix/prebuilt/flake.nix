# Cistern's flake with a program that is already built: what CI puts in the place of the real flake, since
# nothing can be compiled there. A test lays it out as one directory:
#
#     T=$(mktemp -d); cp -r nix modules tests/nix/prebuilt/flake.nix "$T"; cp target/debug/cistern "$T"
#     nix flake check FLEET --no-write-lock-file --override-input cistern "path:$T" …
{
  description = "Cistern, built beforehand";

  inputs.nixpkgs.url = "nixpkgs";

  outputs = _: {
    lib.mkFleet = import ./nix/mk-fleet.nix;
    nixosModules.default = ./modules;

    packages = builtins.mapAttrs (_: system: {
      cistern = derivation {
        name = "cistern";
        inherit system;
        builder = "/bin/sh";
        args = [
          "-euc"
          ''
            mkdir -p "$out/bin"
            cp "$program" "$out/bin/cistern"
            chmod 555 "$out/bin/cistern"
          ''
        ];
        PATH = "/usr/bin:/bin";
        program = ./cistern;
      };
    }) { x86_64-linux = "x86_64-linux"; };
  };
}
