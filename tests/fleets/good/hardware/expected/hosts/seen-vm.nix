# Written by Cistern from hosts.seen-vm. Changes belong in a module of your own, which has the last word.
# cistern 1 in=5450c889a0527907fe55d82c78501666 body=2332db207cc48618414fe4371ca3577d words=fa943e8b987d2656c27c83055d910c30
{ lib, ... }:
{
  imports = [
    # hardware: vm, the facts show a virtual machine (kvm)
    {
      boot = {
        loader = {
          systemd-boot.enable = lib.mkOverride 900 true;
          efi.canTouchEfiVariables = lib.mkOverride 900 true;
        };
        initrd = {
          availableKernelModules = [
            "ahci"
            "xhci_pci"
            "9p"
            "9pnet_virtio"
            "virtio_blk"
            "virtio_mmio"
            "virtio_net"
            "virtio_pci"
            "virtio_scsi"
          ];
          kernelModules = [
            "virtio_balloon"
            "virtio_console"
            "virtio_gpu"
            "virtio_rng"
          ];
        };
      };

      services.qemuGuest.enable = lib.mkOverride 900 true;
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "seen-vm";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
  };

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  hardware.facter.reportPath = lib.mkOverride 900 ../../facts/seen-vm.json;
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
