# Written by Cistern from hosts.pishon. Changes belong in a module of your own, which has the last word.
# cistern 1 in=bdb8e477e65a480306465e3776526a79 body=dc4bac9c20f1813fab8d39b13b8aed20 words=6ac1749ae74a8f8b1a52165cd6d9eebd
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

    # services.page
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.page = {
          image = lib.mkOverride 900 "registry.example.org/page@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
          ports = [
            "8099:8099"
          ];
        };
      };
    }

    # services.shop
    {
      systemd.services.shop = {
        wantedBy = [ "multi-user.target" ];
        environment = {
          PORT = lib.mkOverride 900 "8090";
          STORE = lib.mkOverride 900 "http://store.svc.example.org:8092/";
        };
      };
    }

    # services.store
    {
      systemd.services.store = {
        wantedBy = [ "multi-user.target" ];
        environment.PORT = lib.mkOverride 900 "8092";
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "pishon";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    nameservers = [ "192.168.1.50" ];
    hosts."192.168.1.51" = [ "store.svc.example.org" ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [
        "10.0.0.50"
        "192.168.1.9"
        "192.168.1.50"
      ];
      tcp = [
        8090
        8092
        8099
      ];
    }
  ];

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
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPjDzGvX/3cfsR072065rAHFFNhEYxivdPUkAOgpN4a"
    ];
  };

  # What services cannot work without starts before them.
  systemd.services = {
    shop = {
      after = [ "store.service" ];
      wants = [ "store.service" ];
    };
  };
}
