# Written by Cistern from hosts.eden. Changes belong in a module of your own, which has the last word.
# cistern 1 in=b82b8afc4803c6290c70f8ea2fd5d085 body=9888dcde749c4088b9f678bd7819d0c0 words=f611edd42c4b233994d8f86b89c58cf2
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
      services.caddy = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/caddy";
        httpPort = lib.mkOverride 900 80;
        httpsPort = lib.mkOverride 900 443;
        email = lib.mkOverride 900 "ana@example.org";
        acmeCA = lib.mkOverride 900 "https://acme.example.org/directory";
        globalConfig = lib.concatLines [
          "servers {"
          "  metrics"
          "}"
        ];
        extraConfig = lib.concatLines [
          "http://:9180 {"
          "  metrics /metrics"
          "  respond /health 200"
          "}"
        ];
        # Only what the definition gives an `ingress`.
        virtualHosts = {
          "shop.example.org" = {
            useACMEHost = lib.mkOverride 900 "shop.example.org";
            extraConfig = lib.concatLines [
              "handle {"
              "  route {"
              "    header Strict-Transport-Security max-age=31536000"
              "    header X-Content-Type-Options nosniff"
              "    header X-Frame-Options SAMEORIGIN"
              "    header Referrer-Policy strict-origin-when-cross-origin"
              "    reverse_proxy {"
              "      to http://192.168.1.50:8096"
              "      lb_policy first"
              "      lb_retries 2"
              "      fail_duration 10s"
              "      health_uri /health"
              "      health_interval 5s"
              "      health_timeout 3s"
              "      flush_interval -1"
              "      transport http {"
              "        dial_timeout 3s"
              "      }"
              "    }"
              "  }"
              "}"
            ];
          };
        };
      };

      # Caddy has no providers of DNS in nixpkgs: lego gets the certificates.
      security.acme = {
        acceptTerms = lib.mkOverride 900 true;
        certs = {
          "shop.example.org" = {
            email = lib.mkOverride 900 "ana@example.org";
            dnsProvider = lib.mkOverride 900 "cloudflare";
            environmentFile = lib.mkOverride 900 "/run/agenix/acme-dns";
            group = lib.mkOverride 900 "caddy";
            server = lib.mkOverride 900 "https://acme.example.org/directory";
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

  age.secrets = {
    acme-dns = {
      file = lib.mkOverride 900 ../../secrets/acme-dns.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
