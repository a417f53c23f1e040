# Written by Cistern from hosts.eden. Changes belong in a module of your own, which has the last word.
# cistern 1 in=ed2a2aef92c60b2bd9b5898a547932a7 body=1becc33ec5dd1afc23d1b016c530af05 words=850437c4ace6304b3abac5a24585ccd4
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
          "[fd00::51]"
        ];
        extraFlags = [ "--cluster.advertise-address=192.168.1.50:9094" ];
      };
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

    # services.names
    {
      systemd.services.names.environment = {
        DNS_PORT = "53";
        TLS_PORT = "853";
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

    # services.prometheus
    {
      services.prometheus = {
        enable = lib.mkOverride 900 true;
        # Hosts come and go without a restart.
        enableReload = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9090;
        retentionTime = lib.mkOverride 900 "90d";
        globalConfig = {
          scrape_interval = lib.mkOverride 900 "30s";
          evaluation_interval = lib.mkOverride 900 "30s";
          external_labels = {
            fleet = "watched";
          };
        };
        # Some targets ask for a password, which is there only when Prometheus runs.
        checkConfig = lib.mkOverride 900 "syntax-only";
        scrapeConfigs = lib.importJSON ../prometheus/scrape.json;
        alertmanagers = [
          {
            static_configs = [
              {
                targets = [
                  "192.168.1.50:9093"
                  "[fd00::51]:9093"
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

      # Prometheus looks at these once a minute, so that hosts come and go without so much as a reload.
      environment.etc."cistern/targets".source = lib.mkOverride 900 ../prometheus/targets;

      systemd.services.prometheus.serviceConfig.LoadCredential = [
        "node:/run/agenix/node"
        "node-ca:/run/agenix/node-ca"
      ];
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
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [ "fd00::51" ];
      tcp = [
        9090
        9093
        9094
        9100
        9115
        9558
      ];
      udp = [ 9094 ];
    }
    {
      from = [
        "192.168.1.52"
        "192.168.1.53"
        "192.168.1.54"
        "192.168.1.55"
        "fd00::51"
      ];
      tcp = [
        53
        853
      ];
      udp = [ 53 ];
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
    node = {
      file = lib.mkOverride 900 ../../secrets/node.age;
      owner = lib.mkOverride 900 "prometheus";
      mode = lib.mkOverride 900 "0400";
    };
    node-ca = {
      file = lib.mkOverride 900 ../../secrets/node-ca.age;
      owner = lib.mkOverride 900 "prometheus";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
