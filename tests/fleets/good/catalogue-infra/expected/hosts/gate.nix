# Written by Cistern from hosts.gate. Changes belong in a module of your own, which has the last word.
# cistern 1 in=505b343bfe6cf5c2f0aa8874a6c418fe body=a59f4d90144b3e64a75536cbf115e773 words=481f5cdf339db1896c94e94af918481a
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

    # services.bolabaden-nextjs
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.bolabaden-nextjs = {
          image = lib.mkOverride 900 "docker.io/bolabaden/bolabaden-nextjs@sha256:5be1ecc7935f1dd85635d4feedaf660594030253cc97c9e9ca3819ffeac36b65";
          ports = [
            "127.0.0.1:3005:3005"
          ];
          environment = {
            NODE_ENV = lib.mkOverride 900 "production";
            HOSTNAME = lib.mkOverride 900 "0.0.0.0";
            PORT = lib.mkOverride 900 "3005";
          };
          environmentFiles = [ "/run/agenix/site" ];
        };
      };
    }

    # services.cloudflare-ddns
    {
      services.cloudflare-ddns = {
        enable = lib.mkOverride 900 true;
        credentialsFile = lib.mkOverride 900 "/run/agenix/cloudflare";
        domains = [
          "home.example.org"
          "*.home.example.org"
        ];
        proxied = lib.mkOverride 900 "false";
        provider.ipv6 = lib.mkOverride 900 "none";
      };
    }

    # services.crowdsec
    (
      { pkgs, ... }:
      {
        services.crowdsec = {
          enable = lib.mkOverride 900 true;
          autoUpdateService = lib.mkOverride 900 true;
          hub.collections = [
            "crowdsecurity/linux"
            "crowdsecurity/sshd"
            "crowdsecurity/nginx"
          ];
          localConfig = {
            acquisitions = [
              {
                source = "journalctl";
                journalctl_filter = [ "_SYSTEMD_UNIT=sshd.service" ];
                labels.type = "syslog";
              }
              {
                source = "file";
                filenames = [ "/var/log/nginx/access.log" ];
                labels.type = "nginx";
              }
            ];
            parsers.s02Enrich = [
              {
                name = "cistern/ignored-networks";
                description = "Networks that are never banned";
                whitelist = {
                  reason = "the fleet's definition names it";
                  cidr = [ "10.0.0.0/24" ];
                };
              }
            ];
          };
          settings = {
            general = {
              api.server = {
                enable = lib.mkOverride 900 true;
                listen_uri = lib.mkOverride 900 "127.0.0.1:8089";
              };
              prometheus = {
                listen_addr = lib.mkOverride 900 "0.0.0.0";
                listen_port = lib.mkOverride 900 6060;
              };
            };
            # It makes both by itself when they are not there.
            lapi.credentialsFile = lib.mkOverride 900 "/var/lib/crowdsec/state/local_api_credentials.yaml";
            capi.credentialsFile = lib.mkOverride 900 "/var/lib/crowdsec/state/online_api_credentials.yaml";
          };
        };

        # nixpkgs empties the path, and CrowdSec calls journalctl.
        systemd.services.crowdsec = {
          environment.PATH = lib.mkOverride 900 (lib.makeBinPath [ pkgs.systemd ]);
        };

        # It asks the service above, and registers there by itself.
        services.crowdsec-firewall-bouncer = {
          enable = lib.mkOverride 900 true;
          settings.api_url = lib.mkOverride 900 "http://127.0.0.1:8089";
        };
      }
    )

    # services.headplane
    {
      services.headplane = {
        enable = lib.mkOverride 900 true;
        settings.server = {
          host = lib.mkOverride 900 "127.0.0.1";
          port = lib.mkOverride 900 3010;
          data_path = lib.mkOverride 900 "/var/lib/headplane";
          cookie_secret_path = lib.mkOverride 900 "/run/agenix/headplane-cookie-secret";
          base_url = lib.mkOverride 900 "https://headplane.example.org";
        };
      };
    }

    # services.headscale
    {
      services.headscale = {
        enable = lib.mkOverride 900 true;
        address = lib.mkOverride 900 "0.0.0.0";
        port = lib.mkOverride 900 8080;
        settings = {
          server_url = lib.mkOverride 900 "https://headscale.example.org";
          grpc_listen_addr = lib.mkOverride 900 "127.0.0.1:50443";
          metrics_listen_addr = lib.mkOverride 900 "0.0.0.0:9098";
          dns = {
            base_domain = lib.mkOverride 900 "tailnet.example.org";
            override_local_dns = lib.mkOverride 900 true;
            nameservers.global = [ "10.0.0.12" ];
          };
          oidc = {
            issuer = lib.mkOverride 900 "https://id.example.org";
            client_id = lib.mkOverride 900 "headscale";
            client_secret_path = lib.mkOverride 900 "/run/agenix/headscale-oidc";
          };
        };
      };
    }

    # services.logrotate
    {
      services.logrotate = {
        enable = lib.mkOverride 900 true;
        settings = {
          "/var/log/traefik/*.log" = {
            frequency = lib.mkOverride 900 "daily";
            rotate = lib.mkOverride 900 14;
            compress = lib.mkOverride 900 true;
            missingok = lib.mkOverride 900 true;
            notifempty = lib.mkOverride 900 true;
            # Nobody has to be told to open another file.
            copytruncate = lib.mkOverride 900 true;
            maxsize = lib.mkOverride 900 "100M";
            su = lib.mkOverride 900 "traefik traefik";
          };
        };
      };
    }

    # services.telemetry-auth
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.telemetry-auth = {
          image = lib.mkOverride 900 "docker.io/bolabaden/kotormodsync-telemetry-auth@sha256:12a435ec8454c6d1c90a1d92812b09af11bee711fbe524d56a8f26ea7c5ccee8";
          # The secret is root's on the host, and in the container.
          user = lib.mkOverride 900 "0:0";
          ports = [
            "10.0.0.11:8012:8012"
          ];
          environment = {
            AUTH_SERVICE_PORT = lib.mkOverride 900 "8012";
            KOTORMODSYNC_SECRET_FILE = lib.mkOverride 900 "/run/secrets/signing_secret";
            MAX_TIMESTAMP_DRIFT = lib.mkOverride 900 "60";
            REQUIRE_AUTH = lib.mkOverride 900 "true";
          };
          volumes = [ "/run/agenix/telemetry-auth-signing-secret:/run/secrets/signing_secret:ro" ];
        };
      };
    }

    # services.unsend
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.unsend = {
          image = lib.mkOverride 900 "docker.io/unsend/unsend:v1.6.0@sha256:5be1ecc7935f1dd85635d4feedaf660594030253cc97c9e9ca3819ffeac36b65";
          ports = [
            "3004:3004"
          ];
          environment = {
            HOSTNAME = lib.mkOverride 900 "0.0.0.0";
            PORT = lib.mkOverride 900 "3004";
            NEXTAUTH_URL = lib.mkOverride 900 "https://mail.example.org";
            NEXT_PUBLIC_IS_CLOUD = lib.mkOverride 900 "false";
            AWS_DEFAULT_REGION = lib.mkOverride 900 "eu-central-1";
          };
          environmentFiles = [
            "/run/agenix/unsend-environment"
            "/run/agenix/unsend-connections"
          ];
        };
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "gate";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      3004
      8012
      8080
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
    cloudflare = {
      file = lib.mkOverride 900 ../../secrets/cloudflare.age;
      owner = lib.mkOverride 900 "cloudflare-ddns";
      mode = lib.mkOverride 900 "0400";
    };
    headplane-cookie-secret = {
      file = lib.mkOverride 900 ../../secrets/headplane-cookie-secret.age;
      owner = lib.mkOverride 900 "headscale";
      mode = lib.mkOverride 900 "0400";
    };
    headscale-oidc = {
      file = lib.mkOverride 900 ../../secrets/headscale-oidc.age;
      owner = lib.mkOverride 900 "headscale";
      mode = lib.mkOverride 900 "0400";
    };
    site = {
      file = lib.mkOverride 900 ../../secrets/site.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    telemetry-auth-signing-secret = {
      file = lib.mkOverride 900 ../../secrets/telemetry-auth-signing-secret.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    unsend-connections = {
      file = lib.mkOverride 900 ../../secrets/unsend-connections.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    unsend-environment = {
      file = lib.mkOverride 900 ../../secrets/unsend-environment.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
