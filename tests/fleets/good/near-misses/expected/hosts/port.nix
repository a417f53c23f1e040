# Written by Cistern from hosts.port. Changes belong in a module of your own, which has the last word.
# cistern 1 in=90fc8d5d4a862684cef8c9cec0919d8e body=1dbd55c81b55876d0d04e21655c27b66 words=346a506a217420420416b926241286ba
{ lib, ... }:
{
  imports = [
    ../../modules/port.nix
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

    # services.node-exporter
    {
      services.prometheus.exporters.node = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9100;
        enabledCollectors = [ "systemd" ];
      };

      # Which system runs, and whether it is the one that starts next.
      cistern.monitoring.systemMetrics.enable = lib.mkOverride 900 true;
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "port";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [ "10.0.0.10" ];
      tcp = [ 9100 ];
    }
  ];

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
    ports = [ 2222 ];
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
    robert = {
      isNormalUser = lib.mkOverride 900 true;
      openssh.authorizedKeys.keys = [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF"
      ];
    };
  };

  age.secrets = {
    of-operator = {
      file = lib.mkOverride 900 ../../secrets/of-operator.age;
      owner = lib.mkOverride 900 "robert";
      mode = lib.mkOverride 900 "0400";
    };
    of-system = {
      file = lib.mkOverride 900 ../../secrets/of-system.age;
      owner = lib.mkOverride 900 "root";
      group = lib.mkOverride 900 "wheel";
      mode = lib.mkOverride 900 "0640";
      path = lib.mkOverride 900 "/etc/shop.key";
    };
    of-unknown = {
      file = lib.mkOverride 900 ../../secrets/of-unknown.age;
      owner = lib.mkOverride 900 "nginx";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
