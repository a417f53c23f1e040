# Written by Cistern from hosts.eden. Changes belong in a module of your own, which has the last word.
# cistern 1 in=abec349c0593ec91416b454bf0739719 body=75154690e1be0f041f9381ea52edc6af words=466c59113c63376a04a35187093841ac
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

    # services.radarr
    {
      services.radarr = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/radarr/.config/Radarr";
        settings.server.port = lib.mkOverride 900 7878;
        environmentFiles = [ "/srv/radarr.env" ];
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "eden";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      7878
      8096
    ];
    firewall.allowedUDPPorts = [ 7359 ];
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

  cistern.secrets.auditReads = lib.mkOverride 900 true;
  age.secrets = {
    by-hosts = {
      file = lib.mkOverride 900 ../../secrets/by-hosts.age;
      owner = lib.mkOverride 900 "nobody";
      group = lib.mkOverride 900 "nogroup";
      mode = lib.mkOverride 900 "0440";
    };
    by-path = {
      file = lib.mkOverride 900 ../../secrets/by-path.age;
      owner = lib.mkOverride 900 "radarr";
      mode = lib.mkOverride 900 "0400";
      path = lib.mkOverride 900 "/srv/radarr.env";
    };
    by-service = {
      file = lib.mkOverride 900 ../../secrets/by-service.age;
      owner = lib.mkOverride 900 "jellyfin";
      mode = lib.mkOverride 900 "0400";
    };
    by-services = {
      file = lib.mkOverride 900 ../../secrets/by-services.age;
      owner = lib.mkOverride 900 "jellyfin";
      mode = lib.mkOverride 900 "0400";
    };
    wg-key = {
      file = lib.mkOverride 900 ../../secrets/eden/wg-key.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
      path = lib.mkOverride 900 "/etc/wireguard/key";
    };
  };
}
