# Written by Cistern from hosts.walled. Changes belong in a module of your own, which has the last word.
# cistern 1 in=20c9441d4ff5edad5e9408f195e674fd body=414828198933018c94a64d04027c8444 words=3b252463166a1f6b96579bc99f49729b
{ lib, ... }:
{
  imports = [
    ../../modules/walled.nix
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
    hostName = lib.mkOverride 900 "walled";
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

  # Shown at every evaluation; from the day after, Cistern refuses to compile the fleet.
  warnings = [
    "SSH on walled takes passwords until 2999-12-31 (ssh.password_auth_until in the fleet's definition)"
  ];

  services.openssh = {
    enable = lib.mkOverride 900 true;
    settings = {
      KbdInteractiveAuthentication = lib.mkOverride 900 true;
      PasswordAuthentication = lib.mkOverride 900 true;
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
  };
}
