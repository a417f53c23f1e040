# Services whose accounts and packages kinds build on. Of their other options, ../../../options.tsv tells.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  declare = import ../../declare.nix { inherit lib; };
  account = import ../../account.nix { inherit lib; };
  inherit (declare) flag str;

  names = [
    "audiobookshelf"
    "navidrome"
    "plex"
  ];

  # Those whose modules have no option for the account's name.
  fixed = {
    cloudflare-ddns = "cloudflare-ddns";
    code-server = "code-server";
    deluge = "deluge";
    dockerRegistry = "docker-registry";
    filebrowser = "filebrowser";
    headscale = "headscale";
    lidarr = "lidarr";
    mosquitto = "mosquitto";
    mysql = "mysql";
    nextcloud = "nextcloud";
    nzbget = "nzbget";
    oauth2-proxy = "oauth2-proxy";
    paperless = "paperless";
    pocket-id = "pocket-id";
    readarr = "readarr";
    recyclarr = "recyclarr";
    searx = "searx";
    syncthing = "syncthing";
    tdarr = "tdarr";
    tinyauth = "tinyauth";
    unpackerr = "unpackerr";
    vaultwarden = "vaultwarden";
    whisparr = "whisparr";
    zitadel = "zitadel";
  };

  # system :: name -> { users, groups }
  system = user: {
    users.${user} = {
      group = user;
      isSystemUser = true;
    };
    groups.${user} = { };
  };
in
{
  options.services =
    lib.genAttrs names (name: {
      enable = flag;
      group = str name;
      user = str name;
    })
    // lib.mapAttrs (_: _: { enable = flag; }) fixed
    // {
      authelia.instances = declare.set lib.types.anything;
      kanidm.server.enable = flag;
      samba.package = declare.package pkgs "samba";
    };

  config.users = lib.mkMerge (
    map (
      name:
      let
        cfg = config.services.${name};
      in
      lib.mkIf cfg.enable (account cfg name)
    ) names
    ++ lib.mapAttrsToList (
      name: user:
      lib.mkIf config.services.${name}.enable (system user)
    ) fixed
    ++ map (name: system "authelia-${name}") (builtins.attrNames config.services.authelia.instances)
    ++ [ (lib.mkIf config.services.kanidm.server.enable (system "kanidm")) ]
  );
}
