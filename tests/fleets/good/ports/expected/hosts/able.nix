# Written by Cistern from hosts.able. Changes belong in a module of your own, which has the last word.
# cistern 1 in=dd905dadea49f346787d2900a6abe04d body=ab0fc1fbff41556442133e76df4235bd words=6a7ba0da411566fa98e8f1d31ef1f8cf
{ lib, ... }:
{
  imports = [
    ../../modules/able.nix
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

    # services.open-database
    (
      { config, pkgs, ... }:
      {
        services.postgresql = {
          enable = lib.mkOverride 900 true;
          settings.port = lib.mkOverride 900 5432;
          # nixpkgs sets a plain "localhost", so this has to be stronger than plain: yours takes mkForce.
          settings.listen_addresses = lib.mkOverride 90 "localhost,192.168.1.52";
          authentication = lib.concatLines [
            "host all all 192.168.1.0/24 scram-sha-256"
          ];
        };

        # PostgreSQL would start without an address that is not up yet.
        systemd.services.postgresql = {
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
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

    # services.radarr
    {
      services.radarr = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/radarr/.config/Radarr";
        settings.server.port = lib.mkOverride 900 80;
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "able";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      80
      5432
    ];
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
