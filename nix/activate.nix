# Makes a NixOS configuration a profile that deploy-rs can activate.
#
# The profile is built for the target's system, and its program, which the target runs, comes from nixpkgs
# where that has it: deploy-rs' own build would be compiled by every user, for every system.
#
# activate :: { deploy-rs, lib, nixpkgs } -> nixpkgs of the host alone, or null -> NixOS configuration -> derivation
{
  deploy-rs,
  lib,
  nixpkgs,
}:
let
  # libFor :: nixpkgs -> system -> deploy-rs' lib
  libFor =
    nixpkgs: system:
    let
      base = nixpkgs.legacyPackages.${system};
      program = lib.optional (base ? deploy-rs) (
        _: previous: {
          deploy-rs = previous.deploy-rs // {
            inherit (base) deploy-rs;
          };
        }
      );
    in
    (base.appendOverlays ([ deploy-rs.overlays.default ] ++ program)).deploy-rs.lib;

  # Computed once a system for the hosts that share a nixpkgs.
  shared = lib.mapAttrs (system: _: libFor nixpkgs system) nixpkgs.legacyPackages;
in
ownNixpkgs: configuration:
let
  inherit (configuration.pkgs.stdenv.hostPlatform) system;
  target = if ownNixpkgs == null then shared.${system} else libFor ownNixpkgs system;
in
if deploy-rs == null then
  throw ''
    mkFleet: deploying needs the input `deploy-rs'. Add to flake.nix:
      inputs.deploy-rs.url = "github:serokell/deploy-rs";''
else
  target.activate.nixos configuration
