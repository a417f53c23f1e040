# Written by Cistern from hosts.disks. Changes belong in a module of your own, which has the last word.
# cistern 1 in=901330c9a03d52e64ac76991ccbac573 body=8aeb05546427dea68094f3bc74d0a0b5 words=f8bdfe485da428e15e912f9c8d551875
{ lib, ... }:
{
  imports = [
    # hardware: generic-bios, named by the definition
    {
      boot = {
        loader.grub = {
          enable = lib.mkOverride 900 true;
          device = lib.mkOverride 900 "/dev/disk/by-id/ata-Samsung_SSD_870_S6P0NX0T";
        };
        initrd.availableKernelModules = [ "ahci" ];
      };

      hardware.enableRedistributableFirmware = lib.mkOverride 900 true;
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

    # services.comet
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.comet = {
          image = lib.mkOverride 900 "docker.io/g0ldyy/comet@sha256:d51f791051c2e5f9112c57109acd4d7b9b5788df79db36fa24c09c3c9ee8a569";
          ports = [
            "8080:8080"
          ];
          # podman keeps a container in a control group of its own, beside that of the unit, so it is told as well.
          extraOptions = [
            "--cpus=0.25"
          ];
        };
      };
    }

    # services.jellyfin
    {
      services.jellyfin = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/jellyfin";
      };
    }

    # services.sonarr
    (
      { config, ... }:
      {
        services.sonarr = {
          enable = lib.mkOverride 900 true;
          dataDir = lib.mkOverride 900 "/var/lib/sonarr/.config/NzbDrone";
          settings.server.port = lib.mkOverride 900 8989;
        };
      }
    )

  ];

  networking = {
    hostName = lib.mkOverride 900 "disks";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      8080
      8096
      8989
    ];
    firewall.allowedUDPPorts = [ 7359 ];
  };

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  hardware.facter.reportPath = lib.mkOverride 900 ../../facts/disks.json;
  system.stateVersion = lib.mkOverride 900 "25.11";

  fileSystems = {
    "/" = {
      device = lib.mkOverride 900 "/dev/disk/by-id/ata-Samsung_SSD_870_S6P0NX0T-part1";
      fsType = lib.mkOverride 900 "btrfs";
      options = [ "subvol=root" ];
    };
    "/home" = {
      device = lib.mkOverride 900 "/dev/disk/by-id/ata-Samsung_SSD_870_S6P0NX0T-part1";
      fsType = lib.mkOverride 900 "btrfs";
      options = [ "subvol=home" ];
    };
    "/mnt/cache" = {
      device = lib.mkOverride 900 "tmpfs";
      fsType = lib.mkOverride 900 "tmpfs";
      options = [ "size=100%" ];
    };
    "/mnt/films" = {
      device = lib.mkOverride 900 "/dev/mapper/films";
      fsType = lib.mkOverride 900 "ext4";
      options = [
        "nofail"
        "x-systemd.device-timeout=10s"
      ];
    };
    "/mnt/more" = {
      device = lib.mkOverride 900 "/dev/disk/by-id/dm-name-more";
      fsType = lib.mkOverride 900 "ext4";
      options = [
        "nofail"
        "x-systemd.device-timeout=10s"
      ];
    };
    "/mnt/scratch" = {
      device = lib.mkOverride 900 "tmpfs";
      fsType = lib.mkOverride 900 "tmpfs";
      options = [ "size=8g" ];
    };
    "/var" = {
      device = lib.mkOverride 900 "/dev/disk/by-path/pci-0000:00:17.0-ata-1-part2";
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

  # What services may use: above it, the kernel ends or slows them and leaves the rest of the host alone.
  systemd.services = {
    jellyfin.serviceConfig = {
      CPUQuota = lib.mkOverride 900 "350%";
      MemoryMax = lib.mkOverride 900 "6G";
    };
    podman-comet.serviceConfig = {
      CPUQuota = lib.mkOverride 900 "25%";
    };
    redis-cache.serviceConfig = {
      CPUQuota = lib.mkOverride 900 "25%";
      MemoryMax = lib.mkOverride 900 "512M";
    };
    sonarr.serviceConfig = {
      MemoryMax = lib.mkOverride 900 "1536M";
    };
  };
}
