# hardware.facter: what a nixos-facter report sets. The trap that matters is here as in nixpkgs: with a
# report, DHCP is on by default, for the machine and for every detected interface.
{ config, lib, ... }:
let
  inherit (lib) types;
  declare = import ../declare.nix { inherit lib; };
  cfg = config.hardware.facter;
  devices = cfg.report.hardware or { };

  # What DHCP may run on; a loopback, say, is not among them.
  wired = builtins.filter (
    device:
    builtins.elem (device.sub_class.name or "") [
      "Ethernet"
      "Network Interface"
      "USB-Link"
      "WLAN"
    ]
  ) (devices.network_interface or [ ]);

  disks =
    devices.disk or [ ] ++ devices.storage_controller or [ ] ++ devices.firewire_controller or [ ];
in
{
  options.hardware.facter = {
    detected = {
      boot.disk.kernelModules = declare.opt (types.listOf types.str) (
        lib.uniqueStrings (lib.concatMap (device: device.driver_modules or [ ]) disks)
      );
      dhcp = {
        enable = declare.bool (devices.network_interface or [ ] != [ ]);
        interfaces = declare.opt (types.listOf types.str) (
          lib.concatMap (device: device.unix_device_names or [ ]) wired
        );
      };
    };
    report = declare.opt (types.attrsOf types.anything) (
      if cfg.reportPath == null then { } else lib.importJSON cfg.reportPath
    );
    reportPath = declare.maybe types.path;
  };

  config = lib.mkMerge [
    (lib.mkIf (cfg.report != { }) {
      boot.initrd.availableKernelModules = cfg.detected.boot.disk.kernelModules;
    })
    (lib.mkIf (cfg.report ? system) {
      nixpkgs.hostPlatform = lib.mkDefault cfg.report.system;
    })
    (lib.mkIf cfg.detected.dhcp.enable {
      networking.useDHCP = lib.mkDefault true;
      networking.interfaces = lib.genAttrs cfg.detected.dhcp.interfaces (_: {
        useDHCP = lib.mkDefault true;
      });
    })
  ];
}
