# Written by Cistern from hosts.gihon. Changes belong in a module of your own, which has the last word.
# cistern 1 in=aac7ba7831535549e6ee03391886bfc5 body=d7a00ef97aacff9aca31b9f954e0b35b words=97a63fe46b4aabff968288b78e2a9b12
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

    # services.prowlarr
    {
      services.prowlarr = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/prowlarr";
        settings.server.port = lib.mkOverride 900 9696;
        environmentFiles = [ "/run/agenix/shared" ];
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "gihon";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [ 9696 ];
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

  # When a value is changed, those who read it restart: agenix only puts the new file in place.
  systemd.services = {
    prowlarr.restartTriggers = [ "shared, value 4" ];
  };

  age.secrets = {
    own = {
      file = lib.mkOverride 900 ../../secrets/gihon/own.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    shared = {
      file = lib.mkOverride 900 ../../secrets/shared.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
