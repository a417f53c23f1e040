# Written by Cistern from hosts.eden. Changes belong in a module of your own, which has the last word.
# cistern 1 in=e4c6e7cbf6563eec1e75f327b3916db5 body=6f83463c968c7408ca8948151bce7c5b words=cbe32b52df219d1950eba0bd585d36a5
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
            caServer = lib.mkOverride 900 "https://acme.example.org/directory";
            httpChallenge.entryPoint = lib.mkOverride 900 "web";
          };
        };
        # Only what the definition gives an `ingress`; nothing is found by labels.
        dynamicConfigOptions = {
          http = {
            routers = {
              shop = {
                rule = "Host(`shop.example.org`)";
                entryPoints = [ "websecure" ];
                service = "shop";
                priority = 1;
                middlewares = [
                  "security-headers"
                  "shop-retry"
                ];
                tls = {
                  certResolver = "ingress";
                };
              };
            };
            middlewares = {
              security-headers = {
                headers = {
                  contentTypeNosniff = true;
                  customFrameOptionsValue = "SAMEORIGIN";
                  referrerPolicy = "strict-origin-when-cross-origin";
                  stsSeconds = 31536000;
                };
              };
              shop-retry = {
                retry = {
                  attempts = 3;
                  initialInterval = "100ms";
                };
              };
            };
            services = {
              shop = {
                loadBalancer = {
                  servers = [
                    {
                      url = "http://192.168.1.50:8096";
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
            };
          };
        };
      };
    }

    # services.shop
    {
      services.jellyfin = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/jellyfin";
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
    firewall.allowedUDPPorts = [ 7359 ];
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
