# fileSystems and swapDevices. A system without `/` is refused, as the real one refuses it.
{ config, lib, ... }:
let
  inherit (lib) types;
  declare = import ../declare.nix { inherit lib; };
  inherit (declare)
    bool
    flag
    list
    maybe
    opt
    str
    ;
in
{
  options = {
    fileSystems = declare.set (
      declare.sub (
        { config, name }:
        {
          autoFormat = flag;
          autoResize = flag;
          depends = list types.path;
          device = maybe types.nonEmptyStr;
          encrypted = declare.group {
            blkDev = maybe types.str;
            enable = flag;
            keyFile = maybe types.str;
            label = maybe types.str;
          };
          formatOptions = maybe types.str;
          fsType = opt types.nonEmptyStr "auto";
          label = maybe types.str;
          mountPoint = str name;
          neededForBoot = flag;
          noCheck = flag;
          options = lib.mkOption {
            type = types.listOf types.nonEmptyStr;
            default = [ "defaults" ];
          };
          overlay = maybe types.raw;
          stratis.poolUuid = maybe types.str;
        }
      )
    );
    services.fstrim = {
      enable = bool true;
      interval = str "weekly";
    };
    swapDevices = list (
      declare.sub (
        { config, ... }:
        {
          device = str (
            if config.label == null then
              throw "option `swapDevices': no device"
            else
              "/dev/disk/by-label/${config.label}"
          );
          discardPolicy = maybe types.str;
          label = maybe types.str;
          options = opt (types.listOf types.str) [ "defaults" ];
          priority = maybe types.int;
          randomEncryption = opt (types.either types.bool types.attrs) false;
          size = maybe types.int;
        }
      )
    );
  };

  config.assertions = [
    {
      assertion = config.boot.isContainer || config.fileSystems ? "/";
      message = "option `fileSystems' has no entry \"/\": there is no root file system";
    }
  ]
  ++ lib.mapAttrsToList (mount: fs: {
    assertion =
      fs.device != null
      || fs.label != null
      || builtins.elem fs.fsType [
        "none"
        "proc"
        "ramfs"
        "sysfs"
        "tmpfs"
      ];
    message = "option `fileSystems.${lib.escapeNixIdentifier mount}' has neither `device' nor `label'";
  }) config.fileSystems;
}
