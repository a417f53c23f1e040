# nix.*: the daemon's settings, garbage collection.
{ lib, pkgs, ... }:
let
  inherit (lib) types;
  declare = import ../declare.nix { inherit lib; };
  inherit (declare)
    bool
    flag
    list
    opt
    str
    strs
    ;

  atom = types.nullOr (
    types.oneOf [
      types.bool
      types.int
      types.float
      types.str
      types.path
      types.package
    ]
  );
in
{
  options.nix = {
    buildMachines = list types.attrs;
    channel.enable = bool true;
    checkConfig = bool true;
    daemonCPUSchedPolicy = str "other";
    distributedBuilds = flag;
    enable = bool true;
    extraOptions = declare.lines;
    gc = {
      automatic = flag;
      dates = opt (types.either types.singleLineStr (types.listOf types.str)) [ "03:15" ];
      options = str "";
      persistent = bool true;
      randomizedDelaySec = str "0";
    };
    nixPath = strs;
    optimise = {
      automatic = flag;
      dates = opt (types.listOf types.str) [ "03:45" ];
    };
    package = declare.package pkgs "nix";
    registry = declare.set types.attrs;
    settings = opt (declare.free (types.either atom (types.listOf atom)) {
      allowed-users = opt (types.listOf types.str) [ "*" ];
      auto-optimise-store = flag;
      cores = opt types.int 0;
      extra-sandbox-paths = strs;
      max-jobs = opt (types.either types.int (types.enum [ "auto" ])) "auto";
      require-sigs = bool true;
      sandbox = opt (types.either types.bool (types.enum [ "relaxed" ])) true;
      substituters = strs;
      system-features = strs;
      trusted-public-keys = strs;
      trusted-substituters = strs;
      trusted-users = strs;
    }) { };
    sshServe = {
      enable = flag;
      keys = strs;
    };
  };

  config.nix.settings = {
    substituters = lib.mkAfter [ "https://cache.nixos.org/" ];
    trusted-public-keys = [ "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=" ];
    trusted-users = [ "root" ];
  };
}
