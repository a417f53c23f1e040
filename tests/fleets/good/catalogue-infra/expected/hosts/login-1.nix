# Written by Cistern from hosts.login-1. Changes belong in a module of your own, which has the last word.
# cistern 1 in=7f24307461aa11a89ead28460259827f body=0e47e9debcb900502ad7aa27bf370e2d words=00b2044dd59d655f81a635e641dcbe39
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

    # services.authelia
    {
      services.authelia.instances.main = {
        enable = lib.mkOverride 900 true;
        secrets = {
          jwtSecretFile = lib.mkOverride 900 "/run/agenix/authelia-jwt-secret";
          sessionSecretFile = lib.mkOverride 900 "/run/agenix/authelia-session-secret";
          storageEncryptionKeyFile = lib.mkOverride 900 "/run/agenix/authelia-storage-key";
        };
        environmentVariables.AUTHELIA_NOTIFIER_SMTP_PASSWORD_FILE = lib.mkOverride 900 "/run/agenix/mail";
        settings = {
          log.level = lib.mkOverride 900 "info";
          server.address = lib.mkOverride 900 "tcp://:9091";
          telemetry.metrics = {
            enabled = lib.mkOverride 900 true;
            address = lib.mkOverride 900 "tcp://:9959";
          };
          # The file is a secret of the fleet: whoever forgot a password asks those who keep it.
          authentication_backend = {
            file.path = lib.mkOverride 900 "/run/agenix/authelia-users";
            password_reset.disable = lib.mkOverride 900 true;
          };
          access_control = {
            default_policy = lib.mkOverride 900 "one_factor";
            rules = [
              {
                domain = "grafana.example.org";
                policy = "two_factor";
                subject = [ "group:admins" ];
              }
            ];
          };
          session.cookies = [
            {
              domain = "example.org";
              authelia_url = "https://auth.example.org";
            }
          ];
          storage.local.path = lib.mkOverride 900 "/var/lib/authelia-main/db.sqlite3";
          notifier.smtp = {
            address = lib.mkOverride 900 "submission://mail.example.org:587";
            sender = lib.mkOverride 900 "auth@example.org";
            username = lib.mkOverride 900 "auth@example.org";
          };
        };
      };
    }

    # services.kanidm
    (
      { pkgs, ... }:
      {
        services.kanidm = {
          package = lib.mkOverride 900 pkgs.kanidm_1_10;
          server = {
            enable = lib.mkOverride 900 true;
            settings = {
              bindaddress = lib.mkOverride 900 "[::]:8443";
              ldapbindaddress = lib.mkOverride 900 "[::]:3636";
              domain = lib.mkOverride 900 "idm.example.org";
              origin = lib.mkOverride 900 "https://idm.example.org";
              tls_key = lib.mkOverride 900 "/run/agenix/kanidm-tls";
              tls_chain = lib.mkOverride 900 "/run/agenix/kanidm-tls";
            };
          };
        };
      }
    )

    # services.oauth2-proxy
    {
      services.oauth2-proxy = {
        enable = lib.mkOverride 900 true;
        httpAddress = lib.mkOverride 900 "http://0.0.0.0:4180";
        provider = lib.mkOverride 900 "oidc";
        oidcIssuerUrl = lib.mkOverride 900 "https://id.example.org";
        clientID = lib.mkOverride 900 "oauth2-proxy";
        clientSecretFile = lib.mkOverride 900 "/run/agenix/oauth2-proxy-client";
        redirectURL = lib.mkOverride 900 "https://login.example.org/oauth2/callback";
        cookie = {
          domain = lib.mkOverride 900 ".example.org";
          secretFile = lib.mkOverride 900 "/run/agenix/oauth2-proxy-cookie-secret";
        };
        email.domains = [ "example.org" ];
        email.addresses = "ana@example.net\nben@example.net";
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

    # services.pocket-id
    {
      services.pocket-id = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/pocket-id";
        environmentFile = lib.mkOverride 900 "/run/agenix/pocket-id-environment";
        settings = {
          APP_URL = lib.mkOverride 900 "https://id.example.org";
          HOST = lib.mkOverride 900 "0.0.0.0";
          PORT = lib.mkOverride 900 1411;
          TRUST_PROXY = lib.mkOverride 900 true;
          ANALYTICS_DISABLED = lib.mkOverride 900 true;
        };
      };
    }

    # services.tinyauth
    {
      services.tinyauth = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/tinyauth";
        environmentFile = lib.mkOverride 900 "/run/agenix/tinyauth-environment";
        settings = {
          APPURL = lib.mkOverride 900 "https://tiny.example.org";
          SERVER_ADDRESS = lib.mkOverride 900 "0.0.0.0";
          SERVER_PORT = lib.mkOverride 900 3000;
          AUTH_SECURECOOKIE = lib.mkOverride 900 true;
          AUTH_TRUSTEDPROXIES = lib.mkOverride 900 "10.0.0.11";
          UI_TITLE = lib.mkOverride 900 "example.org";
        };
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "login-1";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      1411
      3000
      3636
      4180
      8443
      9091
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
    authelia-jwt-secret = {
      file = lib.mkOverride 900 ../../secrets/authelia-jwt-secret.age;
      owner = lib.mkOverride 900 "authelia-main";
      mode = lib.mkOverride 900 "0400";
    };
    authelia-session-secret = {
      file = lib.mkOverride 900 ../../secrets/authelia-session-secret.age;
      owner = lib.mkOverride 900 "authelia-main";
      mode = lib.mkOverride 900 "0400";
    };
    authelia-storage-key = {
      file = lib.mkOverride 900 ../../secrets/authelia-storage-key.age;
      owner = lib.mkOverride 900 "authelia-main";
      mode = lib.mkOverride 900 "0400";
    };
    authelia-users = {
      file = lib.mkOverride 900 ../../secrets/authelia-users.age;
      owner = lib.mkOverride 900 "authelia-main";
      mode = lib.mkOverride 900 "0400";
    };
    kanidm-tls = {
      file = lib.mkOverride 900 ../../secrets/kanidm-tls.age;
      owner = lib.mkOverride 900 "kanidm";
      mode = lib.mkOverride 900 "0400";
    };
    mail = {
      file = lib.mkOverride 900 ../../secrets/mail.age;
      owner = lib.mkOverride 900 "authelia-main";
      mode = lib.mkOverride 900 "0400";
    };
    oauth2-proxy-client = {
      file = lib.mkOverride 900 ../../secrets/oauth2-proxy-client.age;
      owner = lib.mkOverride 900 "oauth2-proxy";
      mode = lib.mkOverride 900 "0400";
    };
    oauth2-proxy-cookie-secret = {
      file = lib.mkOverride 900 ../../secrets/oauth2-proxy-cookie-secret.age;
      owner = lib.mkOverride 900 "oauth2-proxy";
      mode = lib.mkOverride 900 "0400";
    };
    pocket-id-environment = {
      file = lib.mkOverride 900 ../../secrets/pocket-id-environment.age;
      owner = lib.mkOverride 900 "pocket-id";
      mode = lib.mkOverride 900 "0400";
    };
    tinyauth-environment = {
      file = lib.mkOverride 900 ../../secrets/tinyauth-environment.age;
      owner = lib.mkOverride 900 "tinyauth";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
