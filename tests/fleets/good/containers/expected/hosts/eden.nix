# Written by Cistern from hosts.eden. Changes belong in a module of your own, which has the last word.
# cistern 1 in=263e18493f3041b19f9948df96d24cec body=08351d75e19a5478cf271c923816b714 words=c5bb48ad4874dfe6cfd9d1354726af0d
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

    # services.encoder
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.encoder = {
          image = lib.mkOverride 900 "registry.example.org/encoder@sha256:12a435ec8454c6d1c90a1d92812b09af11bee711fbe524d56a8f26ea7c5ccee8";
          networks = [ "media" ];
          devices = [
            "/dev/dri:/dev/dri"
            "/dev/net/tun"
          ];
          capabilities = {
            MKNOD = lib.mkOverride 900 false;
            NET_ADMIN = lib.mkOverride 900 true;
          };
          privileged = lib.mkOverride 900 true;
          volumes = [
            "/etc/encoder:/config"
            "/etc/localtime:/etc/localtime"
            "/srv/proc:/proc.txt"
          ];
        };
      };

      # A disk that is missing stops the container rather than showing it an empty directory.
      systemd.services.podman-encoder.unitConfig.RequiresMountsFor = [
        "/etc/encoder"
        "/etc/localtime"
        "/srv/proc"
      ];
    }

    # services.plain
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.plain = {
          image = lib.mkOverride 900 "docker.io/library/nginx@sha256:5be1ecc7935f1dd85635d4feedaf660594030253cc97c9e9ca3819ffeac36b65";
        };
      };
    }

    # services.wiki
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.wiki = {
          image = lib.mkOverride 900 "registry.example.org:5000/team/wiki:2.5@sha256:12a435ec8454c6d1c90a1d92812b09af11bee711fbe524d56a8f26ea7c5ccee8";
          ports = [
            "127.0.0.1:8081:8081"
            "127.0.0.1:8080:80"
          ];
          cmd = [
            "serve"
            "--verbose"
            "--motto=\${x} ''"
          ];
          environment = {
            LOG_LEVEL = lib.mkOverride 900 "info";
            MOTTO = lib.mkOverride 900 "a \"b\" $c";
          };
          environmentFiles = [ "/run/agenix/wiki-env" ];
          user = lib.mkOverride 900 "1000:1000";
          volumes = [
            "/var/lib/wiki:/srv"
            "/mnt/media:/media"
          ];
        };
      };

      # podman mounts what exists and creates nothing.
      systemd.tmpfiles.settings.cistern."/var/lib/wiki".d = {
        mode = lib.mkOverride 900 "0750";
        user = lib.mkOverride 900 "1000";
        group = lib.mkOverride 900 "1000";
      };

      # A disk that is missing stops the container rather than showing it an empty directory.
      systemd.services.podman-wiki.unitConfig.RequiresMountsFor = [
        "/var/lib/wiki"
        "/mnt/media"
      ];
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "eden";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
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

  age.secrets = {
    wiki-env = {
      file = lib.mkOverride 900 ../../secrets/wiki-env.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
