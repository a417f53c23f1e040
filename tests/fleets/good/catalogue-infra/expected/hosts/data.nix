# Written by Cistern from hosts.data. Changes belong in a module of your own, which has the last word.
# cistern 1 in=7167def314a2fdbe21e0f941cb17858f body=b018b6dbb662aa37892bf90096efee05 words=4443860fcad15c05511f2a53831a4f9b
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

    # services.docker-registry
    {
      services.dockerRegistry = {
        enable = lib.mkOverride 900 true;
        listenAddress = lib.mkOverride 900 "0.0.0.0";
        port = lib.mkOverride 900 5000;
        storagePath = lib.mkOverride 900 "/var/lib/docker-registry";
        enableDelete = lib.mkOverride 900 true;
        enableGarbageCollect = lib.mkOverride 900 true;
        extraConfig = {
          auth.htpasswd = {
            realm = "registry";
            path = "/run/agenix/docker-registry-accounts";
          };
          http.debug = {
            addr = "0.0.0.0:5001";
            prometheus.enabled = true;
          };
        };
      };

      # A disk that is missing stops the registry rather than filling the root.
      systemd.services.docker-registry.unitConfig.RequiresMountsFor = [ "/var/lib/docker-registry" ];
    }

    # services.mariadb
    (
      { config, pkgs, ... }:
      {
        services.mysql = {
          enable = lib.mkOverride 900 true;
          package = lib.mkOverride 900 pkgs.mariadb;
          dataDir = lib.mkOverride 900 "/var/lib/mysql";
          settings.mysqld = {
            port = lib.mkOverride 900 3306;
            bind-address = lib.mkOverride 900 "127.0.0.1,10.0.0.10";
            innodb_buffer_pool_size = lib.mkOverride 900 "512M";
          };
          ensureDatabases = [ "shop" ];
          ensureUsers = [
            {
              name = "shop";
              ensurePermissions."`shop`.*" = "ALL PRIVILEGES";
            }
          ];
        };

        # MariaDB does not start without its address.
        systemd.services.mysql = {
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
        };

        systemd.services.mysql-passwords = {
          description = lib.mkOverride 900 "Passwords of MariaDB's users";
          requires = [ "mysql.service" ];
          after = [ "mysql.service" ];
          wantedBy = [ "multi-user.target" ];
          path = [ config.services.mysql.package ];
          # On a command line a password could be read by anyone. On this host both the account and the password open the door.
          script = ''
            cd "$CREDENTIALS_DIRECTORY"
            for owner in *; do
              password=$(cat "$owner")
              password=''${password//\\/\\\\}
              password=''${password//\'/\\\'}
              mariadb --batch <<SQL
                CREATE USER IF NOT EXISTS
                  '$owner'@'localhost' IDENTIFIED VIA unix_socket OR mysql_native_password USING PASSWORD('$password'),
                  '$owner'@'%' IDENTIFIED BY '$password';
                ALTER USER
                  '$owner'@'localhost' IDENTIFIED VIA unix_socket OR mysql_native_password USING PASSWORD('$password'),
                  '$owner'@'%' IDENTIFIED BY '$password';
                GRANT ALL PRIVILEGES ON \`''${owner//_/\\_}\`.* TO '$owner'@'localhost', '$owner'@'%';
            SQL
            done
          '';
          serviceConfig = {
            Type = lib.mkOverride 900 "oneshot";
            RemainAfterExit = lib.mkOverride 900 true;
            User = lib.mkOverride 900 "mysql";
            LoadCredential = [
              "shop:/run/agenix/mariadb-password-shop"
            ];
          };
        };

        services.prometheus.exporters.mysqld = {
          enable = lib.mkOverride 900 true;
          port = lib.mkOverride 900 9104;
          # By the socket, as the account that needs no password.
          runAsLocalSuperUser = lib.mkOverride 900 true;
          configFile = lib.mkOverride 900 (
            pkgs.writeText "mysqld-exporter.cnf" ''
              [client]
              user = mysql
              socket = /run/mysqld/mysqld.sock
            ''
          );
        };
      }
    )

    # services.meilisearch
    {
      services.meilisearch = {
        enable = lib.mkOverride 900 true;
        listenAddress = lib.mkOverride 900 "0.0.0.0";
        listenPort = lib.mkOverride 900 7700;
        masterKeyFile = lib.mkOverride 900 "/run/agenix/meilisearch-master-key";
        settings = {
          env = lib.mkOverride 900 "production"; # shows no page to try it on
          max_indexing_memory = lib.mkOverride 900 "2 GiB";
        };
      };
    }

    # services.mongodb
    (
      { pkgs, ... }:
      {
        services.mongodb = {
          enable = lib.mkOverride 900 true;
          # As MongoDB builds it. Compiling the other one takes hours, since no cache may have it.
          package = lib.mkOverride 900 pkgs.mongodb-ce;
          dbpath = lib.mkOverride 900 "/var/db/mongodb";
          bind_ip = lib.mkOverride 900 "127.0.0.1,10.0.0.10";
          enableAuth = lib.mkOverride 900 true;
          initialRootPasswordFile = lib.mkOverride 900 "/run/agenix/mongodb-root-password";
          extraConfig = "storage.wiredTiger.engineConfig.cacheSizeGB: 0.5";
        };

        systemd.services.mongodb = {
          # MongoDB does not start without its address.
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
          # A disk that is missing stops the database rather than showing it an empty directory.
          unitConfig.RequiresMountsFor = [ "/var/db/mongodb" ];
        };
      }
    )

    # services.postgresql
    (
      { config, pkgs, ... }:
      {
        services.postgresql = {
          enable = lib.mkOverride 900 true;
          settings.port = lib.mkOverride 900 5432;
          ensureDatabases = [
            "authentik"
            "keycloak"
            "unsend"
            "zitadel"
          ];
          ensureUsers = [
            {
              name = "authentik";
              ensureDBOwnership = true;
            }
            {
              name = "keycloak";
              ensureDBOwnership = true;
            }
            {
              name = "unsend";
              ensureDBOwnership = true;
            }
            {
              name = "zitadel";
              ensureDBOwnership = true;
            }
          ];
          # nixpkgs sets a plain "localhost", so this has to be stronger than plain: yours takes mkForce.
          settings.listen_addresses = lib.mkOverride 90 "localhost,10.0.0.10";
          authentication = lib.concatLines [
            "host all all 10.0.0.0/24 scram-sha-256"
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
              "authentik:/run/agenix/postgresql-password-authentik"
              "keycloak:/run/agenix/postgresql-password-keycloak"
              "unsend:/run/agenix/postgresql-password-unsend"
              "zitadel:/run/agenix/postgresql-password-zitadel"
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

    # services.qdrant
    {
      services.qdrant = {
        enable = lib.mkOverride 900 true;
        settings = {
          service = {
            host = lib.mkOverride 900 "0.0.0.0";
            http_port = lib.mkOverride 900 6333;
            grpc_port = lib.mkOverride 900 6334;
          };
          storage.on_disk_payload = lib.mkOverride 900 true;
        };
      };

      # What stands in the environment goes before the configuration in the store.
      systemd.services.qdrant.serviceConfig.EnvironmentFile = [ "/run/agenix/qdrant-environment" ];
    }

    # services.redis
    (
      { pkgs, ... }:
      {
        services.redis.servers.redis = {
          enable = lib.mkOverride 900 true;
          port = lib.mkOverride 900 6379;
          bind = lib.mkOverride 900 "127.0.0.1 10.0.0.10";
          appendOnly = lib.mkOverride 900 false;
          requirePassFile = lib.mkOverride 900 "/run/agenix/redis";
        };

        # Redis does not start without its address.
        systemd.services.redis-redis = {
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
        };

        services.prometheus.exporters.redis = {
          enable = lib.mkOverride 900 true;
          port = lib.mkOverride 900 9121;
        };

        systemd.services.prometheus-redis-exporter = {
          environment.REDIS_ADDR = lib.mkOverride 900 "redis://127.0.0.1:6379";
          # The exporter reads a map of addresses to passwords, so one is made of the password.
          environment.REDIS_PASSWORD_FILE = lib.mkOverride 900 "/run/prometheus-redis-exporter/passwords";
          path = [ pkgs.jq ];
          preStart = ''
            jq --null-input --raw-input '{ (env.REDIS_ADDR): input }' \
              < "$CREDENTIALS_DIRECTORY/password" > "$REDIS_PASSWORD_FILE"
          '';
          serviceConfig = {
            LoadCredential = [ "password:/run/agenix/redis" ];
            RuntimeDirectory = [ "prometheus-redis-exporter" ];
          };
        };
      }
    )

    # services.restic-rest-server
    {
      services.restic.server = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/srv/restic";
        listenAddress = lib.mkOverride 900 "8000";
        htpasswd-file = lib.mkOverride 900 "/run/agenix/restic-rest-server-accounts";
        appendOnly = lib.mkOverride 900 true;
        privateRepos = lib.mkOverride 900 true;
        prometheus = lib.mkOverride 900 true;
        # Who watches needs no account; figures say how much there is, and nothing of what.
        extraFlags = [ "--prometheus-no-auth" ];
      };

      # A disk that is missing stops the server rather than filling the root.
      systemd.services.restic-rest-server.unitConfig.RequiresMountsFor = [ "/srv/restic" ];
    }

    # services.victoriametrics
    {
      services.victoriametrics = {
        enable = lib.mkOverride 900 true;
        listenAddress = lib.mkOverride 900 ":8428";
        retentionPeriod = lib.mkOverride 900 "2y";
        extraOptions = [
          "-httpAuth.username=victoria"
          # Read when somebody asks, so only its path stands in the store.
          "-httpAuth.password=file:///run/credentials/victoriametrics.service/password"
        ];
      };

      systemd.services.victoriametrics.serviceConfig.LoadCredential = [
        "password:/run/agenix/victoriametrics-password"
      ];
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "data";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      3306
      5000
      5432
      6333
      6334
      6379
      7700
      8000
      8428
      27017
    ];
  };

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  nixpkgs.config.allowUnfreePackages = [
    "cloudflare-warp"
    "mongodb-ce"
    "open-webui"
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
    docker-registry-accounts = {
      file = lib.mkOverride 900 ../../secrets/docker-registry-accounts.age;
      owner = lib.mkOverride 900 "docker-registry";
      mode = lib.mkOverride 900 "0400";
    };
    mariadb-password-shop = {
      file = lib.mkOverride 900 ../../secrets/mariadb-password-shop.age;
      owner = lib.mkOverride 900 "mysql";
      mode = lib.mkOverride 900 "0400";
    };
    meilisearch-master-key = {
      file = lib.mkOverride 900 ../../secrets/meilisearch-master-key.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    mongodb-root-password = {
      file = lib.mkOverride 900 ../../secrets/mongodb-root-password.age;
      owner = lib.mkOverride 900 "mongodb";
      mode = lib.mkOverride 900 "0400";
    };
    postgresql-password-authentik = {
      file = lib.mkOverride 900 ../../secrets/postgresql-password-authentik.age;
      owner = lib.mkOverride 900 "postgres";
      mode = lib.mkOverride 900 "0400";
    };
    postgresql-password-keycloak = {
      file = lib.mkOverride 900 ../../secrets/postgresql-password-keycloak.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    postgresql-password-unsend = {
      file = lib.mkOverride 900 ../../secrets/postgresql-password-unsend.age;
      owner = lib.mkOverride 900 "postgres";
      mode = lib.mkOverride 900 "0400";
    };
    postgresql-password-zitadel = {
      file = lib.mkOverride 900 ../../secrets/postgresql-password-zitadel.age;
      owner = lib.mkOverride 900 "postgres";
      mode = lib.mkOverride 900 "0400";
    };
    qdrant-environment = {
      file = lib.mkOverride 900 ../../secrets/qdrant-environment.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    redis = {
      file = lib.mkOverride 900 ../../secrets/redis.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    restic-rest-server-accounts = {
      file = lib.mkOverride 900 ../../secrets/restic-rest-server-accounts.age;
      owner = lib.mkOverride 900 "restic";
      mode = lib.mkOverride 900 "0400";
    };
    victoriametrics-password = {
      file = lib.mkOverride 900 ../../secrets/victoriametrics-password.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
