# services.haproxy and services.traefik.
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
    ;

  haproxy = config.services.haproxy;
  traefik = config.services.traefik;
in
{
  options.services = {
    haproxy = {
      config = maybe types.lines;
      enable = flag;
      group = str "haproxy";
      package = declare.package pkgs "haproxy";
      user = str "haproxy";
    };
    traefik = {
      dataDir = declare.path "/var/lib/traefik";
      dynamicConfigFile = maybe types.path;
      dynamicConfigOptions = opt (pkgs.formats.toml { }).type { };
      enable = flag;
      environmentFiles = declare.list types.path;
      group = str "traefik";
      package = declare.package pkgs "traefik";
      staticConfigFile = maybe types.path;
      staticConfigOptions = opt (pkgs.formats.toml { }).type { entryPoints.http.address = ":80"; };
    };
  };

  config = lib.mkMerge [
    (lib.mkIf haproxy.enable {
      assertions = [
        {
          assertion = haproxy.config != null;
          message = "option `services.haproxy.config' is not set";
        }
      ];
      environment.etc."haproxy.cfg".text = haproxy.config;
      systemd.services.haproxy.wantedBy = [ "multi-user.target" ];
      users.groups.haproxy = { };
      users.users.haproxy = {
        group = haproxy.group;
        isSystemUser = true;
      };
    })
    (lib.mkIf traefik.enable {
      systemd.services.traefik.wantedBy = [ "multi-user.target" ];
      users.groups.traefik = { };
      users.users.traefik = {
        group = "traefik";
        home = traefik.dataDir;
        isSystemUser = true;
      };
    })
  ];
}
