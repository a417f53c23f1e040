# The cases as one derivation, for Cistern's own `nix flake check'. Whether an error says the right words is
# for the tests that start nix; here it must only be one.
#
# check :: { nixpkgs, pkgs } -> derivation
{ nixpkgs, pkgs }:
let
  inherit (pkgs) lib;

  inputs = {
    inherit nixpkgs;
    agenix = (import ../nixpkgs/agenix/flake.nix).outputs { };
    cistern.lib.mkFleet = import ../../nix/mk-fleet.nix;
    deploy-rs = (import ../nixpkgs/deploy-rs/flake.nix).outputs { };
    self.nixosConfigurations.nas = import ./fleet/nas.nix { inherit inputs; };
  };

  wrong = lib.filterAttrs (
    _: case:
    let
      found = builtins.tryEval (builtins.deepSeq case.value case.value);
    in
    if case.expect ? error then found.success else !found.success || found.value != case.expect.value
  ) (import ./cases.nix { inherit inputs; });
in
if wrong == { } then
  pkgs.runCommand "mk-fleet" { } ''touch "$out"''
else
  throw "tests/nix/cases.nix: not as expected: ${lib.concatStringsSep ", " (builtins.attrNames wrong)}"
