# Written by Cistern from hosts.strict. Changes belong in a module of your own, which has the last word.
# cistern 1 in=262c540d977b012a1ea64f1fdc4012b8 body=5d4e5610acf9cf3fff9af69eee3a9dad words=6c04a1df687ad8f5ed4509d9d615ece3
{ lib, ... }:
{
  imports = [
    ../../modules/strict.nix
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
            fleet = "near-misses";
          };
        };
        scrapeConfigs = lib.importJSON ../prometheus/scrape.json;
        alertmanagers = [ { static_configs = [ { targets = [ "10.0.0.10:9093" ]; } ]; } ];
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
          image = lib.mkOverride 900 "docker.io/library/x@sha256:5be1ecc7935f1dd85635d4feedaf660594030253cc97c9e9ca3819ffeac36b65";
          ports = [
            "10.0.0.10:8080:8080"
          ];
          environment = {
            DATABASE_URL = lib.mkOverride 900 "postgres://shop@db.example.org/shop";
            DB_PASSWORD_FILE = lib.mkOverride 900 "/run/agenix/shop";
            KEY = lib.mkOverride 900 "AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF";
            OTHER_URL = lib.mkOverride 900 "postgres://shop:PASSWORD@db.example.org/shop, or user:password@host";
            PASSWORD = lib.mkOverride 900 "$DB_PASSWORD";
            SECRET_NAME = lib.mkOverride 900 "9f86d081884c7d659a2feaa0c55ad015";
            SESSION_SECRET = lib.mkOverride 900 "***";
            TOKEN = lib.mkOverride 900 "shop-issuer";
          };
          volumes = [
            "/run/agenix/shop:/agenix"
            "/etc/localtime:/etc/localtime"
            "/run/shop:/run/shop"
          ];
        };
      };

      # A disk that is missing stops the container rather than showing it an empty directory.
      systemd.services.podman-shop.unitConfig.RequiresMountsFor = [
        "/run/agenix/shop"
        "/etc/localtime"
        "/run/shop"
      ];
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "strict";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      8080
      8096
    ];
    firewall.allowedUDPPorts = [ 7359 ];
  };

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
    deploy = {
      isNormalUser = lib.mkOverride 900 true;
      openssh.authorizedKeys.keys = [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF"
      ];
    };
    robert = {
      isNormalUser = lib.mkOverride 900 true;
      openssh.authorizedKeys.keys = [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF"
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
    of-module = {
      file = lib.mkOverride 900 ../../secrets/of-module.age;
      owner = lib.mkOverride 900 "backup";
      group = lib.mkOverride 900 "backup-readers";
      mode = lib.mkOverride 900 "0400";
    };
    of-operator = {
      file = lib.mkOverride 900 ../../secrets/of-operator.age;
      owner = lib.mkOverride 900 "robert";
      mode = lib.mkOverride 900 "0400";
    };
    of-service = {
      file = lib.mkOverride 900 ../../secrets/of-service.age;
      owner = lib.mkOverride 900 "jellyfin";
      group = lib.mkOverride 900 "media";
      mode = lib.mkOverride 900 "0440";
    };
    of-system = {
      file = lib.mkOverride 900 ../../secrets/of-system.age;
      owner = lib.mkOverride 900 "root";
      group = lib.mkOverride 900 "wheel";
      mode = lib.mkOverride 900 "0640";
      path = lib.mkOverride 900 "/etc/shop.key";
    };
    shop = {
      file = lib.mkOverride 900 ../../secrets/shop.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
