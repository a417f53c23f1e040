# Written by Cistern from hosts.tigris. Changes belong in a module of your own, which has the last word.
# cistern 1 in=d9746f2499d9ee194c4fcb74dda2f12e body=b18214c7d103e64ca06fbec79d443c85 words=1658fcd0d25df28451abb6afc1fd6b96
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
            "10.0.0.50"
          ];
          # It may start before the address is there.
          ip-freebind = lib.mkOverride 900 true;
          access-control = [
            "127.0.0.0/8 allow"
            "10.0.0.0/24 allow"
            "192.168.1.0/24 allow"
          ];
          # The instances at this site come first, always.
          rrset-roundrobin = lib.mkOverride 900 false;
          domain-insecure = [ "\"svc.example.org.\"" ];
          local-zone = [ "\"svc.example.org.\" static" ];
          local-data = [
            "\"dns.svc.example.org. 60 IN A 10.0.0.50\""
            "\"dns.svc.example.org. 60 IN A 192.168.1.50\""
            "\"gate.svc.example.org. 60 IN A 10.0.0.50\""
            "\"gate.svc.example.org. 60 IN A 192.168.1.50\""
            "\"ingress.svc.example.org. 60 IN A 10.0.0.50\""
            "\"ingress.svc.example.org. 60 IN A 192.168.1.50\""
            "\"page.svc.example.org. 60 IN A 192.168.1.51\""
            "\"shop.svc.example.org. 60 IN A 10.0.0.50\""
            "\"shop.svc.example.org. 60 IN A 192.168.1.50\""
            "\"shop.svc.example.org. 60 IN A 192.168.1.52\""
            "\"shop.svc.example.org. 60 IN A 192.168.1.51\""
            "\"shop-elsewhere.svc.example.org. 60 IN A 10.0.0.50\""
            "\"store.svc.example.org. 60 IN A 192.168.1.51\""
          ];
        };
      };
    }

    # services.gate
    {
      systemd.services.gate = {
        wantedBy = [ "multi-user.target" ];
        environment = {
          PORT = lib.mkOverride 900 "8091";
          URL = lib.mkOverride 900 "https://gate.example.org";
        };
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
              gate = {
                rule = "Host(`gate.example.org`)";
                entryPoints = [ "websecure" ];
                service = "gate";
                priority = 1;
                middlewares = [
                  "security-headers"
                  "no-identity"
                  "gate-retry"
                ];
                tls = {
                  certResolver = "ingress";
                };
              };
              page = {
                rule = "Host(`page.example.org`)";
                entryPoints = [ "websecure" ];
                service = "page";
                priority = 1;
                middlewares = [
                  "security-headers"
                  "no-identity"
                  "page-retry"
                ];
                tls = {
                  certResolver = "ingress";
                };
              };
              shop = {
                rule = "(Host(`shop.example.org`) || Host(`www.example.org`))";
                entryPoints = [ "websecure" ];
                service = "shop";
                priority = 1;
                middlewares = [
                  "shop-rate"
                  "security-headers"
                  "forward-auth"
                  "shop-breaker"
                  "shop-retry"
                ];
                tls = {
                  certResolver = "ingress";
                };
              };
              shop-elsewhere = {
                rule = "Host(`shop.example.org`) && (Path(`/elsewhere`) || PathPrefix(`/elsewhere/`))";
                entryPoints = [ "websecure" ];
                service = "shop-elsewhere";
                priority = 11;
                middlewares = [ "no-identity" ];
                tls = {
                  certResolver = "ingress";
                };
              };
              store = {
                rule = "Host(`store.example.org`)";
                entryPoints = [ "websecure" ];
                service = "store";
                priority = 1;
                middlewares = [
                  "store-clients"
                  "security-headers"
                  "no-identity"
                  "store-retry"
                ];
                tls = {
                  certResolver = "ingress";
                };
              };
            };
            middlewares = {
              forward-auth = {
                forwardAuth = {
                  address = "http://10.0.0.50:8091/api/verify";
                  authResponseHeaders = [
                    "Remote-User"
                    "Remote-Groups"
                  ];
                };
              };
              gate-retry = {
                retry = {
                  attempts = 3;
                  initialInterval = "100ms";
                };
              };
              no-identity = {
                headers = {
                  customRequestHeaders = {
                    Remote-Groups = "";
                    Remote-User = "";
                  };
                };
              };
              page-retry = {
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
              shop-breaker = {
                circuitBreaker = {
                  expression = "NetworkErrorRatio() > 0.25 || ResponseCodeRatio(500, 600, 0, 600) > 0.25 || LatencyAtQuantileMS(50.0) > 5000";
                  fallbackDuration = "30s";
                };
              };
              shop-rate = {
                rateLimit = {
                  average = 20;
                  burst = 50;
                };
              };
              shop-retry = {
                retry = {
                  attempts = 4;
                  initialInterval = "100ms";
                };
              };
              store-clients = {
                ipAllowList = {
                  sourceRange = [
                    "192.168.1.0/24"
                    "10.0.0.0/24"
                  ];
                };
              };
              store-retry = {
                retry = {
                  attempts = 3;
                  initialInterval = "100ms";
                };
              };
            };
            services = {
              gate = {
                loadBalancer = {
                  servers = [
                    {
                      url = "http://10.0.0.50:8091";
                      weight = 4;
                    }
                    {
                      url = "http://192.168.1.50:8091";
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
              page = {
                loadBalancer = {
                  servers = [
                    {
                      url = "http://192.168.1.51:8099";
                      weight = 1;
                    }
                  ];
                };
              };
              shop = {
                failover = {
                  fallback = "shop--failover";
                  service = "shop--own";
                };
              };
              shop--failover = {
                loadBalancer = {
                  servers = [
                    {
                      url = "http://10.0.0.50:8095";
                      weight = 10;
                    }
                  ];
                  sticky = {
                    cookie = {
                      name = "shop-instance";
                      secure = true;
                      httpOnly = true;
                      sameSite = "lax";
                    };
                  };
                  responseForwarding = {
                    flushInterval = "-1ms";
                  };
                };
              };
              shop--own = {
                loadBalancer = {
                  servers = [
                    {
                      url = "http://10.0.0.50:8090";
                      weight = 10;
                    }
                    {
                      url = "http://192.168.1.50:8090";
                      weight = 1;
                    }
                    {
                      url = "http://192.168.1.51:8090";
                      weight = 1;
                    }
                  ];
                  healthCheck = {
                    path = "/health";
                    interval = "5s";
                    timeout = "3s";
                  };
                  sticky = {
                    cookie = {
                      name = "shop-instance";
                      secure = true;
                      httpOnly = true;
                      sameSite = "lax";
                    };
                  };
                  responseForwarding = {
                    flushInterval = "-1ms";
                  };
                };
              };
              shop-elsewhere = {
                loadBalancer = {
                  servers = [
                    {
                      url = "http://10.0.0.50:8095";
                      weight = 4;
                    }
                  ];
                  healthCheck = {
                    path = "/health";
                    interval = "5s";
                    timeout = "3s";
                  };
                  responseForwarding = {
                    flushInterval = "-1ms";
                  };
                };
              };
              store = {
                loadBalancer = {
                  servers = [
                    {
                      url = "https://192.168.1.51:8092";
                      weight = 1;
                    }
                  ];
                  healthCheck = {
                    path = "/health";
                    interval = "5s";
                    timeout = "3s";
                  };
                  serversTransport = "any-certificate";
                };
              };
            };
            serversTransports = {
              any-certificate = {
                insecureSkipVerify = true;
                forwardingTimeouts = {
                  dialTimeout = "3s";
                };
              };
            };
          };
        };
      };
    }

    # services.shop
    {
      systemd.services.shop = {
        wantedBy = [ "multi-user.target" ];
        environment = {
          PORT = lib.mkOverride 900 "8090";
          STORE = lib.mkOverride 900 "http://store.svc.example.org:8092/";
        };
      };
    }

    # services.shop-elsewhere
    {
      systemd.services.shop-elsewhere = {
        wantedBy = [ "multi-user.target" ];
        environment = {
          PORT = lib.mkOverride 900 "8095";
        };
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "tigris";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    nameservers = [ "10.0.0.50" ];
    hosts."192.168.1.51" = [ "store.svc.example.org" ];
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
      from = [
        "192.168.1.9"
        "192.168.1.50"
      ];
      tcp = [
        8090
        8091
        8095
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
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPjDzGvX/3cfsR072065rAHFFNhEYxivdPUkAOgpN4a"
    ];
  };

  age.secrets = {
    acme-dns = {
      file = lib.mkOverride 900 ../../secrets/acme-dns.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
