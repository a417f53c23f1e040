# Written by Cistern from hosts.bench. Changes belong in a module of your own, which has the last word.
# cistern 1 in=191438255504324c50d589ca6a61703d body=9bb3c6e304734c78d85722ab14704cda words=de275072c073b4daded167e473e62f25
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

    # services.smartctl-exporter
    {
      services.prometheus.exporters.smartctl = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9633;
        maxInterval = lib.mkOverride 900 "60s";
      };
    }

    # services.systemd-exporter
    {
      services.prometheus.exporters.systemd = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9558;
        # Crash loops are told by how often a unit was restarted.
        extraFlags = [ "--systemd.collector.enable-restart-count" ];
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "bench";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [
        "10.0.0.10"
        "10.1.0.10"
      ];
      tcp = [
        9100
        9558
        9633
      ];
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
