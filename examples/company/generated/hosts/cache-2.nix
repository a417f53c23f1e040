# Written by Cistern from hosts.cache-2. Changes belong in a module of your own, which has the last word.
# cistern 1 in=c907f43a9144583c001280badca40ee8 body=981637e03d2658a0c010a44cac90591c words=99730b379a4e4c739640b18106b39f20
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

    # services.alloy
    {
      services.alloy = {
        enable = lib.mkOverride 900 true;
        extraFlags = [
          "--server.http.listen-addr=0.0.0.0:12345"
          "--disable-reporting"
        ];
      };

      # Alloy reads it again when it changes.
      environment.etc."alloy/config.alloy".source = ../alloy/config.alloy;

      # The label of every line.
      systemd.services.alloy.environment.CISTERN_HOST = lib.mkOverride 900 "cache-2";
    }

    # services.node-exporter
    {
      services.prometheus.exporters.node = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9100;
        enabledCollectors = [ "systemd" ];
      };

      # Which system runs, and whether it is the one that starts next.
      cistern.monitoring.systemMetrics.enable = lib.mkOverride 900 true;
    }

    # services.sessions
    (
      { pkgs, ... }:
      {
        services.redis.servers.sessions = {
          enable = lib.mkOverride 900 true;
          port = lib.mkOverride 900 6379;
          bind = lib.mkOverride 900 "127.0.0.1 10.20.0.32";
          appendOnly = lib.mkOverride 900 true;
          requirePassFile = lib.mkOverride 900 "/run/agenix/sessions-password";
          # On the primary too, which may become a replica.
          masterAuthFile = lib.mkOverride 900 "/run/agenix/sessions-password";
          slaveOf = lib.mkOverride 900 {
            ip = "10.20.0.31";
            port = 6379;
          };
          settings.maxmemory = lib.mkOverride 900 "1gb";
        };

        # Redis does not start without its address.
        systemd.services.redis-sessions = {
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
        };

        services.prometheus.exporters.redis = {
          enable = lib.mkOverride 900 true;
          port = lib.mkOverride 900 9121;
        };

        systemd.services.prometheus-redis-exporter = {
          environment.REDIS_ADDR = lib.mkOverride 900 "redis://127.0.0.1:6379";
          # The exporter reads a map of addresses to passwords, so one is made of the password.
          environment.REDIS_PASSWORD_FILE = lib.mkOverride 900 "/run/prometheus-redis-exporter/passwords";
          path = [ pkgs.jq ];
          preStart = ''
            jq --null-input --raw-input '{ (env.REDIS_ADDR): input }' \
              < "$CREDENTIALS_DIRECTORY/password" > "$REDIS_PASSWORD_FILE"
          '';
          serviceConfig = {
            LoadCredential = [ "password:/run/agenix/sessions-password" ];
            RuntimeDirectory = [ "prometheus-redis-exporter" ];
          };
        };
      }
    )

  ];

  networking = {
    hostName = lib.mkOverride 900 "cache-2";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 false;
    interfaces.ens18 = {
      useDHCP = lib.mkOverride 900 false;
      ipv4.addresses = [
        {
          address = "10.20.0.32";
          prefixLength = 24;
        }
      ];
    };
    defaultGateway = {
      address = lib.mkOverride 900 "10.20.0.1";
      interface = lib.mkOverride 900 "ens18";
    };
    nameservers = [ "10.20.0.1" ];
    firewall.allowedTCPPorts = [ 6379 ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [ "10.20.0.40" ];
      tcp = [
        9100
        9121
        12345
      ];
    }
  ];

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  system.stateVersion = lib.mkOverride 900 "25.11";
  time.timeZone = lib.mkOverride 900 "Europe/Vienna";
  i18n.defaultLocale = lib.mkOverride 900 "en_GB.UTF-8";

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
      "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBC946BCdv9nt8KFQV0o6vZP5Ur/9Y4ZdC96PMgfdb51jsTQkQxmsQ+fN79c3gTof+dhWHC9pVAi93qhLPDkuYIU="
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINymx6DxkuFXeql1scrPcyCkZw9e3gUcD22sWbm+ABjS"
    ];
    deploy = {
      isNormalUser = lib.mkOverride 900 true;
      openssh.authorizedKeys.keys = [
        "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBC946BCdv9nt8KFQV0o6vZP5Ur/9Y4ZdC96PMgfdb51jsTQkQxmsQ+fN79c3gTof+dhWHC9pVAi93qhLPDkuYIU="
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINymx6DxkuFXeql1scrPcyCkZw9e3gUcD22sWbm+ABjS"
      ];
    };
  };

  # deploy-rs copies store paths as this account and takes on the one that activates.
  nix.settings.trusted-users = [ "deploy" ];
  security.sudo.extraRules = [
    {
      users = [ "deploy" ];
      runAs = "root";
      commands = [
        {
          command = "ALL";
          options = [ "NOPASSWD" ];
        }
      ];
    }
  ];

  programs.ssh.knownHosts = {
    cache-1 = {
      hostNames = [
        "cache-1"
        "cache-1.example.org"
        "10.20.0.31"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDQblnOad7y9VMvUSsMKXZC7Ng9x+PtLoPyrMMkklCzS";
    };
    cache-3 = {
      hostNames = [
        "cache-3"
        "cache-3.example.org"
        "10.20.0.33"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICJTia+1x0cPMC9ZlugScMcd9a3ToHYc6L2g5aITqlLv";
    };
  };

  age.secrets = {
    sessions-password = {
      file = lib.mkOverride 900 ../../secrets/sessions-password.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
