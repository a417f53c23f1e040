# Tells Prometheus which system a host runs, by way of the node exporter.
#
# A timer writes `cistern_system_*' into a directory that the exporter reads. Nothing else is set.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;

  cfg = config.cistern.monitoring.systemMetrics;

  flag = "--collector.textfile.directory";
  named = lib.filter (lib.hasPrefix flag) config.services.prometheus.exporters.node.extraFlags;
in
{
  options.cistern.monitoring.systemMetrics = {
    enable = mkOption {
      type = types.bool;
      default = false;
      description = ''
        Whether the node exporter tells which system runs, whether it is the one that starts next, and whether the
        host has to be restarted for its kernel.
      '';
    };
    directory = mkOption {
      type = types.strMatching "/[a-zA-Z0-9/._-]+";
      default = "/run/cistern-metrics";
      example = "/var/lib/node-exporter";
      description = ''
        The directory that the node exporter reads text files from. Other programs may put theirs there as well.
      '';
    };
    interval = mkOption {
      type = types.strMatching "[1-9][0-9]*(s|min|h)";
      default = "1min";
      description = "How often the file is written.";
    };
  };

  config = lib.mkIf cfg.enable {
    assertions = [
      {
        assertion = builtins.length named == 1;
        message = ''
          services.prometheus.exporters.node.extraFlags: ${flag} stands there a second time, and the exporter takes one.
          Remove it, and name the directory in cistern.monitoring.systemMetrics.directory.'';
      }
    ];

    services.prometheus.exporters.node.extraFlags = [ "${flag}=${cfg.directory}" ];

    systemd.tmpfiles.settings.cistern-metrics.${cfg.directory}.d = {
      mode = "0755";
      user = "root";
      group = "root";
    };

    systemd.services.cistern-system-metrics = {
      description = "Metrics of the running system";
      path = [ pkgs.coreutils ];
      serviceConfig = {
        Type = "oneshot";
        ExecStart = "${pkgs.runtimeShell} ${./system-metrics.sh} ${cfg.directory}";
        UMask = "0022";
        ReadWritePaths = [ cfg.directory ];
        # Root without its rights: it reads links, and owns the directory.
        CapabilityBoundingSet = [ "" ];
        DevicePolicy = "closed";
        IPAddressDeny = "any";
        LockPersonality = true;
        MemoryDenyWriteExecute = true;
        NoNewPrivileges = true;
        PrivateDevices = true;
        PrivateNetwork = true;
        PrivateTmp = true;
        ProcSubset = "pid";
        ProtectClock = true;
        ProtectControlGroups = true;
        ProtectHome = true;
        ProtectHostname = true;
        ProtectKernelLogs = true;
        ProtectKernelModules = true;
        ProtectKernelTunables = true;
        ProtectProc = "invisible";
        ProtectSystem = "strict";
        RestrictAddressFamilies = "none";
        RestrictNamespaces = true;
        RestrictRealtime = true;
        RestrictSUIDSGID = true;
        SystemCallArchitectures = "native";
        SystemCallFilter = [
          "@system-service"
          "~@privileged"
          "~@resources"
        ];
      };
    };

    systemd.timers.cistern-system-metrics = {
      description = "Metrics of the running system";
      wantedBy = [ "timers.target" ];
      timerConfig = {
        OnActiveSec = "0s";
        OnUnitInactiveSec = cfg.interval;
        AccuracySec = "5s";
      };
    };
  };
}
