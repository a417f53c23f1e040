# Services of which hosts set little more than `enable`.
{ lib, ... }:
let
  inherit (lib) types;
  declare = import ../../declare.nix { inherit lib; };
  inherit (declare)
    bool
    flag
    maybe
    opt
    str
    strs
    ;
in
{
  options.services = {
    avahi = {
      allowInterfaces = maybe (types.listOf types.str);
      enable = flag;
      nssmdns4 = flag;
      openFirewall = bool true;
      publish = {
        addresses = flag;
        enable = flag;
        userServices = flag;
        workstation = flag;
      };
    };
    chrony.enable = flag;
    dbus.enable = bool true;
    fail2ban = {
      enable = flag;
      ignoreIP = strs;
      maxretry = opt types.ints.unsigned 3;
    };
    journald.extraConfig = declare.lines;
    logind.settings.Login = declare.set types.anything;
    printing.enable = flag;
    qemuGuest.enable = flag;
    resolved = {
      enable = flag;
      settings.Resolve = declare.set types.anything;
    };
    smartd = {
      autodetect = bool true;
      enable = flag;
    };
    spice-vdagentd.enable = flag;
    tailscale = {
      authKeyFile = maybe types.path;
      enable = flag;
      extraUpFlags = strs;
      openFirewall = flag;
      port = declare.port 41641;
      useRoutingFeatures = opt (types.enum [
        "both"
        "client"
        "none"
        "server"
      ]) "none";
    };
    timesyncd.enable = bool true;
    udev.extraRules = declare.lines;
    userborn.enable = flag;
    xserver.enable = flag;
    zfs.autoScrub = {
      enable = flag;
      interval = str "monthly";
    };
  };
}
