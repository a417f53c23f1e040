# Written by Cistern from hosts.a. Changes belong in a module of your own, which has the last word.
# cistern 1 in=60319468d1b7f3f2f07656e867c0a0eb body=a1af51d14c5980dbd2774d04cfd4b8d9 words=43b19e7cbfe7fdb31d735b2614b31eeb
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
        NODE = lib.mkOverride 900 "0";
        ROLE = lib.mkOverride 900 "leader";
        PEERS = lib.mkOverride 900 "10.0.0.12,10.0.0.13";
        STATE = lib.mkOverride 900 "/var/lib/ledger";
      };
    }

    # services.ledger-proxy
    {
      systemd.services.ledger-proxy.environment.PORT = lib.mkOverride 900 "7080";
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "a";
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
