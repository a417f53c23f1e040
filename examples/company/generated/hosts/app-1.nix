# Written by Cistern from hosts.app-1. Changes belong in a module of your own, which has the last word.
# cistern 1 in=4465aae29ac902af9f9fc4368b3cb15a body=f03a9144988f11f4ecc1d287578a85b6 words=0b16a1d18e58204cdf5cfe301f96812b
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
      systemd.services.alloy.environment.CISTERN_HOST = lib.mkOverride 900 "app-1";
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

    # services.shop
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.shop = {
          image = lib.mkOverride 900 "registry.example.org/shop:4.11.2@sha256:98558eb4c11abccd275aeff54ceaae4b1d5f8554a153c857857146258df92947";
          ports = [
            "8080:8080"
          ];
          environment = {
            DATABASE_HOST = lib.mkOverride 900 "10.20.0.21";
            DATABASE_NAME = lib.mkOverride 900 "shop";
            SESSIONS_HOST = lib.mkOverride 900 "10.20.0.31";
          };
          environmentFiles = [ "/run/agenix/shop-env" ];
        };
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "app-1";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 false;
    interfaces.ens18 = {
      useDHCP = lib.mkOverride 900 false;
      ipv4.addresses = [
        {
          address = "10.20.0.11";
          prefixLength = 24;
        }
      ];
    };
    defaultGateway = {
      address = lib.mkOverride 900 "10.20.0.1";
      interface = lib.mkOverride 900 "ens18";
    };
    nameservers = [ "10.20.0.1" ];
    firewall.allowedTCPPorts = [ 8080 ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [ "10.20.0.40" ];
      tcp = [
        9100
        9121
        12345
      ];
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
    petra = {
      isNormalUser = lib.mkOverride 900 true;
      openssh.authorizedKeys.keys = [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPMnbZqWwwHFJqo/GN0Tr+GdynlACyd7m/9+2k6JhhOq"
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
    {
      users = [ "petra" ];
      runAs = "root";
      commands = [
        {
          command = "/run/current-system/sw/bin/podman";
          options = [ "NOPASSWD" ];
        }
        {
          command = "/run/current-system/sw/bin/systemctl";
          options = [ "NOPASSWD" ];
        }
      ];
    }
  ];

  # Services of other hosts that are waited for, though not for ever.
  cistern.health.waits = {
    sessions = {
      anyOf = [
        {
          tcp = {
            address = lib.mkOverride 900 "10.20.0.31";
            port = lib.mkOverride 900 6379;
          };
          timeout = lib.mkOverride 900 5;
        }
        {
          tcp = {
            address = lib.mkOverride 900 "10.20.0.32";
            port = lib.mkOverride 900 6379;
          };
          timeout = lib.mkOverride 900 5;
        }
        {
          tcp = {
            address = lib.mkOverride 900 "10.20.0.33";
            port = lib.mkOverride 900 6379;
          };
          timeout = lib.mkOverride 900 5;
        }
      ];
      units = [ "podman-shop" ];
    };
    shop-db = {
      anyOf = [
        {
          tcp = {
            address = lib.mkOverride 900 "10.20.0.21";
            port = lib.mkOverride 900 5432;
          };
          timeout = lib.mkOverride 900 5;
        }
      ];
      units = [ "podman-shop" ];
    };
  };

  age.secrets = {
    sessions-password = {
      file = lib.mkOverride 900 ../../secrets/sessions-password.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    shop-env = {
      file = lib.mkOverride 900 ../../secrets/shop-env.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
