# Asks services whether they work, restarts those that do not, and waits for those of other hosts.
#
# A check is asked by a timer only where it restarts something; failover asks it by itself, and Prometheus asks from
# elsewhere. A restart is that of `systemctl try-restart': what was stopped on purpose stays so.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;

  cfg = config.cistern.health;
  sandbox = import ./sandbox.nix;
  script = import ./script.nix { inherit lib pkgs; };

  # seconds :: int -> description -> option
  seconds =
    default: description:
    mkOption {
      type = types.ints.positive;
      inherit default description;
    };

  # maybe :: options -> description -> option
  maybe =
    options: description:
    mkOption {
      type = types.nullOr (types.submodule { inherit options; });
      default = null;
      inherit description;
    };

  address = mkOption {
    type = types.str;
    example = "192.168.1.50";
    description = "The address.";
  };

  port = mkOption {
    type = types.port;
    example = 8096;
    description = "The port.";
  };

  # ways :: { option }, of which exactly one is set
  ways = {
    http = maybe {
      url = mkOption {
        type = types.str;
        example = "http://192.168.1.50:8096/health";
        description = "The page.";
      };
      status = mkOption {
        type = types.listOf types.int;
        default = [ ];
        example = [
          200
          401
        ];
        description = "The answers that are right; any of 200 to 299 when there are none.";
      };
    } "A page that answers.";
    tcp = maybe { inherit address port; } "A port that takes connections.";
    tls = maybe { inherit address port; } "A port that speaks TLS.";
    dns = maybe {
      inherit address port;
      name = mkOption {
        type = types.str;
        example = "example.org";
        description = "The name that is asked for.";
      };
    } "A name server.";
    exec = mkOption {
      type = types.nullOr (types.nonEmptyListOf types.str);
      default = null;
      example = [
        "pg_isready"
        "--quiet"
      ];
      description = "A command that succeeds: a program and its arguments.";
    };
    timeout = seconds 5 "How long an answer may take, in seconds.";
  };

  check = types.submodule {
    options = ways // {
      interval = seconds 30 "How often it is asked, in seconds.";
      retries = seconds 3 "How many failures in a row count.";
      startPeriod = mkOption {
        type = types.ints.unsigned;
        default = 60;
        description = "How long after its start nothing is expected of the service, in seconds.";
      };
      restart = mkOption {
        type = types.bool;
        default = false;
        description = "Whether the units are restarted when the check fails.";
      };
      restarts = seconds 3 "How often within an hour; then the unit of the check fails.";
      units = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [ "jellyfin" ];
        description = "The systemd services that do the work, without their suffix.";
      };
    };
  };

  wait = types.submodule {
    options = {
      anyOf = mkOption {
        type = types.nonEmptyListOf (types.submodule { options = ways; });
        description = "What is asked; one right answer is enough.";
      };
      seconds = seconds 120 "How long it is waited for at most.";
      units = mkOption {
        type = types.listOf types.str;
        example = [ "shop" ];
        description = "The systemd services that wait, without their suffix.";
      };
    };
  };

  # manners :: check -> [ { name; words; } ], all that are set
  manners =
    check:
    lib.optional (check.http != null) {
      name = "http";
      words = [ check.http.url ] ++ map toString check.http.status;
    }
    ++ lib.optional (check.tcp != null) {
      name = "tcp";
      words = [
        check.tcp.address
        (toString check.tcp.port)
      ];
    }
    ++ lib.optional (check.tls != null) {
      name = "tls";
      words = [
        check.tls.address
        (toString check.tls.port)
      ];
    }
    ++ lib.optional (check.dns != null) {
      name = "dns";
      words = [
        check.dns.address
        (toString check.dns.port)
        check.dns.name
      ];
    }
    ++ lib.optional (check.exec != null) {
      name = "exec";
      words = check.exec;
    };

  # wordsOf :: check -> [ word ], the command that asks
  wordsOf =
    check:
    let
      manner = builtins.head (manners check);
    in
    [
      "bash"
      "${./health-check.sh}"
      manner.name
      (toString check.timeout)
    ]
    ++ manner.words;

  restarting = lib.filterAttrs (_: check: check.restart) cfg.checks;

  service = unit: "${unit}.service";

  # judged :: action -> name -> [ word ] -> check -> command with all rights
  judged =
    action: name: words: check:
    "+${
      script "cistern-${action}-${name}" (
        [
          "bash"
          "${./health-restart.sh}"
          action
        ]
        ++ words
        ++ map service check.units
      )
    }";

  probe = name: check: {
    description = "Health of ${name}";
    after = map service check.units;
    serviceConfig = sandbox // {
      Type = "oneshot";
      DynamicUser = true;
      ExecCondition = judged "due" name [
        name
        (toString check.startPeriod)
      ] check;
      ExecStart = script "cistern-check-${name}" (wordsOf check);
      # It is told how the check ended, and is the one that fails.
      ExecStopPost = judged "judge" name [
        name
        (toString check.retries)
        (toString check.restarts)
      ] check;
      # No failure of this unit, but of the service. It holds for all three programs, and theirs is 1.
      SuccessExitStatus = [ "4" ];
      TimeoutStartSec = check.timeout + 30;
    };
  };

  timer = name: check: {
    description = "Health of ${name}";
    wantedBy = [ "timers.target" ];
    timerConfig = {
      OnActiveSec = check.interval;
      OnUnitInactiveSec = check.interval;
      AccuracySec = "1s";
    };
  };

  # revived :: what systemd does by itself when a unit crashes that a check restarts
  revived = {
    serviceConfig = {
      Restart = lib.mkOverride 900 "on-failure";
      RestartSec = lib.mkOverride 900 "5s";
    };
    unitConfig = {
      StartLimitIntervalSec = lib.mkOverride 900 "10min";
      StartLimitBurst = lib.mkOverride 900 10;
    };
  };

  waiting = name: wait: {
    description = "Wait for ${name}";
    wants = [ "network-online.target" ];
    after = [ "network-online.target" ];
    before = map service wait.units;
    serviceConfig = sandbox // {
      Type = "oneshot";
      DynamicUser = true;
      ExecStart = script "cistern-wait-${name}" (
        [
          "bash"
          "${./health-wait.sh}"
          name
          (toString wait.seconds)
        ]
        ++ lib.concatMap (check: [ "--ask" ] ++ wordsOf check) wait.anyOf
      );
      TimeoutStartSec = "infinity";
    };
  };

  # waiter :: name -> what a unit says that does not start before that answers, or was waited for long enough
  waiter = name: {
    wants = [ "cistern-ready-${name}.service" ];
    after = [ "cistern-ready-${name}.service" ];
  };

  # eachUnit :: (name -> settings) -> entries -> [ { unit = settings; } ]
  eachUnit =
    settings: entries:
    lib.concatLists (
      lib.mapAttrsToList (name: entry: map (unit: { ${unit} = settings name; }) entry.units) entries
    );

  renamed = prefix: lib.mapAttrs' (name: lib.nameValuePair "${prefix}-${name}");

  asksOnce = option: check: {
    assertion = builtins.length (manners check) == 1;
    message = "${option}: exactly one of http, tcp, tls, dns and exec says how it is asked.";
  };
in
{
  options.cistern.health = {
    checks = mkOption {
      type = types.attrsOf check;
      default = { };
      example = {
        jellyfin = {
          http.url = "http://192.168.1.50:8096/health";
          restart = true;
          units = [ "jellyfin" ];
        };
      };
      description = "How services of this host show that they work, by their names.";
    };
    waits = mkOption {
      type = types.attrsOf wait;
      default = { };
      example = {
        postgresql = {
          anyOf = [
            {
              tcp = {
                address = "192.168.1.51";
                port = 5432;
              };
            }
          ];
          units = [ "shop" ];
        };
      };
      description = "Services of other hosts that units of this one wait for.";
    };
    scripts = mkOption {
      type = types.attrsOf types.path;
      internal = true;
      readOnly = true;
      default = lib.mapAttrs (name: check: script "cistern-check-${name}" (wordsOf check)) cfg.checks;
      description = "The programs that ask, by the names of the checks.";
    };
  };

  config = lib.mkIf (cfg.checks != { } || cfg.waits != { }) {
    assertions =
      lib.mapAttrsToList (name: asksOnce "cistern.health.checks.${name}") cfg.checks
      ++ lib.concatLists (
        lib.mapAttrsToList (
          name: wait: map (asksOnce "cistern.health.waits.${name}.anyOf") wait.anyOf
        ) cfg.waits
      )
      ++ lib.mapAttrsToList (name: check: {
        assertion = check.units != [ ];
        message = "cistern.health.checks.${name}.units: nothing is named that could be restarted.";
      }) restarting;

    systemd.services = lib.mkMerge (
      [
        (renamed "cistern-health" (lib.mapAttrs probe restarting))
        (renamed "cistern-ready" (lib.mapAttrs waiting cfg.waits))
      ]
      ++ eachUnit (_: revived) restarting
      ++ eachUnit waiter cfg.waits
    );
    systemd.timers = renamed "cistern-health" (lib.mapAttrs timer restarting);
  };
}
