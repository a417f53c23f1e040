# Written by Cistern from hosts.monitor. Changes belong in a module of your own, which has the last word.
# cistern 1 in=c131db21949ff858a3205269e0fddb8d body=73b0216a8dad77513be4ef07fe495e9d words=4d9f737782d26c10d8daa7be9da6b051
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
        # There is nobody to agree with.
        extraFlags = [ "--cluster.listen-address=" ];
      };

      # Its account is made up when it starts, so it can own no secret.
      systemd.services.alertmanager.serviceConfig.LoadCredential = [
        "mail-alerts:/run/agenix/mail-alerts"
        "pagerduty-shop:/run/agenix/pagerduty-shop"
      ];
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
      systemd.services.alloy.environment.CISTERN_HOST = lib.mkOverride 900 "monitor";
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
            domain = lib.mkOverride 900 "grafana.example.org";
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
        retentionTime = lib.mkOverride 900 "365d";
        globalConfig = {
          scrape_interval = lib.mkOverride 900 "30s";
          evaluation_interval = lib.mkOverride 900 "30s";
          external_labels = {
            fleet = "company";
          };
        };
        scrapeConfigs = lib.importJSON ../prometheus/scrape.json;
        alertmanagers = [ { static_configs = [ { targets = [ "10.20.0.40:9093" ]; } ]; } ];
        ruleFiles = [
          ../prometheus/rules/recording.yml
          ../prometheus/rules/alerts.yml
        ];
      };

      # Prometheus looks at these once a minute, so that hosts come and go without so much as a reload.
      environment.etc."cistern/targets".source = lib.mkOverride 900 ../prometheus/targets;
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "monitor";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 false;
    interfaces.ens18 = {
      useDHCP = lib.mkOverride 900 false;
      ipv4.addresses = [
        {
          address = "10.20.0.40";
          prefixLength = 24;
        }
      ];
    };
    defaultGateway = {
      address = lib.mkOverride 900 "10.20.0.1";
      interface = lib.mkOverride 900 "ens18";
    };
    nameservers = [ "10.20.0.1" ];
    firewall.allowedTCPPorts = [ 3000 ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [
        "10.10.0.10"
        "10.10.0.11"
        "10.10.0.12"
        "10.10.0.13"
        "10.20.0.11"
        "10.20.0.12"
        "10.20.0.13"
        "10.20.0.14"
        "10.20.0.21"
        "10.20.0.22"
        "10.20.0.23"
        "10.20.0.31"
        "10.20.0.32"
        "10.20.0.33"
        "10.30.0.10"
        "10.30.0.11"
        "10.30.0.12"
        "10.30.0.13"
        "10.30.0.21"
        "10.30.0.22"
      ];
      tcp = [ 3100 ];
    }
  ];

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  system.stateVersion = lib.mkOverride 900 "25.11";
  time.timeZone = lib.mkOverride 900 "Europe/Vienna";
  i18n.defaultLocale = lib.mkOverride 900 "en_GB.UTF-8";

  fileSystems = {
    "/" = {
      device = lib.mkOverride 900 "/dev/disk/by-label/nixos";
      fsType = lib.mkOverride 900 "ext4";
    };
    "/var/lib/prometheus2" = {
      device = lib.mkOverride 900 "/dev/disk/by-label/metrics";
      fsType = lib.mkOverride 900 "xfs";
      options = [
        "nofail"
        "x-systemd.device-timeout=10s"
      ];
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
      "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBC946BCdv9nt8KFQV0o6vZP5Ur/9Y4ZdC96PMgfdb51jsTQkQxmsQ+fN79c3gTof+dhWHC9pVAi93qhLPDkuYIU="
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINymx6DxkuFXeql1scrPcyCkZw9e3gUcD22sWbm+ABjS"
    ];
    deploy = {
      isNormalUser = lib.mkOverride 900 true;
      openssh.authorizedKeys.keys = [
        "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBC946BCdv9nt8KFQV0o6vZP5Ur/9Y4ZdC96PMgfdb51jsTQkQxmsQ+fN79c3gTof+dhWHC9pVAi93qhLPDkuYIU="
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINymx6DxkuFXeql1scrPcyCkZw9e3gUcD22sWbm+ABjS"
      ];
    };
  };

  # deploy-rs copies store paths as this account and takes on the one that activates.
  nix.settings.trusted-users = [ "deploy" ];
  security.sudo.extraRules = [
    {
      users = [ "deploy" ];
      runAs = "root";
      commands = [
        {
          command = "ALL";
          options = [ "NOPASSWD" ];
        }
      ];
    }
  ];

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
    mail-alerts = {
      file = lib.mkOverride 900 ../../secrets/mail-alerts.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    pagerduty-shop = {
      file = lib.mkOverride 900 ../../secrets/pagerduty-shop.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
