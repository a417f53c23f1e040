# Moves an address from a host that fails to one that works, and the units that belong to it.
#
# keepalived moves the address, by VRRP between the hosts that are named. Units that are named here run only while their host
# has the address. What moves by a lease is declared here as well, and lease.nix moves it.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;

  cfg = config.cistern.failover;
  inherit (config.cistern.health) checks scripts;
  script = import ./script.nix { inherit lib pkgs; };

  vrrp = 112;
  account = "keepalived_script";
  directory = "/run/cistern-failover";

  lease = types.submodule {
    options = {
      endpoints = mkOption {
        type = types.nonEmptyListOf types.str;
        example = [ "https://192.168.1.50:2379" ];
        description = "Where the members of etcd answer clients.";
      };
      authority = mkOption {
        type = types.str;
        example = "/run/agenix/etcd-ca";
        description = "The file that certificates of etcd are held against.";
      };
      certificate = mkOption {
        type = types.str;
        example = "/run/agenix/etcd-certificate";
        description = "The file with this host's key and certificate.";
      };
      ttl = mkOption {
        type = types.ints.between 3 300;
        default = 20;
        description = ''
          For how many seconds etcd keeps the lease of a host that is gone. A host that does not reach etcd for a third of this
          stops the units.
        '';
      };
      asks = mkOption {
        type = types.bool;
        default = true;
        description = "Whether this host asks for the lease; the units do not run here otherwise.";
      };
    };
  };

  failover = types.submodule {
    options = {
      check = mkOption {
        type = types.nullOr types.str;
        default = null;
        example = "jellyfin";
        description = ''
          The entry of `cistern.health.checks` that says whether the service works here. Under a lease, it works while its units
          run where this is null.
        '';
      };
      address = mkOption {
        type = types.nullOr (types.strMatching "[0-9a-fA-F.:]+/[0-9]+");
        default = null;
        example = "192.168.1.20/24";
        description = "The address that moves.";
      };
      interface = mkOption {
        type = types.nullOr types.str;
        default = null;
        example = "enp3s0";
        description = "The interface that it is put on.";
      };
      routerId = mkOption {
        type = types.nullOr (types.ints.between 1 255);
        default = null;
        example = 20;
        description = "The number by which VRRP knows it; unique on its network.";
      };
      source = mkOption {
        type = types.nullOr types.str;
        default = null;
        example = "192.168.1.50";
        description = "The host's own address.";
      };
      peers = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [ "192.168.1.51" ];
        description = "The addresses of the other hosts.";
      };
      priority = mkOption {
        type = types.ints.between 1 254;
        default = 100;
        description = "Who has it of those that work: the highest.";
      };
      preempt = mkOption {
        type = types.bool;
        default = false;
        description = "Whether it goes back to a host of higher priority that works again.";
      };
      lease = mkOption {
        type = types.nullOr lease;
        default = null;
        description = "The lease that moves in place of an address, and how it is asked for.";
      };
      units = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [ "jellyfin" ];
        description = ''
          The systemd services that run only where the address or the lease is, without their suffix. They are not started at boot.
        '';
      };
    };
  };

  moving = lib.filterAttrs (_: one: one.units != [ ]) cfg;
  addressed = lib.filterAttrs (_: one: one.address != null) cfg;

  service = unit: "${unit}.service";
  target = name: "cistern-failover-${name}.target";

  # bare :: address with a length -> address
  bare = address: builtins.head (lib.splitString "/" address);

  # tool :: name -> action -> [ word ] -> file
  tool =
    name: action: words:
    script "cistern-failover-${action}-${name}" (
      [
        "bash"
        "${./failover.sh}"
        action
        name
      ]
      ++ words
    );

  settle =
    name: one:
    tool name "settle" [
      (bare one.address)
      (target name)
    ];

  # asked :: name -> failover -> file, what says whether this host may have the address
  asked =
    name: one:
    if one.units == [ ] then
      scripts.${one.check}
    else
      tool name "fit" [
        (toString checks.${one.check}.startPeriod)
        "${scripts.${one.check}}"
      ];

  instance = name: one: {
    inherit (one) interface priority;
    # The first to be elected has it; who was meant to have it says the priority.
    state = "BACKUP";
    virtualRouterId = one.routerId;
    noPreempt = !one.preempt;
    unicastSrcIp = one.source;
    unicastPeers = one.peers;
    virtualIps = [ { addr = one.address; } ];
    trackScripts = [ name ];
    extraConfig = lib.optionalString (one.units != [ ]) ''
      notify "${settle name one}" root root
    '';
  };

  # Two failures in a row are told after two seconds, and the next host has the address a second later.
  tracked = name: one: {
    script = "${asked name one}";
    interval = 1;
    timeout = checks.${one.check}.timeout + 2;
    fall = 2;
    rise = 2;
    user = account;
    group = account;
  };

  held = name: {
    # Not at boot, but where the address is.
    wantedBy = lib.mkForce [ ];
    partOf = [ (target name) ];
  };

  leaving = lib.mapAttrsToList (
    name: one:
    "+${
      tool name "leave" [
        one.address
        one.interface
        (target name)
      ]
    }"
  ) (lib.filterAttrs (name: _: moving ? ${name}) addressed);
in
{
  options.cistern.failover = mkOption {
    type = types.attrsOf failover;
    default = { };
    example = {
      home = {
        check = "traefik";
        address = "192.168.1.20/24";
        interface = "enp3s0";
        routerId = 20;
        source = "192.168.1.50";
        peers = [ "192.168.1.51" ];
        priority = 250;
      };
    };
    description = "What another host takes over when this one fails, and the other way round.";
  };

  config = lib.mkIf (cfg != { }) {
    assertions = lib.mapAttrsToList (name: one: {
      assertion = if one.check == null then one.lease != null else checks ? ${one.check};
      message =
        if one.check == null then
          "cistern.failover.${name}.check: an address needs one."
        else
          "cistern.failover.${name}.check: there is no cistern.health.checks.${one.check}.";
    }) cfg;

    services.keepalived = lib.mkIf (addressed != { }) {
      enable = true;
      enableScriptSecurity = true;
      # Nobody but the peers has a say. VRRP's own password would travel in the clear, and proves no more than that.
      extraGlobalDefs = "vrrp_check_unicast_src";
      vrrpScripts = lib.mapAttrs tracked addressed;
      vrrpInstances = lib.mapAttrs instance addressed;
    };

    cistern.firewall.allow = map (one: {
      from = one.peers;
      protocols = [ vrrp ];
    }) (builtins.attrValues (lib.filterAttrs (_: one: one.peers != [ ]) addressed));

    users = lib.mkIf (addressed != { }) {
      users.${account} = {
        isSystemUser = true;
        group = account;
        description = "Checks of keepalived";
      };
      groups.${account} = { };
    };

    systemd.tmpfiles.settings.cistern-failover = lib.mkIf (leaving != [ ]) {
      ${directory}.d = {
        mode = "0755";
        user = "root";
        group = "root";
      };
      "${directory}/failed".d = {
        mode = "0755";
        user = account;
        group = account;
      };
    };

    systemd.targets = lib.mapAttrs' (
      name: one:
      lib.nameValuePair "cistern-failover-${name}" {
        description = "What runs where the address or lease ${name} is";
        wants = map service one.units;
      }
    ) moving;

    systemd.services = lib.mkMerge (
      lib.concatLists (
        lib.mapAttrsToList (name: one: map (unit: { ${unit} = held name; }) one.units) moving
      )
      ++ lib.optional (addressed != { }) {
        # nixpkgs ends the first process only. When that one was killed, the one that has the addresses outlives it by a
        # second, and the next keepalived takes itself for a second one and goes: nobody would notice for a minute and a half.
        keepalived.serviceConfig.KillMode = lib.mkForce "control-group";
      }
      ++ lib.optional (leaving != [ ]) { keepalived.serviceConfig.ExecStopPost = leaving; }
    );
  };
}
