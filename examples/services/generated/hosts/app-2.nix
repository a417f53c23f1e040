# Written by Cistern from hosts.app-2. Changes belong in a module of your own, which has the last word.
# cistern 1 in=cc61424f2294b717a0f0f3282535f7ba body=bd4971ae64738fa41fd72b3851798e48 words=ecbeec04706614079d9d55ee748ff056
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

    # services.bot
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.bot = {
          image = lib.mkOverride 900 "registry.example.org/bot@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        };
      };
    }

    # services.db
    (
      { config, pkgs, ... }:
      {
        services.patroni = {
          enable = lib.mkOverride 900 true;
          scope = lib.mkOverride 900 "db";
          name = lib.mkOverride 900 "app-2";
          nodeIp = lib.mkOverride 900 "10.40.2.22";
          otherNodesIps = [
            "10.40.1.21"
            "10.40.3.23"
          ];
          postgresqlPackage = lib.mkOverride 900 pkgs.postgresql_17;
          postgresqlPort = lib.mkOverride 900 5432;
          restApiPort = lib.mkOverride 900 8008;
          softwareWatchdog = lib.mkOverride 900 true;
          # What these are called holds a password; what they are given here is the path of a file.
          environmentFiles = {
            PATRONI_SUPERUSER_PASSWORD = lib.mkOverride 900 "/run/agenix/db-superuser";
            PATRONI_REPLICATION_PASSWORD = lib.mkOverride 900 "/run/agenix/db-replication";
            PATRONI_REWIND_PASSWORD = lib.mkOverride 900 "/run/agenix/db-rewind";
            PATRONI_RESTAPI_PASSWORD = lib.mkOverride 900 "/run/agenix/db-api";
          };
          settings = {
            etcd3 = {
              hosts = [
                "10.40.1.21:2379"
                "10.40.2.22:2379"
                "10.40.3.23:2379"
              ];
              protocol = lib.mkOverride 900 "https";
              cacert = lib.mkOverride 900 "/run/credentials/patroni.service/etcd-authority";
              cert = lib.mkOverride 900 "/run/credentials/patroni.service/etcd-certificate";
              key = lib.mkOverride 900 "/run/credentials/patroni.service/etcd-certificate";
            };
            restapi.authentication.username = lib.mkOverride 900 "patroni";
            # What all members have in common goes into etcd when the cluster is made; `patronictl edit-config` changes it there.
            bootstrap = {
              dcs = {
                ttl = lib.mkOverride 900 20;
                loop_wait = lib.mkOverride 900 5;
                retry_timeout = lib.mkOverride 900 5;
                maximum_lag_on_failover = lib.mkOverride 900 1048576;
                synchronous_mode = lib.mkOverride 900 true;
                postgresql = {
                  use_pg_rewind = lib.mkOverride 900 true;
                  use_slots = lib.mkOverride 900 true;
                };
              };
              initdb = [
                { encoding = "UTF8"; }
                { auth-host = "scram-sha-256"; }
                { auth-local = "peer"; }
                "data-checksums"
              ];
            };
            postgresql = {
              authentication = {
                superuser.username = lib.mkOverride 900 "postgres";
                replication.username = lib.mkOverride 900 "replicator";
                rewind.username = lib.mkOverride 900 "rewinder";
              };
              parameters = {
                unix_socket_directories = lib.mkOverride 900 "/run/postgresql";
                password_encryption = lib.mkOverride 900 "scram-sha-256";
              };
              pg_hba = [
                "local all all peer map=patroni"
                "host all all 127.0.0.1/32 scram-sha-256"
                "host all all 10.40.2.22/32 scram-sha-256"
                "host replication replicator 10.40.2.22/32 scram-sha-256"
                "host all all 10.40.1.21/32 scram-sha-256"
                "host replication replicator 10.40.1.21/32 scram-sha-256"
                "host all all 10.40.3.23/32 scram-sha-256"
                "host replication replicator 10.40.3.23/32 scram-sha-256"
                "host all all 10.40.0.0/16 scram-sha-256"
              ];
              # The account of the unit is the superuser on its own host, and no other account is anybody.
              pg_ident = [ "patroni patroni postgres" ];
            };
          };
        };

        systemd.services.patroni = {
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
          serviceConfig = {
            LoadCredential = [
              "etcd-authority:/run/agenix/etcd-ca"
              "etcd-certificate:/run/agenix/etcd-certificate"
            ];
            RuntimeDirectory = [ "postgresql" ];
            # A leader that stops cleanly hands over before it goes.
            TimeoutStopSec = lib.mkOverride 900 "60s";
          };
        };
      }
    )

    # services.etcd
    {
      services.etcd = {
        enable = lib.mkOverride 900 true;
        name = lib.mkOverride 900 "app-2";
        dataDir = lib.mkOverride 900 "/var/lib/etcd";
        listenClientUrls = [
          "https://10.40.2.22:2379"
          "https://127.0.0.1:2379"
        ];
        advertiseClientUrls = [ "https://10.40.2.22:2379" ];
        listenPeerUrls = [ "https://10.40.2.22:2380" ];
        initialAdvertisePeerUrls = [ "https://10.40.2.22:2380" ];
        initialCluster = [
          "app-2=https://10.40.2.22:2380"
          "app-1=https://10.40.1.21:2380"
          "app-3=https://10.40.3.23:2380"
        ];
        initialClusterState = lib.mkOverride 900 "new";
        initialClusterToken = lib.mkOverride 900 "etcd.example.org";

        # Who has no certificate of the authority gets in neither as member nor as client.
        trustedCaFile = lib.mkOverride 900 "/run/agenix/etcd-ca";
        certFile = lib.mkOverride 900 "/run/agenix/etcd-certificate";
        keyFile = lib.mkOverride 900 "/run/agenix/etcd-certificate";
        clientCertAuth = lib.mkOverride 900 true;
        peerTrustedCaFile = lib.mkOverride 900 "/run/agenix/etcd-ca";
        peerCertFile = lib.mkOverride 900 "/run/agenix/etcd-certificate";
        peerKeyFile = lib.mkOverride 900 "/run/agenix/etcd-certificate";
        peerClientCertAuth = lib.mkOverride 900 true;

        extraConf = {
          # Health and figures, and nothing of the store.
          LISTEN_METRICS_URLS = lib.mkOverride 900 "http://10.40.2.22:2381";
          HEARTBEAT_INTERVAL = lib.mkOverride 900 "100";
          ELECTION_TIMEOUT = lib.mkOverride 900 "1000";
          # Values that were overwritten more than an hour ago are nobody's any more.
          AUTO_COMPACTION_MODE = lib.mkOverride 900 "periodic";
          AUTO_COMPACTION_RETENTION = lib.mkOverride 900 "1h";
        };
      };

      systemd.services.etcd.serviceConfig = {
        # A member that starts before the others tries again soon; nixpkgs sets a plain "30s", so yours takes mkForce.
        RestartSec = lib.mkOverride 90 "5s";
      };
    }

    # services.forgejo
    {
      services.forgejo = {
        enable = lib.mkOverride 900 true;
        stateDir = lib.mkOverride 900 "/var/lib/forgejo";
        lfs.enable = lib.mkOverride 900 true;
        # PostgreSQL by the socket, without a password.
        database.type = lib.mkOverride 900 "sqlite3";
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

  ];

  networking = {
    hostName = lib.mkOverride 900 "app-2";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 false;
    interfaces.ens3 = {
      useDHCP = lib.mkOverride 900 false;
      ipv4.addresses = [
        {
          address = "10.40.2.22";
          prefixLength = 24;
        }
      ];
    };
    defaultGateway = {
      address = lib.mkOverride 900 "10.40.2.1";
      interface = lib.mkOverride 900 "ens3";
    };
    nameservers = [
      "10.40.1.11"
      "10.40.1.12"
    ];
    hosts."10.40.1.11" = [ "db-entry.svc.example.org" ];
    hosts."10.40.1.12" = [ "db-entry.svc.example.org" ];
    hosts."10.40.1.21" = [ "etcd.svc.example.org" ];
    hosts."10.40.2.22" = [ "etcd.svc.example.org" ];
    hosts."10.40.3.23" = [ "etcd.svc.example.org" ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [ "10.40.1.12" ];
      tcp = [
        2381
        3000
        9100
      ];
    }
    {
      from = [
        "10.40.1.11"
        "10.40.1.12"
        "10.40.1.21"
        "10.40.3.23"
      ];
      tcp = [
        2379
        2380
        5432
        8008
      ];
    }
    {
      from = [
        "10.40.1.11"
        "10.40.1.12"
      ];
      tcp = [ 3000 ];
    }
  ];

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  system.stateVersion = lib.mkOverride 900 "25.11";
  time.timeZone = lib.mkOverride 900 "Etc/UTC";
  i18n.defaultLocale = lib.mkOverride 900 "en_GB.UTF-8";

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
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIgAwYgVPIj15/eHkGD9hiqrHyOyTB29KcYygZ1A8/iR"
    ];
  };

  # This host stands by: everything is in place, and nothing starts it.
  # What services cannot work without starts before them.
  systemd.services = {
    patroni = {
      after = [ "etcd.service" ];
      wants = [ "etcd.service" ];
    };
    podman-bot.wantedBy = lib.mkForce [ ];
  };

  # Services of other hosts that are waited for, though not for ever.
  cistern.health.waits = {
    db-entry = {
      anyOf = [
        {
          tcp = {
            address = lib.mkOverride 900 "10.40.1.11";
            port = lib.mkOverride 900 5000;
          };
          timeout = lib.mkOverride 900 5;
        }
        {
          tcp = {
            address = lib.mkOverride 900 "10.40.1.12";
            port = lib.mkOverride 900 5000;
          };
          timeout = lib.mkOverride 900 5;
        }
      ];
      units = [ "forgejo" ];
    };
  };

  # What another host takes over when this one fails, and the other way round.
  cistern.failover = {
    bot = {
      lease = {
        endpoints = [
          "https://10.40.1.21:2379"
          "https://10.40.2.22:2379"
          "https://10.40.3.23:2379"
        ];
        authority = lib.mkOverride 900 "/run/agenix/etcd-ca";
        certificate = lib.mkOverride 900 "/run/agenix/etcd-certificate";
      };
      units = [ "podman-bot" ];
    };
  };

  programs.ssh.knownHosts = {
    app-1 = {
      hostNames = [
        "app-1"
        "app-1.example.org"
        "10.40.1.21"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGG+qsTg9hbokYUtp28UM7S1qZ0gwEwU/AANJxoFLgKf";
    };
    app-3 = {
      hostNames = [
        "app-3"
        "app-3.example.org"
        "10.40.3.23"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFoE14S+vCe/vgd2AyS+Y+VW4tJHwocAG1QzZY3pHebh";
    };
  };

  age.secrets = {
    db-api = {
      file = lib.mkOverride 900 ../../secrets/db-api.age;
      owner = lib.mkOverride 900 "patroni";
      mode = lib.mkOverride 900 "0400";
    };
    db-replication = {
      file = lib.mkOverride 900 ../../secrets/db-replication.age;
      owner = lib.mkOverride 900 "patroni";
      mode = lib.mkOverride 900 "0400";
    };
    db-rewind = {
      file = lib.mkOverride 900 ../../secrets/db-rewind.age;
      owner = lib.mkOverride 900 "patroni";
      mode = lib.mkOverride 900 "0400";
    };
    db-superuser = {
      file = lib.mkOverride 900 ../../secrets/db-superuser.age;
      owner = lib.mkOverride 900 "patroni";
      mode = lib.mkOverride 900 "0400";
    };
    etcd-ca = {
      file = lib.mkOverride 900 ../../secrets/etcd-ca.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    etcd-certificate = {
      file = lib.mkOverride 900 ../../secrets/app-2/etcd-certificate.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
