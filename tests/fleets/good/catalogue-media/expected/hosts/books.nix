# Written by Cistern from hosts.books. Changes belong in a module of your own, which has the last word.
# cistern 1 in=9b89e1677e3ad9bd3fdd09d28d20b097 body=ddbedafd493867f8ed2c4e771c7760d8 words=be09e04ee91b6498fd501dd3d06b33da
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

    # services.deluge
    (
      { config, pkgs, ... }:
      {
        services.deluge = {
          enable = lib.mkOverride 900 true;
          dataDir = lib.mkOverride 900 "/var/lib/deluge";
          declarative = lib.mkOverride 900 true;
          authFile = lib.mkOverride 900 "/run/agenix/deluge-accounts";
          web = {
            enable = lib.mkOverride 900 true;
            port = lib.mkOverride 900 8112;
          };
          # Priorities have no meaning below: nixpkgs takes this set as it is.
          config = {
            allow_remote = false;
            daemon_port = 58846;
            random_port = false;
            listen_ports = [
              6881
              6881
            ];
            download_location = "/srv/torrents";
          };
        };

        systemd.services.delugeweb = {
          path = [ pkgs.jq ];
          # Its password would be `deluge` otherwise. The file holds two JSON values: its format, and what is set.
          preStart = ''
            file=${config.services.deluge.dataDir}/.config/deluge/web.conf
            [ -s "$file" ] || echo '{"file": 2, "format": 1}{}' > "$file"
            salt=$(head -c 32 /dev/urandom | sha1sum | cut -d ' ' -f 1)
            hash=$({ printf %s "$salt"; tr -d '\n' < "$CREDENTIALS_DIRECTORY/password"; } | sha1sum | cut -d ' ' -f 1)
            salt=$salt hash=$hash jq --slurp '.[0], .[-1] + { pwd_salt: env.salt, pwd_sha1: env.hash, first_login: false }' \
              "$file" > "$file.new"
            mv "$file.new" "$file"
          '';
          serviceConfig.LoadCredential = [ "password:/run/agenix/deluge-web-password" ];
        };

        # A disk that is missing stops the service rather than filling the root.
        systemd.services.deluged.unitConfig.RequiresMountsFor = [ "/srv/torrents" ];
      }
    )

    # services.forgejo
    {
      services.forgejo = {
        enable = lib.mkOverride 900 true;
        stateDir = lib.mkOverride 900 "/var/lib/forgejo";
        lfs.enable = lib.mkOverride 900 true;
        # PostgreSQL by the socket, without a password.
        database.type = lib.mkOverride 900 "postgres";
        settings = {
          DEFAULT.APP_NAME = lib.mkOverride 900 "Forgejo";
          server = {
            HTTP_PORT = lib.mkOverride 900 3000;
            DOMAIN = lib.mkOverride 900 "git.example.org";
            ROOT_URL = lib.mkOverride 900 "https://git.example.org/";
          };
          service.DISABLE_REGISTRATION = lib.mkOverride 900 true;
          session.COOKIE_SECURE = lib.mkOverride 900 true;
        };
      };
    }

    # services.immich
    {
      # PostgreSQL and Redis come with it, by sockets, so nobody needs a password.
      services.immich = {
        enable = lib.mkOverride 900 true;
        host = lib.mkOverride 900 "0.0.0.0"; # nixpkgs keeps to the loopback
        port = lib.mkOverride 900 2283;
        mediaLocation = lib.mkOverride 900 "/srv/photos";
        machine-learning.enable = lib.mkOverride 900 true;
        environment = {
          IMMICH_TELEMETRY_INCLUDE = lib.mkOverride 900 "all";
          IMMICH_API_METRICS_PORT = lib.mkOverride 900 "8081";
          IMMICH_MICROSERVICES_METRICS_PORT = lib.mkOverride 900 "8082";
        };
        settings.server.externalDomain = lib.mkOverride 900 "https://photos.example.org";
      };

      # A disk that is missing stops the service rather than filling the root.
      systemd.services.immich-server.unitConfig.RequiresMountsFor = [ "/srv/photos" ];

      # nixpkgs creates its default directory only.
      systemd.tmpfiles.settings.cistern."/srv/photos".d = {
        user = lib.mkOverride 900 "immich";
        group = lib.mkOverride 900 "immich";
        mode = lib.mkOverride 900 "0700";
      };
    }

    # services.kubo
    {
      services.kubo = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/ipfs";
        enableGC = lib.mkOverride 900 true;
        localDiscovery = lib.mkOverride 900 false;
        settings = {
          Datastore.StorageMax = lib.mkOverride 900 "100GB";
          Addresses = {
            Gateway = lib.mkOverride 900 "/ip4/0.0.0.0/tcp/8080";
            Swarm = [
              "/ip4/0.0.0.0/tcp/4001"
              "/ip6/::/tcp/4001"
              "/ip4/0.0.0.0/udp/4001/quic-v1"
              "/ip6/::/udp/4001/quic-v1"
            ];
          };
        };
      };
    }

    # services.miniflux
    {
      # PostgreSQL comes with it, by the socket.
      services.miniflux = {
        enable = lib.mkOverride 900 true;
        adminCredentialsFile = lib.mkOverride 900 "/run/agenix/miniflux-admin-credentials";
        config = {
          LISTEN_ADDR = lib.mkOverride 900 "0.0.0.0:8086";
          BASE_URL = lib.mkOverride 900 "https://feeds.example.org/";
        };
      };
    }

    # services.nextcloud
    (
      { pkgs, ... }:
      {
        services.nextcloud = {
          enable = lib.mkOverride 900 true;
          # What nixpkgs calls the virtual host; the names that people use are below.
          hostName = lib.mkOverride 900 "nextcloud";
          https = lib.mkOverride 900 true;
          datadir = lib.mkOverride 900 "/srv/cloud";
          maxUploadSize = lib.mkOverride 900 "10G";
          # By the socket, without a password.
          database.createLocally = lib.mkOverride 900 true;
          config = {
            dbtype = lib.mkOverride 900 "pgsql";
            adminuser = lib.mkOverride 900 "admin";
            adminpassFile = lib.mkOverride 900 "/run/agenix/nextcloud-admin-password";
          };
          settings = {
            trusted_domains = [
              "10.0.0.11" # for whoever watches
              "cloud.example.org"
            ];
            trusted_proxies = [ "10.0.0.12" ];
            overwriteprotocol = lib.mkOverride 900 "https";
            "overwrite.cli.url" = lib.mkOverride 900 "https://cloud.example.org";
            default_phone_region = lib.mkOverride 900 "AT";
          };
        };

        # nginx has this port for it, whatever else it serves.
        services.nginx.virtualHosts.nextcloud = {
          serverName = lib.mkOverride 900 "cloud.example.org";
          listen = [
            {
              addr = "0.0.0.0";
              port = 8087;
            }
          ];
        };

        # A disk that is missing stops Nextcloud rather than showing everybody that their files are gone.
        systemd.services.phpfpm-nextcloud.unitConfig.RequiresMountsFor = [ "/srv/cloud" ];
        systemd.services.nextcloud-setup.unitConfig.RequiresMountsFor = [ "/srv/cloud" ];
      }
    )

    # services.paperless
    {
      services.paperless = {
        enable = lib.mkOverride 900 true;
        address = lib.mkOverride 900 "0.0.0.0"; # nixpkgs keeps to the loopback
        port = lib.mkOverride 900 28981;
        dataDir = lib.mkOverride 900 "/var/lib/paperless";
        passwordFile = lib.mkOverride 900 "/run/agenix/paperless-admin-password";
        database.createLocally = lib.mkOverride 900 true;
        consumptionDir = lib.mkOverride 900 "/srv/scans";
        settings = {
          PAPERLESS_OCR_LANGUAGE = lib.mkOverride 900 "deu+eng";
          PAPERLESS_URL = lib.mkOverride 900 "https://paper.example.org";
        };
      };
    }

    # services.vaultwarden
    {
      services.vaultwarden = {
        enable = lib.mkOverride 900 true;
        environmentFile = lib.mkOverride 900 "/run/agenix/vaultwarden-environment";
        backupDir = lib.mkOverride 900 "/srv/vault";
        config = {
          ROCKET_ADDRESS = lib.mkOverride 900 "0.0.0.0"; # nixpkgs keeps to the loopback
          ROCKET_PORT = lib.mkOverride 900 8222;
          DOMAIN = lib.mkOverride 900 "https://vault.example.org";
          SIGNUPS_ALLOWED = lib.mkOverride 900 false;
        };
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "books";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      2283
      3000
      4001
      6881
      8080
      8086
      8087
      8112
      8222
      28981
    ];
    firewall.allowedUDPPorts = [
      4001
      6881
    ];
  };

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

  age.secrets = {
    deluge-accounts = {
      file = lib.mkOverride 900 ../../secrets/deluge-accounts.age;
      owner = lib.mkOverride 900 "deluge";
      mode = lib.mkOverride 900 "0400";
    };
    deluge-web-password = {
      file = lib.mkOverride 900 ../../secrets/deluge-web-password.age;
      owner = lib.mkOverride 900 "deluge";
      mode = lib.mkOverride 900 "0400";
    };
    miniflux-admin-credentials = {
      file = lib.mkOverride 900 ../../secrets/miniflux-admin-credentials.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    nextcloud-admin-password = {
      file = lib.mkOverride 900 ../../secrets/nextcloud-admin-password.age;
      owner = lib.mkOverride 900 "nextcloud";
      mode = lib.mkOverride 900 "0400";
    };
    paperless-admin-password = {
      file = lib.mkOverride 900 ../../secrets/paperless-admin-password.age;
      owner = lib.mkOverride 900 "paperless";
      mode = lib.mkOverride 900 "0400";
    };
    vaultwarden-environment = {
      file = lib.mkOverride 900 ../../secrets/vaultwarden-environment.age;
      owner = lib.mkOverride 900 "vaultwarden";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
