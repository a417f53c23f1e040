# Written by Cistern from hosts.eden. Changes belong in a module of your own, which has the last word.
# cistern 1 in=ca2ab6859bb63a54c0b12c2ec17662a8 body=bbecd46546cc3ed32d28e5e46adaf253 words=4df1ed3b9df722e4238f62d8ac381e31
{ lib, ... }:
{
  imports = [
    ../../modules/backup.nix
    ../../modules/media.nix
    ../../modules/transcode.nix
    # hardware: generic-efi, the facts show UEFI firmware
    {
      boot = {
        loader = {
          systemd-boot.enable = lib.mkOverride 900 true;
          efi.canTouchEfiVariables = lib.mkOverride 900 true;
        };
        initrd.availableKernelModules = [
          "ahci"
          "nvme"
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
      systemd.services.alloy.environment.CISTERN_HOST = lib.mkOverride 900 "eden";
    }

    # services.bazarr
    {
      services.bazarr = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/bazarr";
        listenPort = lib.mkOverride 900 6767;
        group = lib.mkOverride 900 "media";
      };

      users.groups.media = { };

      # Sonarr and Radarr delete subtitles along with what they belong to.
      systemd.services.bazarr.serviceConfig.UMask = lib.mkOverride 900 "0002";
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

      # Which system runs, and whether it is the one that starts next.
      cistern.monitoring.systemMetrics.enable = lib.mkOverride 900 true;
    }

    # services.radarr
    {
      services.radarr = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/radarr/.config/Radarr";
        settings.server.port = lib.mkOverride 900 7878;
        environmentFiles = [ "/run/agenix/arr-keys" ];
        group = lib.mkOverride 900 "media";
      };

      users.groups.media = { };

      # Others of the group move and delete what is imported here. nixpkgs sets a plain
      # "0022", so this has to be stronger than plain: yours takes mkForce.
      systemd.services.radarr.serviceConfig.UMask = lib.mkOverride 90 "0002";
    }

    # services.sabnzbd
    {
      services.sabnzbd = {
        enable = lib.mkOverride 900 true;
        allowConfigWrite = lib.mkOverride 900 true;
        secretFiles = [ "/run/agenix/usenet-servers" ];
        group = lib.mkOverride 900 "media";
        # A host that was installed earlier keeps a file of its own by default, which would hide the settings.
        configFile = lib.mkOverride 900 null;
        settings.misc = {
          # nixpkgs binds to the loopback; who comes in is the firewall's to say.
          host = lib.mkOverride 900 "0.0.0.0";
          port = lib.mkOverride 900 8081;
          host_whitelist = lib.mkOverride 900 "eden,eden.home.arpa,nas,nas.home.arpa,eden.home.arpa";
          # Relative directories would start at the account's home, which it does not have.
          complete_dir = lib.mkOverride 900 "/mnt/media/tv/usenet";
          download_dir = lib.mkOverride 900 "/var/lib/sabnzbd/incomplete";
        };
      };

      users.groups.media = { };

      # Sonarr and Radarr move what is downloaded.
      systemd.services.sabnzbd.serviceConfig.UMask = lib.mkOverride 900 "0002";
    }

    # services.sonarr
    (
      { config, ... }:
      {
        services.sonarr = {
          enable = lib.mkOverride 900 true;
          dataDir = lib.mkOverride 900 "/var/lib/sonarr/.config/NzbDrone";
          settings.server.port = lib.mkOverride 900 8989;
          environmentFiles = [ "/run/agenix/arr-keys" ];
          group = lib.mkOverride 900 "media";
        };

        users.groups.media = { };

        # Others of the group move and delete what is imported here. nixpkgs sets a plain
        # "0022", so this has to be stronger than plain: yours takes mkForce.
        systemd.services.sonarr.serviceConfig.UMask = lib.mkOverride 90 "0002";
      }
    )

    # services.transmission
    {
      services.transmission = {
        enable = lib.mkOverride 900 true;
        home = lib.mkOverride 900 "/var/lib/transmission";
        # Creates the directories, which nixpkgs does by itself below its default home only.
        downloadDirPermissions = lib.mkOverride 900 "2770";
        credentialsFile = lib.mkOverride 900 "/run/agenix/transmission-rpc";
        group = lib.mkOverride 900 "media";
        settings = {
          rpc-port = lib.mkOverride 900 9091;
          peer-port = lib.mkOverride 900 51414;
          rpc-bind-address = lib.mkOverride 900 "0.0.0.0";
          rpc-whitelist = lib.mkOverride 900 "127.0.0.1,::1,192.168.1.*";
          rpc-host-whitelist = lib.mkOverride 900 "eden,eden.home.arpa,nas,nas.home.arpa";
          download-dir = lib.mkOverride 900 "/mnt/media/tv/torrents";
          umask = lib.mkOverride 900 "002";
        };
      };

      # A disk that is missing stops the service rather than filling the root.
      systemd.services.transmission.unitConfig.RequiresMountsFor = [ "/mnt/media/tv/torrents" ];

      users.groups.media = { };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "eden";
    domain = lib.mkOverride 900 "home.arpa";
    useDHCP = lib.mkOverride 900 false;
    interfaces.enp3s0 = {
      useDHCP = lib.mkOverride 900 false;
      ipv4.addresses = [
        {
          address = "192.168.1.50";
          prefixLength = 24;
        }
      ];
    };
    defaultGateway = {
      address = lib.mkOverride 900 "192.168.1.1";
      interface = lib.mkOverride 900 "enp3s0";
    };
    nameservers = [
      "192.168.1.1"
      "9.9.9.9"
    ];
    firewall.allowedTCPPorts = [
      6767
      7878
      8081
      8096
      8989
      9091
      51414
    ];
    firewall.allowedUDPPorts = [
      7359
      51414
    ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [ "192.168.1.51" ];
      tcp = [
        9100
        12345
      ];
    }
  ];

  # The interface keeps its name whatever else is plugged in.
  systemd.network.links."10-enp3s0" = {
    matchConfig.PermanentMACAddress = lib.mkOverride 900 "68:1d:ef:3a:10:50";
    linkConfig.Name = lib.mkOverride 900 "enp3s0";
  };

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  nixpkgs.config.allowUnfreePackages = [ "unrar" ];
  hardware.facter.reportPath = lib.mkOverride 900 ../../facts/eden.json;
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
    "/mnt/media/films" = {
      device = lib.mkOverride 900 "/dev/disk/by-id/ata-WDC_WD80EFZZ-68BTXN0_WD-CA0XG93P-part1";
      fsType = lib.mkOverride 900 "ext4";
      options = [
        "nofail"
        "x-systemd.device-timeout=10s"
      ];
    };
    "/mnt/media/tv" = {
      device = lib.mkOverride 900 "/dev/disk/by-id/ata-WDC_WD80EFZZ-68BTXN0_WD-CA0XE14K-part1";
      fsType = lib.mkOverride 900 "ext4";
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
  # What services cannot work without starts before them.
  systemd.services = {
    bazarr = {
      after = [
        "radarr.service"
        "sonarr.service"
      ];
      wants = [
        "radarr.service"
        "sonarr.service"
      ];
    };
    jellyfin.serviceConfig = {
      MemoryMax = lib.mkOverride 900 "3G";
    };
    sabnzbd.serviceConfig = {
      CPUQuota = lib.mkOverride 900 "200%";
      MemoryMax = lib.mkOverride 900 "4G";
    };
    transmission.serviceConfig = {
      MemoryMax = lib.mkOverride 900 "2G";
    };
  };

  age.secrets = {
    arr-keys = {
      file = lib.mkOverride 900 ../../secrets/arr-keys.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    backup-password = {
      file = lib.mkOverride 900 ../../secrets/eden/backup-password.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    transmission-rpc = {
      file = lib.mkOverride 900 ../../secrets/transmission-rpc.age;
      owner = lib.mkOverride 900 "transmission";
      mode = lib.mkOverride 900 "0400";
    };
    usenet-servers = {
      file = lib.mkOverride 900 ../../secrets/usenet-servers.age;
      owner = lib.mkOverride 900 "sabnzbd";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
