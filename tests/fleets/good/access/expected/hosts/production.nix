# Written by Cistern from hosts.production. Changes belong in a module of your own, which has the last word.
# cistern 1 in=4f8daffcf0c041aa72fffad009a1d39e body=f4301692f31f14c8cf92a062455e1560 words=13cc843b81140efa8e687573a58a6a5f
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

  ];

  networking = {
    hostName = lib.mkOverride 900 "production";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
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
      "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBG/5u/1cRo2obYzpNiS6nrR/TCqtNuS33eIklLosFhspDz5f0UIqwQTeVXxZQK1hltnvqEldbCcWDKJqBWwGYS4="
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGunwMyIFjwQIh/dhW6wjmIgQbciJwhbG5mDzAl2JIYN"
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3GaK8XflLBwysFCXDW49wbJdh90O/b+V9q21LWX+JP"
    ];
    bo = {
      isNormalUser = lib.mkOverride 900 true;
      openssh.authorizedKeys.keys = [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOVusvEScjpeJxXPAVZvFm64RG0Qfcb9ubTrM/tKKJp7"
      ];
    };
    deploy = {
      isNormalUser = lib.mkOverride 900 true;
      openssh.authorizedKeys.keys = [
        "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBG/5u/1cRo2obYzpNiS6nrR/TCqtNuS33eIklLosFhspDz5f0UIqwQTeVXxZQK1hltnvqEldbCcWDKJqBWwGYS4="
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGunwMyIFjwQIh/dhW6wjmIgQbciJwhbG5mDzAl2JIYN"
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3GaK8XflLBwysFCXDW49wbJdh90O/b+V9q21LWX+JP"
      ];
    };
  };

  # deploy-rs copies store paths as this account and takes on the one that activates.
  nix.settings.trusted-users = [ "deploy" ];
  security.sudo.extraRules = [
    {
      users = [ "deploy" ];
      runAs = "root";
      commands = [
        {
          command = "ALL";
          options = [ "NOPASSWD" ];
        }
      ];
    }
    {
      users = [ "bo" ];
      runAs = "root";
      commands = [
        {
          command = "/run/current-system/sw/bin/journalctl";
          options = [ "NOPASSWD" ];
        }
        {
          command = "/run/current-system/sw/bin/systemctl";
          options = [ "NOPASSWD" ];
        }
      ];
    }
  ];

  age.secrets = {
    production-only = {
      file = lib.mkOverride 900 ../../secrets/production-only.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
