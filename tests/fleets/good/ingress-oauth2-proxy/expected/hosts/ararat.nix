# Written by Cistern from hosts.ararat. Changes belong in a module of your own, which has the last word.
# cistern 1 in=bbfaf85592960adaf768e9e4ffb53565 body=58c60ef9f697d2f61aa6c423f4aa4b7c words=aba3e34e3e1fcc5894ab54c23046a7ba
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
            "192.168.1.50:4180" = {
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
                "proxy_set_header X-Auth-Request-User '';"
                "proxy_set_header X-Auth-Request-Email '';"
                "proxy_set_header X-Auth-Request-Groups '';"
                "proxy_set_header X-Auth-Request-Preferred-Username '';"
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
                "auth_request_set $login_1 $upstream_http_x_auth_request_user;"
                "proxy_set_header X-Auth-Request-User $login_1;"
                "auth_request_set $login_2 $upstream_http_x_auth_request_email;"
                "proxy_set_header X-Auth-Request-Email $login_2;"
                "auth_request_set $login_3 $upstream_http_x_auth_request_groups;"
                "proxy_set_header X-Auth-Request-Groups $login_3;"
                "auth_request_set $login_4 $upstream_http_x_auth_request_preferred_username;"
                "proxy_set_header X-Auth-Request-Preferred-Username $login_4;"
                "error_page 401 = @ingress-login;"
              ];
            };
            locations."= /ingress-login" = {
              proxyPass = lib.mkOverride 900 "http://192.168.1.50:4180/oauth2/auth";
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
              proxyPass = lib.mkOverride 900 "http://192.168.1.50:4180";
              extraConfig = lib.mkOverride 900 (
                lib.concatLines [
                  "rewrite ^ /? break;"
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
      services.oauth2-proxy = {
        enable = lib.mkOverride 900 true;
        httpAddress = lib.mkOverride 900 "http://0.0.0.0:4180";
        provider = lib.mkOverride 900 "oidc";
        oidcIssuerUrl = lib.mkOverride 900 "https://id.example.org";
        clientID = lib.mkOverride 900 "edge";
        clientSecretFile = lib.mkOverride 900 "/run/agenix/login-client";
        redirectURL = lib.mkOverride 900 "https://login.example.org/oauth2/callback";
        cookie = {
          domain = lib.mkOverride 900 ".example.org";
          secretFile = lib.mkOverride 900 "/run/agenix/login-cookie-secret";
        };
        email.domains = [ "example.org" ];
        # A proxy asks, and says whom it asks for; whoever is logged in gets an empty answer.
        reverseProxy = lib.mkOverride 900 true;
        setXauthrequest = lib.mkOverride 900 true;
        upstream = [ "static://202" ];
        extraConfig = {
          metrics-address = lib.mkOverride 900 "0.0.0.0:44180";
          skip-provider-button = lib.mkOverride 900 true;
          whitelist-domain = lib.mkOverride 900 ".example.org";
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
    login-client = {
      file = lib.mkOverride 900 ../../secrets/login-client.age;
      owner = lib.mkOverride 900 "oauth2-proxy";
      mode = lib.mkOverride 900 "0400";
    };
    login-cookie-secret = {
      file = lib.mkOverride 900 ../../secrets/login-cookie-secret.age;
      owner = lib.mkOverride 900 "oauth2-proxy";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
