# Written by Cistern from hosts.one. Changes belong in a module of your own, which has the last word.
# cistern 1 in=a7c59475905bf4aad00a800fb4038db2 body=e7f98c96b5dd5cfe9d3406d8241a6a53 words=f74e00c549f2e46089fb785ae20df520
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

    # services.db
    (
      { config, pkgs, ... }:
      {
        services.patroni = {
          enable = lib.mkOverride 900 true;
          scope = lib.mkOverride 900 "db";
          name = lib.mkOverride 900 "one";
          nodeIp = lib.mkOverride 900 "10.77.0.11";
          otherNodesIps = [
            "10.77.0.12"
            "10.77.0.13"
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
                "10.77.0.11:2379"
                "10.77.0.12:2379"
                "10.77.0.13:2379"
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
                  # The few that all members must agree on are read from here only, max_connections for one.
                  parameters = {
                    max_connections = lib.mkOverride 900 50;
                  };
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
                archive_mode = lib.mkOverride 900 "on";
                archive_command = lib.mkOverride 900 "pgbackrest --stanza=db archive-push %p";
                max_connections = lib.mkOverride 900 50;
              };
              pg_hba = [
                "local all all peer map=patroni"
                "host all all 127.0.0.1/32 scram-sha-256"
                "host all all 10.77.0.11/32 scram-sha-256"
                "host replication replicator 10.77.0.11/32 scram-sha-256"
                "host all all 10.77.0.12/32 scram-sha-256"
                "host replication replicator 10.77.0.12/32 scram-sha-256"
                "host all all 10.77.0.13/32 scram-sha-256"
                "host replication replicator 10.77.0.13/32 scram-sha-256"
                "host all all 10.77.0.0/24 scram-sha-256"
              ];
              # The account of the unit is the superuser on its own host, and no other account is anybody.
              pg_ident = [ "patroni patroni postgres" ];
            };
          };
        };

        systemd.services.patroni = {
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
          path = [ pkgs.pgbackrest ];
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

        services.pgbackrest = {
          enable = lib.mkOverride 900 true;
          repos.localhost = {
            path = lib.mkOverride 900 "/mnt/backups/db";
            retention-full = lib.mkOverride 900 2;
          };
          stanzas.db.instances.localhost = {
            path = lib.mkOverride 900 config.services.patroni.postgresqlDataDir;
            port = lib.mkOverride 900 5432;
            user = lib.mkOverride 900 "postgres";
            socket-path = lib.mkOverride 900 "/run/postgresql";
          };
        };

        # nixpkgs' own jobs run on every member, as an account that cannot read the data.
        systemd.services.patroni-backup = {
          description = lib.mkOverride 900 "Backup of PostgreSQL, where the leader is";
          after = [ "patroni.service" ];
          unitConfig.RequiresMountsFor = [ "/mnt/backups/db" ];
          startAt = lib.mkOverride 900 "daily";
          path = [
            pkgs.curl
            pkgs.pgbackrest
          ];
          environment = {
            LEADER = lib.mkOverride 900 "http://10.77.0.11:8008/leader";
            PGBACKREST_STANZA = lib.mkOverride 900 "db";
          };
          script = ''
            curl --silent --fail --output /dev/null "$LEADER" || exit 0
            pgbackrest stanza-create
            pgbackrest backup
          '';
          serviceConfig = {
            Type = lib.mkOverride 900 "oneshot";
            User = lib.mkOverride 900 "patroni";
            Group = lib.mkOverride 900 "patroni";
          };
        };
      }
    )

    # services.documents
    (
      { pkgs, ... }:
      {
        services.mongodb = {
          enable = lib.mkOverride 900 true;
          bind_ip = lib.mkOverride 900 "127.0.0.1,10.77.0.11";
          dbpath = lib.mkOverride 900 "/var/db/mongodb";
          replSetName = lib.mkOverride 900 "documents";
          # nixpkgs' enableAuth makes its user before there is a set, which then refuses it.
          extraConfig = lib.concatLines [
            "net.port: 27017"
            "security.authorization: enabled"
            "security.keyFile: /run/agenix/documents-key"
            "storage.wiredTiger.engineConfig.cacheSizeGB: 0.5"
          ];
        };

        # MongoDB does not start without its address.
        systemd.services.mongodb = {
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
        };

        # Makes the set and its first user, once: from then on it finds both.
        systemd.services.mongodb-set = {
          description = lib.mkOverride 900 "Replica set documents";
          wantedBy = [ "multi-user.target" ];
          requires = [ "mongodb.service" ];
          after = [ "mongodb.service" ];
          path = [ pkgs.mongosh ];
          environment = {
            HOME = lib.mkOverride 900 "/run/mongodb-set";
            PORT = lib.mkOverride 900 "27017";
            SET = lib.mkOverride 900 (
              builtins.toJSON {
                _id = "documents";
                members = [
                  {
                    _id = 0;
                    host = "10.77.0.11:27017";
                  }
                  {
                    _id = 1;
                    host = "10.77.0.12:27017";
                  }
                  {
                    _id = 2;
                    host = "10.77.0.13:27017";
                  }
                ];
              }
            );
            STEPS = lib.mkOverride 900 (
              pkgs.writeText "mongodb-set.js" ''
                const password = require("fs").readFileSync(process.env.CREDENTIALS_DIRECTORY + "/password", "utf8").trim();
                const admin = db.getSiblingDB("admin");
                if (!db.hello().setName) {
                  rs.initiate(JSON.parse(process.env.SET));
                }
                let hello = db.hello();
                for (let tries = 0; !hello.primary && tries < 120; tries += 1) {
                  sleep(1000);
                  hello = db.hello();
                }
                if (!hello.primary) {
                  throw new Error("the set has no primary");
                }
                if (hello.isWritablePrimary) {
                  try {
                    admin.auth("root", password);
                  } catch (refused) {
                    admin.createUser({ user: "root", pwd: password, roles: ["root"] });
                  }
                }
              ''
            );
          };
          script = ''
            mongosh --quiet --norc --host 127.0.0.1 --port "$PORT" --file "$STEPS"
          '';
          serviceConfig = {
            Type = lib.mkOverride 900 "oneshot";
            RemainAfterExit = lib.mkOverride 900 true;
            DynamicUser = lib.mkOverride 900 true;
            RuntimeDirectory = [ "mongodb-set" ];
            LoadCredential = [ "password:/run/agenix/documents-password" ];
            Restart = lib.mkOverride 900 "on-failure";
            RestartSec = lib.mkOverride 900 "10s";
          };
        };
      }
    )

    # services.etcd
    {
      services.etcd = {
        enable = lib.mkOverride 900 true;
        name = lib.mkOverride 900 "one";
        dataDir = lib.mkOverride 900 "/var/lib/etcd";
        listenClientUrls = [
          "https://10.77.0.11:2379"
          "https://127.0.0.1:2379"
        ];
        advertiseClientUrls = [ "https://10.77.0.11:2379" ];
        listenPeerUrls = [ "https://10.77.0.11:2380" ];
        initialAdvertisePeerUrls = [ "https://10.77.0.11:2380" ];
        initialCluster = [
          "one=https://10.77.0.11:2380"
          "two=https://10.77.0.12:2380"
          "three=https://10.77.0.13:2380"
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
          LISTEN_METRICS_URLS = lib.mkOverride 900 "http://10.77.0.11:2381";
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

    # services.events
    {
      services.apache-kafka = {
        enable = lib.mkOverride 900 true;
        clusterId = lib.mkOverride 900 "4L6g3nShT-eMCtK--X86sw";
        # A new member makes its directory by itself, and one that is there stays as it is.
        formatLogDirs = lib.mkOverride 900 true;
        formatLogDirsIgnoreFormatted = lib.mkOverride 900 true;
        settings = {
          "process.roles" = [
            "broker"
            "controller"
          ];
          "node.id" = lib.mkOverride 900 1;
          "controller.quorum.voters" = [
            "1@10.77.0.11:9093"
            "2@10.77.0.12:9093"
            "3@10.77.0.13:9093"
          ];
          listeners = [
            "BROKER://10.77.0.11:9092"
            "CONTROLLER://10.77.0.11:9093"
          ];
          "advertised.listeners" = [ "BROKER://10.77.0.11:9092" ];
          "controller.listener.names" = [ "CONTROLLER" ];
          "inter.broker.listener.name" = lib.mkOverride 900 "BROKER";
          "listener.security.protocol.map" = [
            "BROKER:SASL_SSL"
            "CONTROLLER:SASL_SSL"
          ];
          "sasl.enabled.mechanisms" = [ "PLAIN" ];
          "sasl.mechanism.inter.broker.protocol" = lib.mkOverride 900 "PLAIN";
          "sasl.mechanism.controller.protocol" = lib.mkOverride 900 "PLAIN";
          "ssl.keystore.type" = lib.mkOverride 900 "PEM";
          "ssl.keystore.location" = lib.mkOverride 900 "/run/agenix/events-certificate";
          "ssl.truststore.type" = lib.mkOverride 900 "PEM";
          "ssl.truststore.location" = lib.mkOverride 900 "/run/agenix/events-ca";
          "log.dirs" = [ "/var/lib/apache-kafka" ];
          "log.retention.hours" = lib.mkOverride 900 168;
          # What a producer was told is kept stands on two members.
          "default.replication.factor" = lib.mkOverride 900 3;
          "offsets.topic.replication.factor" = lib.mkOverride 900 3;
          "transaction.state.log.replication.factor" = lib.mkOverride 900 3;
          "transaction.state.log.min.isr" = lib.mkOverride 900 2;
          "min.insync.replicas" = lib.mkOverride 900 2;
        };
        jvmOptions = [
          "-Xmx1g"
          "-Djava.security.auth.login.config=/run/agenix/events-logins"
        ];
      };

      systemd.services.apache-kafka = {
        wants = [ "network-online.target" ];
        after = [ "network-online.target" ];
        serviceConfig.Restart = lib.mkOverride 900 "on-failure";
      };
    }

    # services.names
    {
      services.consul = {
        enable = lib.mkOverride 900 true;
        extraConfig = {
          server = true;
          node_name = "one";
          datacenter = "dc1";
          bind_addr = "10.77.0.11";
          advertise_addr = "10.77.0.11";
          client_addr = "127.0.0.1 10.77.0.11";
          bootstrap_expect = 3;
          retry_join = [
            "10.77.0.12:8301"
            "10.77.0.13:8301"
          ];
          ports = {
            https = 8501;
            server = 8300;
            serf_lan = 8301;
            dns = 8600;
            # Without encryption there is nothing but DNS.
            http = -1;
            serf_wan = -1;
          };
          # Who has no token may ask DNS, and nothing else.
          acl = {
            enabled = true;
            default_policy = "deny";
            enable_token_persistence = true;
          };
          tls.defaults = {
            ca_file = "/run/agenix/names-ca";
            cert_file = "/run/agenix/names-certificate";
            key_file = "/run/agenix/names-certificate";
            verify_incoming = true;
            verify_outgoing = true;
          };
        };
        extraConfigFiles = [ "/run/agenix/names-gossip" ];
      };

      systemd.services.consul = {
        wants = [ "network-online.target" ];
        after = [ "network-online.target" ];
      };
    }

    # services.objects
    (
      { config, pkgs, ... }:
      {
        services.garage = {
          enable = lib.mkOverride 900 true;
          package = lib.mkOverride 900 pkgs.garage_2;
          settings = {
            metadata_dir = lib.mkOverride 900 "/var/lib/garage/meta";
            data_dir = lib.mkOverride 900 "/var/lib/garage/data";
            db_engine = lib.mkOverride 900 "lmdb";
            replication_factor = lib.mkOverride 900 3;
            rpc_bind_addr = lib.mkOverride 900 "10.77.0.11:3901";
            rpc_public_addr = lib.mkOverride 900 "10.77.0.11:3901";
            rpc_secret_file = lib.mkOverride 900 "/run/credentials/garage.service/rpc-secret";
            s3_api = {
              api_bind_addr = lib.mkOverride 900 "10.77.0.11:3900";
              s3_region = lib.mkOverride 900 "garage";
            };
            admin = {
              api_bind_addr = lib.mkOverride 900 "10.77.0.11:3903";
              admin_token_file = lib.mkOverride 900 "/run/credentials/garage.service/admin-token";
              metrics_token_file = lib.mkOverride 900 "/run/credentials/garage.service/admin-token";
            };
          };
        };

        systemd.services.garage.serviceConfig.LoadCredential = [
          "rpc-secret:/run/agenix/objects-rpc-secret"
          "admin-token:/run/agenix/objects-admin-token"
        ];

        # Members find each other by the keys that they made for themselves, so one asks the others for theirs. A layout that
        # is there is left alone: how data moves to further members is for people to say.
        systemd.services.garage-layout = {
          description = lib.mkOverride 900 "First layout of Garage";
          wantedBy = [ "multi-user.target" ];
          wants = [ "garage.service" ];
          after = [ "garage.service" ];
          path = [
            config.services.garage.package
            pkgs.curl
            pkgs.jq
          ];
          environment = {
            MEMBERS = lib.mkOverride 900 (toString [
              "one=10.77.0.11"
              "two=10.77.0.12"
              "three=10.77.0.13"
            ]);
            RPC_PORT = lib.mkOverride 900 "3901";
            ADMIN_PORT = lib.mkOverride 900 "3903";
            OWN = lib.mkOverride 900 "10.77.0.11";
            CAPACITY = lib.mkOverride 900 "50G";
          };
          script = ''
            ask() {
              printf 'header = "Authorization: Bearer %s"\n' "$(cat "$CREDENTIALS_DIRECTORY/admin-token")" \
                | curl --silent --show-error --fail --max-time 10 --config - "$@"
            }
            roles='[]'
            peers='[]'
            bytes=$(numfmt --from=si "$CAPACITY")
            for member in $MEMBERS; do
              name=''${member%%=*}
              address=''${member#*=}
              id=$(ask "http://$address:$ADMIN_PORT/v1/status" | jq --raw-output .node)
              peers=$(jq --compact-output --arg peer "$id@$address:$RPC_PORT" '. + [$peer]' <<< "$peers")
              roles=$(jq --compact-output --arg id "$id" --arg zone "$name" --argjson capacity "$bytes" \
                '. + [{ $id, $zone, $capacity, tags: [$zone] }]' <<< "$roles")
            done
            ask --json "$peers" "http://$OWN:$ADMIN_PORT/v1/connect" > /dev/null
            version=$(ask "http://$OWN:$ADMIN_PORT/v1/layout" | jq .version)
            if [ "$version" = 0 ]; then
              ask --json "$roles" "http://$OWN:$ADMIN_PORT/v1/layout" > /dev/null
              ask --json '{ "version": 1 }' "http://$OWN:$ADMIN_PORT/v1/layout/apply" > /dev/null
            fi
          '';
          serviceConfig = {
            Type = lib.mkOverride 900 "oneshot";
            RemainAfterExit = lib.mkOverride 900 true;
            DynamicUser = lib.mkOverride 900 true;
            LoadCredential = [ "admin-token:/run/agenix/objects-admin-token" ];
            # Members that start later are waited for.
            Restart = lib.mkOverride 900 "on-failure";
            RestartSec = lib.mkOverride 900 "15s";
          };
        };
      }
    )

    # services.queue
    {
      services.rabbitmq = {
        enable = lib.mkOverride 900 true;
        listenAddress = lib.mkOverride 900 "10.77.0.11";
        port = lib.mkOverride 900 5672;
        dataDir = lib.mkOverride 900 "/var/lib/rabbitmq";
        managementPlugin = {
          enable = lib.mkOverride 900 true;
          port = lib.mkOverride 900 15672;
        };
        plugins = [ "rabbitmq_prometheus" ];
        configItems = {
          # With definitions, a node that begins makes no user of its own.
          load_definitions = lib.mkOverride 900 "/run/credentials/rabbitmq.service/definitions";
          "prometheus.tcp.port" = lib.mkOverride 900 "15692";
          "prometheus.tcp.ip" = lib.mkOverride 900 "10.77.0.11";
          "cluster_formation.peer_discovery_backend" = lib.mkOverride 900 "classic_config";
          "cluster_formation.classic_config.nodes.1" = lib.mkOverride 900 "rabbit@one";
          "cluster_formation.classic_config.nodes.2" = lib.mkOverride 900 "rabbit@two";
          "cluster_formation.classic_config.nodes.3" = lib.mkOverride 900 "rabbit@three";
          # The smaller side of a split waits, so that no two sides go on.
          cluster_partition_handling = lib.mkOverride 900 "pause_minority";
        };
      };

      # Members know each other by name.
      networking.hosts = {
        "10.77.0.12" = [ "two" ];
        "10.77.0.13" = [ "three" ];
      };

      systemd.services.rabbitmq = {
        wants = [ "network-online.target" ];
        after = [ "network-online.target" ];
        environment = {
          RABBITMQ_NODENAME = lib.mkOverride 900 "rabbit@one";
          RABBITMQ_DIST_PORT = lib.mkOverride 900 "25672";
        };
        preStart = ''
          install --mode=600 "$CREDENTIALS_DIRECTORY/cookie" "$HOME/.erlang.cookie"
        '';
        serviceConfig.LoadCredential = [
          "cookie:/run/agenix/queue-cookie"
          "definitions:/run/agenix/queue-definitions"
        ];
      };
    }

    # services.search
    (
      { config, pkgs, ... }:
      {
        services.opensearch = {
          enable = lib.mkOverride 900 true;
          settings = {
            "cluster.name" = lib.mkOverride 900 "search";
            "node.name" = lib.mkOverride 900 "one";
            "network.host" = lib.mkOverride 900 "10.77.0.11";
            "http.port" = lib.mkOverride 900 9200;
            "transport.port" = lib.mkOverride 900 9300;
            "discovery.type" = lib.mkOverride 900 "zen";
            "discovery.seed_hosts" = [
              "10.77.0.12:9300"
              "10.77.0.13:9300"
            ];
            # Read when the cluster is made, and never again.
            "cluster.initial_cluster_manager_nodes" = [
              "one"
              "two"
              "three"
            ];
            # Java lets it read below its own directory only; the files are laid there before it starts.
            "plugins.security.disabled" = lib.mkOverride 900 false;
            "plugins.security.allow_default_init_securityindex" = lib.mkOverride 900 true;
            "plugins.security.ssl.transport.pemcert_filepath" = lib.mkOverride 900 "certificate.pem";
            "plugins.security.ssl.transport.pemkey_filepath" = lib.mkOverride 900 "key.pem";
            "plugins.security.ssl.transport.pemtrustedcas_filepath" = lib.mkOverride 900 "authority.pem";
            "plugins.security.ssl.http.enabled" = lib.mkOverride 900 true;
            "plugins.security.ssl.http.pemcert_filepath" = lib.mkOverride 900 "certificate.pem";
            "plugins.security.ssl.http.pemkey_filepath" = lib.mkOverride 900 "key.pem";
            "plugins.security.ssl.http.pemtrustedcas_filepath" = lib.mkOverride 900 "authority.pem";
            "plugins.security.nodes_dn" = [
              "CN=one"
              "CN=two"
              "CN=three"
            ];
          };
          extraJavaOptions = [
            "-Xms1g"
            "-Xmx1g"
          ];
        };

        systemd.services.opensearch = {
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
          path = [ pkgs.openssl ];
          serviceConfig = {
            LoadCredential = [
              "authority:/run/agenix/search-ca"
              "certificate:/run/agenix/search-certificate"
              "users:/run/agenix/search-users"
            ];
            ExecStartPre = lib.mkAfter [
              (pkgs.writeShellScript "opensearch-security" ''
                set -o errexit -o nounset
                umask 077
                cd "$OPENSEARCH_PATH_CONF"
                cat "$CREDENTIALS_DIRECTORY/authority" > authority.pem
                openssl x509 -in "$CREDENTIALS_DIRECTORY/certificate" -out certificate.pem
                openssl pkey -in "$CREDENTIALS_DIRECTORY/certificate" -out key.pem
                mkdir -p opensearch-security
                cp --no-preserve=mode ${config.services.opensearch.package}/config/opensearch-security/*.yml opensearch-security/
                cat "$CREDENTIALS_DIRECTORY/users" > opensearch-security/internal_users.yml
              '')
            ];
            # nixpkgs waits until it answers without encryption and password, which it never does here: yours takes mkForce.
            ExecStartPost = lib.mkOverride 90 [ ];
          };
        };
      }
    )

    # services.sessions
    (
      { config, pkgs, ... }:
      {
        services.redis.servers.sessions = {
          enable = lib.mkOverride 900 true;
          port = lib.mkOverride 900 6379;
          bind = lib.mkOverride 900 "127.0.0.1 10.77.0.11";
          appendOnly = lib.mkOverride 900 true;
          requirePassFile = lib.mkOverride 900 "/run/agenix/sessions-password";
          # On the primary too, which may become a replica.
          masterAuthFile = lib.mkOverride 900 "/run/agenix/sessions-password";
          settings = {
            replica-announce-ip = lib.mkOverride 900 "10.77.0.11";
            min-replicas-to-write = lib.mkOverride 900 1;
            min-replicas-max-lag = lib.mkOverride 900 10;
          };
        };

        systemd.services.redis-sessions = {
          # Redis does not start without its address.
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
          # Who follows whom is for the Sentinels to say: they have it written into this file, and it is set here once only.
          # What Redis writes there of passwords would go before those of the files.
          serviceConfig.ExecStartPre = lib.mkBefore [
            (
              "+"
              + pkgs.writeShellScript "redis-sessions-part" ''
                own="$STATE_DIRECTORY/redis.conf"
                if [ -s "$own" ]; then
                  ${pkgs.gnused}/bin/sed -i -E '/^(requirepass|masterauth|user default) /d' "$own"
                else
                  cat "$PART" > "$own"
                fi
              ''
            )
          ];
          environment.PART = lib.mkOverride 900 (
            pkgs.writeText "redis-sessions-part" (
              lib.concatLines [
                "include \"/run/redis-sessions/nixos.conf\""
              ]
            )
          );
        };

        systemd.services.redis-sentinel-sessions = {
          description = lib.mkOverride 900 "Sentinel of Redis sessions";
          wantedBy = [ "multi-user.target" ];
          wants = [ "network-online.target" ];
          after = [
            "network-online.target"
            "redis-sessions.service"
          ];
          environment = {
            START = lib.mkOverride 900 (
              pkgs.writeText "redis-sentinel-sessions" (
                lib.concatLines [
                  "bind 127.0.0.1 10.77.0.11"
                  "sentinel announce-ip 10.77.0.11"
                  "sentinel monitor sessions 10.77.0.11 6379 2"
                  "sentinel down-after-milliseconds sessions 5000"
                  # Where none of them gets most votes, they vote again after twice this time.
                  "sentinel failover-timeout sessions 10000"
                  "sentinel parallel-syncs sessions 1"
                ]
              )
            );
            NAME = lib.mkOverride 900 "sessions";
            PORT = lib.mkOverride 900 "26379";
          };
          # Sentinel keeps what it finds out in the file that it was started with. Only passwords and port are set each time.
          script = ''
            umask 077
            own="$STATE_DIRECTORY/sentinel.conf"
            [ -s "$own" ] || cat "$START" > "$own"
            sed -i -E '/^(port|requirepass|user default|sentinel (auth-pass|sentinel-pass)) /d' "$own"
            {
              printf 'port %s\n' "$PORT"
              printf 'requirepass %s\n' "$(cat "$CREDENTIALS_DIRECTORY/sentinel-password")"
              printf 'sentinel sentinel-pass %s\n' "$(cat "$CREDENTIALS_DIRECTORY/sentinel-password")"
              printf 'sentinel auth-pass %s %s\n' "$NAME" "$(cat "$CREDENTIALS_DIRECTORY/password")"
            } >> "$own"
            exec ${config.services.redis.package}/bin/redis-sentinel "$own"
          '';
          path = [ pkgs.gnused ];
          serviceConfig = {
            DynamicUser = lib.mkOverride 900 true;
            StateDirectory = [ "redis-sentinel-sessions" ];
            LoadCredential = [
              "password:/run/agenix/sessions-password"
              "sentinel-password:/run/agenix/sessions-sentinel-password"
            ];
            Restart = lib.mkOverride 900 "always";
            RestartSec = lib.mkOverride 900 "2s";
          };
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
            LoadCredential = [ "password:/run/agenix/sessions-password" ];
            RuntimeDirectory = [ "prometheus-redis-exporter" ];
          };
        };
      }
    )

    # services.share-mount
    {
      fileSystems."/mnt/backups" = {
        device = lib.mkOverride 900 "10.77.0.20:/srv/backups";
        fsType = lib.mkOverride 900 "nfs4";
        # The host starts without the server, and whoever uses it waits no longer than half a minute.
        options = [
          "x-systemd.automount"
          "noauto"
          "nofail"
          "_netdev"
          "x-systemd.mount-timeout=30s"
          "x-systemd.idle-timeout=10min"
          "nosuid"
          "nodev"
        ];
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "one";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [
        "10.77.0.12"
        "10.77.0.13"
        "10.77.0.20"
      ];
      tcp = [
        2379
        2380
        3900
        3901
        3903
        4369
        5432
        5672
        6379
        8008
        8300
        8301
        8501
        8600
        9092
        9093
        9200
        9300
        15672
        25672
        26379
        27017
      ];
      udp = [
        8301
        8600
      ];
    }
  ];

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  nixpkgs.config.allowUnfreePackages = [
    "consul"
    "mongodb"
  ];
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

  # What services cannot work without starts before them.
  systemd.services = {
    patroni = {
      after = [ "etcd.service" ];
      wants = [ "etcd.service" ];
    };
  };

  programs.ssh.knownHosts = {
    three = {
      hostNames = [
        "three"
        "three.example.org"
        "10.77.0.13"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGXfqNHkkLhDgvp4CLkcfzUpfFzD7YqEoJhhXnA8SHL6";
    };
    two = {
      hostNames = [
        "two"
        "two.example.org"
        "10.77.0.12"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC38nvmWqotuAUSbTnQ5sA008HQEljRRClwKyNa1blKV";
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
    documents-key = {
      file = lib.mkOverride 900 ../../secrets/documents-key.age;
      owner = lib.mkOverride 900 "mongodb";
      mode = lib.mkOverride 900 "0400";
    };
    documents-password = {
      file = lib.mkOverride 900 ../../secrets/documents-password.age;
      owner = lib.mkOverride 900 "mongodb";
      mode = lib.mkOverride 900 "0400";
    };
    etcd-ca = {
      file = lib.mkOverride 900 ../../secrets/etcd-ca.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    etcd-certificate = {
      file = lib.mkOverride 900 ../../secrets/one/etcd-certificate.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    events-ca = {
      file = lib.mkOverride 900 ../../secrets/events-ca.age;
      owner = lib.mkOverride 900 "apache-kafka";
      mode = lib.mkOverride 900 "0400";
    };
    events-certificate = {
      file = lib.mkOverride 900 ../../secrets/one/events-certificate.age;
      owner = lib.mkOverride 900 "apache-kafka";
      mode = lib.mkOverride 900 "0400";
    };
    events-logins = {
      file = lib.mkOverride 900 ../../secrets/events-logins.age;
      owner = lib.mkOverride 900 "apache-kafka";
      mode = lib.mkOverride 900 "0400";
    };
    names-ca = {
      file = lib.mkOverride 900 ../../secrets/names-ca.age;
      owner = lib.mkOverride 900 "consul";
      mode = lib.mkOverride 900 "0400";
    };
    names-certificate = {
      file = lib.mkOverride 900 ../../secrets/one/names-certificate.age;
      owner = lib.mkOverride 900 "consul";
      mode = lib.mkOverride 900 "0400";
    };
    names-gossip = {
      file = lib.mkOverride 900 ../../secrets/names-gossip.age;
      owner = lib.mkOverride 900 "consul";
      mode = lib.mkOverride 900 "0400";
    };
    objects-admin-token = {
      file = lib.mkOverride 900 ../../secrets/objects-admin-token.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    objects-rpc-secret = {
      file = lib.mkOverride 900 ../../secrets/objects-rpc-secret.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    queue-cookie = {
      file = lib.mkOverride 900 ../../secrets/queue-cookie.age;
      owner = lib.mkOverride 900 "rabbitmq";
      mode = lib.mkOverride 900 "0400";
    };
    queue-definitions = {
      file = lib.mkOverride 900 ../../secrets/queue-definitions.age;
      owner = lib.mkOverride 900 "rabbitmq";
      mode = lib.mkOverride 900 "0400";
    };
    search-ca = {
      file = lib.mkOverride 900 ../../secrets/search-ca.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    search-certificate = {
      file = lib.mkOverride 900 ../../secrets/one/search-certificate.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    search-users = {
      file = lib.mkOverride 900 ../../secrets/search-users.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    sessions-password = {
      file = lib.mkOverride 900 ../../secrets/sessions-password.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    sessions-sentinel-password = {
      file = lib.mkOverride 900 ../../secrets/sessions-sentinel-password.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
