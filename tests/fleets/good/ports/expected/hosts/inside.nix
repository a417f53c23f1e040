# Written by Cistern from hosts.inside. Changes belong in a module of your own, which has the last word.
# cistern 1 in=197790c737204a9fa4714950cf1368b6 body=6e40ec047ff7306a798e496b0afbc2fa words=1158c1e58ef7eb6c3dc32bfe8b5ba9ab
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

    # services.comet
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.comet = {
          image = lib.mkOverride 900 "docker.io/g0ldyy/comet@sha256:d51f791051c2e5f9112c57109acd4d7b9b5788df79db36fa24c09c3c9ee8a569";
          ports = [
            "8096:8096"
          ];
        };
      };
    }

    # services.one
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.one = {
          image = lib.mkOverride 900 "docker.io/g0ldyy/comet@sha256:d51f791051c2e5f9112c57109acd4d7b9b5788df79db36fa24c09c3c9ee8a569";
          ports = [
            "127.0.0.1:8080:8080"
          ];
        };
      };
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
            fleet = "ports";
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

    # services.three
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.three = {
          image = lib.mkOverride 900 "docker.io/g0ldyy/comet@sha256:d51f791051c2e5f9112c57109acd4d7b9b5788df79db36fa24c09c3c9ee8a569";
          ports = [
            "[::1]:8080:8080"
          ];
        };
      };
    }

    # services.two
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.two = {
          image = lib.mkOverride 900 "docker.io/g0ldyy/comet@sha256:d51f791051c2e5f9112c57109acd4d7b9b5788df79db36fa24c09c3c9ee8a569";
          ports = [
            "192.168.1.50:8080:8080"
          ];
        };
      };
    }

    # services.udp
    {
      systemd.services.udp.environment.BEACON = lib.mkOverride 900 "8096";
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "inside";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      8080
      8096
    ];
    firewall.allowedUDPPorts = [ 8096 ];
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
