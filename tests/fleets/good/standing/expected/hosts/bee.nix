# Written by Cistern from hosts.bee. Changes belong in a module of your own, which has the last word.
# cistern 1 in=eaa4123de1981fe0391ec7c06d56cc4e body=64476f8c6ed1c54e8fde425d700fa9c0 words=93f7ed05aef48fb51b5cd03eb5f45ba2
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

    # services.page
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.page = {
          image = lib.mkOverride 900 "registry.example.org/page@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
          ports = [
            "8080:8080"
          ];
          volumes = [
            "/var/lib/page:/data"
            "/data:/var/lib/page"
          ];
        };
      };

      # podman mounts what exists and creates nothing.
      systemd.tmpfiles.settings.cistern."/var/lib/page".d = {
        mode = lib.mkOverride 900 "0750";
      };

      # A disk that is missing stops the container rather than showing it an empty directory.
      systemd.services.podman-page.unitConfig.RequiresMountsFor = [
        "/var/lib/page"
        "/data"
      ];
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "bee";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 false;
    interfaces.eth0 = {
      useDHCP = lib.mkOverride 900 false;
      ipv4.addresses = [
        {
          address = "10.77.0.12";
          prefixLength = 24;
        }
      ];
    };
    defaultGateway = {
      address = lib.mkOverride 900 "10.77.0.1";
      interface = lib.mkOverride 900 "eth0";
    };
    nameservers = [ "10.77.0.1" ];
    firewall.allowedTCPPorts = [ 8080 ];
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

  # This host stands by: everything is in place, and nothing starts it.
  systemd.services = {
    podman-page.wantedBy = lib.mkForce [ ];
  };

  # How services show that they work, and what is done here when they do not.
  cistern.health.checks = {
    page = {
      http = {
        url = lib.mkOverride 900 "http://10.77.0.12:8080/health";
      };
      timeout = lib.mkOverride 900 2;
      interval = lib.mkOverride 900 30;
      retries = lib.mkOverride 900 3;
      startPeriod = lib.mkOverride 900 2;
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
      source = lib.mkOverride 900 "10.77.0.12";
      peers = [ "10.77.0.11" ];
      priority = lib.mkOverride 900 249;
      preempt = lib.mkOverride 900 false;
      units = [ "podman-page" ];
    };
  };
}
