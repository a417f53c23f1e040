# services.keepalived, without what it makes of it.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) types;
  declare = import ../../declare.nix { inherit lib; };
  inherit (declare)
    flag
    groupOf
    int
    lines
    maybe
    req
    str
    strs
    sub
    ;

  cfg = config.services.keepalived;

  address = {
    addr = req types.str;
    brd = maybe types.str;
    dev = maybe types.str;
    label = maybe types.str;
    scope = maybe (
      types.enum [
        "global"
        "host"
        "link"
        "nowhere"
        "site"
      ]
    );
  };

  instance = {
    extraConfig = lines;
    interface = req types.str;
    noPreempt = flag;
    priority = int 100;
    state = declare.opt (types.enum [
      "BACKUP"
      "MASTER"
    ]) "BACKUP";
    trackInterfaces = strs;
    trackScripts = strs;
    unicastPeers = strs;
    unicastSrcIp = maybe types.str;
    useVmac = flag;
    virtualIps = declare.list (sub address);
    virtualRouterId = req (types.ints.between 1 255);
    vmacInterface = maybe types.str;
    vmacXmitBase = flag;
  };

  script = {
    extraConfig = lines;
    fall = int 3;
    group = maybe types.str;
    interval = int 1;
    rise = int 5;
    script = req types.str;
    timeout = int 5;
    user = str "keepalived_script";
    weight = int 0;
  };
in
{
  options.services.keepalived = {
    enable = flag;
    enableScriptSecurity = flag;
    extraConfig = lines;
    extraGlobalDefs = lines;
    openFirewall = flag;
    package = declare.package pkgs "keepalived";
    secretFile = maybe types.path;
    vrrpInstances = groupOf instance;
    vrrpScripts = groupOf script;
  };

  config = lib.mkIf cfg.enable {
    systemd.services.keepalived = {
      after = [ "network-online.target" ];
      description = "keepalived";
      serviceConfig = {
        ExecStart = "${cfg.package}/bin/keepalived -f /etc/keepalived.conf -p /run/keepalived.pid";
        KillMode = "process";
        PIDFile = "/run/keepalived.pid";
        Restart = "always";
        Type = "forking";
      };
      wants = [ "network-online.target" ];
    };
  };
}
