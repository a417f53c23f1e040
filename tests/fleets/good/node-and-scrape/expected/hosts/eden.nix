# Written by Cistern from hosts.eden. Changes belong in a module of your own, which has the last word.
# cistern 1 in=479982023eb24c0e9270c0f0d445e524 body=9f3cbf13a5973ae33fc9613a8966e7cd words=ad3142c7d3e8f53648353b0854c385c4
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
    hostName = lib.mkOverride 900 "eden";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [ 9100 ];
  };

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  system.stateVersion = lib.mkOverride 900 "25.11";
  time.timeZone = lib.mkOverride 900 "Europe/Vienna";

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
