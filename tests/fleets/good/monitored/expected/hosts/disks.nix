# Written by Cistern from hosts.disks. Changes belong in a module of your own, which has the last word.
# cistern 1 in=0d32dae180a33487fd40267f2797bd7f body=33609aacc67f7ca72d31ebef8b8bde34 words=7f046d337a17d395b06f695a6343ff9e
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

    # services.backups
    {
      services.prometheus.exporters.restic = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9753;
        repository = lib.mkOverride 900 "rest:https://backup.example.org/disks";
        passwordFile = lib.mkOverride 900 "/run/agenix/restic";
        refreshInterval = lib.mkOverride 900 900;
      };
    }

    # services.jellyfin
    {
      services.jellyfin = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/jellyfin";
      };
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

    # services.postgresql
    (
      { config, pkgs, ... }:
      {
        services.postgresql = {
          enable = lib.mkOverride 900 true;
          settings.port = lib.mkOverride 900 5432;
        };

        services.prometheus.exporters.postgres = {
          enable = lib.mkOverride 900 true;
          port = lib.mkOverride 900 9187;
          # By the socket, as the one account that sees every database.
          runAsLocalSuperUser = lib.mkOverride 900 true;
          dataSourceName = lib.mkOverride 900 "host=/run/postgresql port=5432 user=postgres database=postgres";
        };
      }
    )

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

    # services.traefik
    {
      services.traefik = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/traefik";
        staticConfigOptions = {
          entryPoints = {
            web.address = lib.mkOverride 900 ":80";
            websecure.address = lib.mkOverride 900 ":443";
            metrics.address = lib.mkOverride 900 ":8082";
          };
          metrics.prometheus.entryPoint = lib.mkOverride 900 "metrics";
          ping.entryPoint = lib.mkOverride 900 "metrics";
        };
        dynamicConfigOptions.http = {
          routers = {
            "shop.example.org" = {
              rule = lib.mkOverride 900 "Host(`shop.example.org`)";
              service = lib.mkOverride 900 "shop.example.org";
            };
          };
          services = {
            "shop.example.org".loadBalancer.servers = [
              { url = "http://192.168.1.52:80"; }
            ];
          };
        };
      };
    }

    # services.wireguard-exporter
    {
      services.prometheus.exporters.wireguard = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9586;
        withRemoteIp = lib.mkOverride 900 false;
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "disks";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      80
      443
      8096
    ];
    firewall.allowedUDPPorts = [ 7359 ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [
        "192.168.1.50"
        "fd00::51"
      ];
      tcp = [
        8082
        9100
        9187
        9558
        9586
        9633
        9753
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
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF"
    ];
  };

  age.secrets = {
    restic = {
      file = lib.mkOverride 900 ../../secrets/restic.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
