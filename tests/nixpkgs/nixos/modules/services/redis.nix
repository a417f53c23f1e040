# services.redis.servers. The server named "" is `redis`, any other `redis-NAME`: account, unit and state.
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
    int
    maybe
    opt
    port
    req
    str
    ;
  cfg = config.services.redis;

  nameOf = name: if name == "" then "redis" else "redis-${name}";
  enabled = lib.filterAttrs (_: server: server.enable) cfg.servers;

  setting = types.oneOf [
    types.bool
    types.int
    types.str
    (types.listOf types.str)
  ];

  server =
    { name, config, ... }:
    {
      options = {
        appendFsync = str "everysec";
        appendOnly = flag;
        bind = opt (types.nullOr types.str) "127.0.0.1";
        databases = int 16;
        enable = flag;
        extraParams = declare.strs;
        group = str config.user;
        logLevel = str "notice";
        logfile = str "/dev/null";
        masterAuth = maybe types.str;
        masterAuthFile = maybe types.path;
        masterUser = maybe types.str;
        maxclients = int 10000;
        openFirewall = flag;
        port = port (if name == "" then 6379 else 0);
        requirePass = maybe types.str;
        requirePassFile = maybe types.path;
        save = opt (types.listOf (types.listOf types.int)) [
          [
            900
            1
          ]
          [
            300
            10
          ]
          [
            60
            10000
          ]
        ];
        sentinelAuthPassFile = maybe types.path;
        sentinelAuthUser = maybe types.str;
        sentinelMasterHost = maybe types.str;
        sentinelMasterName = maybe types.str;
        sentinelMasterPort = maybe types.int;
        sentinelMasterQuorum = maybe types.int;
        settings = declare.set setting;
        slaveOf = maybe (
          declare.sub {
            ip = req types.str;
            port = port 6379;
          }
        );
        slowLogLogSlowerThan = int 10000;
        slowLogMaxLen = int 128;
        syslog = bool true;
        unixSocket = opt (types.nullOr types.path) "/run/${nameOf name}/redis.sock";
        unixSocketPerm = int 660;
        user = str (nameOf name);
      };
      # Plain values, as in nixpkgs: to define one of these again is a conflict.
      config.settings = lib.mkMerge [
        {
          inherit (config)
            appendOnly
            databases
            logfile
            maxclients
            port
            ;
          appendfsync = config.appendFsync;
          daemonize = false;
          dbfilename = "dump.rdb";
          dir = "/var/lib/${nameOf name}";
          loglevel = config.logLevel;
          supervised = "systemd";
          syslog-enabled = config.syslog;
        }
        (lib.mkIf (config.bind != null) { inherit (config) bind; })
        (lib.mkIf (config.masterAuth != null) { masterauth = config.masterAuth; })
        (lib.mkIf (config.slaveOf != null) {
          slaveof = "${config.slaveOf.ip} ${toString config.slaveOf.port}";
        })
      ];
    };
in
{
  options.services.redis = {
    package = declare.package pkgs "redis";
    servers = declare.set (types.submodule server);
    vmOverCommit = bool true;
  };

  config = lib.mkIf (enabled != { }) {
    assertions = lib.concatLists (
      lib.mapAttrsToList (
        name: server:
        let
          where = "option `services.redis.servers.${lib.escapeNixIdentifier name}'";
        in
        [
          {
            assertion = server.requirePass == null || server.requirePassFile == null;
            message = "${where}: requirePass and requirePassFile exclude each other";
          }
          {
            assertion = server.masterAuth == null || server.masterAuthFile == null;
            message = "${where}: masterAuth and masterAuthFile exclude each other";
          }
          {
            assertion =
              server.sentinelMasterName == null
              ||
                server.sentinelMasterHost != null
                && server.sentinelMasterPort != null
                && server.sentinelMasterQuorum != null;
            message = "${where}: a Sentinel needs the host, port and quorum of its master";
          }
        ]
      ) enabled
    );
    networking.firewall.allowedTCPPorts = lib.concatMap (
      server: lib.optional server.openFirewall server.port
    ) (builtins.attrValues enabled);
    systemd.services = lib.mapAttrs' (
      name: _: lib.nameValuePair (nameOf name) { wantedBy = [ "multi-user.target" ]; }
    ) enabled;
    users = lib.mkMerge (
      lib.mapAttrsToList (
        name: server:
        lib.mkIf (server.user == nameOf name) {
          groups.${server.group} = { };
          users.${server.user} = {
            inherit (server) group;
            isSystemUser = true;
          };
        }
      ) enabled
    );
  };
}
