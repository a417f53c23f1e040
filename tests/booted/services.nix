# What the containers of the fleet run here: podman has no image to fetch, so each is a program that behaves as it is told.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (config.virtualisation.oci-containers) containers;

  # port :: container -> text, what it publishes
  port =
    container:
    lib.concatMapStrings (one: " ${builtins.head (lib.splitString ":" one)}") container.ports;

  keepalived = pkgs.writeText "keepalived.conf" (
    import ../failover/rendered.nix {
      inherit lib;
      cfg = config.services.keepalived;
    }
  );
in
{
  systemd.services = lib.mkMerge [
    (lib.mapAttrs' (
      name: container:
      lib.nameValuePair "podman-${name}" {
        serviceConfig.ExecStart = "/usr/bin/python3 /shared/service.py ${name}${port container}";
      }
    ) containers)
    (lib.mkIf (containers ? crash) {
      podman-crash.serviceConfig = {
        ExecStart = lib.mkForce "/usr/bin/sh -c 'echo crash 0 >>/shared/starts; exit 1'";
        # Ten times five seconds would be long to watch.
        RestartSec = lib.mkForce "100ms";
      };
    })
    (lib.mkIf config.services.keepalived.enable {
      # nixpkgs starts it a while after the boot; here a test does.
      keepalived.serviceConfig.ExecStart =
        let
          program = "${builtins.getEnv "CISTERN_LAB"}/bin/keepalived";
        in
        lib.mkForce "${program} --log-detail -f ${keepalived} -p /run/keepalived.pid";
    })
  ];

  cistern.health.waits = lib.mkIf (config.networking.hostName == "cow") {
    # Two minutes would be, too.
    never.seconds = lib.mkForce 6;
  };
}
