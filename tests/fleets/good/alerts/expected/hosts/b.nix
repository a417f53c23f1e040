# Written by Cistern from hosts.b. Changes belong in a module of your own, which has the last word.
# cistern 1 in=45fc59a2e8658c1734201b81ac94be83 body=bdc919171364599f29587237dc888113 words=12f8a31b08fbde2f91e66619c5a028f1
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

    # services.node-exporter
    {
      services.prometheus.exporters.node = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9100;
        enabledCollectors = [ "systemd" ];
      };

      # Which system runs, and whether it is the one that starts next.
      cistern.monitoring.systemMetrics.enable = lib.mkOverride 900 true;
    }

    # services.ring
    {
      systemd.services.ring.environment = {
        PORT = lib.mkOverride 900 "7000";
        METRICS = lib.mkOverride 900 "7001";
      };
    }

    # services.shop
    { systemd.services.shop.environment.PORT = lib.mkOverride 900 "8000"; }

    # services.smartctl-exporter
    {
      services.prometheus.exporters.smartctl = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9633;
        maxInterval = lib.mkOverride 900 "60s";
      };
    }

    # services.systemd-exporter
    {
      services.prometheus.exporters.systemd = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9558;
        # Crash loops are told by how often a unit was restarted.
        extraFlags = [ "--systemd.collector.enable-restart-count" ];
      };
    }

    # services.till
    { systemd.services.till.environment.PORT = lib.mkOverride 900 "8001"; }

  ];

  networking = {
    hostName = lib.mkOverride 900 "b";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      7001
      8000
      8001
    ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [
        "10.0.0.10"
        "10.1.0.10"
      ];
      tcp = [
        9100
        9558
        9633
      ];
    }
    {
      from = [
        "10.0.0.10"
        "10.0.0.11"
        "10.0.0.14"
        "10.1.0.10"
        "10.1.0.13"
      ];
      tcp = [ 7000 ];
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
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF"
    ];
  };
}
