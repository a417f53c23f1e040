# Written by Cistern from hosts.ant. Changes belong in a module of your own, which has the last word.
# cistern 1 in=10af3f58f716ab5aead314d0335afa06 body=c2b00bc88af6d709617c17605aee9fa9 words=d8ba5a04ac54bcaee69dd8cfd0e998a7
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

  # How services show that they work, and what is done here when they do not.
  cistern.health.checks = {
    page = {
      http = {
        url = lib.mkOverride 900 "http://10.77.0.11:8080/health";
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
      source = lib.mkOverride 900 "10.77.0.11";
      peers = [ "10.77.0.12" ];
      priority = lib.mkOverride 900 250;
      preempt = lib.mkOverride 900 false;
      units = [ "podman-page" ];
    };
  };
}
