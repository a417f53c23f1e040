# Written by Cistern from hosts.outside. Changes belong in a module of your own, which has the last word.
# cistern 1 in=f0e6c74b0f4662e799c54267135a9a04 body=264eca9a1bae707f1b532e68ae850b81 words=5e882ca8338e5bd24f748b057af196df
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

    # services.behind
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.behind = {
          image = lib.mkOverride 900 "docker.io/g0ldyy/comet@sha256:d51f791051c2e5f9112c57109acd4d7b9b5788df79db36fa24c09c3c9ee8a569";
          ports = [
            "127.0.0.1:3000:3000"
          ];
        };
      };
    }

    # services.nginx
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
      };

      services.prometheus.exporters.nginx = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9113;
        scrapeUri = lib.mkOverride 900 "http://localhost:80/nginx_status";
      };
    }

    # services.redis
    (
      { pkgs, ... }:
      {
        services.redis.servers.redis = {
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

  ];

  networking = {
    hostName = lib.mkOverride 900 "outside";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      80
      443
    ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [ "192.168.1.50" ];
      tcp = [
        9113
        9122
      ];
    }
  ];

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
