# Written by Cistern from hosts.eden. Changes belong in a module of your own, which has the last word.
# cistern 1 in=24ee16a2223792e016a5e4229f59f209 body=e2da6692d26484bd4f301c11b2e1bb4e words=84ee27520287ffc2e0727051c9bb17e8
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

    # services.radarr
    {
      services.radarr = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/radarr/.config/Radarr";
        settings.server.port = lib.mkOverride 900 7878;
        environmentFiles = [ "/run/agenix/first" ];
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
          environmentFiles = [ "/run/agenix/shared" ];
        };
      }
    )

  ];

  networking = {
    hostName = lib.mkOverride 900 "eden";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      7878
      8989
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
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDcny2vOUxLXMdhE1x0+Hn3DmCkcYz9+CZGMXosy8fOK"
    ];
  };

  # What services may use: above it, the kernel ends or slows them and leaves the rest of the host alone.
  # When a value is changed, those who read it restart: agenix only puts the new file in place.
  systemd.services = {
    sonarr.serviceConfig = {
      MemoryMax = lib.mkOverride 900 "1G";
    };
    sonarr.restartTriggers = [
      "own, value 2"
      "shared, value 4"
    ];
  };

  age.secrets = {
    first = {
      file = lib.mkOverride 900 ../../secrets/first.age;
      owner = lib.mkOverride 900 "radarr";
      mode = lib.mkOverride 900 "0400";
    };
    of-hosts = {
      file = lib.mkOverride 900 ../../secrets/of-hosts.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    own = {
      file = lib.mkOverride 900 ../../secrets/eden/own.age;
      owner = lib.mkOverride 900 "sonarr";
      mode = lib.mkOverride 900 "0400";
    };
    shared = {
      file = lib.mkOverride 900 ../../secrets/shared.age;
      owner = lib.mkOverride 900 "sonarr";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
