# services.prometheus.exporters: what all share, and what some add.
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
    bool
    flag
    maybe
    opt
    str
    strs
    ;

  exporter = name: port: {
    enable = flag;
    extraFlags = strs;
    firewallFilter = maybe types.str;
    firewallRules = maybe types.lines;
    group = str "${name}-exporter";
    listenAddress = str "0.0.0.0";
    openFirewall = flag;
    port = declare.port port;
    user = str "${name}-exporter";
  };

  exportarr = {
    port = 9708;
    more = {
      apiKeyFile = maybe types.path;
      environment = declare.set types.str;
      package = declare.package pkgs "exportarr";
      url = str "http://127.0.0.1";
    };
  };

  all = {
    blackbox = {
      port = 9115;
      more = {
        configFile = maybe types.path;
        enableConfigCheck = bool true;
      };
    };
    exportarr-bazarr = exportarr;
    exportarr-lidarr = exportarr;
    exportarr-prowlarr = exportarr;
    exportarr-radarr = exportarr;
    exportarr-readarr = exportarr;
    exportarr-sonarr = exportarr;
    nginx = {
      port = 9113;
      more = {
        constLabels = strs;
        scrapeUri = str "http://localhost/nginx_status";
        sslVerify = bool true;
        telemetryPath = str "/metrics";
      };
    };
    mysqld = {
      port = 9104;
      more = {
        configFile = maybe types.path;
        runAsLocalSuperUser = flag;
        telemetryPath = str "/metrics";
      };
    };
    node = {
      port = 9100;
      more = {
        disabledCollectors = strs;
        enabledCollectors = strs;
      };
    };
    postgres = {
      port = 9187;
      more = {
        dataSourceName = str "user=postgres database=postgres host=/run/postgresql sslmode=disable";
        environmentFile = maybe types.path;
        runAsLocalSuperUser = flag;
        telemetryPath = str "/metrics";
      };
    };
    process = {
      port = 9256;
      more.settings.process_names = declare.list types.anything;
    };
    redis = {
      port = 9121;
      more = { };
    };
    restic = {
      port = 9753;
      more = {
        environmentFile = maybe types.path;
        passwordFile = maybe types.path;
        refreshInterval = opt types.ints.unsigned 60;
        repository = maybe types.str;
        repositoryFile = maybe types.path;
      };
    };
    smartctl = {
      port = 9633;
      more = {
        devices = strs;
        maxInterval = str "60s";
      };
    };
    snmp = {
      port = 9116;
      more = {
        configuration = maybe types.attrs;
        configurationPath = maybe types.path;
        enableConfigCheck = bool true;
        environmentFile = maybe types.path;
        logFormat = opt (types.enum [
          "json"
          "logfmt"
        ]) "logfmt";
        logLevel = opt (types.enum [
          "debug"
          "error"
          "info"
          "warn"
        ]) "info";
      };
    };
    systemd = {
      port = 9558;
      more = { };
    };
    wireguard = {
      port = 9586;
      more = {
        interfaces = strs;
        latestHandshakeDelay = flag;
        singleSubnetPerField = flag;
        withRemoteIp = flag;
      };
    };
    zfs = {
      port = 9134;
      more = {
        pools = maybe (types.listOf types.str);
        telemetryPath = str "/metrics";
      };
    };
  };

  cfg = config.services.prometheus.exporters;
in
{
  options.services.prometheus.exporters = declare.group (
    builtins.mapAttrs (name: own: declare.group (exporter name own.port // own.more)) all
  );

  config = lib.mkMerge (
    [
      {
        assertions = [
          {
            assertion = !cfg.blackbox.enable || cfg.blackbox.configFile != null;
            message = "option `services.prometheus.exporters.blackbox.configFile' is not set";
          }
          {
            assertion =
              !cfg.snmp.enable || (cfg.snmp.configuration == null) != (cfg.snmp.configurationPath == null);
            message = "options `services.prometheus.exporters.snmp': exactly one of `configuration' and `configurationPath' must be set";
          }
        ];
      }
    ]
    ++ lib.mapAttrsToList (
      name: _:
      lib.mkIf cfg.${name}.enable {
        assertions = [
          {
            assertion = cfg.${name}.firewallFilter == null || cfg.${name}.openFirewall;
            message = "option `services.prometheus.exporters.${name}.firewallFilter' has no effect without `openFirewall'";
          }
        ];
        systemd.services."prometheus-${name}-exporter".wantedBy = [ "multi-user.target" ];
      }
    ) all
  );
}
