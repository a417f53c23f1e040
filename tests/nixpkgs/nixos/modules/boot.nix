# Boot loaders, kernel and initial RAM disk. As in nixpkgs, GRUB is on unless something turns it off;
# systemd-boot does so, generic-extlinux-compatible does not.
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
    strs
    ;
  cfg = config.boot.loader;
  supported = types.coercedTo (types.listOf types.str) (names: lib.genAttrs names (_: true)) (
    types.attrsOf types.bool
  );
in
{
  options.boot = {
    binfmt.emulatedSystems = strs;
    blacklistedKernelModules = strs;
    extraModprobeConfig = declare.lines;
    extraModulePackages = list types.package;
    growPartition = flag;
    initrd = {
      availableKernelModules = strs;
      enable = bool true;
      kernelModules = strs;
      luks.devices = declare.groupOf {
        allowDiscards = flag;
        device = declare.req types.path;
        keyFile = maybe types.str;
      };
      network.enable = flag;
      supportedFilesystems = opt supported { };
      systemd.enable = flag;
    };
    isContainer = flag;
    kernel.sysctl = declare.set (
      types.nullOr (
        types.oneOf [
          types.bool
          types.int
          types.str
        ]
      )
    );
    kernelModules = strs;
    kernelPackages = opt types.raw { };
    kernelParams = strs;
    loader = {
      efi = {
        canTouchEfiVariables = flag;
        efiSysMountPoint = str "/boot";
      };
      generic-extlinux-compatible = {
        configurationLimit = declare.int 20;
        enable = flag;
        populateCmd = str "";
        useGenerationDeviceTree = bool true;
      };
      grub = {
        configurationLimit = declare.int 100;
        copyKernels = flag;
        device = str "";
        devices = strs;
        efiInstallAsRemovable = flag;
        efiSupport = flag;
        enable = bool (!config.boot.isContainer);
        extraConfig = declare.lines;
        mirroredBoots = list types.raw;
        useOSProber = flag;
        zfsSupport = flag;
      };
      systemd-boot = {
        configurationLimit = maybe types.int;
        consoleMode = opt (types.enum [
          "0"
          "1"
          "2"
          "5"
          "auto"
          "max"
          "keep"
        ]) "keep";
        editor = bool true;
        enable = flag;
        graceful = flag;
      };
      timeout = opt (types.nullOr types.int) 5;
    };
    supportedFilesystems = opt supported { };
    swraid.enable = flag;
    tmp = {
      cleanOnBoot = flag;
      tmpfsSize = opt (types.oneOf [
        types.str
        types.int
      ]) "50%";
      useTmpfs = flag;
    };
    zfs = {
      extraPools = strs;
      forceImportRoot = bool true;
    };
  };

  config = lib.mkMerge [
    {
      assertions = [
        {
          assertion =
            cfg.grub.enable && cfg.grub.mirroredBoots == [ ]
            -> cfg.grub.device != "" || cfg.grub.devices != [ ];
          message = "option `boot.loader.grub.devices' is empty: GRUB would be installed nowhere; set it, or set `boot.loader.grub.enable' to false";
        }
        {
          assertion =
            lib.count lib.id [
              cfg.grub.enable
              cfg.systemd-boot.enable
              cfg.generic-extlinux-compatible.enable
            ] <= 1;
          message = "option `boot.loader': more than one boot loader is enabled";
        }
      ];
    }
    (lib.mkIf cfg.systemd-boot.enable {
      boot.loader.grub.enable = lib.mkDefault false;
    })
  ];
}
