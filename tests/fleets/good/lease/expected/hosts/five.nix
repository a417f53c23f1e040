# Written by Cistern from hosts.five. Changes belong in a module of your own, which has the last word.
# cistern 1 in=a88cc371263403cdae8ab9dc882b7160 body=12b761849a21670caf4d8490e3cac4af words=3fc6ac331ebc617f8d14668a718ca91b
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

    # services.updater
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.updater = {
          image = lib.mkOverride 900 "registry.example.org/updater@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
          ports = [
            "8080:8080"
          ];
        };
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "five";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
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
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF"
    ];
  };

  # This host stands by: everything is in place, and nothing starts it.
  systemd.services = {
    podman-updater.wantedBy = lib.mkForce [ ];
  };

  # How services show that they work, and what is done here when they do not.
  cistern.health.checks = {
    updater = {
      http = {
        url = lib.mkOverride 900 "http://10.77.0.15:8080/health";
      };
      timeout = lib.mkOverride 900 2;
      interval = lib.mkOverride 900 30;
      retries = lib.mkOverride 900 3;
      startPeriod = lib.mkOverride 900 5;
      units = [ "podman-updater" ];
    };
  };

  # What another host takes over when this one fails, and the other way round.
  cistern.failover = {
    updater = {
      check = lib.mkOverride 900 "updater";
      lease = {
        endpoints = [
          "https://10.77.0.11:2379"
          "https://10.77.0.13:2379"
          "https://10.77.0.12:2379"
        ];
        authority = lib.mkOverride 900 "/run/agenix/etcd-ca";
        certificate = lib.mkOverride 900 "/run/agenix/etcd-certificate";
        # Somebody works on this host: it does not ask.
        asks = lib.mkOverride 900 false;
      };
      units = [ "podman-updater" ];
    };
  };

  age.secrets = {
    etcd-ca = {
      file = lib.mkOverride 900 ../../secrets/etcd-ca.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    etcd-certificate = {
      file = lib.mkOverride 900 ../../secrets/five/etcd-certificate.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
