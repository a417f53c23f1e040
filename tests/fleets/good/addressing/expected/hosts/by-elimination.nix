# Written by Cistern from hosts.by-elimination. Changes belong in a module of your own, which has the last word.
# cistern 1 in=aeb8ef6d76fb964dcae19dba8eba5801 body=fb5376522cc0f5f5cc9a16366f6d8a62 words=66bc73ce278781213744979b28985ad3
{ lib, ... }:
{
  imports = [
    # hardware: vm, named by the definition
    {
      boot = {
        loader = {
          systemd-boot.enable = lib.mkOverride 900 true;
          efi.canTouchEfiVariables = lib.mkOverride 900 true;
        };
        initrd = {
          availableKernelModules = [
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
    hostName = lib.mkOverride 900 "by-elimination";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 false;
    interfaces.enp7s0 = {
      useDHCP = lib.mkOverride 900 false;
      ipv6.addresses = [
        {
          address = "2001:db8:1::13";
          prefixLength = 64;
        }
      ];
    };
    defaultGateway6 = {
      address = lib.mkOverride 900 "fe80::1";
      interface = lib.mkOverride 900 "enp7s0";
    };
    nameservers = [ "2620:fe::fe" ];
  };

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  hardware.facter.reportPath = lib.mkOverride 900 ../../facts/by-elimination.json;
  system.stateVersion = lib.mkOverride 900 "25.11";

  fileSystems = {
    "/" = {
      device = lib.mkOverride 900 "/dev/disk/by-label/nixos";
      fsType = lib.mkOverride 900 "ext4";
    };
    "/boot" = {
      device = lib.mkOverride 900 "/dev/disk/by-label/ESP";
      fsType = lib.mkOverride 900 "vfat";
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
