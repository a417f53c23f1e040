# services.postgresql.
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
    list
    maybe
    opt
    port
    req
    str
    strs
    sub
    ;
  cfg = config.services.postgresql;

  clause = maybe types.bool;
in
{
  options.services = {
    postgresql = {
      authentication = declare.lines;
      checkConfig = bool true;
      dataDir = declare.path "/var/lib/postgresql/${cfg.package.version}";
      enable = flag;
      enableJIT = flag;
      enableTCPIP = flag;
      ensureDatabases = strs;
      ensureUsers = list (sub {
        ensureClauses = declare.group {
          bypassrls = clause;
          createdb = clause;
          createrole = clause;
          "inherit" = clause;
          login = clause;
          replication = clause;
          superuser = clause;
        };
        ensureDBOwnership = flag;
        name = req types.str;
      });
      extensions = opt (types.either (types.functionTo (types.listOf types.package)) (
        types.listOf types.package
      )) [ ];
      finalPackage = opt types.package cfg.package // {
        readOnly = true;
      };
      identMap = declare.lines;
      initdbArgs = strs;
      initialScript = maybe types.path;
      package = declare.package pkgs "postgresql";
      settings = opt (declare.free
        (types.nullOr (
          types.oneOf [
            types.bool
            types.float
            types.int
            types.str
          ]
        ))
        {
          log_line_prefix = str "[%p] ";
          port = port 5432;
          shared_preload_libraries = opt (types.nullOr (
            types.coercedTo (types.listOf types.str) (lib.concatStringsSep ", ") types.commas
          )) null;
        }
      ) { };
      superUser = str "postgres";
      systemCallFilter = declare.set types.raw;
    };

    postgresqlBackup = {
      backupAll = bool (config.services.postgresqlBackup.databases == [ ]);
      compression = opt (types.enum [
        "gzip"
        "none"
        "zstd"
      ]) "gzip";
      databases = strs;
      enable = flag;
      location = declare.path "/var/backup/postgresql";
      startAt = opt (types.either (types.listOf types.str) types.str) "*-*-* 01:15:00";
    };
  };

  config = lib.mkIf cfg.enable {
    # A plain value: to listen elsewhere takes more than a default.
    services.postgresql.settings.listen_addresses = if cfg.enableTCPIP then "*" else "localhost";
    assertions = map (user: {
      assertion = user.ensureDBOwnership -> builtins.elem user.name cfg.ensureDatabases;
      message = "option `services.postgresql.ensureUsers': `${user.name}' is to own a database of its name, which ensureDatabases lacks";
    }) cfg.ensureUsers;
    systemd.services.postgresql.wantedBy = [ "postgresql.target" ];
    systemd.targets.postgresql.wantedBy = [ "multi-user.target" ];
    users.groups.postgres = { };
    users.users.postgres = {
      group = "postgres";
      home = "/var/lib/postgresql";
      isSystemUser = true;
    };
  };
}
