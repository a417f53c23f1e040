# Written by Cistern from hosts.watch-1. Changes belong in a module of your own, which has the last word.
# cistern 1 in=4b00bed6c6028b806f85f1a7480f01b1 body=2b132c2ef853006bd2535477b0ce4266 words=82ab62f91bb81ac311a890e852d60816
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

    # services.cache
    (
      { pkgs, ... }:
      {
        services.redis.servers.cache = {
          enable = lib.mkOverride 900 true;
          port = lib.mkOverride 900 6379;
          bind = lib.mkOverride 900 "127.0.0.1";
          appendOnly = lib.mkOverride 900 false;
        };

        services.prometheus.exporters.redis = {
          enable = lib.mkOverride 900 true;
          port = lib.mkOverride 900 9122;
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
    }

    # monitoring
    {
      services.prometheus = {
        enable = lib.mkOverride 900 true;
        # Hosts come and go without a restart.
        enableReload = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9090;
        retentionTime = lib.mkOverride 900 "1y6w";
        globalConfig.scrape_interval = lib.mkOverride 900 "15s";
        scrapeConfigs = lib.importJSON ../prometheus/scrape.json;
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "watch-1";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      9100
      9122
    ];
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
  };
}
