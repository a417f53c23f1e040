# Written by Cistern from hosts.monitor. Changes belong in a module of your own, which has the last word.
# cistern 1 in=10949bd3f395771c254e2db82fe9a1ac body=8c183c4d6de8eb7f8793cd13d6875949 words=0946a9944d48c270d74ec8ef2e33627c
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

    # services.grafana
    {
      services.grafana = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/grafana";
        settings = {
          server = {
            http_addr = lib.mkOverride 900 ""; # every address; nixpkgs keeps to the loopback
            http_port = lib.mkOverride 900 3000;
          };
          # Grafana reads the files when it starts, so only their paths stand in the store.
          security = {
            admin_password = lib.mkOverride 900 "$__file{/run/credentials/grafana.service/admin_password}";
            secret_key = lib.mkOverride 900 "$__file{/run/credentials/grafana.service/secret_key}";
          };
        };
      };

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
    }

    # monitoring
    {
      services.prometheus = {
        enable = lib.mkOverride 900 true;
        # Hosts come and go without a restart.
        enableReload = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9090;
        retentionTime = lib.mkOverride 900 "365d";
        globalConfig.scrape_interval = lib.mkOverride 900 "30s";
        scrapeConfigs = lib.importJSON ../prometheus/scrape.json;
      };
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
    firewall.allowedTCPPorts = [
      3000
      9100
    ];
  };

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
  };
}
