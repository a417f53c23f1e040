# Evaluates every generated file of the fleets in cases.json, without nixpkgs: a definition is its value, and what a
# module asks for is made up.
let
  lib = {
    mkOverride = _: value: value;
    importJSON = file: builtins.fromJSON (builtins.readFile file);
    concatLines = builtins.concatStringsSep "\n";
    concatStringsSep = builtins.concatStringsSep;
    replaceStrings = builtins.replaceStrings;
    makeBinPath = packages: builtins.concatStringsSep ":" (map (package: "${package}/bin") packages);
    getExe = package: "${package}/bin/it";
    mkAfter = value: value;
    mkBefore = value: value;
  };
  # A package is its name; a file that is written is its text, so that what reaches it is seen.
  pkgs =
    builtins.listToAttrs (
      map
        (name: {
          inherit name;
          value = name;
        })
        [
          "curl"
          "fuse3"
          "garage_2"
          "gnused"
          "jq"
          "kanidm_1_10"
          "mariadb"
          "mongodb-ce"
          "mongosh"
          "nextcloud32"
          "ollama-cpu"
          "openssl"
          "pgbackrest"
          "postgresql_17"
          "rclone"
          "systemd"
          "unpackerr"
        ]
    )
    // {
      prometheus-snmp-exporter.src = "snmp-exporter";
      writeShellScript = _: text: text;
      writeText = _: text: text;
    };
  config.services = {
    deluge.dataDir = "/var/lib/deluge";
    garage.package = "garage";
    mysql.package = "mariadb";
    opensearch.package = "opensearch";
    patroni.postgresqlDataDir = "/var/lib/postgresql/17";
    postgresql.finalPackage = "postgresql";
    redis.package = "redis";
    samba.package = "samba";
    sonarr = {
      group = "sonarr";
      user = "sonarr";
    };
  };

  # evaluate :: { root, inputs } -> value
  evaluate =
    { root, inputs }:
    let
      read = file: import (/. + root + "/generated/${file}");

      # Files are named by their path in the fleet directory.
      plain =
        value:
        if builtins.isPath value then
          "file:" + builtins.substring (builtins.stringLength root) (-1) (toString value)
        else if builtins.isFunction value then
          plain (value {
            inherit
              config
              inputs
              lib
              pkgs
              ;
          })
        else if builtins.isAttrs value then
          builtins.mapAttrs (_: plain) value
        else if builtins.isList value then
          map plain value
        else
          value;
    in
    {
      hosts = builtins.mapAttrs (
        _: host: plain (host // { module = import host.module; })
      ) (read "hosts.nix");
      nodes = plain (read "nodes.nix");
      secrets = plain (read "secrets.nix");
    };
in
map evaluate (builtins.fromJSON (builtins.readFile ./cases.json))
