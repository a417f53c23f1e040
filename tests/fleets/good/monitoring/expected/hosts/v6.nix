# Written by Cistern from hosts.v6. Changes belong in a module of your own, which has the last word.
# cistern 1 in=674b84e550f94b526de13d473ed1f63b body=13eede11308230a195bf7ab137316e68 words=31737376c8766221d203714abda229df
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
        port = lib.mkOverride 900 9300;
        enabledCollectors = [ "systemd" ];
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "v6";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [ 9300 ];
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
