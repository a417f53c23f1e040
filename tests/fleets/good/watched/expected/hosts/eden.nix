# Written by Cistern from hosts.eden. Changes belong in a module of your own, which has the last word.
# cistern 1 in=9efad163badf5a2020e24e31be5f6bde body=5baa2ee8fc3884a2c67d05d33b9301d0 words=2fdce71bd3c7dd39c569c71fbbf2ade3
{ lib, ... }:
{
  imports = [
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

    # services.alertmanager
    {
      services.prometheus.alertmanager = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9093;
        # What NixOS does not replace by a variable of the environment stands there with two dollars.
        configText = lib.mkOverride 900 (
          lib.replaceStrings [ "$" ] [ "$$" ] (builtins.readFile ../prometheus/alertmanager.yml)
        );
        # Both tell of an alert once, as long as they hear of each other.
        clusterPeers = [
          "192.168.1.51"
        ];
        extraFlags = [ "--cluster.advertise-address=192.168.1.50:9094" ];
      };
    }

    # services.alloy
    {
      services.alloy = {
        enable = lib.mkOverride 900 true;
        extraFlags = [
          "--server.http.listen-addr=0.0.0.0:12345"
          "--disable-reporting"
        ];
      };

      # Alloy reads it again when it changes.
      environment.etc."alloy/config.alloy".source = ../alloy/config.alloy;

      # The label of every line.
      systemd.services.alloy.environment.CISTERN_HOST = lib.mkOverride 900 "eden";
    }

    # services.blackbox-exporter
    {
      services.prometheus.exporters.blackbox = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9115;
        configFile = lib.mkOverride 900 ../prometheus/blackbox.yml;
      };

      # The exporter is given the right to ping, and here the right to be given it.
      systemd.services.prometheus-blackbox-exporter.serviceConfig.CapabilityBoundingSet = [
        "CAP_NET_RAW"
      ];
    }

    # services.database
    (
      { config, pkgs, ... }:
      {
        services.postgresql = {
          enable = lib.mkOverride 900 true;
          package = lib.mkOverride 900 pkgs.postgresql_17;
          settings.port = lib.mkOverride 900 5432;
          ensureDatabases = [ "shop" ];
          ensureUsers = [
            {
              name = "shop";
              ensureDBOwnership = true;
            }
          ];
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

    # services.jellyfin
    {
      services.jellyfin = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/jellyfin";
      };
    }

    # services.loki
    {
      services.loki = {
        enable = lib.mkOverride 900 true;
        configFile = lib.mkOverride 900 ../loki/loki.yml;
        extraFlags = [
          "-server.http-listen-port=3100"
          "-server.grpc-listen-port=9095"
        ];
      };

      # Loki looks for other rules every minute, so they change without a restart.
      environment.etc."loki/rules".source = ../loki/rules;
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

    # services.prometheus
    {
      services.prometheus = {
        enable = lib.mkOverride 900 true;
        # Hosts come and go without a restart.
        enableReload = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9090;
        globalConfig = {
          scrape_interval = lib.mkOverride 900 "15s";
          evaluation_interval = lib.mkOverride 900 "15s";
          external_labels = {
            fleet = "watched";
          };
        };
        scrapeConfigs = lib.importJSON ../prometheus/scrape.json;
        alertmanagers = [
          {
            static_configs = [
              {
                targets = [
                  "192.168.1.50:9093"
                  "192.168.1.51:9093"
                ];
              }
            ];
          }
        ];
        ruleFiles = [
          ../prometheus/rules/recording.yml
          ../prometheus/rules/alerts.yml
        ];
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
    hostName = lib.mkOverride 900 "eden";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [ 8096 ];
    firewall.allowedUDPPorts = [ 7359 ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [ "192.168.1.51" ];
      tcp = [
        9090
        9093
        9094
        9100
        9115
        9187
        9558
        9633
        12345
      ];
      udp = [ 9094 ];
    }
    {
      from = [
        "192.168.1.51"
        "fd00::52"
      ];
      tcp = [ 3100 ];
    }
  ];

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  system.stateVersion = lib.mkOverride 900 "25.11";

  fileSystems = {
    "/" = {
      device = lib.mkOverride 900 "/dev/disk/by-label/nixos";
      fsType = lib.mkOverride 900 "ext4";
    };
    "/boot" = {
      device = lib.mkOverride 900 "/dev/disk/by-label/boot";
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
