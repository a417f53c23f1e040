# Written by Cistern from hosts.staging. Changes belong in a module of your own, which has the last word.
# cistern 1 in=61904554d7e2a16d9cca3ce549872344 body=c4fe902317cd44f9c720aa7d8ab97dae words=2e4af2eccf384d73d6310e6719d86a65
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
    hostName = lib.mkOverride 900 "staging";
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

  # Shown at every evaluation; from the day after, Cistern refuses to compile the fleet.
  warnings = [
    "SSH on staging takes passwords until 2999-12-31 (ssh.password_auth_until in the fleet's definition)"
  ];

  services.openssh = {
    enable = lib.mkOverride 900 true;
    settings = {
      KbdInteractiveAuthentication = lib.mkOverride 900 true;
      PasswordAuthentication = lib.mkOverride 900 true;
      PermitRootLogin = lib.mkOverride 900 "prohibit-password";
    };
  };

  users.users = {
    root.openssh.authorizedKeys.keys = [
      "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBG/5u/1cRo2obYzpNiS6nrR/TCqtNuS33eIklLosFhspDz5f0UIqwQTeVXxZQK1hltnvqEldbCcWDKJqBWwGYS4="
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGunwMyIFjwQIh/dhW6wjmIgQbciJwhbG5mDzAl2JIYN"
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3GaK8XflLBwysFCXDW49wbJdh90O/b+V9q21LWX+JP"
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOfa4GxYBZl5scNSB37GelKisOVdXhwecLmecbiifZIq"
    ];
    bo = {
      isNormalUser = lib.mkOverride 900 true;
      openssh.authorizedKeys.keys = [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOVusvEScjpeJxXPAVZvFm64RG0Qfcb9ubTrM/tKKJp7"
      ];
    };
    ops = {
      isNormalUser = lib.mkOverride 900 true;
      openssh.authorizedKeys.keys = [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIH/+Wfy5NIYSdPeemrzL9QgKZxQUtWNUa+h/GFA4v6j"
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKXNIG/S2Csmk4PUracqe5DBfbCcKR8VUNQDTlFPHVbB"
      ];
    };
  };
  security.sudo.extraRules = [
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
    {
      users = [ "ops" ];
      runAs = "root";
      commands = [
        {
          command = "/run/current-system/sw/bin/podman";
          options = [ "NOPASSWD" ];
        }
      ];
    }
  ];

  programs.ssh.knownHosts = {
    production = {
      hostNames = [
        "production"
        "production.example.org"
        "10.0.0.10"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEVTj+NcnDyhvjiQTHKbH7DE+jWXt5yozZTpN4/87bM1";
    };
  };

  age.secrets = {
    staging-only = {
      file = lib.mkOverride 900 ../../secrets/staging-only.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
