# What the hosts of the lease run here: etcd of the lab, and in the place of the container a program that leaves marks.
{
  config,
  lib,
  ...
}:
let
  inherit (config.networking) hostName;
  lab = builtins.getEnv "CISTERN_LAB_BIN";
  runs = name: (config.cistern.failover.${name}.lease or null) != null;
  path.environment.PATH = lab;
in
{
  # agenix brings it; the files are there already.
  options.age = lib.mkOption {
    type = lib.types.anything;
    default = { };
  };

  config = {
    systemd.tmpfiles.settings.agenix."/run/agenix"."L+" = {
      mode = "-";
      user = "-";
      group = "-";
      age = "-";
      argument = "/shared/secrets/${hostName}";
    };

    systemd.services = lib.mkMerge [
      (lib.mkIf config.services.etcd.enable {
        etcd = {
          serviceConfig = {
            ExecStart = "${lab}/etcd";
            # The lab may lie where only root looks.
            User = lib.mkForce "root";
            Restart = "always";
          };
        };
      })
      (lib.mkIf (runs "updater") {
        cistern-lease-updater = path;
        podman-updater.serviceConfig.ExecStart = "/usr/bin/python3 /shared/unit.py ${hostName}";
      })
      (lib.mkIf (runs "ddns") {
        cistern-lease-ddns = path;
        cloudflare-ddns.serviceConfig.ExecStart = "/usr/bin/sleep infinity";
      })
    ];

    # Whether it works is for the test to say.
    cistern.health.checks = lib.mkIf (runs "updater") {
      updater = {
        http = lib.mkForce null;
        exec = [
          "test"
          "!"
          "-e"
          "/shared/${hostName}.sick"
        ];
        startPeriod = lib.mkForce 1;
      };
    };
  };
}
