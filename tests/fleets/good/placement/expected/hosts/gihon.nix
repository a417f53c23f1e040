# Written by Cistern from hosts.gihon. Changes belong in a module of your own, which has the last word.
# cistern 1 in=db203192f4b66b7a3ac03f8c60b8692f body=129d8f273e3454df0dbeb80a005f7fec words=ce08b3a8e3e63002ae417ea3b09d725a
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
    hostName = lib.mkOverride 900 "gihon";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      8096
      8989
    ];
    firewall.allowedUDPPorts = [ 7359 ];
  };

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  hardware.facter.reportPath = lib.mkOverride 900 ../../facts/gihon.json;
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

  # This host stands by: everything is in place, and nothing starts it.
  systemd.services = {
    sonarr.wantedBy = lib.mkForce [ ];
  };
}
