# Written by Cistern from hosts.streams. Changes belong in a module of your own, which has the last word.
# cistern 1 in=98bdfbc3a76cb221ce31b94c4a698284 body=4d3c048e7aba5b1debf6f8e76eb9447d words=38f045cd5318ea371fdc3ad32a2c7ad3
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

    # services.aiostreams
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.aiostreams = {
          image = lib.mkOverride 900 "ghcr.io/viren070/aiostreams:v2.15.0@sha256:ede544eeb3f3045fcaf5fde411d8ac5840e5915fbef1c82cb301542922886d65";
          ports = [
            "127.0.0.1:3000:3000"
          ];
          environment = {
            BASE_URL = lib.mkOverride 900 "https://aiostreams.example.org";
            PORT = lib.mkOverride 900 "3000";
          };
          environmentFiles = [
            "/run/agenix/aiostreams-environment"
          ];
          volumes = [
            "/var/lib/aiostreams:/app/data"
          ];
        };
      };

      # podman mounts what exists and creates nothing.
      systemd.tmpfiles.settings.cistern."/var/lib/aiostreams".d.mode = lib.mkOverride 900 "0750";
    }

    # services.comet
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.comet = {
          image = lib.mkOverride 900 "docker.io/g0ldyy/comet@sha256:77cb8ce744e9e22058ccddd77e99462f8fdb4ead38e1373e3ba538f1add21eee";
          ports = [
            "8000:8000"
          ];
          environment = {
            FASTAPI_HOST = lib.mkOverride 900 "0.0.0.0";
            FASTAPI_PORT = lib.mkOverride 900 "8000";
            DATABASE_TYPE = lib.mkOverride 900 "sqlite";
            DATABASE_PATH = lib.mkOverride 900 "data/comet.db";
          };
          environmentFiles = [
            "/run/agenix/comet-environment"
          ];
          volumes = [
            "/var/lib/comet:/app/data"
          ];
          # podman keeps a container in a control group of its own, beside that of the unit, so it is told as well.
          extraOptions = [
            "--memory=1g"
            "--cpus=1"
          ];
        };
      };

      # podman mounts what exists and creates nothing.
      systemd.tmpfiles.settings.cistern."/var/lib/comet".d.mode = lib.mkOverride 900 "0750";
    }

    # services.database
    (
      { config, pkgs, ... }:
      {
        services.postgresql = {
          enable = lib.mkOverride 900 true;
          package = lib.mkOverride 900 pkgs.postgresql_17;
          settings.port = lib.mkOverride 900 5432;
          ensureDatabases = [
            "mediafusion"
            "riven"
          ];
          ensureUsers = [
            {
              name = "mediafusion";
              ensureDBOwnership = true;
            }
            {
              name = "riven";
              ensureDBOwnership = true;
            }
          ];
          # nixpkgs sets a plain "localhost", so this has to be stronger than plain: yours takes mkForce.
          settings.listen_addresses = lib.mkOverride 90 "localhost,10.0.0.13";
          authentication = lib.concatLines [
            "host all all 10.88.0.0/16 scram-sha-256"
          ];
        };

        # PostgreSQL would start without an address that is not up yet.
        systemd.services.postgresql = {
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
        };

        systemd.services.postgresql-passwords = {
          description = lib.mkOverride 900 "Passwords of PostgreSQL's users";
          requires = [ "postgresql.target" ];
          after = [ "postgresql.target" ];
          wantedBy = [ "multi-user.target" ];
          path = [ config.services.postgresql.finalPackage ];
          environment.PGPORT = lib.mkOverride 900 "5432";
          # On psql's command line a password could be read by anyone, and in the log if it were refused.
          script = ''
            cd "$CREDENTIALS_DIRECTORY"
            for role in *; do
              role=$role psql --quiet --set=ON_ERROR_STOP=1 --set=role="$role" postgres <<'SQL'
                SET log_min_error_statement = panic;
                \set password `cat "$role"`
                ALTER ROLE :"role" PASSWORD :'password';
            SQL
            done
          '';
          serviceConfig = {
            Type = lib.mkOverride 900 "oneshot";
            RemainAfterExit = lib.mkOverride 900 true;
            User = lib.mkOverride 900 "postgres";
            LoadCredential = [
              "mediafusion:/run/agenix/database-password-mediafusion"
              "riven:/run/agenix/database-password-riven"
            ];
          };
        };

        services.prometheus.exporters.postgres = {
          enable = lib.mkOverride 900 true;
          port = lib.mkOverride 900 9187;
          # By the socket, as the one account that sees every database.
          runAsLocalSuperUser = lib.mkOverride 900 true;
          dataSourceName = lib.mkOverride 900 "host=/run/postgresql port=5432 user=postgres database=postgres";
        };
      }
    )

    # services.debrid
    (
      { pkgs, ... }:
      {
        systemd.services.rclone-debrid = {
          description = lib.mkOverride 900 "rclone at /mnt/zurg";
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
          wantedBy = [ "multi-user.target" ];
          path = [
            pkgs.fuse3
            pkgs.rclone
          ];
          environment = {
            RCLONE_ALLOW_OTHER = lib.mkOverride 900 "true";
            RCLONE_CACHE_DIR = lib.mkOverride 900 "/var/cache/rclone-debrid";
            RCLONE_DIR_CACHE_TIME = lib.mkOverride 900 "10s";
            RCLONE_GID = lib.mkOverride 900 "0";
            RCLONE_METRICS_ADDR = lib.mkOverride 900 "0.0.0.0:5572";
            RCLONE_READ_ONLY = lib.mkOverride 900 "true";
            RCLONE_UID = lib.mkOverride 900 "0";
            RCLONE_UMASK = lib.mkOverride 900 "002";
            RCLONE_VFS_CACHE_MAX_SIZE = lib.mkOverride 900 "20G";
            RCLONE_VFS_CACHE_MODE = lib.mkOverride 900 "writes";
            REMOTE = lib.mkOverride 900 "zurg:";
            MOUNT = lib.mkOverride 900 "/mnt/zurg";
          };
          # rclone writes new tokens into its configuration, which it cannot do to a secret.
          preStart = ''
            install -m 0600 "$CREDENTIALS_DIRECTORY/config" "$RUNTIME_DIRECTORY/rclone.conf"
            # What an rclone that died left behind.
            fusermount3 -uz "$MOUNT" 2> /dev/null || true
            mkdir -p "$MOUNT"
          '';
          script = ''
            exec rclone mount --config "$RUNTIME_DIRECTORY/rclone.conf" "$REMOTE" "$MOUNT"
          '';
          postStop = ''
            fusermount3 -uz "$MOUNT" || true
          '';
          serviceConfig = {
            Type = lib.mkOverride 900 "notify";
            NotifyAccess = lib.mkOverride 900 "all";
            Restart = lib.mkOverride 900 "on-failure";
            RestartSec = lib.mkOverride 900 10;
            CacheDirectory = [ "rclone-debrid" ];
            RuntimeDirectory = [ "rclone-debrid" ];
            LoadCredential = [ "config:/run/agenix/rclone" ];
          };
        };
      }
    )

    # services.mediaflow-proxy
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.mediaflow-proxy = {
          image = lib.mkOverride 900 "docker.io/mhdzumair/mediaflow-proxy@sha256:36eae21a96dffe4439b098f4e5c736a64d85fb71acb77da965b56ac53e06f7f3";
          ports = [
            "8888:8888"
          ];
          environment = {
            PORT = lib.mkOverride 900 "8888";
          };
          environmentFiles = [
            "/run/agenix/mediaflow-proxy-environment"
          ];
        };
      };
    }

    # services.mediafusion
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.mediafusion = {
          image = lib.mkOverride 900 "docker.io/mhdzumair/mediafusion@sha256:3e212f3bf32a9ba07ab93d89ce63c5d15cdaffa24d2f59b419abfe646a00e6e0";
          ports = [
            "8001:8000"
          ];
          environment = {
            HOST_URL = lib.mkOverride 900 "https://mediafusion.example.org";
            POSTER_HOST_URL = lib.mkOverride 900 "https://mediafusion.example.org";
          };
          environmentFiles = [
            "/run/agenix/mediafusion-database"
            "/run/agenix/mediafusion-environment"
          ];
        };
      };
    }

    # services.riven
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.riven = {
          image = lib.mkOverride 900 "docker.io/spoked/riven@sha256:4729085a3718a9e317bd514dc76e392c452c3cb526c691bfac34fd4092fbc839";
          ports = [
            "8083:8080"
          ];
          environment = {
            PUID = lib.mkOverride 900 "1000";
            PGID = lib.mkOverride 900 "1000";
            RIVEN_FORCE_ENV = lib.mkOverride 900 "true";
            RIVEN_FILESYSTEM_MOUNT_PATH = lib.mkOverride 900 "/mount";
            RIVEN_FILESYSTEM_CACHE_DIR = lib.mkOverride 900 "/riven/data/cache";
            RIVEN_UPDATERS_LIBRARY_PATH = lib.mkOverride 900 "/mnt/riven";
          };
          environmentFiles = [
            "/run/agenix/riven-key"
            "/run/agenix/riven-database"
          ];
          volumes = [
            "/var/lib/riven:/riven/data"
            "/mnt/riven:/mount:rshared"
            "/mnt/zurg:/mnt/zurg:rslave"
          ];
          devices = [ "/dev/fuse:/dev/fuse" ];
          capabilities.SYS_ADMIN = lib.mkOverride 900 true;
        };
      };

      # podman mounts what exists and creates nothing.
      systemd.tmpfiles.settings.cistern."/var/lib/riven".d = {
        user = lib.mkOverride 900 "1000";
        group = lib.mkOverride 900 "1000";
        mode = lib.mkOverride 900 "0750";
      };
      systemd.tmpfiles.settings.cistern."/mnt/riven".d.mode = lib.mkOverride 900 "0755";

      # A disk that is missing stops the container rather than showing it an empty directory.
      systemd.services.podman-riven.unitConfig.RequiresMountsFor = [
        "/var/lib/riven"
        "/mnt/zurg"
      ];
    }

    # services.riven-frontend
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.riven-frontend = {
          image = lib.mkOverride 900 "docker.io/spoked/riven-frontend@sha256:d487abf98f7bd46b880cab224272711e910a8f98147a7f7be941b98a658ad5a3";
          ports = [
            "3001:3000"
          ];
          environment = {
            BACKEND_URL = lib.mkOverride 900 "http://10.0.0.13:8083";
            DATABASE_URL = lib.mkOverride 900 "/riven/data/riven.db";
            ORIGIN = lib.mkOverride 900 "https://riven.example.org";
          };
          environmentFiles = [
            "/run/agenix/riven-frontend-environment"
            "/run/agenix/riven-key"
          ];
          volumes = [
            "/var/lib/riven-frontend:/riven/data"
          ];
        };
      };

      # podman mounts what exists and creates nothing.
      systemd.tmpfiles.settings.cistern."/var/lib/riven-frontend".d.mode = lib.mkOverride 900 "0750";
    }

    # services.stremio
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.stremio = {
          image = lib.mkOverride 900 "docker.io/stremio/server@sha256:176c271641e435614b97fcba760d26647d3ebdc5acfed5af087bad123bb74353";
          ports = [
            "11470:11470"
            "12470:12470"
          ];
          environment = {
            APP_PATH = lib.mkOverride 900 "/root/.stremio-server";
            NO_CORS = lib.mkOverride 900 "1";
          };
          volumes = [
            "/var/lib/stremio:/root/.stremio-server"
          ];
        };
      };

      # podman mounts what exists and creates nothing.
      systemd.tmpfiles.settings.cistern."/var/lib/stremio".d.mode = lib.mkOverride 900 "0750";
    }

    # services.stremthru
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.stremthru = {
          image = lib.mkOverride 900 "docker.io/muniftanjim/stremthru@sha256:a306003f81c7db59b9d4b0c572ae04238843cee8e2bd797413765428290b60bf";
          ports = [
            "8080:8080"
          ];
          environment = {
            STREMTHRU_AUTH_ADMIN = lib.mkOverride 900 "admin";
            STREMTHRU_BASE_URL = lib.mkOverride 900 "https://stremthru.example.org";
            STREMTHRU_DATA_DIR = lib.mkOverride 900 "/app/data";
            STREMTHRU_PORT = lib.mkOverride 900 "8080";
          };
          environmentFiles = [
            "/run/agenix/stremthru-environment"
          ];
          volumes = [
            "/var/lib/stremthru:/app/data"
          ];
        };
      };

      # podman mounts what exists and creates nothing.
      systemd.tmpfiles.settings.cistern."/var/lib/stremthru".d.mode = lib.mkOverride 900 "0750";
    }

    # services.wizarr
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.wizarr = {
          image = lib.mkOverride 900 "ghcr.io/wizarrrr/wizarr@sha256:eb8313145e8f7e02224d429e574e5058156cd085b8a1f72ea45bb3b46347d24a";
          ports = [
            "5690:5690"
          ];
          environment = {
            PUID = lib.mkOverride 900 "1000";
            PGID = lib.mkOverride 900 "1000";
          };
          volumes = [
            "/var/lib/wizarr:/data/database"
          ];
        };
      };

      # podman mounts what exists and creates nothing.
      systemd.tmpfiles.settings.cistern."/var/lib/wizarr".d = {
        user = lib.mkOverride 900 "1000";
        group = lib.mkOverride 900 "1000";
        mode = lib.mkOverride 900 "0750";
      };
    }

    # services.zurg
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.zurg = {
          image = lib.mkOverride 900 "ghcr.io/debridmediamanager/zurg-testing@sha256:3d17ebed106f642243903db2dad744f0e5a176ebbc29efb70384d1441abf0e44";
          ports = [
            "127.0.0.1:9999:9999"
          ];
          volumes = [
            "/var/lib/zurg:/app/data"
            "/run/agenix/zurg-config:/app/config.yml:ro"
          ];
        };
      };

      # podman mounts what exists and creates nothing.
      systemd.tmpfiles.settings.cistern."/var/lib/zurg".d.mode = lib.mkOverride 900 "0750";
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "streams";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      3001
      5432
      5690
      8000
      8001
      8080
      8083
      8888
      11470
      12470
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

  # What services may use: above it, the kernel ends or slows them and leaves the rest of the host alone.
  # What services cannot work without starts before them.
  systemd.services = {
    podman-comet.serviceConfig = {
      CPUQuota = lib.mkOverride 900 "100%";
      MemoryMax = lib.mkOverride 900 "1G";
    };
    rclone-debrid = {
      after = [ "podman-zurg.service" ];
      wants = [ "podman-zurg.service" ];
    };
  };

  age.secrets = {
    aiostreams-environment = {
      file = lib.mkOverride 900 ../../secrets/aiostreams-environment.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    comet-environment = {
      file = lib.mkOverride 900 ../../secrets/comet-environment.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    database-password-mediafusion = {
      file = lib.mkOverride 900 ../../secrets/database-password-mediafusion.age;
      owner = lib.mkOverride 900 "postgres";
      mode = lib.mkOverride 900 "0400";
    };
    database-password-riven = {
      file = lib.mkOverride 900 ../../secrets/database-password-riven.age;
      owner = lib.mkOverride 900 "postgres";
      mode = lib.mkOverride 900 "0400";
    };
    mediaflow-proxy-environment = {
      file = lib.mkOverride 900 ../../secrets/mediaflow-proxy-environment.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    mediafusion-database = {
      file = lib.mkOverride 900 ../../secrets/mediafusion-database.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    mediafusion-environment = {
      file = lib.mkOverride 900 ../../secrets/mediafusion-environment.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    rclone = {
      file = lib.mkOverride 900 ../../secrets/rclone.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    riven-database = {
      file = lib.mkOverride 900 ../../secrets/riven-database.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    riven-frontend-environment = {
      file = lib.mkOverride 900 ../../secrets/riven-frontend-environment.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    riven-key = {
      file = lib.mkOverride 900 ../../secrets/riven-key.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    stremthru-environment = {
      file = lib.mkOverride 900 ../../secrets/stremthru-environment.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    zurg-config = {
      file = lib.mkOverride 900 ../../secrets/zurg-config.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
