# systemd.*: units, networkd, tmpfiles.
{ lib, ... }:
let
  inherit (lib) types;
  declare = import ../declare.nix { inherit lib; };
  inherit (declare)
    bool
    flag
    list
    maybe
    opt
    req
    set
    str
    strs
    sub
    ;

  # A setting of a unit: lists of several definitions are joined, anything else must agree.
  setting = lib.mkOptionType {
    name = "unitOption";
    description = "systemd option";
    check = _: true;
    merge =
      loc: defs:
      if lib.any (def: builtins.isList def.value) defs then
        lib.concatMap (def: lib.toList def.value) defs
      else
        types.anything.merge loc defs;
  };
  settings = set setting;

  common = {
    after = strs;
    aliases = strs;
    before = strs;
    bindsTo = strs;
    conflicts = strs;
    description = opt types.singleLineStr "";
    documentation = strs;
    enable = bool true;
    onFailure = strs;
    onSuccess = strs;
    overrideStrategy = opt (types.enum [
      "asDropin"
      "asDropinIfExists"
    ]) "asDropinIfExists";
    partOf = strs;
    requiredBy = strs;
    requires = strs;
    requisite = strs;
    restartTriggers = list types.unspecified;
    startLimitBurst = maybe types.int;
    startLimitIntervalSec = maybe types.int;
    unitConfig = settings;
    upheldBy = strs;
    upholds = strs;
    wantedBy = strs;
    wants = strs;
  };

  service = common // {
    environment = set (
      types.nullOr (
        types.oneOf [
          types.str
          types.path
          types.package
        ]
      )
    );
    path = list (
      types.oneOf [
        types.package
        types.str
      ]
    );
    postStart = declare.lines;
    postStop = declare.lines;
    preStart = declare.lines;
    preStop = declare.lines;
    reload = declare.lines;
    reloadIfChanged = flag;
    reloadTriggers = list types.unspecified;
    restartIfChanged = bool true;
    script = declare.lines;
    scriptArgs = str "";
    serviceConfig = settings;
    startAt = opt (types.either types.str (types.listOf types.str)) [ ] // {
      apply = lib.toList;
    };
    stopIfChanged = bool true;
  };

  mount = common // {
    mountConfig = settings;
    options = opt types.commas "";
    type = str "";
    what = req types.str;
    where = req types.str;
  };

  network = {
    addresses = list types.attrs;
    address = strs;
    bridgeConfig = settings;
    dhcpV4Config = settings;
    dhcpV6Config = settings;
    dns = strs;
    domains = maybe (types.listOf types.str);
    enable = bool true;
    extraConfig = declare.lines;
    gateway = strs;
    ipv6AcceptRAConfig = settings;
    linkConfig = settings;
    matchConfig = settings;
    name = maybe types.str;
    networkConfig = settings;
    ntp = strs;
    routes = list types.attrs;
    DHCP = maybe types.str;
    vlan = strs;
  };

  tmpfile =
    { name, ... }:
    {
      age = str "-";
      argument = str "";
      group = str "-";
      mode = str "-";
      type = str name;
      user = str "-";
    };
in
{
  options.systemd = {
    automounts = list (
      sub (
        common
        // {
          automountConfig = settings;
          where = req types.str;
        }
      )
    );
    enableEmergencyMode = bool true;
    mounts = list (sub mount);
    network = {
      config.networkConfig = settings;
      enable = flag;
      links = declare.groupOf {
        enable = bool true;
        extraConfig = declare.lines;
        linkConfig = settings;
        matchConfig = settings;
      };
      netdevs = declare.groupOf {
        enable = bool true;
        netdevConfig = settings;
        wireguardConfig = settings;
        wireguardPeers = list types.attrs;
      };
      networks = declare.groupOf network;
      wait-online = {
        anyInterface = flag;
        enable = bool true;
        ignoredInterfaces = strs;
        timeout = opt types.ints.unsigned 120;
      };
    };
    oomd.enable = bool true;
    packages = list types.package;
    paths = declare.groupOf (common // { pathConfig = settings; });
    services = declare.groupOf service;
    settings.Manager = settings;
    slices = declare.groupOf (common // { sliceConfig = settings; });
    sockets = declare.groupOf (
      common
      // {
        listenStreams = strs;
        socketConfig = settings;
      }
    );
    sysusers.enable = flag;
    targets = declare.groupOf common;
    timers = declare.groupOf (common // { timerConfig = settings; });
    tmpfiles = {
      rules = strs;
      settings = set (types.attrsOf (types.attrsOf (sub tmpfile)));
    };
    user.services = declare.groupOf service;
  };
}
