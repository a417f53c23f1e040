# Written by Cistern from hosts.db. Changes belong in a module of your own, which has the last word.
# cistern 1 in=85bc106ba99e0a528042bc02bd16a70c body=c0d3c497af5bb87c75b9e49f835ada58 words=20f0c465b58fc64e80dd90e70846f764
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

    # services.node-exporter
    {
      services.prometheus.exporters.node = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9100;
        enabledCollectors = [ "systemd" ];
      };
    }

    # services.postgresql
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

  ];

  networking = {
    hostName = lib.mkOverride 900 "db";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      9100
      9187
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
