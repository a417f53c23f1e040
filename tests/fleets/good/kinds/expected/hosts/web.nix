# Written by Cistern from hosts.web. Changes belong in a module of your own, which has the last word.
# cistern 1 in=797d8d8d1cc9c338842c87a932c07eb8 body=f7a2c248acadd5144eae5d44207087ee words=c88cf25588437cf942f8db99c7054cbb
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

    # services.cache
    (
      { pkgs, ... }:
      {
        services.redis.servers.cache = {
          enable = lib.mkOverride 900 true;
          port = lib.mkOverride 900 6379;
          bind = lib.mkOverride 900 "127.0.0.1";
          appendOnly = lib.mkOverride 900 false;
          settings = {
            maxmemory = lib.mkOverride 900 "256mb";
            maxmemory-policy = lib.mkOverride 900 "allkeys-lru";
          };
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
          external_labels = {
            fleet = "kinds";
          };
        };
        scrapeConfigs = lib.importJSON ../prometheus/scrape.json;
        alertmanagers = [ { static_configs = [ { targets = [ "10.0.0.13:9093" ]; } ]; } ];
        ruleFiles = [
          ../prometheus/rules/recording.yml
          ../prometheus/rules/alerts.yml
        ];
      };
    }

    # services.shop
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.shop = {
          image = lib.mkOverride 900 "registry.example.org/shop:4.11.2@sha256:8d9001d32c6a703d95921a77115050f33dd823d3f1730bd35215dcbecad6dc20";
          ports = [
            "127.0.0.1:8080:8080"
          ];
          environment = {
            DATABASE_HOST = lib.mkOverride 900 "10.0.0.11";
          };
          user = lib.mkOverride 900 "1000:1000";
          volumes = [
            "/var/lib/shop:/data"
          ];
        };
      };

      # podman mounts what exists and creates nothing.
      systemd.tmpfiles.settings.cistern."/var/lib/shop".d = {
        mode = lib.mkOverride 900 "0750";
        user = lib.mkOverride 900 "1000";
        group = lib.mkOverride 900 "1000";
      };

      # A disk that is missing stops the container rather than showing it an empty directory.
      systemd.services.podman-shop.unitConfig.RequiresMountsFor = [
        "/var/lib/shop"
      ];
    }

    # services.snmp-exporter
    (
      { pkgs, ... }:
      {
        services.prometheus.exporters.snmp = {
          enable = lib.mkOverride 900 true;
          port = lib.mkOverride 900 9117;
          configurationPath = lib.mkOverride 900 "${pkgs.prometheus-snmp-exporter.src}/snmp.yml";
          # The check takes only what is a store path by itself.
          enableConfigCheck = lib.mkOverride 900 false;
        };
      }
    )

    # services.website
    {
      services.nginx = {
        enable = lib.mkOverride 900 true;
        defaultHTTPListenPort = lib.mkOverride 900 80;
        defaultSSLListenPort = lib.mkOverride 900 443;
        recommendedGzipSettings = lib.mkOverride 900 true;
        recommendedOptimisation = lib.mkOverride 900 true;
        recommendedProxySettings = lib.mkOverride 900 true;
        recommendedTlsSettings = lib.mkOverride 900 true;
        clientMaxBodySize = lib.mkOverride 900 "10m";
        statusPage = lib.mkOverride 900 true; # what the exporter reads
        virtualHosts = {
          "shop.example.org" = {
            enableACME = lib.mkOverride 900 true;
            forceSSL = lib.mkOverride 900 true;
            locations."/" = {
              proxyPass = lib.mkOverride 900 "http://127.0.0.1:8080";
              proxyWebsockets = lib.mkOverride 900 true;
            };
          };
          "www.example.org" = {
            enableACME = lib.mkOverride 900 true;
            forceSSL = lib.mkOverride 900 true;
            root = lib.mkOverride 900 "/srv/www";
          };
        };
      };

      security.acme = {
        acceptTerms = lib.mkOverride 900 true;
        defaults.email = lib.mkOverride 900 "ana@example.org";
      };

      services.prometheus.exporters.nginx = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9113;
        scrapeUri = lib.mkOverride 900 "http://localhost:80/nginx_status";
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "web";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      80
      443
      3000
    ];
  };

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  nixpkgs.config.allowUnfreePackages = [ "unrar" ];
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
