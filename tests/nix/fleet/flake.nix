# A fleet as `cistern generate' would leave it, small and written by hand, and the cases of mkFleet and of the
# stand-in for nixpkgs (cases.nix). From the repository's root, with T as prebuilt/flake.nix says (for this
# fleet any program will do as T/cistern, since its generated/ was not generated: `printf '#!/bin/sh\n'`):
#
#     o="--no-write-lock-file --override-input nixpkgs path:$PWD/tests/nixpkgs
#        --override-input agenix path:$PWD/tests/nixpkgs/agenix
#        --override-input deploy-rs path:$PWD/tests/nixpkgs/deploy-rs --override-input cistern path:$T"
#     f=path:$PWD/tests/nix
#
#     nix flake check "$f?dir=fleet" $o --no-build         # nothing is built, nothing refused
#     nix flake check "$f?dir=fleet" $o                    # builds the two checks, no host
#     nix build "$f?dir=fleet#deploy.nodes.eden.profiles.system.path" $o --no-link
#                                                          # a profile, with nixpkgs' program
#     nix eval --json "$f?dir=fleet#expectations" $o       # { CASE = { value } or { error = [ words ] }; }
#     nix eval --json "$f?dir=fleet#cases.CASE" $o         # prints that value, or fails and says those words
{
  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
    deploy-rs.url = "github:serokell/deploy-rs";
    deploy-rs.inputs.nixpkgs.follows = "nixpkgs";
    agenix.url = "github:ryantm/agenix";
    agenix.inputs.nixpkgs.follows = "nixpkgs";
    cistern.url = "git+file:../../..";
    cistern.inputs.nixpkgs.follows = "nixpkgs";
  };

  outputs =
    inputs:
    let
      fleet = inputs.cistern.lib.mkFleet {
        inherit inputs;
        root = ./.;
      };
      listed = import ../cases.nix { inherit inputs; };
    in
    fleet
    // {
      nixosConfigurations = fleet.nixosConfigurations // {
        nas = import ./nas.nix { inherit inputs; };
      };

      cases = builtins.mapAttrs (_: case: case.value) listed;
      expectations = builtins.mapAttrs (_: case: case.expect) listed;
    };
}
