# Written by Cistern from hosts.gihon. Changes belong in a module of your own, which has the last word.
# cistern 1 in=58419d9f339f5eadbe4deb15c70c04bf body=180f1b38912c126323bbe4e18be0b009 words=5d38d2204af35d3024fdc1daec9bb5de
{ lib, ... }:
{
  imports = [
    ../../modules/backup.nix
    # hardware: generic-efi, the facts show UEFI firmware
    {
      boot = {
        loader = {
          systemd-boot.enable = lib.mkOverride 900 true;
          efi.canTouchEfiVariables = lib.mkOverride 900 true;
        };
        initrd.availableKernelModules = [
          "nvme"
          "sd_mod"
          "uas"
        ];
      };

      hardware.enableRedistributableFirmware = lib.mkOverride 900 true;
    }

    # services.jellyfin
    {
      services.jellyfin = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/jellyfin";
      };

      # A member only: Jellyfin reads the media and keeps what it writes to itself.
      users.users.jellyfin.extraGroups = [ "media" ];
      users.groups.media = { };
    }

    # services.node-exporter
    {
      services.prometheus.exporters.node = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9100;
        enabledCollectors = [ "systemd" ];
      };
    }

    # services.prowlarr
    {
      services.prowlarr = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/prowlarr";
        settings.server.port = lib.mkOverride 900 9696;
        environmentFiles = [ "/run/agenix/arr-keys" ];
      };
    }

    # monitoring
    {
      services.prometheus = {
        enable = lib.mkOverride 900 true;
        # Hosts come and go without a restart.
        enableReload = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9090;
        retentionTime = lib.mkOverride 900 "90d";
        globalConfig.scrape_interval = lib.mkOverride 900 "30s";
        scrapeConfigs = lib.importJSON ../prometheus/scrape.json;
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "gihon";
    domain = lib.mkOverride 900 "home.arpa";
    useDHCP = lib.mkOverride 900 false;
    interfaces.enp1s0 = {
      useDHCP = lib.mkOverride 900 false;
      ipv4.addresses = [
        {
          address = "192.168.1.51";
          prefixLength = 24;
        }
      ];
    };
    defaultGateway = {
      address = lib.mkOverride 900 "192.168.1.1";
      interface = lib.mkOverride 900 "enp1s0";
    };
    nameservers = [
      "192.168.1.1"
      "9.9.9.9"
    ];
    firewall.allowedTCPPorts = [
      8096
      9100
      9696
    ];
    firewall.allowedUDPPorts = [ 7359 ];
  };

  # The interface keeps its name whatever else is plugged in.
  systemd.network.links."10-enp1s0" = {
    matchConfig.PermanentMACAddress = lib.mkOverride 900 "e0:51:d8:14:60:a2";
    linkConfig.Name = lib.mkOverride 900 "enp1s0";
  };

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  hardware.facter.reportPath = lib.mkOverride 900 ../../facts/gihon.json;
  system.stateVersion = lib.mkOverride 900 "25.11";
  time.timeZone = lib.mkOverride 900 "Europe/Vienna";
  i18n.defaultLocale = lib.mkOverride 900 "en_GB.UTF-8";

  fileSystems = {
    "/" = {
      device = lib.mkOverride 900 "/dev/disk/by-label/nixos";
      fsType = lib.mkOverride 900 "ext4";
    };
    "/boot" = {
      device = lib.mkOverride 900 "/dev/disk/by-label/BOOT";
      fsType = lib.mkOverride 900 "vfat";
      options = [ "umask=0077" ];
    };
    "/mnt/media/children" = {
      device = lib.mkOverride 900 "/dev/disk/by-id/usb-Seagate_Expansion_HDD_00000000NT17VFX6-0:0-part1";
      fsType = lib.mkOverride 900 "exfat";
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
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPjDzGvX/3cfsR072065rAHFFNhEYxivdPUkAOgpN4a"
    ];
    bo = {
      isNormalUser = lib.mkOverride 900 true;
      openssh.authorizedKeys.keys = [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKs/bjy+FdFVKVr4Nv4pQtk+2VLmY4XXmRqXGuza8pY9"
      ];
    };
  };
  security.sudo.extraRules = [
    {
      users = [ "bo" ];
      runAs = "root";
      commands = [
        {
          command = "/run/current-system/sw/bin/systemctl";
          options = [ "NOPASSWD" ];
        }
      ];
    }
  ];

  # What services may use: above it, the kernel ends or slows them and leaves the rest of the host alone.
  systemd.services = {
    jellyfin.serviceConfig = {
      MemoryMax = lib.mkOverride 900 "3G";
    };
  };

  age.secrets = {
    arr-keys = {
      file = lib.mkOverride 900 ../../secrets/arr-keys.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    backup-password = {
      file = lib.mkOverride 900 ../../secrets/gihon/backup-password.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
