# Written by Cistern from hosts.gihon. Changes belong in a module of your own, which has the last word.
# cistern 1 in=2bee851783df2d2fcc29affbbecbd884 body=233952e8f7c4a19c064444bdd399bd7c words=5b77e9ea38d9f41513ae835f048eb7e8
{ lib, ... }:
{
  imports = [
    ../../modules/backup.nix
    # hardware: generic-efi, the facts show UEFI firmware
    {
      boot = {
        loader = {
          systemd-boot.enable = lib.mkOverride 900 true;
          efi.canTouchEfiVariables = lib.mkOverride 900 true;
        };
        initrd.availableKernelModules = [
          "nvme"
          "sd_mod"
          "uas"
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
        # There is nobody to agree with.
        extraFlags = [ "--cluster.listen-address=" ];
      };

      # Its account is made up when it starts, so it can own no secret.
      systemd.services.alertmanager.serviceConfig.LoadCredential = [
        "ntfy-token:/run/agenix/ntfy-token"
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
            domain = lib.mkOverride 900 "grafana.home.arpa";
            root_url = lib.mkOverride 900 "http://grafana.home.arpa:3000/";
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
        "admin_password:/run/agenix/grafana-admin-password"
        "secret_key:/run/agenix/grafana-secret-key"
      ];
    }

    # services.jellyfin
    {
      services.jellyfin = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/jellyfin";
      };

      # A member only: Jellyfin reads the media and keeps what it writes to itself.
      users.users.jellyfin.extraGroups = [ "media" ];
      users.groups.media = { };
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
        retentionTime = lib.mkOverride 900 "90d";
        globalConfig = {
          scrape_interval = lib.mkOverride 900 "30s";
          evaluation_interval = lib.mkOverride 900 "30s";
          external_labels = {
            fleet = "homelab";
          };
        };
        scrapeConfigs = lib.importJSON ../prometheus/scrape.json;
        alertmanagers = [ { static_configs = [ { targets = [ "192.168.1.51:9093" ]; } ]; } ];
        ruleFiles = [
          ../prometheus/rules/recording.yml
          ../prometheus/rules/alerts.yml
        ];
      };
    }

    # services.prowlarr
    {
      services.prowlarr = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/prowlarr";
        settings.server.port = lib.mkOverride 900 9696;
        environmentFiles = [ "/run/agenix/arr-keys" ];
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "gihon";
    domain = lib.mkOverride 900 "home.arpa";
    useDHCP = lib.mkOverride 900 false;
    interfaces.enp1s0 = {
      useDHCP = lib.mkOverride 900 false;
      ipv4.addresses = [
        {
          address = "192.168.1.51";
          prefixLength = 24;
        }
      ];
    };
    defaultGateway = {
      address = lib.mkOverride 900 "192.168.1.1";
      interface = lib.mkOverride 900 "enp1s0";
    };
    nameservers = [
      "192.168.1.1"
      "9.9.9.9"
    ];
    firewall.allowedTCPPorts = [
      3000
      8096
      9696
    ];
    firewall.allowedUDPPorts = [ 7359 ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [
        "192.168.1.50"
        "192.168.1.52"
      ];
      tcp = [ 3100 ];
    }
  ];

  # The interface keeps its name whatever else is plugged in.
  systemd.network.links."10-enp1s0" = {
    matchConfig.PermanentMACAddress = lib.mkOverride 900 "e0:51:d8:14:60:a2";
    linkConfig.Name = lib.mkOverride 900 "enp1s0";
  };

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  nixpkgs.config.allowUnfreePackages = [ "unrar" ];
  hardware.facter.reportPath = lib.mkOverride 900 ../../facts/gihon.json;
  system.stateVersion = lib.mkOverride 900 "25.11";
  time.timeZone = lib.mkOverride 900 "Europe/Vienna";
  i18n.defaultLocale = lib.mkOverride 900 "en_GB.UTF-8";

  fileSystems = {
    "/" = {
      device = lib.mkOverride 900 "/dev/disk/by-label/nixos";
      fsType = lib.mkOverride 900 "ext4";
    };
    "/boot" = {
      device = lib.mkOverride 900 "/dev/disk/by-label/BOOT";
      fsType = lib.mkOverride 900 "vfat";
      options = [ "umask=0077" ];
    };
    "/mnt/media/children" = {
      device = lib.mkOverride 900 "/dev/disk/by-id/usb-Seagate_Expansion_HDD_00000000NT17VFX6-0:0-part1";
      fsType = lib.mkOverride 900 "exfat";
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
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPjDzGvX/3cfsR072065rAHFFNhEYxivdPUkAOgpN4a"
    ];
    bo = {
      isNormalUser = lib.mkOverride 900 true;
      openssh.authorizedKeys.keys = [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKs/bjy+FdFVKVr4Nv4pQtk+2VLmY4XXmRqXGuza8pY9"
      ];
    };
  };
  security.sudo.extraRules = [
    {
      users = [ "bo" ];
      runAs = "root";
      commands = [
        {
          command = "/run/current-system/sw/bin/systemctl";
          options = [ "NOPASSWD" ];
        }
      ];
    }
  ];

  # What services may use: above it, the kernel ends or slows them and leaves the rest of the host alone.
  systemd.services = {
    jellyfin.serviceConfig = {
      MemoryMax = lib.mkOverride 900 "3G";
    };
  };

  age.secrets = {
    arr-keys = {
      file = lib.mkOverride 900 ../../secrets/arr-keys.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    backup-password = {
      file = lib.mkOverride 900 ../../secrets/gihon/backup-password.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    grafana-admin-password = {
      file = lib.mkOverride 900 ../../secrets/grafana-admin-password.age;
      owner = lib.mkOverride 900 "grafana";
      mode = lib.mkOverride 900 "0400";
    };
    grafana-secret-key = {
      file = lib.mkOverride 900 ../../secrets/grafana-secret-key.age;
      owner = lib.mkOverride 900 "grafana";
      mode = lib.mkOverride 900 "0400";
    };
    ntfy-token = {
      file = lib.mkOverride 900 ../../secrets/ntfy-token.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
