# services.loki and services.alloy.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) types;
  declare = import ../../declare.nix { inherit lib; };
  inherit (declare)
    flag
    maybe
    opt
    str
    strs
    ;

  alloy = config.services.alloy;
  loki = config.services.loki;
in
{
  options.services = {
    alloy = {
      configPath = declare.path "/etc/alloy";
      enable = flag;
      extraFlags = strs;
      package = declare.package pkgs "grafana-alloy";
    };
    loki = {
      configFile = maybe types.path;
      configuration = opt (pkgs.formats.json { }).type { };
      dataDir = declare.path "/var/lib/loki";
      enable = flag;
      extraFlags = strs;
      group = str "loki";
      package = declare.package pkgs "grafana-loki";
      user = str "loki";
    };
  };

  config = {
    assertions = lib.mkIf loki.enable [
      {
        assertion = (loki.configFile == null) != (loki.configuration == { });
        message = "exactly one of `services.loki.configFile' and `services.loki.configuration' is given";
      }
    ];
    systemd.services.alloy = lib.mkIf alloy.enable { wantedBy = [ "multi-user.target" ]; };
    systemd.services.loki = lib.mkIf loki.enable { wantedBy = [ "multi-user.target" ]; };
    users.groups = lib.mkIf loki.enable { ${loki.group} = { }; };
    users.users = lib.mkIf loki.enable {
      ${loki.user} = {
        inherit (loki) group;
        home = loki.dataDir;
        isSystemUser = true;
      };
    };
  };
}
