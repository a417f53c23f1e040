# Written by Cistern from hosts.lab-2. Changes belong in a module of your own, which has the last word.
# cistern 1 in=c063f5de28d0aeead743b48b17c2ff44 body=eede8ba44801ffc20b0a336d143a41bc words=d389dce39acb0804230151d928ed0206
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

  ];

  networking = {
    hostName = lib.mkOverride 900 "lab-2";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 false;
    interfaces.ens18 = {
      useDHCP = lib.mkOverride 900 false;
      ipv4.addresses = [
        {
          address = "10.30.0.22";
          prefixLength = 24;
        }
      ];
    };
    defaultGateway = {
      address = lib.mkOverride 900 "10.30.0.1";
      interface = lib.mkOverride 900 "ens18";
    };
    nameservers = [ "10.30.0.1" ];
    firewall.allowedTCPPorts = [ 9100 ];
  };

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  system.stateVersion = lib.mkOverride 900 "25.11";
  time.timeZone = lib.mkOverride 900 "Europe/Vienna";
  i18n.defaultLocale = lib.mkOverride 900 "en_GB.UTF-8";

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
      "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBC946BCdv9nt8KFQV0o6vZP5Ur/9Y4ZdC96PMgfdb51jsTQkQxmsQ+fN79c3gTof+dhWHC9pVAi93qhLPDkuYIU="
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINymx6DxkuFXeql1scrPcyCkZw9e3gUcD22sWbm+ABjS"
    ];
    deploy = {
      isNormalUser = lib.mkOverride 900 true;
      openssh.authorizedKeys.keys = [
        "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBC946BCdv9nt8KFQV0o6vZP5Ur/9Y4ZdC96PMgfdb51jsTQkQxmsQ+fN79c3gTof+dhWHC9pVAi93qhLPDkuYIU="
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINymx6DxkuFXeql1scrPcyCkZw9e3gUcD22sWbm+ABjS"
      ];
    };
    thomas = {
      isNormalUser = lib.mkOverride 900 true;
      openssh.authorizedKeys.keys = [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAID2/8VzunkWhdTE/Gchdkk2IamMgHh3Zzi7aX022/yLq"
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
      users = [ "thomas" ];
      runAs = "root";
      commands = [
        {
          command = "/run/current-system/sw/bin/systemctl";
          options = [ "NOPASSWD" ];
        }
      ];
    }
  ];
}
