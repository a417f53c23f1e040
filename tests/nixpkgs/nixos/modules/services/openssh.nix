# services.openssh. It opens its ports, and by default makes an RSA and an Ed25519 host key.
{ config, lib, ... }:
let
  inherit (lib) types;
  declare = import ../../declare.nix { inherit lib; };
  inherit (declare)
    bool
    flag
    maybe
    opt

    strs
    ;
  cfg = config.services.openssh;
in
{
  options.services.openssh = {
    allowSFTP = bool true;
    authorizedKeysFiles = strs;
    authorizedKeysInHomedir = bool true;
    banner = maybe types.lines;
    enable = flag;
    extraConfig = declare.lines;
    hostKeys = opt (types.listOf types.attrs) [
      {
        bits = 4096;
        path = "/etc/ssh/ssh_host_rsa_key";
        type = "rsa";
      }
      {
        path = "/etc/ssh/ssh_host_ed25519_key";
        type = "ed25519";
      }
    ];
    listenAddresses = declare.list (
      declare.sub {
        addr = maybe types.str;
        port = maybe types.int;
      }
    );
    openFirewall = bool true;
    ports = opt (types.listOf types.port) [ 22 ];
    settings = opt (declare.free
      (types.nullOr (
        types.oneOf [
          types.bool
          types.int
          types.str
          (types.listOf types.str)
        ]
      ))
      {
        AllowGroups = maybe (types.listOf types.str);
        AllowUsers = maybe (types.listOf types.str);
        DenyGroups = maybe (types.listOf types.str);
        DenyUsers = maybe (types.listOf types.str);
        GatewayPorts = maybe types.str;
        KbdInteractiveAuthentication = opt (types.nullOr types.bool) true;
        LogLevel = opt (types.nullOr types.str) "INFO";
        PasswordAuthentication = opt (types.nullOr types.bool) true;
        PermitRootLogin = opt (types.nullOr (
          types.enum [
            "yes"
            "without-password"
            "prohibit-password"
            "forced-commands-only"
            "no"
          ]
        )) "prohibit-password";
        StrictModes = opt (types.nullOr types.bool) true;
        UseDns = opt (types.nullOr types.bool) false;
        UsePAM = opt (types.nullOr types.bool) true;
        X11Forwarding = opt (types.nullOr types.bool) false;
      }
    ) { };
    sftpFlags = strs;
    startWhenNeeded = flag;
  };

  config = lib.mkIf cfg.enable {
    networking.firewall.allowedTCPPorts = lib.mkIf cfg.openFirewall cfg.ports;
    systemd.services.sshd.wantedBy = [ "multi-user.target" ];
    assertions = [
      {
        assertion = lib.all (key: key ? path && key ? type) cfg.hostKeys;
        message = "option `services.openssh.hostKeys': each key needs `path' and `type'";
      }
    ];
  };
}
