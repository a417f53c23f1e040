# Written by Cistern from hosts.gihon. Changes belong in a module of your own, which has the last word.
# cistern 1 in=e43308875557e221def534dbc2e238b5 body=d3a4314862d1693f714377e979a0d219 words=76a2ba0f3523b70a1f5ecb29037b72c1
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

    # services.prowlarr
    {
      services.prowlarr = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/prowlarr";
        settings.server.port = lib.mkOverride 900 9696;
        environmentFiles = [ "/run/agenix/by-setting" ];
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "gihon";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [ 9696 ];
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

  age.secrets = {
    by-hosts = {
      file = lib.mkOverride 900 ../../secrets/by-hosts.age;
      owner = lib.mkOverride 900 "nobody";
      group = lib.mkOverride 900 "nogroup";
      mode = lib.mkOverride 900 "0440";
    };
    by-services = {
      file = lib.mkOverride 900 ../../secrets/by-services.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    by-setting = {
      file = lib.mkOverride 900 ../../secrets/by-setting.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    wg-key = {
      file = lib.mkOverride 900 ../../secrets/gihon/wg-key.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
      path = lib.mkOverride 900 "/etc/wireguard/key";
    };
  };
}
