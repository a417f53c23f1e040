# A small stand-in for nixpkgs, for the tests.
#
# nixpkgs comes from no package registry, so a machine that reaches nothing else cannot have it. What the
# tests need of it is its interface: `lib`, a module evaluator that merges, checks and refuses as the real one
# does, the options that generated hosts set, with their real names, types and defaults, and derivations that
# build with the host's own /bin/sh. None of nixpkgs' text is in here.
#
# It takes nixpkgs' place with `--override-input nixpkgs path:tests/nixpkgs`. `CISTERN_NIXPKGS=DIR` points the
# same tests at the real one: whatever passes here is meant to pass there, so an option that nixpkgs lacks
# must not be added.
{
  description = "The tests' stand-in for nixpkgs: lib, nixosSystem and a few packages";

  outputs =
    { self }:
    let
      lib = import ./lib;
    in
    {
      lib = lib // {
        nixosSystem = import ./nixos/eval.nix { inherit lib; };
      };

      legacyPackages = lib.genAttrs lib.systems.flakeExposed (
        system: import ./pkgs { inherit lib system; }
      );
    };
}
