# Written by Cistern from hosts.gihon. Changes belong in a module of your own, which has the last word.
# cistern 1 in=40213081b5438df57334a72c63b9747d body=a52ed184c3fa0f8bc02d761b10a136ad words=32ca7abf39ad0550ca8893f50ba261ee
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
          "192.168.1.50"
        ];
        extraFlags = [ "--cluster.advertise-address=192.168.1.51:9094" ];
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
      systemd.services.alloy.environment.CISTERN_HOST = lib.mkOverride 900 "gihon";
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

    # services.grafana
    {
      services.grafana = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/grafana";
        settings = {
          server = {
            http_addr = lib.mkOverride 900 ""; # every address; nixpkgs keeps to the loopback
            http_port = lib.mkOverride 900 3000;
            root_url = lib.mkOverride 900 "https://grafana.example.org/";
          };
          # Grafana reads the files when it starts, so only their paths stand in the store.
          security = {
            admin_password = lib.mkOverride 900 "$__file{/run/credentials/grafana.service/admin_password}";
            secret_key = lib.mkOverride 900 "$__file{/run/credentials/grafana.service/secret_key}";
          };
        };
        provision = {
          enable = lib.mkOverride 900 true;
          datasources.settings = lib.importJSON ../grafana/datasources.json;
          dashboards.settings = lib.importJSON ../grafana/provider.json;
        };
      };

      # Grafana looks for other dashboards every few seconds, so they change without a restart.
      environment.etc."cistern/dashboards".source = ../grafana/dashboards;

      systemd.services.grafana.serviceConfig.LoadCredential = [
        "admin_password:/run/agenix/grafana-admin"
        "secret_key:/run/agenix/grafana-key"
      ];
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
    hostName = lib.mkOverride 900 "gihon";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [ 3000 ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [ "192.168.1.50" ];
      tcp = [
        9090
        9093
        9094
        9100
        9115
        9558
        12345
      ];
      udp = [ 9094 ];
    }
    {
      from = [
        "192.168.1.50"
        "fd00::52"
      ];
      tcp = [ 3100 ];
    }
  ];

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  system.stateVersion = lib.mkOverride 900 "25.11";
  time.timeZone = lib.mkOverride 900 "Europe/Vienna";

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
    grafana-admin = {
      file = lib.mkOverride 900 ../../secrets/grafana-admin.age;
      owner = lib.mkOverride 900 "grafana";
      mode = lib.mkOverride 900 "0400";
    };
    grafana-key = {
      file = lib.mkOverride 900 ../../secrets/grafana-key.age;
      owner = lib.mkOverride 900 "grafana";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
