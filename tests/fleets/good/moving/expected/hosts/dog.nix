# Written by Cistern from hosts.dog. Changes belong in a module of your own, which has the last word.
# cistern 1 in=f512b54fed70543a1671a695d61df694 body=fd5cdc36df61f03eddc0cdbdb59c62a3 words=68514e3906f61cacf200fdf99d17ecde
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
          port = lib.mkOverride 900 9121;
        };

        systemd.services.prometheus-redis-exporter = {
          environment.REDIS_ADDR = lib.mkOverride 900 "redis://127.0.0.1:6379";
        };
      }
    )

    # services.shop
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.shop = {
          image = lib.mkOverride 900 "registry.example.org/shop@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
          ports = [
            "8081:8081"
          ];
        };
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "dog";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 false;
    interfaces.eth0 = {
      useDHCP = lib.mkOverride 900 false;
      ipv4.addresses = [
        {
          address = "10.77.0.14";
          prefixLength = 24;
        }
      ];
    };
    defaultGateway = {
      address = lib.mkOverride 900 "10.77.0.1";
      interface = lib.mkOverride 900 "eth0";
    };
    nameservers = [ "10.77.0.1" ];
    firewall.allowedTCPPorts = [ 8081 ];
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
    ];
  };

  # What services cannot work without starts before them.
  systemd.services = {
    podman-shop = {
      after = [ "redis-cache.service" ];
      wants = [ "redis-cache.service" ];
    };
  };

  # How services show that they work, and what is done here when they do not.
  cistern.health.checks = {
    cache = {
      tcp = {
        address = lib.mkOverride 900 "127.0.0.1";
        port = lib.mkOverride 900 6379;
      };
      timeout = lib.mkOverride 900 5;
      interval = lib.mkOverride 900 60;
      retries = lib.mkOverride 900 3;
      startPeriod = lib.mkOverride 900 60;
      restart = lib.mkOverride 900 true;
      units = [ "redis-cache" ];
    };
    shop = {
      exec = [
        "curl"
        "--fail"
        "http://127.0.0.1:8081/?a=$b&c=%d"
      ];
      timeout = lib.mkOverride 900 5;
      interval = lib.mkOverride 900 30;
      retries = lib.mkOverride 900 3;
      startPeriod = lib.mkOverride 900 60;
      restart = lib.mkOverride 900 true;
      units = [ "podman-shop" ];
    };
  };

  # Services of other hosts that are waited for, though not for ever.
  cistern.health.waits = {
    page = {
      anyOf = [
        {
          http = {
            url = lib.mkOverride 900 "http://10.77.0.11:8080/health";
            status = [
              200
              401
            ];
          };
          timeout = lib.mkOverride 900 2;
        }
        {
          http = {
            url = lib.mkOverride 900 "http://10.77.0.12:8080/health";
            status = [
              200
              401
            ];
          };
          timeout = lib.mkOverride 900 2;
        }
        {
          http = {
            url = lib.mkOverride 900 "http://10.77.0.13:8080/health";
            status = [
              200
              401
            ];
          };
          timeout = lib.mkOverride 900 2;
        }
      ];
      units = [ "podman-shop" ];
    };
  };
}
