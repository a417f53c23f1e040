# networking.firewall and networking.nftables. Lists of ports come out sorted and without repetition.
{ config, lib, ... }:
let
  inherit (lib) types;
  declare = import ../declare.nix { inherit lib; };
  inherit (declare)
    bool
    flag
    list
    opt
    req
    strs
    sub
    ;

  ports = list types.port // {
    apply = ports: builtins.sort builtins.lessThan (lib.unique ports);
  };
  ranges = list (sub {
    from = req types.port;
    to = req types.port;
  });

  openings = {
    allowedTCPPortRanges = ranges;
    allowedTCPPorts = ports;
    allowedUDPPortRanges = ranges;
    allowedUDPPorts = ports;
  };
in
{
  options.networking = {
    firewall = openings // {
      backend = opt (types.enum [
        "firewalld"
        "iptables"
        "nftables"
      ]) (if config.networking.nftables.enable then "nftables" else "iptables");
      allowPing = bool true;
      checkReversePath = opt (types.either types.bool (
        types.enum [
          "loose"
          "strict"
        ]
      )) true;
      enable = bool true;
      extraCommands = declare.lines;
      extraInputRules = declare.lines;
      extraStopCommands = declare.lines;
      filterForward = flag;
      interfaces = declare.groupOf openings;
      logRefusedConnections = bool true;
      rejectPackets = flag;
      trustedInterfaces = strs;
    };
    nftables = {
      enable = flag;
      ruleset = declare.lines;
      tables = declare.groupOf {
        content = req types.lines;
        enable = bool true;
        family = req types.str;
      };
    };
  };
}
