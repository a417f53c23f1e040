# Written by Cistern from hosts.emu. Changes belong in a module of your own, which has the last word.
# cistern 1 in=5ceda4b3b81beafab56a877804831782 body=d814036e5a3c55fa3aedbe3a2af57afe words=0dceca114739b1cfa00a75b748aa693d
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

    # services.alone
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.alone = {
          image = lib.mkOverride 900 "registry.example.org/alone@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
          ports = [
            "8082:8082"
          ];
        };
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "emu";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 false;
    interfaces.eth0 = {
      useDHCP = lib.mkOverride 900 false;
      ipv4.addresses = [
        {
          address = "10.78.0.15";
          prefixLength = 24;
        }
      ];
    };
    defaultGateway = {
      address = lib.mkOverride 900 "10.78.0.1";
      interface = lib.mkOverride 900 "eth0";
    };
    nameservers = [ "10.78.0.1" ];
    firewall.allowedTCPPorts = [ 8082 ];
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
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIChu3qAccXpL58FSEXpuMToxDQ/sT8phPmi1K68tHbO3"
    ];
  };
}
