# Written by Cistern from hosts.seen-efi. Changes belong in a module of your own, which has the last word.
# cistern 1 in=54c07dc8d02fc84076d9486dac0228bc body=e7e6aeae075c1d0965f884dbc9743e57 words=f33bfdd747616368054684f90a77c593
{ lib, ... }:
{
  imports = [
    # hardware: generic-efi, the facts show UEFI firmware
    {
      boot = {
        loader = {
          systemd-boot.enable = lib.mkOverride 900 true;
          efi.canTouchEfiVariables = lib.mkOverride 900 true;
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
    hostName = lib.mkOverride 900 "seen-efi";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
  };

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  hardware.facter.reportPath = lib.mkOverride 900 ../../facts/seen-efi.json;
  system.stateVersion = lib.mkOverride 900 "25.11";

  fileSystems = {
    "/" = {
      device = lib.mkOverride 900 "/dev/disk/by-label/nixos";
      fsType = lib.mkOverride 900 "ext4";
    };
    "/boot" = {
      device = lib.mkOverride 900 "/dev/disk/by-label/ESP";
      fsType = lib.mkOverride 900 "vfat";
      options = [ "umask=0077" ];
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
