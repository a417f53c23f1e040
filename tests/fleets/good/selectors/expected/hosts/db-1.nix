# Written by Cistern from hosts.db-1. Changes belong in a module of your own, which has the last word.
# cistern 1 in=9a570b7b185f2e756880c95359c4d66e body=96d7e52ec27560994572fd135aec3f6e words=c30ceee92899730dc591823dbd62bcf1
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

    # services.all
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.all = {
          image = lib.mkOverride 900 "docker.io/library/all@sha256:5ef5ef0364b6939c4ca61f34b393f7b368d1be8619647aaf83d5b395919ab629";
        };
      };
    }

    # services.comma
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.comma = {
          image = lib.mkOverride 900 "docker.io/library/comma@sha256:f36a4e58670569181595399beec37e22c3dba2d8d2abd191b86602a16c23289c";
        };
      };
    }

    # services.not
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.not = {
          image = lib.mkOverride 900 "docker.io/library/not@sha256:254bb97b57f12e1608fefc4517de768427b2fd6d2cffbbfcbc09f3c818198d5f";
        };
      };
    }

    # services.or
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers."or" = {
          image = lib.mkOverride 900 "docker.io/library/or@sha256:7175517a370b5cd2e664e3fd29c4ea9db5ce17058eb9772fe090a5485e49dad6";
        };
      };
    }

    # services.parentheses
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.parentheses = {
          image = lib.mkOverride 900 "docker.io/library/parentheses@sha256:a0717a3126e7bacbd09f08d39cca4423a33fa71a2ea0dec2d133c480e0f064f9";
        };
      };
    }

    # services.precedence
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.precedence = {
          image = lib.mkOverride 900 "docker.io/library/precedence@sha256:c1cc0eccf93f7fba3be80b8351565e433a735cb8c06b743983280b206022ff29";
        };
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "db-1";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
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
