# Written by Cistern from hosts.by-module. Changes belong in a module of your own, which has the last word.
# cistern 1 in=0a52fe9f2ddffbc9c4efa2f256f8ea00 body=56dedf9ec176026335ca3160c3e1e0a1 words=4a4f04f9b650ca68f429c27eca79ee77
{ lib, ... }:
{
  imports = [
    ../../modules/mounts.nix
    # hardware: generic-efi, named by the definition
    {
      boot = {
        loader = {
          systemd-boot.enable = lib.mkOverride 900 true;
          efi.canTouchEfiVariables = lib.mkOverride 900 true;
        };
        initrd.availableKernelModules = [
          "ahci"
          "nvme"
          "sd_mod"
          "usb_storage"
          "usbhid"
          "virtio_blk"
          "virtio_pci"
          "virtio_scsi"
          "xhci_pci"
        ];
      };

      hardware.enableRedistributableFirmware = lib.mkOverride 900 true;
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "by-module";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
  };

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
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
