# The *arr services. Prowlarr has a dynamic user, hence neither `user` nor `group`; Bazarr has its own way of
# naming its port.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) types;
  declare = import ../../declare.nix { inherit lib; };
  account = import ../../account.nix { inherit lib; };
  inherit (declare)
    flag
    opt
    port
    str
    ;

  ini = (pkgs.formats.ini { }).type;

  # servarr :: name -> port -> options
  servarr = name: number: {
    enable = flag;
    environmentFiles = declare.list types.path;
    openFirewall = flag;
    package = declare.package pkgs name;
    settings = opt (types.submodule {
      freeformType = ini;
      options = {
        log.analyticsEnabled = flag;
        server.port = port number;
        update = {
          automatically = flag;
          mechanism = opt (types.nullOr (
            types.enum [
              "builtIn"
              "external"
              "script"
            ]
          )) "external";
        };
      };
    }) { };
  };

  withUser =
    name: dataDir: options:
    options
    // {
      dataDir = str dataDir;
      group = str name;
      user = str name;
    };

  cfg = config.services;

  # Plain values of nixpkgs' units that others may want to change.
  own = {
    prowlarr.DynamicUser = true;
    radarr.UMask = "0022";
    sonarr.UMask = "0022";
  };

  all = {
    bazarr = cfg.bazarr.listenPort;
    prowlarr = cfg.prowlarr.settings.server.port;
    radarr = cfg.radarr.settings.server.port;
    sonarr = cfg.sonarr.settings.server.port;
  };
in
{
  options.services = {
    bazarr = withUser "bazarr" "/var/lib/bazarr" {
      enable = flag;
      listenPort = port 6767;
      openFirewall = flag;
      package = declare.package pkgs "bazarr";
    };
    prowlarr = servarr "prowlarr" 9696 // {
      dataDir = str "/var/lib/prowlarr";
    };
    radarr = withUser "radarr" "/var/lib/radarr/.config/Radarr" (servarr "radarr" 7878);
    sonarr = withUser "sonarr" "/var/lib/sonarr/.config/NzbDrone" (servarr "sonarr" 8989);
  };

  config = lib.mkMerge (
    lib.mapAttrsToList (
      name: number:
      lib.mkIf cfg.${name}.enable {
        networking.firewall.allowedTCPPorts = lib.mkIf cfg.${name}.openFirewall [ number ];
        systemd.services.${name} = {
          after = [ "network.target" ];
          serviceConfig = own.${name} or { };
          wantedBy = [ "multi-user.target" ];
        };
        users = lib.mkIf (name != "prowlarr") (account cfg.${name} name);
      }
    ) all
  );
}
