# Evaluates every generated file of the fleets in cases.json, without nixpkgs: a definition is its value, and what a
# module asks for is made up.
let
  lib = {
    mkOverride = _: value: value;
    importJSON = file: builtins.fromJSON (builtins.readFile file);
    concatLines = builtins.concatStringsSep "\n";
  };
  pkgs = {
    jq = "jq";
    postgresql_17 = "postgresql_17";
    prometheus-snmp-exporter.src = "snmp-exporter";
  };
  config.services = {
    postgresql.finalPackage = "postgresql";
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
