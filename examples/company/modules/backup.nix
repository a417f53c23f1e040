# Dumps every database at night and sends the dumps to the REST server on `files`.
#
# The repository is a secret because its address holds the host's account: rest:http://db-1:…@10.30.0.10:8000/db-1/.
{ config, ... }:
{
  services.postgresqlBackup = {
    enable = true;
    compression = "zstd";
    startAt = "01:15";
  };
  services.restic.backups.databases = {
    repositoryFile = config.age.secrets.restic-repository.path;
    passwordFile = config.age.secrets.restic-password.path;
    paths = [ config.services.postgresqlBackup.location ];
    initialize = true;
    timerConfig = {
      OnCalendar = "02:30";
      RandomizedDelaySec = "30m";
      Persistent = true;
    };
  };
}
