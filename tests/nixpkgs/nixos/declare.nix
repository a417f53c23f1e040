# Short forms for declaring options, so that a module of the stand-in reads as a table: name, type, default.
{ lib }:
let
  inherit (lib) mkOption types;
in
rec {
  # opt :: type -> default -> option; req has no default
  opt = type: default: mkOption { inherit default type; };
  req = type: mkOption { inherit type; };

  bool = opt types.bool;
  flag = bool false;
  str = opt types.str;
  path = opt types.path;
  port = opt types.port;
  int = opt types.int;
  lines = opt types.lines "";

  # maybe :: type -> option, null unless set
  maybe = type: opt (types.nullOr type) null;

  # list, set :: type -> option, empty unless set
  list = type: opt (types.listOf type) [ ];
  set = type: opt (types.attrsOf type) { };
  strs = list types.str;

  # sub :: options -> type; the options may be a function of the entry's { name, config }
  sub =
    options:
    types.submodule (
      if builtins.isFunction options then
        { name, config, ... }: { options = options { inherit config name; }; }
      else
        { inherit options; }
    );

  # free :: value type -> options -> type: declared options and any others of that type
  free =
    type: options:
    types.submodule {
      freeformType = types.attrsOf type;
      inherit options;
    };

  # group, groupOf :: options -> option, one submodule or a set of them
  group = options: opt (sub options) { };
  groupOf = options: set (sub options);

  # package :: packages -> name -> option
  package = pkgs: name: opt types.package pkgs.${name};
}
