# Written by Cistern from hosts.eden. Changes belong in a module of your own, which has the last word.
# cistern 1 in=aa454b1c529a6ef07fcdb75da6ff604a body=8576a07845db9b7810f22d882f2ec1e5 words=436e306e08327075a333d657d4c42b4b
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

    # services.postgresql
    (
      { config, pkgs, ... }:
      {
        services.postgresql = {
          enable = lib.mkOverride 900 true;
          settings.port = lib.mkOverride 900 5432;
          ensureDatabases = [
            "shop"
            "till"
          ];
          ensureUsers = [
            {
              name = "shop";
              ensureDBOwnership = true;
            }
            {
              name = "till";
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
              "shop:/run/agenix/postgresql-password-shop"
              "till:/run/agenix/till"
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

    # services.sonarr
    (
      { config, ... }:
      {
        services.sonarr = {
          enable = lib.mkOverride 900 true;
          dataDir = lib.mkOverride 900 "/var/lib/sonarr/.config/NzbDrone";
          settings.server.port = lib.mkOverride 900 8989;
          environmentFiles = [ "/run/agenix/sonarr-environment" ];
        };
      }
    )

  ];

  networking = {
    hostName = lib.mkOverride 900 "eden";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      5432
      8989
    ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [ "10.0.0.11" ];
      tcp = [
        9100
        9187
      ];
    }
  ];

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
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
    hash = {
      file = lib.mkOverride 900 ../../secrets/hash.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    hash-too = {
      file = lib.mkOverride 900 ../../secrets/hash-too.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    identity = {
      file = lib.mkOverride 900 ../../secrets/identity.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    key = {
      file = lib.mkOverride 900 ../../secrets/key.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    letters = {
      file = lib.mkOverride 900 ../../secrets/letters.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
      path = lib.mkOverride 900 "/run/letters";
    };
    login = {
      file = lib.mkOverride 900 ../../secrets/login.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    made = {
      file = lib.mkOverride 900 ../../secrets/made.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    postgresql-password-shop = {
      file = lib.mkOverride 900 ../../secrets/postgresql-password-shop.age;
      owner = lib.mkOverride 900 "postgres";
      mode = lib.mkOverride 900 "0400";
    };
    sonarr-environment = {
      file = lib.mkOverride 900 ../../secrets/sonarr-environment.age;
      owner = lib.mkOverride 900 "sonarr";
      mode = lib.mkOverride 900 "0400";
    };
    till = {
      file = lib.mkOverride 900 ../../secrets/till.age;
      owner = lib.mkOverride 900 "postgres";
      mode = lib.mkOverride 900 "0400";
    };
    token = {
      file = lib.mkOverride 900 ../../secrets/token.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    "token.previous" = {
      file = lib.mkOverride 900 ../../secrets/token.previous.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    tunnel = {
      file = lib.mkOverride 900 ../../secrets/eden/tunnel.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    tunnel-file = {
      file = lib.mkOverride 900 ../../secrets/eden/tunnel-file.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
