# Written by Cistern from hosts.c. Changes belong in a module of your own, which has the last word.
# cistern 1 in=4f449c69daa6f59aef7fc5be7aa34381 body=d8bcd38ff3f6d8c346338dd31e380dbb words=e37c8d27bc378075450a4259a88b346c
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

    # services.cache
    (
      { pkgs, ... }:
      {
        services.redis.servers.cache = {
          enable = lib.mkOverride 900 true;
          port = lib.mkOverride 900 6379;
          bind = lib.mkOverride 900 "127.0.0.1";
          appendOnly = lib.mkOverride 900 false;
        };

        services.prometheus.exporters.redis = {
          enable = lib.mkOverride 900 true;
          port = lib.mkOverride 900 9121;
        };

        systemd.services.prometheus-redis-exporter = {
          environment.REDIS_ADDR = lib.mkOverride 900 "redis://127.0.0.1:6379";
        };
      }
    )

    # services.desk
    { systemd.services.desk.environment.PORT = lib.mkOverride 900 "8002"; }

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

  ];

  networking = {
    hostName = lib.mkOverride 900 "c";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      7001
      8002
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
        9121
        9558
        9633
      ];
    }
    {
      from = [
        "10.0.0.10"
        "10.0.0.11"
        "10.0.0.12"
        "10.0.0.14"
        "10.1.0.10"
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
