# Written by Cistern from hosts.gihon. Changes belong in a module of your own, which has the last word.
# cistern 1 in=4b6c8a2d52ea5d426642f42ec81315da body=69f2ade4c4ce407c82f3600ab87281a7 words=2abd059251896c7002a12ee536d4e23b
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

    # services.prometheus
    {
      services.prometheus = {
        enable = lib.mkOverride 900 true;
        # Hosts come and go without a restart.
        enableReload = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9090;
        globalConfig = {
          external_labels = {
            fleet = "values";
          };
        };
        scrapeConfigs = lib.importJSON ../prometheus/scrape.json;
        alertmanagers = [ { static_configs = [ { targets = [ "10.0.0.11:9093" ]; } ]; } ];
        ruleFiles = [
          ../prometheus/rules/recording.yml
          ../prometheus/rules/alerts.yml
          ../prometheus/rules/secrets.yml
        ];
      };
    }

    # services.watcher
    {
      systemd.services.watcher.serviceConfig.LoadCredential = [ "key:/run/agenix/sonarr-api-key" ];
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "gihon";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [ 3000 ];
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
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIChu3qAccXpL58FSEXpuMToxDQ/sT8phPmi1K68tHbO3"
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF"
    ];
  };

  age.secrets = {
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
    sonarr-api-key = {
      file = lib.mkOverride 900 ../../secrets/sonarr-api-key.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    token = {
      file = lib.mkOverride 900 ../../secrets/token.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    "token.previous" = {
      file = lib.mkOverride 900 ../../secrets/token.previous.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    tunnel = {
      file = lib.mkOverride 900 ../../secrets/gihon/tunnel.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    tunnel-file = {
      file = lib.mkOverride 900 ../../secrets/gihon/tunnel-file.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
