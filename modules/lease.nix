# Lets services run on the one host that has a lease, and moves them with it.
#
# etcd grants the lease to one host at a time. The times below keep two hosts from running a service at once, and lease.sh
# says why they do: whatever becomes of a host, its units are gone before etcd grants the lease to another one.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = lib.filterAttrs (_: one: one.lease != null) config.cistern.failover;
  asking = lib.filterAttrs (_: one: one.lease.asks) cfg;
  inherit (config.cistern.health) checks scripts;
  script = import ./script.nix { inherit lib pkgs; };

  account = "cistern-lease";
  directory = "/run/cistern-lease";

  # Of a lease of 20 s: units are killed 6 to 12 s after the beginning of the last renewal, and have 3 s for that.
  watchdog = one: one.lease.ttl * 300;
  patience = one: one.lease.ttl * 150;

  service = unit: "${unit}.service";
  target = name: "cistern-failover-${name}.target";
  keeper = name: "cistern-lease-${name}.service";

  # tool :: name -> action -> [ word ] -> file
  tool =
    name: action: words:
    script "cistern-lease-${action}-${name}" (
      [
        "bash"
        "${./lease.sh}"
        action
        name
      ]
      ++ map toString words
    );

  # grace :: failover -> seconds before the service is asked
  grace = one: if one.check == null then 30 else checks.${one.check}.startPeriod;

  # asked :: failover -> [ word ], what says whether the service works
  asked =
    one:
    if one.check == null then
      [
        "systemctl"
        "is-active"
        "--quiet"
      ]
      ++ map service one.units
    else
      [ scripts.${one.check} ];

  leave =
    name: one:
    tool name "leave" (
      [
        one.lease.ttl
        (patience one)
        (target name)
      ]
      ++ map service one.units
    );

  kept = name: one: {
    description = "Lease of ${name}";
    wantedBy = [ "multi-user.target" ];
    wants = [ "network-online.target" ];
    after = [ "network-online.target" ];
    path = [ pkgs.etcd ];
    environment = {
      ETCDCTL_ENDPOINTS = lib.concatStringsSep "," one.lease.endpoints;
      ETCDCTL_CACERT = one.lease.authority;
      ETCDCTL_CERT = one.lease.certificate;
      ETCDCTL_KEY = one.lease.certificate;
    };
    unitConfig.StartLimitIntervalSec = 0;
    serviceConfig = {
      # It is ready when it waits: a host without the lease is complete.
      Type = "notify";
      NotifyAccess = "all";
      RuntimeDirectory = "cistern-lease/${name}";
      RuntimeDirectoryPreserve = true;
      ExecStartPre = leave name one;
      ExecStart = tool name "hold" (
        [
          one.lease.ttl
          (watchdog one)
          (grace one)
          (if one.check == null then "root" else account)
          (target name)
        ]
        ++ asked one
      );
      ExecStop = tool name "withdraw" [ ];
      ExecStopPost = leave name one;
      WatchdogSec = "${toString (watchdog one)}ms";
      # Nothing of it has to end well, and every moment counts.
      KillSignal = "SIGKILL";
      WatchdogSignal = "SIGKILL";
      SuccessExitStatus = "SIGKILL";
      TimeoutStartSec = one.lease.ttl * 2;
      TimeoutStopSec = one.lease.ttl * 2;
      Restart = "always";
      RestartSec = 1;
    };
  };

  # held :: name -> failover -> what a unit says that runs under a lease
  held = name: one: {
    # Whoever wants it: without the lease it does not start.
    unitConfig.ConditionPathExists = [ "${directory}/${name}/held" ];
    bindsTo = lib.optional one.lease.asks (keeper name);
    after = lib.optional one.lease.asks (keeper name);
    serviceConfig.TimeoutStopSec = lib.mkForce "${toString (patience one)}ms";
  };

  # contained :: unit -> name of the container that it runs, or null
  contained =
    unit:
    let
      parts = builtins.match "(podman|docker)-(.*)" unit;
    in
    if parts == null then null else builtins.elemAt parts 1;

  eachUnit =
    settings:
    lib.concatLists (lib.mapAttrsToList (name: one: map (settings name one) one.units) cfg);
in
{
  config = lib.mkIf (cfg != { }) {
    assertions = lib.concatLists (
      lib.mapAttrsToList (name: one: [
        {
          assertion = one.address == null;
          message = "cistern.failover.${name}: either an address moves or a lease.";
        }
        {
          assertion = one.units != [ ];
          message = "cistern.failover.${name}.units: nothing is named that runs under the lease.";
        }
      ]) cfg
    );

    users = {
      users.${account} = {
        isSystemUser = true;
        group = account;
        description = "Checks of what runs under a lease";
      };
      groups.${account} = { };
    };

    systemd.services = lib.mkMerge (
      [ (lib.mapAttrs' (name: one: lib.nameValuePair "cistern-lease-${name}" (kept name one)) asking) ]
      ++ eachUnit (name: one: unit: { ${unit} = held name one; })
    );

    # podman and docker give a container ten seconds, and are themselves killed before these are over.
    virtualisation.oci-containers.containers = lib.mkMerge (
      eachUnit (
        _: _: unit:
        let
          container = contained unit;
        in
        lib.optionalAttrs (container != null) { ${container}.extraOptions = [ "--stop-timeout=1" ]; }
      )
    );
  };
}
