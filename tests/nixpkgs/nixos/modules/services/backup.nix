# services.restic. Its server runs as an account of its own.
{ config, lib, ... }:
let
  inherit (lib) types;
  declare = import ../../declare.nix { inherit lib; };
  inherit (declare)
    flag
    maybe
    opt
    str
    strs
    ;
in
{
  options.services.restic = {
    backups = declare.groupOf {
      backupCleanupCommand = maybe types.str;
      backupPrepareCommand = maybe types.str;
      checkOpts = strs;
      environmentFile = maybe types.str;
      exclude = strs;
      extraBackupArgs = strs;
      initialize = flag;
      passwordFile = maybe types.str;
      paths = maybe (types.listOf types.str);
      pruneOpts = strs;
      repository = maybe types.str;
      repositoryFile = maybe types.path;
      timerConfig = opt (types.nullOr (types.attrsOf types.unspecified)) {
        OnCalendar = "daily";
        Persistent = true;
      };
      user = str "root";
    };
    server = {
      appendOnly = flag;
      dataDir = declare.path "/var/lib/restic";
      enable = flag;
      extraFlags = strs;
      listenAddress = str "8000";
      privateRepos = flag;
      prometheus = flag;
    };
  };

  config = lib.mkIf config.services.restic.server.enable {
    users.groups.restic = { };
    users.users.restic = {
      group = "restic";
      isSystemUser = true;
    };
  };
}
