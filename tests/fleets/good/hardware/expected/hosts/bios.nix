# Written by Cistern from hosts.bios. Changes belong in a module of your own, which has the last word.
# cistern 1 in=3f9392ef0c4a809f00aabc14bb7cc715 body=6b1193ac03217d8e8e634c6967b4222c words=1fa2776a40f41752a3dab414231207e0
{ lib, ... }:
{
  imports = [
    # hardware: generic-bios, named by the definition
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
    hostName = lib.mkOverride 900 "bios";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
  };

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  hardware.facter.reportPath = lib.mkOverride 900 ../../facts/bios.json;
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
