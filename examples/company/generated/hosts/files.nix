# Written by Cistern from hosts.files. Changes belong in a module of your own, which has the last word.
# cistern 1 in=bac0605e1be03081afca2379b1028c51 body=74b6eca9aa77e4f6f7955b877e9cbb20 words=4529d85462c1b2118c112b71d4421e71
{ lib, ... }:
{
  imports = [
    # hardware: generic-efi, the facts show UEFI firmware
    {
      boot = {
        loader = {
          systemd-boot.enable = lib.mkOverride 900 true;
          efi.canTouchEfiVariables = lib.mkOverride 900 true;
        };
        initrd.availableKernelModules = [
          "ahci"
          "sd_mod"
        ];
      };

      hardware.enableRedistributableFirmware = lib.mkOverride 900 true;
    }

    # services.alloy
    {
      services.alloy = {
        enable = lib.mkOverride 900 true;
        extraFlags = [
          "--server.http.listen-addr=0.0.0.0:12345"
          "--disable-reporting"
        ];
      };

      # Alloy reads it again when it changes.
      environment.etc."alloy/config.alloy".source = ../alloy/config.alloy;

      # The label of every line.
      systemd.services.alloy.environment.CISTERN_HOST = lib.mkOverride 900 "files";
    }

    # services.backups
    {
      services.restic.server = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/srv/shares/restic";
        listenAddress = lib.mkOverride 900 "8000";
        appendOnly = lib.mkOverride 900 true;
        prometheus = lib.mkOverride 900 true;
        extraFlags = [ "--prometheus-no-auth" ]; # clients need an account, Prometheus has none
      };

      # A disk that is missing stops the server rather than filling the root.
      systemd.services.restic-rest-server.unitConfig.RequiresMountsFor = [ "/srv/shares/restic" ];
    }

    # services.node-exporter
    {
      services.prometheus.exporters.node = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9100;
        enabledCollectors = [ "systemd" ];
      };

      # Which system runs, and whether it is the one that starts next.
      cistern.monitoring.systemMetrics.enable = lib.mkOverride 900 true;
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "files";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 false;
    interfaces.eno1 = {
      useDHCP = lib.mkOverride 900 false;
      ipv4.addresses = [
        {
          address = "10.30.0.10";
          prefixLength = 24;
        }
      ];
    };
    defaultGateway = {
      address = lib.mkOverride 900 "10.30.0.1";
      interface = lib.mkOverride 900 "eno1";
    };
    nameservers = [ "10.30.0.1" ];
    firewall.allowedTCPPorts = [ 8000 ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [ "10.20.0.40" ];
      tcp = [
        9100
        12345
      ];
    }
  ];

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  hardware.facter.reportPath = lib.mkOverride 900 ../../facts/files.json;
  system.stateVersion = lib.mkOverride 900 "25.05";
  time.timeZone = lib.mkOverride 900 "Europe/Vienna";
  i18n.defaultLocale = lib.mkOverride 900 "en_GB.UTF-8";

  fileSystems = {
    "/" = {
      device = lib.mkOverride 900 "/dev/disk/by-id/ata-INTEL_SSDSC2KB240G8_PHYF123400AB240AGN-part2";
      fsType = lib.mkOverride 900 "ext4";
    };
    "/boot" = {
      device = lib.mkOverride 900 "/dev/disk/by-id/ata-INTEL_SSDSC2KB240G8_PHYF123400AB240AGN-part1";
      fsType = lib.mkOverride 900 "vfat";
      options = [ "umask=0077" ];
    };
    "/srv/shares" = {
      device = lib.mkOverride 900 "/dev/disk/by-id/ata-ST16000NM001G-2KK103_ZL2A0B1C-part1";
      fsType = lib.mkOverride 900 "xfs";
      options = [
        "nofail"
        "x-systemd.device-timeout=10s"
      ];
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
  ];

  # What services may use: above it, the kernel ends or slows them and leaves the rest of the host alone.
  systemd.services = {
    restic-rest-server.serviceConfig = {
      MemoryMax = lib.mkOverride 900 "8G";
    };
  };

  age.secrets = {
    restic-accounts = {
      file = lib.mkOverride 900 ../../secrets/restic-accounts.age;
      owner = lib.mkOverride 900 "restic";
      mode = lib.mkOverride 900 "0400";
      path = lib.mkOverride 900 "/srv/shares/restic/.htpasswd";
    };
  };
}
