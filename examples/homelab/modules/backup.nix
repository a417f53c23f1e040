# Backs up what cannot be downloaded again: the state of the services, never the media.
#
# The password is the host's own (secrets/<host>/backup-password.age): whoever takes one machine reads the
# backups of that one only. The server only lets them append; old snapshots are pruned there.
{ config, ... }:
{
  services.restic.backups.state = {
    repository = "rest:https://restic.example.org/${config.networking.hostName}/";
    passwordFile = config.age.secrets.backup-password.path;
    paths = [ "/var/lib" ];
    exclude = [
      "/var/lib/jellyfin/transcodes"
      "/var/lib/prometheus2"
    ];
    initialize = true;
    timerConfig = {
      OnCalendar = "03:30";
      RandomizedDelaySec = "1h";
      Persistent = true;
    };
  };
}
