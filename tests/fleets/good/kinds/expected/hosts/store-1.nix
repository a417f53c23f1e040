# Written by Cistern from hosts.store-1. Changes belong in a module of your own, which has the last word.
# cistern 1 in=6c674a79d5c4781d8a103442291d56bb body=022a898246ee700c6e063278eb564a08 words=b30e99619130d23010ea32fa98bc0aad
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

      # Which system runs, and whether it is the one that starts next.
      cistern.monitoring.systemMetrics.enable = lib.mkOverride 900 true;
    }

    # services.sessions
    (
      { pkgs, ... }:
      {
        services.redis.servers.sessions = {
          enable = lib.mkOverride 900 true;
          port = lib.mkOverride 900 6379;
          bind = lib.mkOverride 900 "127.0.0.1 10.0.0.11";
          appendOnly = lib.mkOverride 900 true;
          requirePassFile = lib.mkOverride 900 "/run/agenix/sessions";
          # On the primary too, which may become a replica.
          masterAuthFile = lib.mkOverride 900 "/run/agenix/sessions";
        };

        # Redis does not start without its address.
        systemd.services.redis-sessions = {
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
            LoadCredential = [ "password:/run/agenix/sessions" ];
            RuntimeDirectory = [ "prometheus-redis-exporter" ];
          };
        };
      }
    )

    # services.shop-db
    (
      { config, pkgs, ... }:
      {
        services.postgresql = {
          enable = lib.mkOverride 900 true;
          package = lib.mkOverride 900 pkgs.postgresql_17;
          settings.port = lib.mkOverride 900 5432;
          ensureDatabases = [ "shop" ];
          ensureUsers = [
            {
              name = "shop";
              ensureDBOwnership = true;
            }
          ];
          # nixpkgs sets a plain "localhost", so this has to be stronger than plain: yours takes mkForce.
          settings.listen_addresses = lib.mkOverride 90 "localhost,10.0.0.11";
          authentication = lib.concatLines [
            "host all all 10.0.0.13/32 scram-sha-256"
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
              "shop:/run/agenix/shop-db"
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

  ];

  networking = {
    hostName = lib.mkOverride 900 "store-1";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      5432
      6379
    ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [ "10.0.0.13" ];
      tcp = [
        9100
        9121
        9187
      ];
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

  programs.ssh.knownHosts = {
    store-2 = {
      hostNames = [
        "store-2"
        "store-2.example.org"
        "10.0.0.12"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGXfqNHkkLhDgvp4CLkcfzUpfFzD7YqEoJhhXnA8SHL6";
    };
  };

  age.secrets = {
    sessions = {
      file = lib.mkOverride 900 ../../secrets/sessions.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    shop-db = {
      file = lib.mkOverride 900 ../../secrets/shop-db.age;
      owner = lib.mkOverride 900 "postgres";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
