# Written by Cistern from hosts.port. Changes belong in a module of your own, which has the last word.
# cistern 1 in=11c17e6fe6215f0a4f9aa47f255ce57d body=0a16a1d5142fb136440caa4b0e4cdac2 words=2eed53ec1f386c3ba29a2991fee3b002
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
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "port";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [ 9100 ];
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
