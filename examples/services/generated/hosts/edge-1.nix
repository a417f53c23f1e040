# Written by Cistern from hosts.edge-1. Changes belong in a module of your own, which has the last word.
# cistern 1 in=583da1b173ae827683887877a78f468f body=cdd881517bfdedcf7797cb71a722e173 words=506c770b3d0ae27d78da40c9ad0d7bf2
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

    # services.db-entry
    {
      services.haproxy = {
        enable = lib.mkOverride 900 true;
        config = lib.concatLines [
          "defaults"
          "  mode tcp"
          "  timeout connect 4s"
          "  timeout client 30m"
          "  timeout server 30m"
          "  timeout check 2s"
          "frontend metrics"
          "  mode http"
          "  bind :::8406 v4v6"
          "  timeout client 10s"
          "  monitor-uri /health"
          "  http-request use-service prometheus-exporter if { path /metrics }"
          "  no log"
          "listen primary"
          "  bind :::5000 v4v6"
          "  option httpchk OPTIONS /primary"
          "  http-check expect status 200"
          # Who lost the lease must not keep those who were connected to it.
          "  default-server inter 1s fastinter 500ms rise 1 fall 2 on-marked-down shutdown-sessions"
          "  server app-1 10.40.1.21:5432 check port 8008"
          "  server app-2 10.40.2.22:5432 check port 8008"
          "  server app-3 10.40.3.23:5432 check port 8008"
          "listen replica"
          "  bind :::5001 v4v6"
          "  option httpchk OPTIONS /replica"
          "  http-check expect status 200"
          # Who lost the lease must not keep those who were connected to it.
          "  default-server inter 1s fastinter 500ms rise 1 fall 2 on-marked-down shutdown-sessions"
          "  server app-1 10.40.1.21:5432 check port 8008"
          "  server app-2 10.40.2.22:5432 check port 8008"
          "  server app-3 10.40.3.23:5432 check port 8008"
        ];
      };
    }

    # services.dns
    {
      services.unbound = {
        enable = lib.mkOverride 900 true;
        stateDir = lib.mkOverride 900 "/var/lib/unbound";
        # The host keeps the name servers that its definition gives it.
        resolveLocalQueries = lib.mkOverride 900 false;
        settings.server = {
          port = lib.mkOverride 900 53;
          interface = [
            "127.0.0.1"
            "10.40.1.11"
          ];
          # It may start before the address is there.
          ip-freebind = lib.mkOverride 900 true;
          access-control = [
            "127.0.0.0/8 allow"
            "10.40.1.0/24 allow"
            "10.40.2.0/24 allow"
            "10.40.3.0/24 allow"
          ];
          # The instances at this site come first, always.
          rrset-roundrobin = lib.mkOverride 900 false;
          domain-insecure = [ "\"svc.example.org.\"" ];
          local-zone = [ "\"svc.example.org.\" static" ];
          local-data = [
            "\"alertmanager.svc.example.org. 60 IN A 10.40.1.12\""
            "\"bot.svc.example.org. 60 IN A 10.40.1.21\""
            "\"bot.svc.example.org. 60 IN A 10.40.2.22\""
            "\"bot.svc.example.org. 60 IN A 10.40.3.23\""
            "\"db.svc.example.org. 60 IN A 10.40.1.21\""
            "\"db.svc.example.org. 60 IN A 10.40.2.22\""
            "\"db.svc.example.org. 60 IN A 10.40.3.23\""
            "\"db-entry.svc.example.org. 60 IN A 10.40.1.11\""
            "\"db-entry.svc.example.org. 60 IN A 10.40.1.12\""
            "\"dns.svc.example.org. 60 IN A 10.40.1.11\""
            "\"dns.svc.example.org. 60 IN A 10.40.1.12\""
            "\"etcd.svc.example.org. 60 IN A 10.40.1.21\""
            "\"etcd.svc.example.org. 60 IN A 10.40.2.22\""
            "\"etcd.svc.example.org. 60 IN A 10.40.3.23\""
            "\"forgejo.svc.example.org. 60 IN A 10.40.2.22\""
            "\"ingress.svc.example.org. 60 IN A 10.40.1.20\""
            "\"prometheus.svc.example.org. 60 IN A 10.40.1.12\""
            "\"whoami.svc.example.org. 60 IN A 10.40.1.21\""
            "\"whoami.svc.example.org. 60 IN A 10.40.3.23\""
          ];
        };
        settings.forward-zone = [
          {
            name = ".";
            forward-addr = [ "10.40.1.1" ];
          }
        ];
      };
    }

    # services.ingress
    {
      services.traefik = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/traefik";
        staticConfigOptions = {
          entryPoints = {
            web.address = lib.mkOverride 900 ":80";
            web.http.redirections.entryPoint = {
              to = lib.mkOverride 900 "websecure";
              scheme = lib.mkOverride 900 "https";
            };
            websecure.address = lib.mkOverride 900 ":443";
            # Uploads may take as long as they do.
            websecure.transport.respondingTimeouts.readTimeout = lib.mkOverride 900 0;
            metrics.address = lib.mkOverride 900 ":8082";
          };
          # A host that is gone does not keep requests waiting.
          serversTransport.forwardingTimeouts.dialTimeout = lib.mkOverride 900 "3s";
          metrics.prometheus.entryPoint = lib.mkOverride 900 "metrics";
          ping.entryPoint = lib.mkOverride 900 "metrics";
          certificatesResolvers.ingress.acme = {
            email = lib.mkOverride 900 "ana@example.org";
            storage = lib.mkOverride 900 "/var/lib/traefik/ingress.json";
            dnsChallenge.provider = lib.mkOverride 900 "cloudflare";
          };
        };
        # The account at the DNS provider: lego reads it from the environment.
        environmentFiles = [ "/run/agenix/acme-dns" ];
        # Only what the definition gives an `ingress`; nothing is found by labels.
        dynamicConfigOptions = {
          http = {
            routers = {
              forgejo = {
                rule = "Host(`git.example.org`)";
                entryPoints = [ "websecure" ];
                service = "forgejo";
                priority = 1;
                middlewares = [
                  "security-headers"
                  "forgejo-retry"
                ];
                tls = {
                  certResolver = "ingress";
                };
              };
              whoami = {
                rule = "Host(`whoami.example.org`)";
                entryPoints = [ "websecure" ];
                service = "whoami";
                priority = 1;
                middlewares = [
                  "security-headers"
                  "whoami-retry"
                ];
                tls = {
                  certResolver = "ingress";
                };
              };
            };
            middlewares = {
              forgejo-retry = {
                retry = {
                  attempts = 3;
                  initialInterval = "100ms";
                };
              };
              security-headers = {
                headers = {
                  contentTypeNosniff = true;
                  customFrameOptionsValue = "SAMEORIGIN";
                  referrerPolicy = "strict-origin-when-cross-origin";
                  stsSeconds = 31536000;
                };
              };
              whoami-retry = {
                retry = {
                  attempts = 3;
                  initialInterval = "100ms";
                };
              };
            };
            services = {
              forgejo = {
                loadBalancer = {
                  servers = [
                    {
                      url = "http://10.40.2.22:3000";
                      weight = 1;
                    }
                  ];
                  healthCheck = {
                    path = "/api/healthz";
                    interval = "5s";
                    timeout = "3s";
                  };
                  responseForwarding = {
                    flushInterval = "-1ms";
                  };
                };
              };
              whoami = {
                loadBalancer = {
                  servers = [
                    {
                      url = "http://10.40.1.21:8000";
                      weight = 2;
                    }
                    {
                      url = "http://10.40.3.23:8000";
                      weight = 1;
                    }
                  ];
                  healthCheck = {
                    path = "/health";
                    interval = "5s";
                    timeout = "3s";
                  };
                };
              };
            };
          };
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
    hostName = lib.mkOverride 900 "edge-1";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 false;
    interfaces.ens3 = {
      useDHCP = lib.mkOverride 900 false;
      ipv4.addresses = [
        {
          address = "10.40.1.11";
          prefixLength = 24;
        }
      ];
    };
    defaultGateway = {
      address = lib.mkOverride 900 "10.40.1.1";
      interface = lib.mkOverride 900 "ens3";
    };
    nameservers = [
      "10.40.1.11"
      "10.40.1.12"
    ];
    hosts."10.40.1.21" = [ "db.svc.example.org" ];
    hosts."10.40.2.22" = [ "db.svc.example.org" ];
    hosts."10.40.3.23" = [ "db.svc.example.org" ];
    firewall.allowedTCPPorts = [
      53
      80
      443
    ];
    firewall.allowedUDPPorts = [ 53 ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [ "10.40.1.12" ];
      tcp = [
        8082
        8406
        9100
      ];
    }
    {
      from = [
        "10.40.1.12"
        "10.40.1.21"
        "10.40.2.22"
        "10.40.3.23"
      ];
      tcp = [
        5000
        5001
      ];
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

  # How services show that they work, and what is done here when they do not.
  cistern.health.checks = {
    ingress = {
      http = {
        url = lib.mkOverride 900 "http://10.40.1.11:8082/ping";
      };
      timeout = lib.mkOverride 900 5;
      interval = lib.mkOverride 900 30;
      retries = lib.mkOverride 900 3;
      startPeriod = lib.mkOverride 900 60;
      units = [ "traefik" ];
    };
  };

  # Services of other hosts that are waited for, though not for ever.
  cistern.health.waits = {
    db = {
      anyOf = [
        {
          http = {
            url = lib.mkOverride 900 "http://10.40.1.21:8008/health";
          };
          timeout = lib.mkOverride 900 5;
        }
        {
          http = {
            url = lib.mkOverride 900 "http://10.40.2.22:8008/health";
          };
          timeout = lib.mkOverride 900 5;
        }
        {
          http = {
            url = lib.mkOverride 900 "http://10.40.3.23:8008/health";
          };
          timeout = lib.mkOverride 900 5;
        }
      ];
      units = [ "haproxy" ];
    };
  };

  # What another host takes over when this one fails, and the other way round.
  cistern.failover = {
    entrance = {
      check = lib.mkOverride 900 "ingress";
      address = lib.mkOverride 900 "10.40.1.20/24";
      interface = lib.mkOverride 900 "ens3";
      routerId = lib.mkOverride 900 20;
      source = lib.mkOverride 900 "10.40.1.11";
      peers = [ "10.40.1.12" ];
      priority = lib.mkOverride 900 250;
      preempt = lib.mkOverride 900 false;
    };
  };

  age.secrets = {
    acme-dns = {
      file = lib.mkOverride 900 ../../secrets/acme-dns.age;
      owner = lib.mkOverride 900 "traefik";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
