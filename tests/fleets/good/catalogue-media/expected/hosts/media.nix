# Written by Cistern from hosts.media. Changes belong in a module of your own, which has the last word.
# cistern 1 in=290182fbf7f321d02e46bd7ba92a78c1 body=0eed35ef5c60aadfab19427f2d3f6387 words=886045d79ac149b0329eaa8b71978f0d
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

    # services.audiobookshelf
    {
      services.audiobookshelf = {
        enable = lib.mkOverride 900 true;
        host = lib.mkOverride 900 "0.0.0.0"; # nixpkgs keeps to the loopback
        port = lib.mkOverride 900 8000;
      };

      # A disk that is missing stops the service: a library that looks empty loses its entries.
      systemd.services.audiobookshelf.unitConfig.RequiresMountsFor = [ "/mnt/media/audiobooks" ];

      users.users.audiobookshelf.extraGroups = [ "media" ];
      users.groups.media = { };
    }

    # services.flaresolverr
    {
      services.flaresolverr = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 8191;
      };

      systemd.services.flaresolverr.environment = {
        PROMETHEUS_ENABLED = lib.mkOverride 900 "true";
        PROMETHEUS_PORT = lib.mkOverride 900 "8192";
      };
    }

    # services.jackett
    {
      services.jackett = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9117;
        dataDir = lib.mkOverride 900 "/var/lib/jackett/.config/Jackett";
      };
    }

    # services.lidarr
    {
      services.lidarr = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/srv/lidarr";
        settings.server.port = lib.mkOverride 900 8686;
        environmentFiles = [ "/run/agenix/lidarr-environment" ];
        group = lib.mkOverride 900 "media";
      };

      users.groups.media = { };

      # Others of the group move and delete what is imported here.
      systemd.services.lidarr.serviceConfig.UMask = lib.mkOverride 900 "0002";

      services.prometheus.exporters.exportarr-lidarr = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9709;
        url = lib.mkOverride 900 "http://127.0.0.1:8686";
        apiKeyFile = lib.mkOverride 900 "/run/agenix/lidarr-api-key";
      };
    }

    # services.navidrome
    {
      services.navidrome = {
        enable = lib.mkOverride 900 true;
        settings = {
          Address = lib.mkOverride 900 "0.0.0.0"; # nixpkgs keeps to the loopback
          Port = lib.mkOverride 900 4533;
          DataFolder = lib.mkOverride 900 "/var/lib/navidrome";
          MusicFolder = lib.mkOverride 900 "/mnt/media/music";
          BaseUrl = lib.mkOverride 900 "https://music.example.org";
        };
      };

      # A disk that is missing stops the service: Navidrome forgets what it does not see.
      systemd.services.navidrome.unitConfig.RequiresMountsFor = [ "/mnt/media/music" ];

      users.users.navidrome.extraGroups = [ "media" ];
      users.groups.media = { };
    }

    # services.nzbget
    {
      services.nzbget = {
        enable = lib.mkOverride 900 true;
        group = lib.mkOverride 900 "media";
        # These become arguments, which everybody on the host can read. News servers are set in the web interface.
        settings = {
          ControlIP = lib.mkOverride 900 "0.0.0.0";
          ControlPort = lib.mkOverride 900 6789;
          DestDir = lib.mkOverride 900 "/mnt/media/usenet";
        };
      };

      systemd.services.nzbget = {
        # Behind nixpkgs' own part, which brings a file with a password that everybody knows.
        preStart = lib.mkAfter ''
          file=/var/lib/nzbget/nzbget.conf
          { grep -v '^ControlPassword=' "$file"; printf 'ControlPassword=%s\n' "$(cat "$CREDENTIALS_DIRECTORY/password")"; } \
            | install -m 0600 /dev/stdin "$file.new"
          mv "$file.new" "$file"
        '';
        serviceConfig.LoadCredential = [ "password:/run/agenix/nzbget-password" ];
        # A disk that is missing stops the service rather than filling the root.
        unitConfig.RequiresMountsFor = [
          "/mnt/media/usenet"
        ];
      };

      users.groups.media = { };
    }

    # services.overseerr
    {
      services.overseerr = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 5056;
      };
    }

    # services.plex
    {
      services.plex = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/plex";
        # Replaces nixpkgs' list, which names every device.
        accelerationDevices = [ "/dev/dri/renderD128" ];
      };

      # A member only: Plex reads the media and keeps what it writes to itself.
      users.users.plex.extraGroups = [ "media" ];
      users.groups.media = { };

      # A disk that is missing stops the service: Plex empties its library of what it does not see.
      systemd.services.plex.unitConfig.RequiresMountsFor = [ "/mnt/media" ];
    }

    # services.qbittorrent
    {
      # The web interface keeps the rest, its password too: given here, its hash would stand in the store. Until one is
      # set, qBittorrent makes a new one at each start and writes it into the journal.
      services.qbittorrent = {
        enable = lib.mkOverride 900 true;
        profileDir = lib.mkOverride 900 "/var/lib/qBittorrent";
        webuiPort = lib.mkOverride 900 8090;
        torrentingPort = lib.mkOverride 900 6881;
        extraArgs = [ "--confirm-legal-notice" ];
        group = lib.mkOverride 900 "media";
      };

      systemd.tmpfiles.settings.cistern."/mnt/media/downloads".d = {
        user = lib.mkOverride 900 ":qbittorrent";
        group = lib.mkOverride 900 ":media";
        # Colons: what is there already stays as it is.
        mode = lib.mkOverride 900 ":2770";
      };

      # A disk that is missing stops the service rather than filling the root.
      systemd.services.qbittorrent.unitConfig.RequiresMountsFor = [ "/mnt/media/downloads" ];

      users.groups.media = { };

      # Sonarr and Radarr move what is downloaded.
      systemd.services.qbittorrent.serviceConfig.UMask = lib.mkOverride 900 "0002";
    }

    # services.radarr
    {
      services.radarr = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/radarr/.config/Radarr";
        settings.server.port = lib.mkOverride 900 7878;
        environmentFiles = [ "/run/agenix/radarr-environment" ];
        group = lib.mkOverride 900 "media";
      };

      users.groups.media = { };

      # Others of the group move and delete what is imported here. nixpkgs sets a plain
      # "0022", so this has to be stronger than plain: yours takes mkForce.
      systemd.services.radarr.serviceConfig.UMask = lib.mkOverride 90 "0002";
    }

    # services.readarr
    {
      services.readarr = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/readarr";
        settings.server.port = lib.mkOverride 900 8787;
        environmentFiles = [ "/run/agenix/readarr-environment" ];
        group = lib.mkOverride 900 "media";
      };

      users.groups.media = { };

      # Others of the group move and delete what is imported here.
      systemd.services.readarr.serviceConfig.UMask = lib.mkOverride 900 "0002";

      services.prometheus.exporters.exportarr-readarr = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9710;
        url = lib.mkOverride 900 "http://127.0.0.1:8787";
        apiKeyFile = lib.mkOverride 900 "/run/agenix/readarr-api-key";
      };
    }

    # services.recyclarr
    {
      services.recyclarr = {
        enable = lib.mkOverride 900 true;
        schedule = lib.mkOverride 900 "Mon 04:00";
        # Recyclarr's unit loads the keys as credentials; only their paths stand in the store.
        configuration = {
          sonarr.main = {
            base_url = lib.mkOverride 900 "http://127.0.0.1:8989";
            api_key._secret = lib.mkOverride 900 "/run/agenix/sonarr-api-key";
            include = [
              { template = "sonarr-quality-definition-series"; }
              { template = "sonarr-v4-quality-profile-web-1080p"; }
            ];
          };
          radarr.main = {
            base_url = lib.mkOverride 900 "http://127.0.0.1:7878";
            api_key._secret = lib.mkOverride 900 "/run/agenix/radarr-api-key";
            include = [
              { template = "radarr-quality-definition-movie"; }
              { template = "radarr-quality-profile-hd-bluray-web"; }
            ];
          };
        };
      };
    }

    # services.seerr
    {
      services.seerr = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 5055;
        # Hosts of an older state version would have it below /var/lib/jellyseerr.
        configDir = lib.mkOverride 900 "/var/lib/seerr";
      };

      # nixpkgs sets a plain "jellyseerr" there, so this has to be stronger than plain: yours takes mkForce.
      systemd.services.seerr.serviceConfig.StateDirectory = lib.mkOverride 90 "seerr";
    }

    # services.sonarr
    (
      { config, ... }:
      {
        services.sonarr = {
          enable = lib.mkOverride 900 true;
          dataDir = lib.mkOverride 900 "/var/lib/sonarr/.config/NzbDrone";
          settings.server.port = lib.mkOverride 900 8989;
          environmentFiles = [ "/run/agenix/sonarr-environment" ];
          group = lib.mkOverride 900 "media";
        };

        users.groups.media = { };

        # Others of the group move and delete what is imported here. nixpkgs sets a plain
        # "0022", so this has to be stronger than plain: yours takes mkForce.
        systemd.services.sonarr.serviceConfig.UMask = lib.mkOverride 90 "0002";
      }
    )

    # services.tautulli
    {
      services.tautulli = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 8181;
        dataDir = lib.mkOverride 900 "/srv/tautulli";
        # nixpkgs does not move it with the directory.
        configFile = lib.mkOverride 900 "/srv/tautulli/config.ini";
      };
    }

    # services.tdarr
    {
      services.tdarr = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/tdarr";
        group = lib.mkOverride 900 "media";
        server = {
          auth.enable = lib.mkOverride 900 true;
          serverPort = lib.mkOverride 900 8266;
          webUIPort = lib.mkOverride 900 8265;
          environmentFile = lib.mkOverride 900 "/run/agenix/tdarr-server-environment";
        };
        nodes.main = {
          environmentFile = lib.mkOverride 900 "/run/agenix/tdarr-node-environment";
          workers = {
            transcodeCPU = lib.mkOverride 900 4;
            transcodeGPU = lib.mkOverride 900 0;
          };
        };
      };

      # nixpkgs lets both write to their own directory only. A disk that is missing stops them.
      systemd.services.tdarr-server = {
        unitConfig.RequiresMountsFor = [
          "/mnt/media"
          "/srv/transcoding"
        ];
        serviceConfig.ReadWritePaths = [
          "/mnt/media"
          "/srv/transcoding"
        ];
      };
      systemd.services.tdarr-node-main = {
        unitConfig.RequiresMountsFor = [
          "/mnt/media"
          "/srv/transcoding"
        ];
        serviceConfig = {
          ReadWritePaths = [
            "/mnt/media"
            "/srv/transcoding"
          ];
          UMask = lib.mkOverride 900 "0002";
        };
      };

      users.groups.media = { };
    }

    # services.unpackerr
    (
      { pkgs, ... }:
      {
        # nixpkgs' own module writes every setting into the store, and older releases have none.
        systemd.services.unpackerr = {
          description = lib.mkOverride 900 "Unpackerr";
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
          wantedBy = [ "multi-user.target" ];
          # A disk that is missing stops the service rather than showing it an empty directory.
          unitConfig.RequiresMountsFor = [ "/mnt/media/downloads" ];
          environment = {
            UN_WEBSERVER_METRICS = lib.mkOverride 900 "true";
            UN_WEBSERVER_LISTEN_ADDR = lib.mkOverride 900 "0.0.0.0:5656";
            UN_SONARR_0_URL = lib.mkOverride 900 "http://127.0.0.1:8989";
            UN_SONARR_0_API_KEY = lib.mkOverride 900 "filepath:/run/credentials/unpackerr.service/sonarr";
            UN_SONARR_0_PATHS_0 = lib.mkOverride 900 "/mnt/media/downloads";
            UN_SONARR_0_PROTOCOLS = lib.mkOverride 900 "torrent";
            UN_RADARR_0_URL = lib.mkOverride 900 "http://127.0.0.1:7878";
            UN_RADARR_0_API_KEY = lib.mkOverride 900 "filepath:/run/credentials/unpackerr.service/radarr";
            UN_RADARR_0_PATHS_0 = lib.mkOverride 900 "/mnt/media/downloads";
            UN_RADARR_0_PROTOCOLS = lib.mkOverride 900 "torrent";
            UN_LIDARR_0_URL = lib.mkOverride 900 "http://127.0.0.1:8686";
            UN_LIDARR_0_API_KEY = lib.mkOverride 900 "filepath:/run/credentials/unpackerr.service/lidarr";
            UN_LIDARR_0_PATHS_0 = lib.mkOverride 900 "/mnt/media/downloads";
            UN_LIDARR_0_PROTOCOLS = lib.mkOverride 900 "torrent";
          };
          serviceConfig = {
            ExecStart = lib.mkOverride 900 (lib.getExe pkgs.unpackerr);
            User = lib.mkOverride 900 "unpackerr";
            Group = lib.mkOverride 900 "media";
            UMask = lib.mkOverride 900 "0002";
            Restart = lib.mkOverride 900 "always";
            RestartSec = lib.mkOverride 900 10;
            LoadCredential = [
              "sonarr:/run/agenix/sonarr-api-key"
              "radarr:/run/agenix/radarr-api-key"
              "lidarr:/run/agenix/lidarr-api-key"
            ];
            NoNewPrivileges = lib.mkOverride 900 true;
            ProtectSystem = lib.mkOverride 900 "full";
            ProtectHome = lib.mkOverride 900 true;
            PrivateTmp = lib.mkOverride 900 true;
            PrivateDevices = lib.mkOverride 900 true;
          };
        };

        users.users.unpackerr = {
          isSystemUser = lib.mkOverride 900 true;
          group = lib.mkOverride 900 "unpackerr";
        };
        users.groups.unpackerr = { };
        users.groups.media = { };
      }
    )

    # services.whisparr
    {
      services.whisparr = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/whisparr/.config/Whisparr";
        settings.server.port = lib.mkOverride 900 6970;
        environmentFiles = [ "/run/agenix/whisparr-environment" ];
        group = lib.mkOverride 900 "media";
      };

      users.groups.media = { };

      # Others of the group move and delete what is imported here.
      systemd.services.whisparr.serviceConfig.UMask = lib.mkOverride 900 "0002";
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "media";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      4533
      5055
      5056
      6789
      6881
      6970
      7878
      8000
      8090
      8181
      8265
      8324
      8686
      8787
      8989
      9117
      32400
      32469
    ];
    firewall.allowedUDPPorts = [
      6881
      32410
      32412
      32413
      32414
    ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [
        "10.0.0.11"
        "10.0.0.12"
        "10.0.0.13"
      ];
      tcp = [
        8191
        8266
      ];
    }
  ];

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  nixpkgs.config.allowUnfreePackages = [
    "plexmediaserver"
    "tdarr-node"
    "tdarr-server"
    "unrar"
  ];
  system.stateVersion = lib.mkOverride 900 "26.05";

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

  # What services may use: above it, the kernel ends or slows them and leaves the rest of the host alone.
  systemd.services = {
    flaresolverr.serviceConfig = {
      CPUQuota = lib.mkOverride 900 "100%";
      MemoryMax = lib.mkOverride 900 "1G";
    };
  };

  age.secrets = {
    lidarr-api-key = {
      file = lib.mkOverride 900 ../../secrets/lidarr-api-key.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    lidarr-environment = {
      file = lib.mkOverride 900 ../../secrets/lidarr-environment.age;
      owner = lib.mkOverride 900 "lidarr";
      mode = lib.mkOverride 900 "0400";
    };
    nzbget-password = {
      file = lib.mkOverride 900 ../../secrets/nzbget-password.age;
      owner = lib.mkOverride 900 "nzbget";
      mode = lib.mkOverride 900 "0400";
    };
    radarr-api-key = {
      file = lib.mkOverride 900 ../../secrets/radarr-api-key.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    radarr-environment = {
      file = lib.mkOverride 900 ../../secrets/radarr-environment.age;
      owner = lib.mkOverride 900 "radarr";
      mode = lib.mkOverride 900 "0400";
    };
    readarr-api-key = {
      file = lib.mkOverride 900 ../../secrets/readarr-api-key.age;
      owner = lib.mkOverride 900 "readarr";
      mode = lib.mkOverride 900 "0400";
    };
    readarr-environment = {
      file = lib.mkOverride 900 ../../secrets/readarr-environment.age;
      owner = lib.mkOverride 900 "readarr";
      mode = lib.mkOverride 900 "0400";
    };
    sonarr-api-key = {
      file = lib.mkOverride 900 ../../secrets/sonarr-api-key.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    sonarr-environment = {
      file = lib.mkOverride 900 ../../secrets/sonarr-environment.age;
      owner = lib.mkOverride 900 "sonarr";
      mode = lib.mkOverride 900 "0400";
    };
    tdarr-node-environment = {
      file = lib.mkOverride 900 ../../secrets/tdarr-node-environment.age;
      owner = lib.mkOverride 900 "tdarr";
      mode = lib.mkOverride 900 "0400";
    };
    tdarr-server-environment = {
      file = lib.mkOverride 900 ../../secrets/tdarr-server-environment.age;
      owner = lib.mkOverride 900 "tdarr";
      mode = lib.mkOverride 900 "0400";
    };
    whisparr-environment = {
      file = lib.mkOverride 900 ../../secrets/whisparr-environment.age;
      owner = lib.mkOverride 900 "whisparr";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
