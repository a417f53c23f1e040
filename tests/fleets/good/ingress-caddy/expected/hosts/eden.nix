# Written by Cistern from hosts.eden. Changes belong in a module of your own, which has the last word.
# cistern 1 in=034c10f2bb87f8445dffc5e76978cd72 body=87d766ddc56e0a561c040d639146fc70 words=457fb80b1db51e671c7cab1cfd8ca8da
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
          URL = lib.mkOverride 900 "https://gate.home.arpa";
        };
      };
    }

    # services.ingress
    {
      services.caddy = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/caddy";
        httpPort = lib.mkOverride 900 80;
        httpsPort = lib.mkOverride 900 443;
        globalConfig = lib.concatLines [
          "local_certs"
          "skip_install_trust"
          "servers {"
          "  metrics"
          "}"
        ];
        extraConfig = lib.concatLines [
          "http://:9181 {"
          "  metrics /metrics"
          "  respond /health 200"
          "}"
        ];
        # Only what the definition gives an `ingress`.
        virtualHosts = {
          "gate.home.arpa" = {
            extraConfig = lib.concatLines [
              "handle {"
              "  route {"
              "    header Strict-Transport-Security max-age=31536000"
              "    header X-Content-Type-Options nosniff"
              "    header X-Frame-Options SAMEORIGIN"
              "    header Referrer-Policy strict-origin-when-cross-origin"
              "    request_header -Remote-User"
              "    request_header -Remote-Groups"
              "    reverse_proxy {"
              "      to http://192.168.1.50:8091"
              "      lb_policy first"
              "      lb_retries 2"
              "      fail_duration 10s"
              "      health_uri /health"
              "      health_interval 5s"
              "      health_timeout 3s"
              "      transport http {"
              "        dial_timeout 3s"
              "      }"
              "    }"
              "  }"
              "}"
            ];
          };
          "shop.home.arpa" = {
            extraConfig = lib.concatLines [
              "@store path /store /store/*"
              "handle @store {"
              "  route {"
              "    header Strict-Transport-Security max-age=31536000"
              "    header X-Content-Type-Options nosniff"
              "    header X-Frame-Options SAMEORIGIN"
              "    header Referrer-Policy strict-origin-when-cross-origin"
              "    request_header -Remote-User"
              "    request_header -Remote-Groups"
              "    reverse_proxy {"
              "      to https://[fd00::51]:8092"
              # Whoever comes without the cookie gets the nearest.
              "      lb_policy cookie store-instance {"
              "        fallback first"
              "      }"
              "      lb_retries 0"
              "      fail_duration 10s"
              "      health_uri /health"
              "      health_interval 5s"
              "      health_timeout 3s"
              "      transport http {"
              "        dial_timeout 3s"
              "        tls_insecure_skip_verify"
              "      }"
              "    }"
              "  }"
              "}"
              "handle {"
              "  route {"
              "    @shop-strangers not remote_ip 192.168.1.0/24"
              "    respond @shop-strangers 403"
              "    header Strict-Transport-Security max-age=31536000"
              "    header X-Content-Type-Options nosniff"
              "    header X-Frame-Options SAMEORIGIN"
              "    header Referrer-Policy strict-origin-when-cross-origin"
              "    request_header -Remote-User"
              "    request_header -Remote-Groups"
              "    forward_auth 192.168.1.50:8091 {"
              "      uri /api/verify/caddy"
              "      copy_headers Remote-User Remote-Groups"
              "    }"
              "    reverse_proxy {"
              "      to http://192.168.1.50:8090"
              "      to http://[fd00::51]:8090"
              "      to http://[fd00::51]:8092"
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
    domain = lib.mkOverride 900 "home.arpa";
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
