# security.*: sudo, certificates, PAM.
{ lib, pkgs, ... }:
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
    str
    sub
    ;
  names = list (types.either types.str types.int);
in
{
  options.security = {
    acme = {
      acceptTerms = flag;
      certs = declare.set types.attrs;
      defaults = declare.group {
        dnsProvider = maybe types.str;
        email = maybe types.str;
        environmentFile = maybe types.path;
        server = maybe types.str;
      };
    };
    apparmor.enable = flag;
    audit = {
      enable = opt (types.enum [
        false
        true
        "lock"
      ]) false;
      rules = list types.str;
    };
    auditd.enable = flag;
    pam.loginLimits = list types.attrs;
    pki.certificateFiles = list types.path;
    polkit.enable = flag;
    protectKernelImage = flag;
    rtkit.enable = flag;
    sudo = {
      configFile = declare.lines;
      enable = bool true;
      execWheelOnly = flag;
      extraConfig = declare.lines;
      extraRules = list (sub {
        commands = opt (types.listOf (
          types.either types.str (sub {
            command = req types.str;
            options = list (
              types.enum [
                "EXEC"
                "FOLLOW"
                "INTERCEPT"
                "LOG_INPUT"
                "LOG_OUTPUT"
                "MAIL"
                "NOEXEC"
                "NOFOLLOW"
                "NOINTERCEPT"
                "NOLOG_INPUT"
                "NOLOG_OUTPUT"
                "NOMAIL"
                "NOPASSWD"
                "NOSETENV"
                "PASSWD"
                "SETENV"
              ]
            );
          })
        )) [ ];
        groups = names;
        host = str "ALL";
        runAs = str "ALL:ALL";
        users = names;
      });
      keepTerminfo = bool true;
      package = declare.package pkgs "sudo";
      wheelNeedsPassword = bool true;
    };
    sudo-rs.enable = flag;
    wrappers = declare.groupOf {
      capabilities = opt types.commas "";
      group = req types.str;
      owner = req types.str;
      permissions = str "u+rx,g+x,o+x";
      setgid = flag;
      setuid = flag;
      source = req types.path;
    };
  };
}
