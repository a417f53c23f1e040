# Written by Cistern from hosts.seen-bios. Changes belong in a module of your own, which has the last word.
# cistern 1 in=296eceeb1dacba93d06a638d9bd91ad2 body=546ad29ee2d095bbbc2980b628e57b66 words=0468382add1e58a9f6faff94d07ba0b3
{ lib, ... }:
{
  imports = [
    # hardware: generic-bios, the facts show BIOS firmware
    {
      boot = {
        loader.grub = {
          enable = lib.mkOverride 900 true;
          device = lib.mkOverride 900 "/dev/disk/by-id/ata-Samsung_SSD_870_S6P0NX0T";
        };
        initrd.availableKernelModules = [
          "ahci"
          "sd_mod"
          "xhci_pci"
        ];
      };

      hardware.enableRedistributableFirmware = lib.mkOverride 900 true;
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "seen-bios";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
  };

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  hardware.facter.reportPath = lib.mkOverride 900 ../../facts/seen-bios.json;
  system.stateVersion = lib.mkOverride 900 "25.11";

  fileSystems = {
    "/" = {
      device = lib.mkOverride 900 "/dev/disk/by-label/nixos";
      fsType = lib.mkOverride 900 "ext4";
    };
  };

  services.openssh = {
    enable = lib.mkOverride 900 true;
    settings = {
      KbdInteractiveAuthentication = lib.mkOverride 900 false;
      PasswordAuthentication = lib.mkOverride 900 false;
      PermitRootLogin = lib.mkOverride 900 "prohibit-password";
    };
  };

  users.users = {
    root.openssh.authorizedKeys.keys = [
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF"
    ];
  };
}
