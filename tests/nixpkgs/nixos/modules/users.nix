# users.*. As in nixpkgs, an account is either a normal or a system one, and has a group that exists.
{ config, lib, ... }:
let
  inherit (lib) types;
  declare = import ../declare.nix { inherit lib; };
  inherit (declare)
    bool
    flag
    list
    maybe
    str
    strs
    ;
  cfg = config.users;

  account =
    { name, config, ... }:
    {
      options = {
        autoSubUidGidRange = flag;
        createHome = flag;
        description = str "";
        enable = bool true;
        expires = maybe types.str;
        extraGroups = strs;
        group = str "";
        hashedPassword = maybe types.str;
        hashedPasswordFile = maybe types.str;
        home = declare.path "/var/empty";
        homeMode = str "700";
        ignoreShellProgramCheck = flag;
        initialHashedPassword = maybe types.str;
        initialPassword = maybe types.str;
        isNormalUser = flag;
        isSystemUser = flag;
        linger = maybe types.bool;
        name = str name;
        openssh.authorizedKeys = {
          keyFiles = list types.path;
          keys = list types.singleLineStr;
        };
        packages = list types.package;
        password = maybe types.str;
        shell = maybe (types.either types.shellPackage types.path);
        uid = maybe types.int;
        useDefaultShell = flag;
      };
      config = lib.mkIf config.isNormalUser {
        createHome = lib.mkDefault true;
        group = lib.mkDefault "users";
        home = lib.mkDefault "/home/${config.name}";
        useDefaultShell = lib.mkDefault true;
      };
    };

  where = name: "users.users.${lib.escapeNixIdentifier name}";
in
{
  options.users = {
    allowNoPasswordLogin = flag;
    defaultUserShell = declare.opt (types.either types.path types.shellPackage) "/bin/sh";
    groups = declare.set (
      types.submodule (
        { name, ... }:
        {
          options = {
            gid = maybe types.int;
            members = strs;
            name = str name;
          };
        }
      )
    );
    motd = maybe types.lines;
    mutableUsers = bool true;
    users = declare.set (types.submodule account);
  };

  config = {
    users.groups = lib.genAttrs [
      "audio"
      "disk"
      "input"
      "keys"
      "networkmanager"
      "nogroup"
      "podman"
      "render"
      "root"
      "systemd-journal"
      "users"
      "video"
      "wheel"
    ] (_: { });
    users.users = {
      nobody = {
        group = "nogroup";
        isSystemUser = true;
        uid = 65534;
      };
      root = {
        group = lib.mkDefault "root";
        home = "/root";
        uid = 0;
      };
    };

    assertions =
      lib.concatLists (
        lib.mapAttrsToList (name: user: [
          {
            assertion = user.isNormalUser != (user.isSystemUser || user.uid != null && user.uid < 1000);
            message = "option `${where name}': exactly one of `isNormalUser' and `isSystemUser' must be true";
          }
          {
            assertion = user.group != "";
            message = "option `${where name}.group' is not set";
          }
          {
            assertion = cfg.groups ? ${user.group} || user.group == "";
            message = "option `${where name}.group': there is no group `${user.group}' in users.groups";
          }
        ]) cfg.users
      )
      ++ [
        {
          assertion =
            cfg.mutableUsers
            || cfg.allowNoPasswordLogin
            || lib.any (
              user:
              (user.name == "root" || builtins.elem "wheel" user.extraGroups)
              && (
                user.openssh.authorizedKeys.keys != [ ]
                || user.openssh.authorizedKeys.keyFiles != [ ]
                || user.hashedPassword != null
                || user.hashedPasswordFile != null
                || user.password != null
              )
            ) (builtins.attrValues cfg.users);
          message = "option `users.mutableUsers' is false and neither root nor a user of the group wheel could log in";
        }
      ];
  };
}
