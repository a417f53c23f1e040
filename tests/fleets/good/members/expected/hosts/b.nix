# Written by Cistern from hosts.b. Changes belong in a module of your own, which has the last word.
# cistern 1 in=32b058a5478edb1ace2431be5357985e body=d9bc9a2c7fbd28c3469630809e6ca16d words=37482c3b1740b57642955362b541ee0a
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

    # services.ledger
    {
      systemd.services.ledger.environment = {
        NODE = lib.mkOverride 900 "1";
        ROLE = lib.mkOverride 900 "voter";
        PEERS = lib.mkOverride 900 "10.0.0.11,10.0.0.13";
        STATE = lib.mkOverride 900 "/var/lib/ledger";
      };
    }

    # services.ledger-proxy
    {
      systemd.services.ledger-proxy.environment.PORT = lib.mkOverride 900 "7080";
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "b";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      7000
      7001
      7080
    ];
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
