# Written by Cistern from hosts.db-staging. Changes belong in a module of your own, which has the last word.
# cistern 1 in=ee711224d774b9f77afd60b38b7767d3 body=37775fd2b7a2a03acbab17442883d56b words=36cfd1e589a09915bb9a21c05bc8fd4a
{ lib, ... }:
{
  imports = [
    ../../modules/backup.nix
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
      systemd.services.alloy.environment.CISTERN_HOST = lib.mkOverride 900 "db-staging";
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

    # services.shop-db-staging
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
          settings.listen_addresses = lib.mkOverride 90 "localhost,10.20.0.23";
          authentication = lib.concatLines [
            "host all all 10.20.0.14/32 scram-sha-256"
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
              "shop:/run/agenix/shop-db-staging-password"
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
    hostName = lib.mkOverride 900 "db-staging";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 false;
    interfaces.ens18 = {
      useDHCP = lib.mkOverride 900 false;
      ipv4.addresses = [
        {
          address = "10.20.0.23";
          prefixLength = 24;
        }
      ];
    };
    defaultGateway = {
      address = lib.mkOverride 900 "10.20.0.1";
      interface = lib.mkOverride 900 "ens18";
    };
    nameservers = [ "10.20.0.1" ];
    firewall.allowedTCPPorts = [ 5432 ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [ "10.20.0.40" ];
      tcp = [
        9100
        9187
        12345
      ];
    }
  ];

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  system.stateVersion = lib.mkOverride 900 "25.11";
  time.timeZone = lib.mkOverride 900 "Europe/Vienna";
  i18n.defaultLocale = lib.mkOverride 900 "en_GB.UTF-8";

  fileSystems = {
    "/" = {
      device = lib.mkOverride 900 "/dev/disk/by-label/nixos";
      fsType = lib.mkOverride 900 "ext4";
    };
    "/var/lib/postgresql" = {
      device = lib.mkOverride 900 "/dev/disk/by-label/postgresql";
      fsType = lib.mkOverride 900 "xfs";
      options = [ "noatime" ];
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
    thomas = {
      isNormalUser = lib.mkOverride 900 true;
      openssh.authorizedKeys.keys = [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAID2/8VzunkWhdTE/Gchdkk2IamMgHh3Zzi7aX022/yLq"
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
    {
      users = [ "thomas" ];
      runAs = "root";
      commands = [
        {
          command = "/run/current-system/sw/bin/systemctl";
          options = [ "NOPASSWD" ];
        }
      ];
    }
  ];

  age.secrets = {
    restic-password = {
      file = lib.mkOverride 900 ../../secrets/db-staging/restic-password.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    restic-repository = {
      file = lib.mkOverride 900 ../../secrets/db-staging/restic-repository.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    shop-db-staging-password = {
      file = lib.mkOverride 900 ../../secrets/shop-db-staging-password.age;
      owner = lib.mkOverride 900 "postgres";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
