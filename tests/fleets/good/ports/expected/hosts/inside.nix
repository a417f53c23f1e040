# Written by Cistern from hosts.inside. Changes belong in a module of your own, which has the last word.
# cistern 1 in=6bbe253150a37d2d23b384df7920dd21 body=528cff133542388316de8f8a790488c9 words=9211ca41051aa328809cabe489d9acda
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

    # services.comet
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.comet = {
          image = lib.mkOverride 900 "docker.io/g0ldyy/comet@sha256:d51f791051c2e5f9112c57109acd4d7b9b5788df79db36fa24c09c3c9ee8a569";
          ports = [
            "8096:8096"
          ];
        };
      };
    }

    # services.one
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.one = {
          image = lib.mkOverride 900 "docker.io/g0ldyy/comet@sha256:d51f791051c2e5f9112c57109acd4d7b9b5788df79db36fa24c09c3c9ee8a569";
          ports = [
            "127.0.0.1:8080:8080"
          ];
        };
      };
    }

    # services.three
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.three = {
          image = lib.mkOverride 900 "docker.io/g0ldyy/comet@sha256:d51f791051c2e5f9112c57109acd4d7b9b5788df79db36fa24c09c3c9ee8a569";
          ports = [
            "[::1]:8080:8080"
          ];
        };
      };
    }

    # services.two
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.two = {
          image = lib.mkOverride 900 "docker.io/g0ldyy/comet@sha256:d51f791051c2e5f9112c57109acd4d7b9b5788df79db36fa24c09c3c9ee8a569";
          ports = [
            "192.168.1.50:8080:8080"
          ];
        };
      };
    }

    # services.udp
    {
      systemd.services.udp.environment.BEACON = lib.mkOverride 900 "8096";
    }

    # monitoring
    {
      services.prometheus = {
        enable = lib.mkOverride 900 true;
        # Hosts come and go without a restart.
        enableReload = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9090;
        scrapeConfigs = lib.importJSON ../prometheus/scrape.json;
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "inside";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      8080
      8096
    ];
    firewall.allowedUDPPorts = [ 8096 ];
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
