# Written by Cistern from hosts.havilah. Changes belong in a module of your own, which has the last word.
# cistern 1 in=a61818ac934f7a8729c1ab7266f23e02 body=aa2efba48ab3cb5bac34898d97075f47 words=34875d655bd8bd43b5c547d328b3e1dd
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

    # services.dns
    {
      services.unbound = {
        enable = lib.mkOverride 900 true;
        stateDir = lib.mkOverride 900 "/var/lib/unbound";
        # The host keeps the name servers that its definition gives it.
        resolveLocalQueries = lib.mkOverride 900 false;
        settings.server = {
          port = lib.mkOverride 900 53;
          interface = [
            "127.0.0.1"
            "192.168.1.53"
          ];
          # It may start before the address is there.
          ip-freebind = lib.mkOverride 900 true;
          access-control = [
            "127.0.0.0/8 allow"
            "10.0.0.0/24 allow"
            "192.168.1.0/24 allow"
          ];
          # The instances at this site come first, always.
          rrset-roundrobin = lib.mkOverride 900 false;
          domain-insecure = [ "\"svc.example.org.\"" ];
          local-zone = [ "\"svc.example.org.\" static" ];
          local-data = [
            "\"dns.svc.example.org. 60 IN A 192.168.1.50\""
            "\"dns.svc.example.org. 60 IN A 10.0.0.50\""
            "\"gate.svc.example.org. 60 IN A 192.168.1.50\""
            "\"gate.svc.example.org. 60 IN A 10.0.0.50\""
            "\"ingress.svc.example.org. 60 IN A 192.168.1.50\""
            "\"ingress.svc.example.org. 60 IN A 10.0.0.50\""
            "\"page.svc.example.org. 60 IN A 192.168.1.51\""
            "\"shop.svc.example.org. 60 IN A 192.168.1.50\""
            "\"shop.svc.example.org. 60 IN A 192.168.1.52\""
            "\"shop.svc.example.org. 60 IN A 192.168.1.51\""
            "\"shop.svc.example.org. 60 IN A 10.0.0.50\""
            "\"shop-elsewhere.svc.example.org. 60 IN A 10.0.0.50\""
            "\"store.svc.example.org. 60 IN A 192.168.1.51\""
          ];
        };
        settings.forward-zone = [
          {
            name = ".";
            forward-addr = [ "192.168.1.1" ];
          }
        ];
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "havilah";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    nameservers = [ "192.168.1.50" ];
    firewall.allowedTCPPorts = [ 53 ];
    firewall.allowedUDPPorts = [ 53 ];
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
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPjDzGvX/3cfsR072065rAHFFNhEYxivdPUkAOgpN4a"
    ];
  };
}
