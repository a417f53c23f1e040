# Written by Cistern from hosts.lax. Changes belong in a module of your own, which has the last word.
# cistern 1 in=b0194f83bcd6a042d29f1fc4bda23ef7 body=24a08853928933c814777b57d45e2e3c words=194ab019a428ca1664bcb27b6ff55b6d
{ lib, ... }:
{
  imports = [
    ../../modules/lax.nix
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

    # services.database
    (
      { config, pkgs, ... }:
      {
        services.postgresql = {
          enable = lib.mkOverride 900 true;
          settings.port = lib.mkOverride 900 5432;
        };

        services.prometheus.exporters.postgres = {
          enable = lib.mkOverride 900 true;
          port = lib.mkOverride 900 9187;
          # By the socket, as the one account that sees every database.
          runAsLocalSuperUser = lib.mkOverride 900 true;
          dataSourceName = lib.mkOverride 900 "host=/run/postgresql port=5432 user=postgres database=postgres";
        };
      }
    )

    # services.sonarr
    (
      { config, ... }:
      {
        services.sonarr = {
          enable = lib.mkOverride 900 true;
          dataDir = lib.mkOverride 900 "/var/lib/sonarr/.config/NzbDrone";
          settings.server.port = lib.mkOverride 900 80;
        };
      }
    )

  ];

  networking = {
    hostName = lib.mkOverride 900 "lax";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [ 80 ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [ "192.168.1.50" ];
      tcp = [ 9187 ];
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
