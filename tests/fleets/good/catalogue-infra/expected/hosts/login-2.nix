# Written by Cistern from hosts.login-2. Changes belong in a module of your own, which has the last word.
# cistern 1 in=9196e469b603de95344572aad56a08d7 body=0826d2cd4a5b47aa387854cdc5ac85a9 words=cdca6bd0650dee3e516515d368055b0a
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

    # services.authentik
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.authentik = {
          image = lib.mkOverride 900 "ghcr.io/goauthentik/server:2025.12.4@sha256:5be1ecc7935f1dd85635d4feedaf660594030253cc97c9e9ca3819ffeac36b65";
          cmd = [ "server" ];
          ports = [
            "9001:9001"
          ];
          environment = {
            AUTHENTIK_DISABLE_UPDATE_CHECK = lib.mkOverride 900 "true";
            AUTHENTIK_ERROR_REPORTING__ENABLED = lib.mkOverride 900 "false";
            AUTHENTIK_LISTEN__HTTP = lib.mkOverride 900 "0.0.0.0:9001";
            AUTHENTIK_POSTGRESQL__HOST = lib.mkOverride 900 "10.0.0.10";
            AUTHENTIK_POSTGRESQL__NAME = lib.mkOverride 900 "authentik";
            AUTHENTIK_POSTGRESQL__USER = lib.mkOverride 900 "authentik";
          };
          environmentFiles = [
            "/run/agenix/authentik-environment"
            "/run/agenix/authentik-database"
          ];
          volumes = [
            "/var/lib/authentik/data:/data"
            "/var/lib/authentik/templates:/templates"
          ];
        };
        # The same program does what takes longer: mail, lists of people, what goes on at night.
        containers.authentik-worker = {
          image = lib.mkOverride 900 "ghcr.io/goauthentik/server:2025.12.4@sha256:5be1ecc7935f1dd85635d4feedaf660594030253cc97c9e9ca3819ffeac36b65";
          cmd = [ "worker" ];
          environment = {
            AUTHENTIK_DISABLE_UPDATE_CHECK = lib.mkOverride 900 "true";
            AUTHENTIK_ERROR_REPORTING__ENABLED = lib.mkOverride 900 "false";
            AUTHENTIK_POSTGRESQL__HOST = lib.mkOverride 900 "10.0.0.10";
            AUTHENTIK_POSTGRESQL__NAME = lib.mkOverride 900 "authentik";
            AUTHENTIK_POSTGRESQL__USER = lib.mkOverride 900 "authentik";
          };
          environmentFiles = [
            "/run/agenix/authentik-environment"
            "/run/agenix/authentik-database"
          ];
          volumes = [
            "/var/lib/authentik/data:/data"
            "/var/lib/authentik/templates:/templates"
          ];
        };
      };

      # podman mounts what exists and creates nothing; 1000 is who runs in the image.
      systemd.tmpfiles.settings.cistern = {
        "/var/lib/authentik/data".d = {
          mode = lib.mkOverride 900 "0750";
          user = lib.mkOverride 900 "1000";
          group = lib.mkOverride 900 "1000";
        };
        "/var/lib/authentik/templates".d = {
          mode = lib.mkOverride 900 "0750";
          user = lib.mkOverride 900 "1000";
          group = lib.mkOverride 900 "1000";
        };
      };

      # A disk that is missing stops the containers rather than showing them an empty directory.
      systemd.services.podman-authentik.unitConfig.RequiresMountsFor = [ "/var/lib/authentik" ];
      systemd.services.podman-authentik-worker.unitConfig.RequiresMountsFor = [ "/var/lib/authentik" ];
    }

    # services.keycloak
    {
      services.keycloak = {
        enable = lib.mkOverride 900 true;
        database = {
          createLocally = lib.mkOverride 900 false;
          host = lib.mkOverride 900 "10.0.0.10";
          passwordFile = lib.mkOverride 900 "/run/agenix/postgresql-password-keycloak";
          # PostgreSQL has no certificate of its own; the password is never sent as it is.
          useSSL = lib.mkOverride 900 false;
        };
        settings = {
          hostname = lib.mkOverride 900 "https://keycloak.example.org";
          http-enabled = lib.mkOverride 900 true;
          http-port = lib.mkOverride 900 8080;
          http-management-port = lib.mkOverride 900 9000;
          proxy-headers = lib.mkOverride 900 "xforwarded";
          health-enabled = lib.mkOverride 900 true;
          metrics-enabled = lib.mkOverride 900 true;
        };
      };

      # Only the first start reads the account; nixpkgs would have its password in the store.
      systemd.services.keycloak.serviceConfig.EnvironmentFile = [ "/run/agenix/keycloak-environment" ];
    }

    # services.zitadel
    {
      services.zitadel = {
        enable = lib.mkOverride 900 true;
        masterKeyFile = lib.mkOverride 900 "/run/agenix/zitadel-master-key";
        extraSettingsPaths = [ "/run/agenix/zitadel-database" ];
        extraStepsPaths = [ "/run/agenix/zitadel-first-account" ];
        settings = {
          Port = lib.mkOverride 900 8088;
          ExternalDomain = lib.mkOverride 900 "zitadel.example.org";
          ExternalPort = lib.mkOverride 900 443;
          ExternalSecure = lib.mkOverride 900 true;
          # nixpkgs declares both without a value; the proxy in front speaks TLS.
          TLS = {
            Cert = lib.mkOverride 900 null;
            Key = lib.mkOverride 900 null;
          };
          Database.postgres = {
            Host = lib.mkOverride 900 "10.0.0.10";
            Port = lib.mkOverride 900 5432;
            Database = lib.mkOverride 900 "zitadel";
            User = {
              Username = lib.mkOverride 900 "zitadel";
              SSL.Mode = lib.mkOverride 900 "disable";
            };
            # The database is there already, so that the owner can do what is left.
            Admin = {
              Username = lib.mkOverride 900 "zitadel";
              ExistingDatabase = lib.mkOverride 900 "zitadel";
              SSL.Mode = lib.mkOverride 900 "disable";
            };
          };
        };
      };

      # It ends when PostgreSQL is not there yet.
      systemd.services.zitadel.serviceConfig.RestartSec = lib.mkOverride 900 "5s";
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "login-2";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      8080
      8088
      9001
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
    authentik-database = {
      file = lib.mkOverride 900 ../../secrets/authentik-database.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    authentik-environment = {
      file = lib.mkOverride 900 ../../secrets/authentik-environment.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    keycloak-environment = {
      file = lib.mkOverride 900 ../../secrets/keycloak-environment.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    postgresql-password-keycloak = {
      file = lib.mkOverride 900 ../../secrets/postgresql-password-keycloak.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    zitadel-database = {
      file = lib.mkOverride 900 ../../secrets/zitadel-database.age;
      owner = lib.mkOverride 900 "zitadel";
      mode = lib.mkOverride 900 "0400";
    };
    zitadel-first-account = {
      file = lib.mkOverride 900 ../../secrets/zitadel-first-account.age;
      owner = lib.mkOverride 900 "zitadel";
      mode = lib.mkOverride 900 "0400";
    };
    zitadel-master-key = {
      file = lib.mkOverride 900 ../../secrets/zitadel-master-key.age;
      owner = lib.mkOverride 900 "zitadel";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
