# Written by Cistern from hosts.media. Changes belong in a module of your own, which has the last word.
# cistern 1 in=ddd95471b845000358f8bb70365f3acf body=999f7b2b8586d262ce4b9ba99bb36d09 words=29d95e0866f848b1e226737310c3d145
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

    # services.prowlarr
    {
      services.prowlarr = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/prowlarr";
        settings.server.port = lib.mkOverride 900 9696;
      };
    }

    # services.radarr
    {
      services.radarr = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/srv/radarr";
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
        secretFiles = [ "/run/agenix/usenet" ];
        group = lib.mkOverride 900 "media";
        # A host that was installed earlier keeps a file of its own by default, which would hide the settings.
        configFile = lib.mkOverride 900 null;
        settings.misc = {
          # nixpkgs binds to the loopback; who comes in is the firewall's to say.
          host = lib.mkOverride 900 "0.0.0.0";
          port = lib.mkOverride 900 8080;
          host_whitelist = lib.mkOverride 900 "media,media.example.org,media.lan";
          # Relative directories would start at the account's home, which it does not have.
          complete_dir = lib.mkOverride 900 "/srv/usenet";
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
          dataDir = lib.mkOverride 900 "/srv/sonarr";
          settings.server.port = lib.mkOverride 900 8990;
          environmentFiles = [ "/run/agenix/arr-keys" ];
          group = lib.mkOverride 900 "media";
        };

        # nixpkgs creates its default directory only.
        systemd.tmpfiles.settings.cistern."/srv/sonarr".d = {
          inherit (config.services.sonarr) user group;
          mode = lib.mkOverride 900 "0700";
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
        credentialsFile = lib.mkOverride 900 "/run/agenix/transmission";
        group = lib.mkOverride 900 "media";
        settings = {
          rpc-port = lib.mkOverride 900 9091;
          peer-port = lib.mkOverride 900 51413;
          rpc-bind-address = lib.mkOverride 900 "0.0.0.0";
          rpc-whitelist = lib.mkOverride 900 "127.0.0.1,::1,10.0.0.*";
          rpc-host-whitelist = lib.mkOverride 900 "media,media.example.org";
          download-dir = lib.mkOverride 900 "/srv/torrents";
          umask = lib.mkOverride 900 "002";
        };
      };

      # A disk that is missing stops the service rather than filling the root.
      systemd.services.transmission.unitConfig.RequiresMountsFor = [ "/srv/torrents" ];

      users.groups.media = { };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "media";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      6767
      7878
      8080
      8096
      8990
      9091
      9696
      51413
    ];
    firewall.allowedUDPPorts = [
      7359
      51413
    ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [ "10.0.0.13" ];
      tcp = [ 9100 ];
    }
  ];

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  nixpkgs.config.allowUnfreePackages = [ "unrar" ];
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

  age.secrets = {
    arr-keys = {
      file = lib.mkOverride 900 ../../secrets/arr-keys.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    transmission = {
      file = lib.mkOverride 900 ../../secrets/transmission.age;
      owner = lib.mkOverride 900 "transmission";
      mode = lib.mkOverride 900 "0400";
    };
    usenet = {
      file = lib.mkOverride 900 ../../secrets/usenet.age;
      owner = lib.mkOverride 900 "sabnzbd";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
