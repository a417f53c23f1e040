# Written by Cistern from hosts.unknown. Changes belong in a module of your own, which has the last word.
# cistern 1 in=931b75304bd2dbd78ea4c0dc59370eba body=b27a5d24c5da857a113f8f4b8f756a8f words=53325d4edcbf25a6a475c301e68e70bb
{ lib, ... }:
{
  imports = [
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
    hostName = lib.mkOverride 900 "unknown";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 false;
    interfaces.enp3s0 = {
      useDHCP = lib.mkOverride 900 false;
      ipv4.addresses = [
        {
          address = "192.168.0.124";
          prefixLength = 25;
        }
      ];
    };
    defaultGateway = {
      address = lib.mkOverride 900 "192.168.0.1";
      interface = lib.mkOverride 900 "enp3s0";
    };
    nameservers = [ "127.0.0.1" ];
  };

  # The interface keeps its name whatever else is plugged in.
  systemd.network.links."10-enp3s0" = {
    matchConfig.PermanentMACAddress = lib.mkOverride 900 "68:1d:ef:00:00:04";
    linkConfig.Name = lib.mkOverride 900 "enp3s0";
  };

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  hardware.facter.reportPath = lib.mkOverride 900 ../../facts/unknown.json;
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
