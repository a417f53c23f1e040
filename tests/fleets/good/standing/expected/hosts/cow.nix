# Written by Cistern from hosts.cow. Changes belong in a module of your own, which has the last word.
# cistern 1 in=6345adb67c491e4261eab3df6ed04d45 body=9fcc25f30d1494ff19e30381244a808e words=de402fb60c7e3ca67797e6550bef039d
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
    hostName = lib.mkOverride 900 "cow";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 false;
    interfaces.eth0 = {
      useDHCP = lib.mkOverride 900 false;
      ipv4.addresses = [
        {
          address = "10.77.0.13";
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

  # Services of other hosts that are waited for, though not for ever.
  cistern.health.waits = {
    page = {
      anyOf = [
        {
          http = {
            url = lib.mkOverride 900 "http://10.77.0.20:8080/health";
          };
          timeout = lib.mkOverride 900 2;
        }
      ];
      units = [ "podman-shop" ];
    };
  };
}
