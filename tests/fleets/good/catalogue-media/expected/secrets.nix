# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=348fec86c4f374ecf1a599d66413d83d body=590c1a7c13b9c60bbd1a3877d2d81afb words=d3a21cd5d3bb48746fa305b393979e14
let
  hosts = {
    books = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC38nvmWqotuAUSbTnQ5sA008HQEljRRClwKyNa1blKV";
    media = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEVTj+NcnDyhvjiQTHKbH7DE+jWXt5yozZTpN4/87bM1";
    streams = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINIbnI1koQe+3rm4RdjsFXNdfSIULTb8XY5+GsiH7zv9";
    web = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGXfqNHkkLhDgvp4CLkcfzUpfFzD7YqEoJhhXnA8SHL6";
  };
  people = {
    ana = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF" ];
  };
in
{
  "secrets/aiostreams-addon-password.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/aiostreams-environment.age".publicKeys = [
    hosts.streams
  ]
  ++ people.ana;
  "secrets/aiostreams-secret-key.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/code-server-environment.age".publicKeys = [
    hosts.web
  ]
  ++ people.ana;
  "secrets/code-server-password.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/code-server-password-hash.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/comet-admin-password.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/comet-configure-password.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/comet-environment.age".publicKeys = [
    hosts.streams
  ]
  ++ people.ana;
  "secrets/database-password-mediafusion.age".publicKeys = [
    hosts.streams
  ]
  ++ people.ana;
  "secrets/database-password-riven.age".publicKeys = [
    hosts.streams
  ]
  ++ people.ana;
  "secrets/deluge-accounts.age".publicKeys = [
    hosts.books
  ]
  ++ people.ana;
  "secrets/deluge-local-password.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/deluge-web-password.age".publicKeys = [
    hosts.books
  ]
  ++ people.ana;
  "secrets/filebrowser-environment.age".publicKeys = [
    hosts.web
  ]
  ++ people.ana;
  "secrets/filebrowser-password.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/filebrowser-password-hash.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/lidarr-api-key.age".publicKeys = [
    hosts.media
  ]
  ++ people.ana;
  "secrets/lidarr-environment.age".publicKeys = [
    hosts.media
  ]
  ++ people.ana;
  "secrets/mediaflow-proxy-api-password.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/mediaflow-proxy-environment.age".publicKeys = [
    hosts.streams
  ]
  ++ people.ana;
  "secrets/mediafusion-api-password.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/mediafusion-database.age".publicKeys = [
    hosts.streams
  ]
  ++ people.ana;
  "secrets/mediafusion-environment.age".publicKeys = [
    hosts.streams
  ]
  ++ people.ana;
  "secrets/mediafusion-secret-key.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/miniflux-admin-credentials.age".publicKeys = [
    hosts.books
  ]
  ++ people.ana;
  "secrets/miniflux-admin-password.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/nextcloud-admin-password.age".publicKeys = [
    hosts.books
  ]
  ++ people.ana;
  "secrets/nzbget-password.age".publicKeys = [
    hosts.media
  ]
  ++ people.ana;
  "secrets/paperless-admin-password.age".publicKeys = [
    hosts.books
  ]
  ++ people.ana;
  "secrets/radarr-api-key.age".publicKeys = [
    hosts.media
  ]
  ++ people.ana;
  "secrets/radarr-environment.age".publicKeys = [
    hosts.media
  ]
  ++ people.ana;
  "secrets/rclone.age".publicKeys = [
    hosts.streams
    hosts.web
  ]
  ++ people.ana;
  "secrets/readarr-api-key.age".publicKeys = [
    hosts.media
  ]
  ++ people.ana;
  "secrets/readarr-environment.age".publicKeys = [
    hosts.media
  ]
  ++ people.ana;
  "secrets/riven-api-key.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/riven-database.age".publicKeys = [
    hosts.streams
  ]
  ++ people.ana;
  "secrets/riven-frontend-auth-secret.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/riven-frontend-environment.age".publicKeys = [
    hosts.streams
  ]
  ++ people.ana;
  "secrets/riven-key.age".publicKeys = [
    hosts.streams
  ]
  ++ people.ana;
  "secrets/samba-password-scanner.age".publicKeys = [
    hosts.web
  ]
  ++ people.ana;
  "secrets/samba-password-viewer.age".publicKeys = [
    hosts.web
  ]
  ++ people.ana;
  "secrets/searxng-environment.age".publicKeys = [
    hosts.web
  ]
  ++ people.ana;
  "secrets/searxng-secret-key.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/sonarr-api-key.age".publicKeys = [
    hosts.media
  ]
  ++ people.ana;
  "secrets/sonarr-environment.age".publicKeys = [
    hosts.media
  ]
  ++ people.ana;
  "secrets/stremthru-environment.age".publicKeys = [
    hosts.streams
  ]
  ++ people.ana;
  "secrets/stremthru-password.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/stremthru-vault-secret.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/syncthing-password.age".publicKeys = [
    hosts.web
  ]
  ++ people.ana;
  "secrets/tdarr-api-key.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/tdarr-node-environment.age".publicKeys = [
    hosts.media
  ]
  ++ people.ana;
  "secrets/tdarr-server-environment.age".publicKeys = [
    hosts.media
  ]
  ++ people.ana;
  "secrets/tdarr-session-key.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/vaultwarden-admin-hash.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/vaultwarden-admin-token.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/vaultwarden-environment.age".publicKeys = [
    hosts.books
  ]
  ++ people.ana;
  "secrets/whisparr-api-key.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/whisparr-environment.age".publicKeys = [
    hosts.media
  ]
  ++ people.ana;
  "secrets/zurg-config.age".publicKeys = [
    hosts.streams
  ]
  ++ people.ana;
}
