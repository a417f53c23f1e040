# Written by Cistern from hosts.ant. Changes belong in a module of your own, which has the last word.
# cistern 1 in=4fd09a2809291c2ce575aa87e0af3a68 body=febeabd737f07876a396338c9f0adea5 words=07e5333780b4c7b4dcc801b8df8eabea
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

    # services.names
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.names = {
          image = lib.mkOverride 900 "registry.example.org/names@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
          ports = [
            "5300:5300"
          ];
        };
      };
    }

    # services.page
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.page = {
          image = lib.mkOverride 900 "registry.example.org/page@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
          ports = [
            "8080:8080"
          ];
        };
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "ant";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 false;
    interfaces.eth0 = {
      useDHCP = lib.mkOverride 900 false;
      ipv4.addresses = [
        {
          address = "10.77.0.11";
          prefixLength = 24;
        }
      ];
    };
    defaultGateway = {
      address = lib.mkOverride 900 "10.77.0.1";
      interface = lib.mkOverride 900 "eth0";
    };
    nameservers = [ "10.77.0.1" ];
    firewall.allowedTCPPorts = [
      5300
      8080
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
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIChu3qAccXpL58FSEXpuMToxDQ/sT8phPmi1K68tHbO3"
    ];
  };

  # What services cannot work without starts before them.
  systemd.services = {
    podman-page = {
      after = [ "podman-names.service" ];
      wants = [ "podman-names.service" ];
    };
  };

  # How services show that they work, and what is done here when they do not.
  cistern.health.checks = {
    names = {
      dns = {
        address = lib.mkOverride 900 "10.77.0.11";
        port = lib.mkOverride 900 5300;
        name = lib.mkOverride 900 "example.org";
      };
      timeout = lib.mkOverride 900 5;
      interval = lib.mkOverride 900 30;
      retries = lib.mkOverride 900 3;
      startPeriod = lib.mkOverride 900 5;
      units = [ "podman-names" ];
    };
    page = {
      http = {
        url = lib.mkOverride 900 "http://10.77.0.11:8080/health";
        status = [
          200
          401
        ];
      };
      timeout = lib.mkOverride 900 2;
      interval = lib.mkOverride 900 10;
      retries = lib.mkOverride 900 3;
      startPeriod = lib.mkOverride 900 20;
      restart = lib.mkOverride 900 true;
      units = [ "podman-page" ];
    };
  };

  # What another host takes over when this one fails, and the other way round.
  cistern.failover = {
    home = {
      check = lib.mkOverride 900 "page";
      address = lib.mkOverride 900 "10.77.0.20/24";
      interface = lib.mkOverride 900 "eth0";
      routerId = lib.mkOverride 900 20;
      source = lib.mkOverride 900 "10.77.0.11";
      peers = [
        "10.77.0.12"
        "10.77.0.13"
      ];
      priority = lib.mkOverride 900 250;
      preempt = lib.mkOverride 900 false;
    };
    names = {
      check = lib.mkOverride 900 "names";
      address = lib.mkOverride 900 "10.77.0.53/24";
      interface = lib.mkOverride 900 "eth0";
      routerId = lib.mkOverride 900 99;
      source = lib.mkOverride 900 "10.77.0.11";
      peers = [ "10.77.0.12" ];
      priority = lib.mkOverride 900 250;
      preempt = lib.mkOverride 900 true;
    };
  };
}
