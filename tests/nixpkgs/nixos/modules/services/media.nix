# Jellyfin, Transmission and SABnzbd. Jellyfin's ports cannot be set.
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
    bool
    flag
    int
    list
    maybe
    opt
    path
    port
    req
    str
    ;
  cfg = config.services;

  transmission = cfg.transmission;
  sabnzbd = cfg.sabnzbd;

  # What SABnzbd's configuration file can hold.
  ini =
    types.oneOf [
      types.str
      types.int
      types.bool
      (types.listOf (
        types.oneOf [
          types.str
          types.int
          types.bool
        ]
      ))
      (types.attrsOf ini)
    ]
    // {
      description = "a value of sabnzbd.ini";
    };

  # named :: names in order -> type of their numbers
  named =
    names:
    types.coercedTo (types.enum names) (
      name: lib.findFirst (i: builtins.elemAt names i == name) 0 (lib.range 0 (builtins.length names - 1))
    ) (types.enum (lib.range 0 (builtins.length names - 1)));
in
{
  options.services = {
    jellyfin = {
      cacheDir = path "/var/cache/jellyfin";
      configDir = path "${cfg.jellyfin.dataDir}/config";
      dataDir = path "/var/lib/jellyfin";
      enable = flag;
      group = str "jellyfin";
      logDir = path "${cfg.jellyfin.dataDir}/log";
      openFirewall = flag;
      package = declare.package pkgs "jellyfin";
      user = str "jellyfin";
    };

    sabnzbd = {
      allowConfigWrite = bool (lib.versionOlder config.system.stateVersion "26.05");
      # Unless it is null, `settings` has no effect.
      configFile = opt (types.nullOr types.path) (
        if lib.versionOlder config.system.stateVersion "26.05" then "/var/lib/sabnzbd/sabnzbd.ini" else null
      );
      enable = flag;
      group = str "sabnzbd";
      openFirewall = flag;
      package = declare.package pkgs "sabnzbd";
      secretFiles = list types.path;
      settings = opt (types.submodule {
        freeformType = types.attrsOf ini;
        options = {
          misc = {
            bandwidth_max = str "";
            bandwidth_perc = int 0;
            cache_limit = str "";
            email_endjob = opt (named [
              "never"
              "always"
              "on error"
            ]) "never";
            email_from = str "";
            email_full = flag;
            email_rss = flag;
            email_server = str "";
            email_to = str "";
            enable_https = bool (sabnzbd.settings.misc.https_cert != null);
            host = str "127.0.0.1";
            html_login = bool true;
            https_cert = maybe types.path;
            https_key = maybe types.path;
            inet_exposure = opt (named [
              "none"
              "api (add nzbs)"
              "api (no config)"
              "api (full)"
              "api+web (auth needed)"
              "api+web (locally no auth)"
            ]) "none";
            port = port 8080;
          };
          servers = declare.set (
            types.submodule {
              freeformType = types.attrsOf ini;
              options = {
                connections = int 8;
                displayname = req types.str;
                enable = bool true;
                host = req types.str;
                name = req types.str;
                optional = flag;
                port = port 563;
                priority = int 0;
                required = flag;
                ssl = bool true;
              };
            }
          );
        };
      }) { };
      stateDir = str "sabnzbd";
      user = str "sabnzbd";
    };

    transmission = {
      credentialsFile = path "/dev/null";
      downloadDirPermissions = maybe types.str;
      enable = flag;
      extraFlags = declare.strs;
      group = str "transmission";
      home = path "/var/lib/transmission";
      openPeerPorts = flag;
      openRPCPort = flag;
      package = declare.package pkgs "transmission_4";
      performanceNetParameters = flag;
      settings = opt (types.submodule {
        freeformType = (pkgs.formats.json { }).type;
        options = {
          download-dir = path "${transmission.home}/Downloads";
          incomplete-dir = path "${transmission.home}/.incomplete";
          incomplete-dir-enabled = bool true;
          message-level = opt (types.ints.between 0 6) 2;
          peer-port = port 51413;
          peer-port-random-high = port 65535;
          peer-port-random-low = port 65535;
          peer-port-random-on-start = flag;
          rpc-bind-address = str "127.0.0.1";
          rpc-port = port 9091;
          script-torrent-done-enabled = flag;
          script-torrent-done-filename = maybe types.path;
          trash-original-torrent-files = flag;
          umask = opt (types.either types.int types.str) "022";
          utp-enabled = bool true;
          watch-dir = path "${transmission.home}/watchdir";
          watch-dir-enabled = flag;
        };
      }) { };
      user = str "transmission";
      webHome = maybe types.path;
    };
  };

  config = lib.mkMerge [
    (lib.mkIf cfg.jellyfin.enable {
      networking.firewall = lib.mkIf cfg.jellyfin.openFirewall {
        allowedTCPPorts = [
          8096
          8920
        ];
        allowedUDPPorts = [
          1900
          7359
        ];
      };
      systemd.services.jellyfin.wantedBy = [ "multi-user.target" ];
      users = account cfg.jellyfin "jellyfin";
    })
    (lib.mkIf sabnzbd.enable {
      networking.firewall.allowedTCPPorts = lib.mkIf sabnzbd.openFirewall [ sabnzbd.settings.misc.port ];
      systemd.services.sabnzbd.wantedBy = [ "multi-user.target" ];
      users = account sabnzbd "sabnzbd";
    })
    (lib.mkIf transmission.enable {
      networking.firewall = {
        allowedTCPPorts =
          lib.optional transmission.openPeerPorts transmission.settings.peer-port
          ++ lib.optional transmission.openRPCPort transmission.settings.rpc-port;
        allowedUDPPorts = lib.optional transmission.openPeerPorts transmission.settings.peer-port;
      };
      systemd.services.transmission = {
        serviceConfig.UMask = "0066";
        wantedBy = [ "multi-user.target" ];
      };
      users = account transmission "transmission";
    })
  ];
}
