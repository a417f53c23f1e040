# Written by Cistern from hosts.cache-3. Changes belong in a module of your own, which has the last word.
# cistern 1 in=2c2ba72243787dde4129d8bec4154d01 body=5f6067e18be3bd87ea49a44100a8ea25 words=c24403b68af4b499afb3a05b8009637d
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

    # services.sessions
    (
      { pkgs, ... }:
      {
        services.redis.servers.sessions = {
          enable = lib.mkOverride 900 true;
          port = lib.mkOverride 900 6380;
          bind = lib.mkOverride 900 "127.0.0.1 10.0.0.13";
          appendOnly = lib.mkOverride 900 true;
          requirePassFile = lib.mkOverride 900 "/run/agenix/sessions";
          # On the primary too, which may become a replica.
          masterAuthFile = lib.mkOverride 900 "/run/agenix/sessions";
          slaveOf = lib.mkOverride 900 {
            ip = "10.0.0.12";
            port = 6380;
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
          environment.REDIS_ADDR = lib.mkOverride 900 "redis://127.0.0.1:6380";
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
    hostName = lib.mkOverride 900 "cache-3";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [ 6380 ];
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
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF"
    ];
  };

  programs.ssh.knownHosts = {
    cache-1 = {
      hostNames = [
        "cache-1"
        "cache-1.example.org"
        "10.0.0.11"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEVTj+NcnDyhvjiQTHKbH7DE+jWXt5yozZTpN4/87bM1";
    };
    cache-2 = {
      hostNames = [
        "cache-2"
        "cache-2.example.org"
        "10.0.0.12"
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
