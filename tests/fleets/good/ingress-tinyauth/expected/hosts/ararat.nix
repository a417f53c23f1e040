# Written by Cistern from hosts.ararat. Changes belong in a module of your own, which has the last word.
# cistern 1 in=ae462a5bcd5d2d139190bb0da41c3999 body=920b7e5f100ee6872a1bcfd3c08dc51d words=baf5555489d268a2d40c461f2cc50f4e
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
        globalConfig = lib.concatLines [
          "local_certs"
          "skip_install_trust"
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
          "login.example.org" = {
            extraConfig = lib.concatLines [
              "handle {"
              "  route {"
              "    header Strict-Transport-Security max-age=31536000"
              "    header X-Content-Type-Options nosniff"
              "    header X-Frame-Options SAMEORIGIN"
              "    header Referrer-Policy strict-origin-when-cross-origin"
              "    request_header -Remote-User"
              "    request_header -Remote-Name"
              "    request_header -Remote-Email"
              "    request_header -Remote-Groups"
              "    reverse_proxy {"
              "      to http://192.168.1.50:3000"
              "      lb_policy first"
              "      lb_retries 2"
              "      fail_duration 10s"
              "      health_uri /api/healthz"
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
          "radarr.example.org" = {
            extraConfig = lib.concatLines [
              "handle {"
              "  route {"
              "    header Strict-Transport-Security max-age=31536000"
              "    header X-Content-Type-Options nosniff"
              "    header X-Frame-Options SAMEORIGIN"
              "    header Referrer-Policy strict-origin-when-cross-origin"
              "    request_header -Remote-User"
              "    request_header -Remote-Name"
              "    request_header -Remote-Email"
              "    request_header -Remote-Groups"
              "    forward_auth 192.168.1.50:3000 {"
              "      uri /api/auth/caddy"
              "      copy_headers Remote-User Remote-Name Remote-Email Remote-Groups"
              "    }"
              "    reverse_proxy {"
              "      to http://192.168.1.51:7878"
              "      lb_policy first"
              "      lb_retries 2"
              "      fail_duration 10s"
              "      health_uri /ping"
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

    # services.login
    {
      services.tinyauth = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/tinyauth";
        environmentFile = lib.mkOverride 900 "/run/agenix/login-environment";
        settings = {
          APPURL = lib.mkOverride 900 "https://login.example.org";
          SERVER_ADDRESS = lib.mkOverride 900 "0.0.0.0";
          SERVER_PORT = lib.mkOverride 900 3000;
          AUTH_SECURECOOKIE = lib.mkOverride 900 true;
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
    login-environment = {
      file = lib.mkOverride 900 ../../secrets/login-environment.age;
      owner = lib.mkOverride 900 "tinyauth";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
