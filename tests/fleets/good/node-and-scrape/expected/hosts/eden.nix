# Written by Cistern from hosts.eden. Changes belong in a module of your own, which has the last word.
# cistern 1 in=58f6bd91f185dad5455d18cb0b2a0127 body=9331e227c9055bba3c9966050fbfcf7e words=3c4a297f3d2579de87d346e37a24f952
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
            fleet = "partly";
          };
        };
        scrapeConfigs = lib.importJSON ../prometheus/scrape.json;
        alertmanagers = [ { static_configs = [ { targets = [ "192.168.1.50:9093" ]; } ]; } ];
        ruleFiles = [
          ../prometheus/rules/recording.yml
          ../prometheus/rules/alerts.yml
        ];
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "eden";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
  };

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
}
