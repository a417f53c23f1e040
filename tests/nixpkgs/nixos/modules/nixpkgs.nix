# nixpkgs.*: the platform, and the packages that modules get as `pkgs`.
{ config, lib, ... }:
let
  inherit (lib) types;
  declare = import ../declare.nix { inherit lib; };
  cfg = config.nixpkgs;

  platform = types.either types.str types.attrs;
in
{
  options.nixpkgs = {
    buildPlatform = lib.mkOption {
      type = platform;
      default = cfg.hostPlatform;
      apply = lib.systems.elaborate;
    };
    config = declare.opt types.attrs { };
    hostPlatform = lib.mkOption {
      type = platform;
      default =
        if cfg.system == null then
          throw "option `nixpkgs.hostPlatform' is not set: for which platform is this system?"
        else
          cfg.system;
      apply = lib.systems.elaborate;
    };
    overlays = declare.list types.raw;
    pkgs = declare.maybe types.raw;
    system = declare.maybe types.str;
  };

  config._module.args.pkgs = lib.mkOverride 1500 (
    if cfg.pkgs != null then
      cfg.pkgs
    else
      import ../../pkgs {
        inherit (cfg) config overlays;
        inherit lib;
        inherit (cfg.hostPlatform) system;
      }
  );
}
