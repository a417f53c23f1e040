# Written by Cistern from hosts.ararat. Changes belong in a module of your own, which has the last word.
# cistern 1 in=e9875b76327594bf5989d89d757170a0 body=1289776aa8cf388222caac7fe6bac7aa words=b54b40d3a158ca020a020faa0d56ce3e
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

    # services.ingress
    {
      services.nginx = {
        enable = lib.mkOverride 900 true;
        defaultHTTPListenPort = lib.mkOverride 900 80;
        defaultSSLListenPort = lib.mkOverride 900 443;
        recommendedGzipSettings = lib.mkOverride 900 true;
        recommendedOptimisation = lib.mkOverride 900 true;
        recommendedProxySettings = lib.mkOverride 900 true;
        recommendedTlsSettings = lib.mkOverride 900 true;
        clientMaxBodySize = lib.mkOverride 900 "10m";
        statusPage = lib.mkOverride 900 true; # what the exporter reads
        appendHttpConfig = lib.concatLines [
          "limit_req_status 429;"
        ];
        upstreams = {
          login.servers = {
            "192.168.1.50:9091" = {
              fail_timeout = lib.mkOverride 900 "10s";
              max_fails = lib.mkOverride 900 1;
              weight = lib.mkOverride 900 4;
            };
          };
          radarr.servers = {
            "192.168.1.51:7878" = {
              fail_timeout = lib.mkOverride 900 "10s";
              max_fails = lib.mkOverride 900 1;
              weight = lib.mkOverride 900 1;
            };
          };
        };
        # Only what the definition gives an `ingress`.
        virtualHosts = {
          "_" = {
            default = lib.mkOverride 900 true;
            rejectSSL = lib.mkOverride 900 true;
            locations."/".return = lib.mkOverride 900 "404";
          };
          "login.example.org" = {
            enableACME = lib.mkOverride 900 true;
            forceSSL = lib.mkOverride 900 true;
            locations."/" = {
              proxyPass = lib.mkOverride 900 "http://login";
              proxyWebsockets = lib.mkOverride 900 true;
              extraConfig = lib.concatLines [
                "proxy_connect_timeout 3s;"
                "proxy_next_upstream error timeout;"
                "proxy_next_upstream_tries 3;"
                "add_header Strict-Transport-Security max-age=31536000 always;"
                "add_header X-Content-Type-Options nosniff always;"
                "add_header X-Frame-Options SAMEORIGIN always;"
                "add_header Referrer-Policy strict-origin-when-cross-origin always;"
                "proxy_set_header Remote-User '';"
                "proxy_set_header Remote-Groups '';"
                "proxy_set_header Remote-Name '';"
                "proxy_set_header Remote-Email '';"
              ];
            };
          };
          "radarr.example.org" = {
            enableACME = lib.mkOverride 900 true;
            forceSSL = lib.mkOverride 900 true;
            locations."/" = {
              proxyPass = lib.mkOverride 900 "http://radarr";
              proxyWebsockets = lib.mkOverride 900 true;
              extraConfig = lib.concatLines [
                "proxy_connect_timeout 3s;"
                "proxy_next_upstream error timeout;"
                "proxy_next_upstream_tries 3;"
                "add_header Strict-Transport-Security max-age=31536000 always;"
                "add_header X-Content-Type-Options nosniff always;"
                "add_header X-Frame-Options SAMEORIGIN always;"
                "add_header Referrer-Policy strict-origin-when-cross-origin always;"
                "proxy_buffering off;"
                "proxy_request_buffering off;"
                "proxy_read_timeout 1d;"
                "proxy_send_timeout 1d;"
                "auth_request /ingress-login;"
                "auth_request_set $login_1 $upstream_http_remote_user;"
                "proxy_set_header Remote-User $login_1;"
                "auth_request_set $login_2 $upstream_http_remote_groups;"
                "proxy_set_header Remote-Groups $login_2;"
                "auth_request_set $login_3 $upstream_http_remote_name;"
                "proxy_set_header Remote-Name $login_3;"
                "auth_request_set $login_4 $upstream_http_remote_email;"
                "proxy_set_header Remote-Email $login_4;"
                "error_page 401 = @ingress-login;"
              ];
            };
            locations."= /ingress-login" = {
              proxyPass = lib.mkOverride 900 "http://192.168.1.50:9091/api/authz/auth-request";
              extraConfig = lib.mkOverride 900 (
                lib.concatLines [
                  "internal;"
                  "proxy_pass_request_body off;"
                  "proxy_set_header Content-Length '';"
                  "proxy_set_header X-Original-Method $request_method;"
                  "proxy_set_header X-Original-URL $scheme://$host$request_uri;"
                  "proxy_set_header X-Forwarded-Method $request_method;"
                  "proxy_set_header X-Forwarded-Uri $request_uri;"
                ]
              );
            };
            # nginx cannot escape the address of a page, so the login itself says where to go.
            locations."@ingress-login" = {
              proxyPass = lib.mkOverride 900 "http://192.168.1.50:9091";
              extraConfig = lib.mkOverride 900 (
                lib.concatLines [
                  "rewrite ^ /api/authz/forward-auth? break;"
                  "proxy_method GET;"
                  "proxy_pass_request_body off;"
                  "proxy_set_header Content-Length '';"
                  "proxy_set_header X-Forwarded-Method $request_method;"
                  "proxy_set_header X-Forwarded-Uri $request_uri;"
                ]
              );
            };
          };
        };
      };

      security.acme = {
        acceptTerms = lib.mkOverride 900 true;
        defaults.email = lib.mkOverride 900 "ana@example.org";
      };

      services.prometheus.exporters.nginx = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9113;
        scrapeUri = lib.mkOverride 900 "http://localhost:80/nginx_status";
      };
    }

    # services.login
    {
      services.authelia.instances.main = {
        enable = lib.mkOverride 900 true;
        secrets = {
          jwtSecretFile = lib.mkOverride 900 "/run/agenix/login-jwt-secret";
          sessionSecretFile = lib.mkOverride 900 "/run/agenix/login-session-secret";
          storageEncryptionKeyFile = lib.mkOverride 900 "/run/agenix/login-storage-key";
        };
        settings = {
          log.level = lib.mkOverride 900 "info";
          server.address = lib.mkOverride 900 "tcp://:9091";
          telemetry.metrics = {
            enabled = lib.mkOverride 900 true;
            address = lib.mkOverride 900 "tcp://:9959";
          };
          # The file is a secret of the fleet: whoever forgot a password asks those who keep it.
          authentication_backend = {
            file.path = lib.mkOverride 900 "/run/agenix/login-users";
            password_reset.disable = lib.mkOverride 900 true;
          };
          access_control = {
            default_policy = lib.mkOverride 900 "one_factor";
          };
          session.cookies = [
            {
              domain = "example.org";
              authelia_url = "https://login.example.org";
            }
          ];
          storage.local.path = lib.mkOverride 900 "/var/lib/authelia-main/db.sqlite3";
          notifier.filesystem.filename = lib.mkOverride 900 "/var/lib/authelia-main/notifications.txt";
        };
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "ararat";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      80
      443
    ];
  };

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
    login-jwt-secret = {
      file = lib.mkOverride 900 ../../secrets/login-jwt-secret.age;
      owner = lib.mkOverride 900 "authelia-main";
      mode = lib.mkOverride 900 "0400";
    };
    login-session-secret = {
      file = lib.mkOverride 900 ../../secrets/login-session-secret.age;
      owner = lib.mkOverride 900 "authelia-main";
      mode = lib.mkOverride 900 "0400";
    };
    login-storage-key = {
      file = lib.mkOverride 900 ../../secrets/login-storage-key.age;
      owner = lib.mkOverride 900 "authelia-main";
      mode = lib.mkOverride 900 "0400";
    };
    login-users = {
      file = lib.mkOverride 900 ../../secrets/login-users.age;
      owner = lib.mkOverride 900 "authelia-main";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
