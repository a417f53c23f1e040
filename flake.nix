# Cistern's outputs: the program, what the flakes of its users call, and what its developers use.
#
# nixpkgs is the only input. deploy-rs and agenix are inputs of the users' flakes, which mkFleet takes them from:
# so every fleet has the versions that it locks, and Cistern's lock file holds back nobody's.
{
  description = "A compiler for fleets of NixOS machines";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;

      # forSystems :: (packages -> a) -> { SYSTEM = a; }
      forSystems =
        f:
        lib.genAttrs [
          "aarch64-linux"
          "x86_64-linux"
        ] (system: f nixpkgs.legacyPackages.${system});

      fleet = {
        path = ./templates/fleet;
        description = "A fleet of one host, ready for `cistern generate'";
        welcomeText = ''
          Name where you took this template from as `cistern' in flake.nix (or `nix registry add cistern …'),
          edit fleet.yaml, then run `cistern generate --stage' and `nix flake check'.
          (`cistern init' does the first by itself.)
        '';
      };
    in
    {
      lib.mkFleet = import ./nix/mk-fleet.nix;

      nixosModules.default = ./modules;

      templates = {
        inherit fleet;
        default = fleet;
      };

      packages = forSystems (pkgs: rec {
        cistern = pkgs.callPackage ./nix/package.nix { };
        default = cistern;
      });

      checks = forSystems (pkgs: {
        inherit (self.packages.${pkgs.stdenv.hostPlatform.system}) cistern;
        mk-fleet = import ./tests/nix/check.nix { inherit nixpkgs pkgs; };
      });

      devShells = forSystems (pkgs: {
        default = pkgs.mkShell {
          packages = [
            pkgs.age
            pkgs.cargo
            pkgs.clippy
            pkgs.prometheus
            pkgs.rust-analyzer
            pkgs.rustc
            pkgs.rustfmt
            self.formatter.${pkgs.stdenv.hostPlatform.system}
          ];
        };
      });

      # The RFC 166 formatter goes by different names in different releases.
      formatter = forSystems (pkgs: pkgs.nixfmt-tree or pkgs.nixfmt-rfc-style or pkgs.nixfmt);
    };
}
