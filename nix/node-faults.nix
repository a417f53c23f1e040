# What deploy-rs would not accept, or would silently ignore, in generated/nodes.nix.
#
# Looks at literals only: no host is evaluated. The keys and types are those of deploy-rs 1.0; its own JSON
# schema lags behind them.
#
# nodeFaults :: { lib } -> nodes -> [ string ]
{ lib }:
let
  inherit (builtins)
    attrNames
    elem
    isAttrs
    isBool
    isInt
    isList
    isString
    typeOf
    ;

  # A type: what it is called in a message, and what belongs to it.
  bool = {
    called = "a boolean";
    has = isBool;
  };
  string = {
    called = "a string";
    has = isString;
  };
  strings = {
    called = "a list of strings";
    has = value: isList value && lib.all isString value;
  };
  names = {
    called = "a list of strings without repetition";
    has = value: strings.has value && lib.unique value == value;
  };
  seconds = {
    called = "a number of seconds, 0 to 65535";
    has = value: isInt value && value >= 0 && value <= 65535;
  };
  groups = {
    called = "a string or a list of strings";
    has = value: isString value || strings.has value;
  };
  set = {
    called = "a set";
    has = isAttrs;
  };

  generic = {
    inherit groups;
    activationTimeout = seconds;
    autoRollback = bool;
    confirmTimeout = seconds;
    fastConnection = bool;
    interactiveSudo = bool;
    magicRollback = bool;
    remoteBuild = bool;
    sshOpts = strings;
    sshUser = string;
    sudo = string;
    tempPath = string;
    user = string;
  };

  # `path` is added by mkFleet.
  profileKeys = generic // {
    profilePath = string;
  };
  nodeKeys = generic // {
    hostname = string;
    profiles = set;
    profilesOrder = names;
  };

  # typed :: where -> keys -> set -> [ string ]
  typed =
    where: keys: value:
    lib.concatLists (
      lib.mapAttrsToList (
        key: found:
        if !keys ? ${key} then
          [ "${where}.${key}: deploy-rs knows no such key" ]
        else if !keys.${key}.has found then
          [ "${where}.${key}: expected ${keys.${key}.called}, found a ${typeOf found}" ]
        else
          [ ]
      ) value
    );

  # required :: where -> [ key ] -> set -> [ string ]
  required =
    where: keys: value:
    map (key: "${where}: the key `${key}' is missing") (lib.filter (key: !value ? ${key}) keys);

  named =
    where: name:
    lib.optional (
      builtins.match "[A-Za-z][A-Za-z0-9_-]*" name == null
    ) "${where}: a name has letters, digits, `-' and `_', and begins with a letter";

  profileFaults =
    where: node: name: profile:
    let
      here = "${where}.profiles.${name}";
    in
    if !isAttrs profile then
      [ "${here}: expected a set, found a ${typeOf profile}" ]
    else
      named here name
      ++ typed here profileKeys profile
      ++ lib.optional (
        !(profile ? user || profile ? sshUser || node ? user || node ? sshUser)
      ) "${here}: neither `user' nor `sshUser' is set, here or in the node";

  nodeFaults =
    name: node:
    let
      where = "nodes.${name}";
      profiles = if isAttrs (node.profiles or null) then node.profiles else { };
      order = if names.has (node.profilesOrder or null) then node.profilesOrder else [ ];
    in
    if !isAttrs node then
      [ "${where}: expected a set, found a ${typeOf node}" ]
    else
      named where name
      ++ required where [
        "hostname"
        "profiles"
        "profilesOrder"
      ] node
      ++ typed where nodeKeys node
      ++ lib.concatLists (lib.mapAttrsToList (profileFaults where node) profiles)
      ++ required "${where}.profiles" [ "system" ] profiles
      ++ map (profile: "${where}.profilesOrder: there is no profile `${profile}'") (
        lib.filter (profile: !elem profile (attrNames profiles)) order
      );
in
nodes: lib.concatLists (lib.mapAttrsToList nodeFaults nodes)
