# Written by Cistern from hosts.edge-staging. Changes belong in a module of your own, which has the last word.
# cistern 1 in=211269f296866283187989163e5e654d body=93450ada3ae9cf949b028c2207d03f83 words=d8b0758390d9ce40c6e26e2c004937fe
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
      systemd.services.alloy.environment.CISTERN_HOST = lib.mkOverride 900 "edge-staging";
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

    # services.website-staging
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
          "shop.staging.example.org" = {
            enableACME = lib.mkOverride 900 true;
            forceSSL = lib.mkOverride 900 true;
            locations."/" = {
              proxyPass = lib.mkOverride 900 "http://10.20.0.14:8080";
              proxyWebsockets = lib.mkOverride 900 true;
            };
          };
          "staging.example.org" = {
            enableACME = lib.mkOverride 900 true;
            forceSSL = lib.mkOverride 900 true;
            root = lib.mkOverride 900 "/srv/www";
          };
        };
      };

      security.acme = {
        acceptTerms = lib.mkOverride 900 true;
        defaults.email = lib.mkOverride 900 "hostmaster@example.org";
      };

      services.prometheus.exporters.nginx = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9113;
        scrapeUri = lib.mkOverride 900 "http://localhost:80/nginx_status";
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "edge-staging";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 false;
    interfaces.ens18 = {
      useDHCP = lib.mkOverride 900 false;
      ipv4.addresses = [
        {
          address = "10.10.0.13";
          prefixLength = 24;
        }
      ];
    };
    defaultGateway = {
      address = lib.mkOverride 900 "10.10.0.1";
      interface = lib.mkOverride 900 "ens18";
    };
    nameservers = [
      "9.9.9.9"
      "149.112.112.112"
    ];
    firewall.allowedTCPPorts = [
      80
      443
    ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [ "10.20.0.40" ];
      tcp = [
        9100
        9113
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
    thomas = {
      isNormalUser = lib.mkOverride 900 true;
      openssh.authorizedKeys.keys = [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAID2/8VzunkWhdTE/Gchdkk2IamMgHh3Zzi7aX022/yLq"
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
    {
      users = [ "thomas" ];
      runAs = "root";
      commands = [
        {
          command = "/run/current-system/sw/bin/systemctl";
          options = [ "NOPASSWD" ];
        }
      ];
    }
  ];
}
