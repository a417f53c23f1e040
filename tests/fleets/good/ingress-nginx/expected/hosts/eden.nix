# Written by Cistern from hosts.eden. Changes belong in a module of your own, which has the last word.
# cistern 1 in=91c2feaf19dc676ade1a7140ae920c49 body=fe23c997f6866f27798e8dd086413cee words=995b4dc8593de61f163f2d1aa0ce21b5
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
          "limit_req_zone $binary_remote_addr zone=shop:10m rate=5r/s;"
          "limit_req_status 429;"
        ];
        upstreams = {
          gate.servers = {
            "192.168.1.50:8091" = {
              fail_timeout = lib.mkOverride 900 "10s";
              max_fails = lib.mkOverride 900 1;
              weight = lib.mkOverride 900 4;
            };
          };
          shop.servers = {
            "192.168.1.50:8090" = {
              fail_timeout = lib.mkOverride 900 "10s";
              max_fails = lib.mkOverride 900 1;
              weight = lib.mkOverride 900 4;
            };
            "192.168.1.51:8090" = {
              fail_timeout = lib.mkOverride 900 "10s";
              max_fails = lib.mkOverride 900 1;
              weight = lib.mkOverride 900 3;
            };
            "192.168.1.51:8092".backup = lib.mkOverride 900 true;
          };
          store.servers = {
            "192.168.1.51:8092" = {
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
          "gate.example.org" = {
            enableACME = lib.mkOverride 900 true;
            forceSSL = lib.mkOverride 900 true;
            locations."/" = {
              proxyPass = lib.mkOverride 900 "http://gate";
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
              ];
            };
          };
          "shop.example.org" = {
            enableACME = lib.mkOverride 900 true;
            forceSSL = lib.mkOverride 900 true;
            locations."= /store" = {
              proxyPass = lib.mkOverride 900 "https://store";
              proxyWebsockets = lib.mkOverride 900 true;
              extraConfig = lib.concatLines [
                "proxy_connect_timeout 3s;"
                "proxy_next_upstream error timeout;"
                "proxy_next_upstream_tries 3;"
                "proxy_set_header Remote-User '';"
                "proxy_set_header Remote-Groups '';"
              ];
            };
            locations."/store/" = {
              proxyPass = lib.mkOverride 900 "https://store";
              proxyWebsockets = lib.mkOverride 900 true;
              extraConfig = lib.concatLines [
                "proxy_connect_timeout 3s;"
                "proxy_next_upstream error timeout;"
                "proxy_next_upstream_tries 3;"
                "proxy_set_header Remote-User '';"
                "proxy_set_header Remote-Groups '';"
              ];
            };
            locations."/" = {
              proxyPass = lib.mkOverride 900 "http://shop";
              proxyWebsockets = lib.mkOverride 900 true;
              extraConfig = lib.concatLines [
                "proxy_connect_timeout 3s;"
                "proxy_next_upstream error timeout;"
                "proxy_next_upstream_tries 3;"
                "allow 192.168.1.0/24;"
                "deny all;"
                "limit_req zone=shop burst=5 nodelay;"
                "add_header Strict-Transport-Security max-age=31536000 always;"
                "add_header X-Content-Type-Options nosniff always;"
                "add_header X-Frame-Options SAMEORIGIN always;"
                "add_header Referrer-Policy strict-origin-when-cross-origin always;"
                "client_max_body_size 10737418240;"
                "proxy_buffering off;"
                "proxy_request_buffering off;"
                "proxy_read_timeout 1d;"
                "proxy_send_timeout 1d;"
                "auth_request /ingress-login;"
                "auth_request_set $login_1 $upstream_http_remote_user;"
                "proxy_set_header Remote-User $login_1;"
                "auth_request_set $login_2 $upstream_http_remote_groups;"
                "proxy_set_header Remote-Groups $login_2;"
                "error_page 401 = @ingress-login;"
              ];
            };
            locations."= /ingress-login" = {
              proxyPass = lib.mkOverride 900 "http://192.168.1.50:8091/api/verify/nginx";
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
              proxyPass = lib.mkOverride 900 "http://192.168.1.50:8091";
              extraConfig = lib.mkOverride 900 (
                lib.concatLines [
                  "rewrite ^ /api/verify? break;"
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
        defaults.server = lib.mkOverride 900 "https://acme.example.org/directory";
      };

      services.prometheus.exporters.nginx = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9113;
        scrapeUri = lib.mkOverride 900 "http://localhost:80/nginx_status";
      };
    }

    # services.shop
    {
      systemd.services.shop = {
        wantedBy = [ "multi-user.target" ];
        environment = {
          PORT = lib.mkOverride 900 "8090";
        };
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "eden";
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
}
