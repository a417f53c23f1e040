# Written by Cistern from hosts.web-10. Changes belong in a module of your own, which has the last word.
# cistern 1 in=a808b79b142e6ec51d6d797605bb4474 body=a9b73b4a03b65e69ea8bc42dd615e77f words=2e987d7e62b6f143f1f2e2ab34352e18
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

    # services.and
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.and = {
          image = lib.mkOverride 900 "docker.io/library/and@sha256:6201111b83a0cb5b0922cb37cc442b9a40e24e3b1ce100a4bb204f4c63fd2ac0";
        };
      };
    }

    # services.glob
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.glob = {
          image = lib.mkOverride 900 "docker.io/library/glob@sha256:28c2dec15a9bd200bf93582445f1b3657c47ce68a7a50bd4acb6d8cdd88c6294";
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

    # services.word
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.word = {
          image = lib.mkOverride 900 "docker.io/library/word@sha256:98c1eb4ee93476743763878fcb96a25fbc9a175074d64004779ecb5242f645e6";
        };
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "web-10";
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
