# Written by Cistern from hosts.vlan. Changes belong in a module of your own, which has the last word.
# cistern 1 in=5e64da16a45c881cb013c3536fae4f1e body=49ffaed2da71c070aef2306d91f00e01 words=2784e5e0dbd4af96901e50e791ac6710
{ lib, ... }:
{
  imports = [
    ../../modules/vlan.nix
    # hardware: vm, named by the definition
    {
      boot = {
        loader.grub = {
          enable = lib.mkOverride 900 true;
          device = lib.mkOverride 900 "/dev/vda";
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
    hostName = lib.mkOverride 900 "vlan";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 false;
    interfaces."lan.20" = {
      useDHCP = lib.mkOverride 900 false;
      ipv4.addresses = [
        {
          address = "192.168.0.122";
          prefixLength = 25;
        }
      ];
    };
    defaultGateway = {
      address = lib.mkOverride 900 "192.168.0.1";
      interface = lib.mkOverride 900 "lan.20";
    };
    nameservers = [ "127.0.0.1" ];
  };

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  hardware.facter.reportPath = lib.mkOverride 900 ../../facts/vlan.json;
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
