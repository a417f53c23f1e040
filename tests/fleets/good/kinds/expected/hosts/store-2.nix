# Written by Cistern from hosts.store-2. Changes belong in a module of your own, which has the last word.
# cistern 1 in=3e00bb666dbdd77326719fa1ae328afb body=a40f7cd5851d54f4f4bff415c42d58ae words=c4d045cc35e0c0e4d0a4477d9110e0fb
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
          bind = lib.mkOverride 900 "127.0.0.1 10.0.0.12";
          appendOnly = lib.mkOverride 900 true;
          requirePassFile = lib.mkOverride 900 "/run/agenix/sessions";
          # On the primary too, which may become a replica.
          masterAuthFile = lib.mkOverride 900 "/run/agenix/sessions";
          slaveOf = lib.mkOverride 900 {
            ip = "10.0.0.11";
            port = 6379;
          };
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
            LoadCredential = [ "password:/run/agenix/sessions" ];
            RuntimeDirectory = [ "prometheus-redis-exporter" ];
          };
        };
      }
    )

  ];

  networking = {
    hostName = lib.mkOverride 900 "store-2";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [ 6379 ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [ "10.0.0.13" ];
      tcp = [
        9100
        9121
      ];
    }
  ];

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  nixpkgs.config.allowUnfreePackages = [ "unrar" ];
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
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF"
    ];
  };

  programs.ssh.knownHosts = {
    store-1 = {
      hostNames = [
        "store-1"
        "store-1.example.org"
        "10.0.0.11"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC38nvmWqotuAUSbTnQ5sA008HQEljRRClwKyNa1blKV";
    };
  };

  age.secrets = {
    sessions = {
      file = lib.mkOverride 900 ../../secrets/sessions.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
