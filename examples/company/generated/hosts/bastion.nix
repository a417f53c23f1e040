# Written by Cistern from hosts.bastion. Changes belong in a module of your own, which has the last word.
# cistern 1 in=ed4501e75394a4032f4e00f94ea9332c body=6ea144863c51dda84a55bd3793761109 words=3062c753cb948b0c1fa4882a95ce5c60
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
      systemd.services.alloy.environment.CISTERN_HOST = lib.mkOverride 900 "bastion";
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

  ];

  networking = {
    hostName = lib.mkOverride 900 "bastion";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 false;
    interfaces.ens18 = {
      useDHCP = lib.mkOverride 900 false;
      ipv4.addresses = [
        {
          address = "10.10.0.10";
          prefixLength = 24;
        }
      ];
    };
    defaultGateway = {
      address = lib.mkOverride 900 "10.10.0.1";
      interface = lib.mkOverride 900 "ens18";
    };
    nameservers = [
      "9.9.9.9"
      "149.112.112.112"
    ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [ "10.20.0.40" ];
      tcp = [
        9100
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
    petra = {
      isNormalUser = lib.mkOverride 900 true;
      openssh.authorizedKeys.keys = [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPMnbZqWwwHFJqo/GN0Tr+GdynlACyd7m/9+2k6JhhOq"
      ];
    };
    thomas = {
      isNormalUser = lib.mkOverride 900 true;
      openssh.authorizedKeys.keys = [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAID2/8VzunkWhdTE/Gchdkk2IamMgHh3Zzi7aX022/yLq"
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
    {
      users = [ "petra" ];
      runAs = "root";
      commands = [
        {
          command = "/run/current-system/sw/bin/podman";
          options = [ "NOPASSWD" ];
        }
        {
          command = "/run/current-system/sw/bin/systemctl";
          options = [ "NOPASSWD" ];
        }
      ];
    }
    {
      users = [ "thomas" ];
      runAs = "root";
      commands = [
        {
          command = "/run/current-system/sw/bin/systemctl";
          options = [ "NOPASSWD" ];
        }
      ];
    }
  ];

  programs.ssh.knownHosts = {
    app-1 = {
      hostNames = [
        "app-1"
        "app-1.example.org"
        "10.20.0.11"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIObmMlVN9x4lU9My5/hdDmoEoLym9Bosy+TXob0GFUSh";
    };
    app-2 = {
      hostNames = [
        "app-2"
        "app-2.example.org"
        "10.20.0.12"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDLch4oks8B88uO/qfJblAbv8/D7qT3u5cL9WDj/Qe+l";
    };
    app-3 = {
      hostNames = [
        "app-3"
        "app-3.example.org"
        "10.20.0.13"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHb0stK+aER6CNH1rIeb/MRo622k3nB2YBA9meC7zRr+";
    };
    app-staging = {
      hostNames = [
        "app-staging"
        "app-staging.example.org"
        "10.20.0.14"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIADHnE4xTeU9/GFefb3UfZxjGWwbtnV2D6xJcsLKAtFH";
    };
    archive = {
      hostNames = [
        "archive"
        "archive.example.org"
        "10.20.0.50"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP2P+RZ+1ExWkD+QhPT9bvhm1X2igrDDxUafayywtBK+";
    };
    cache-1 = {
      hostNames = [
        "cache-1"
        "cache-1.example.org"
        "10.20.0.31"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDQblnOad7y9VMvUSsMKXZC7Ng9x+PtLoPyrMMkklCzS";
    };
    cache-2 = {
      hostNames = [
        "cache-2"
        "cache-2.example.org"
        "10.20.0.32"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIbEJjqKRN/knwpK48DhUyVv7MjWKgErmLxN0A4cG8N+";
    };
    cache-3 = {
      hostNames = [
        "cache-3"
        "cache-3.example.org"
        "10.20.0.33"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICJTia+1x0cPMC9ZlugScMcd9a3ToHYc6L2g5aITqlLv";
    };
    ci = {
      hostNames = [
        "ci"
        "ci.example.org"
        "10.30.0.13"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHWMnr+NuUni6KOyMSIJtikw2xQv6VnUsNBuEVAKAWRL";
    };
    db-1 = {
      hostNames = [
        "db-1"
        "db-1.example.org"
        "10.20.0.21"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAvKn7nwNGUmgXO2GVDmQiRQo5PYo+Ar0XU/MoGKzvLe";
    };
    db-2 = {
      hostNames = [
        "db-2"
        "db-2.example.org"
        "10.20.0.22"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP8saQ5vNsMps9F4sulTQngBlUlFkIidn2fK1HzYXyWU";
    };
    db-staging = {
      hostNames = [
        "db-staging"
        "db-staging.example.org"
        "10.20.0.23"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJwydfVHzyLPZ4BC1iZiHzsBzLifGWo/T1i7GZZKMnsp";
    };
    edge-1 = {
      hostNames = [
        "edge-1"
        "edge-1.example.org"
        "10.10.0.11"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG65ZYQkfyuXGP4HQm8k7Yn2N/+au7xXmYIH+Az1A+E/";
    };
    edge-2 = {
      hostNames = [
        "edge-2"
        "edge-2.example.org"
        "10.10.0.12"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKI4msgpIWSVlK/cxAPWvKl42CLvsgsye1vUqvp6XLzL";
    };
    edge-staging = {
      hostNames = [
        "edge-staging"
        "edge-staging.example.org"
        "10.10.0.13"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO+MoQKDXNOTBJadOmHKNbvmhUiB0Prj8XrZyl4Cy5U4";
    };
    files = {
      hostNames = [
        "files"
        "files.example.org"
        "10.30.0.10"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPQ1ucWOrYSo8Slzloka6HJ9IZ/n6C1lXn7PBToB+U+N";
    };
    lab-1 = {
      hostNames = [
        "lab-1"
        "lab-1.example.org"
        "10.30.0.21"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJrOigfAQGrVg/Ffn0FtZHIbmKtOoEvFZ0fYBc23sApH";
    };
    lab-2 = {
      hostNames = [
        "lab-2"
        "lab-2.example.org"
        "10.30.0.22"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILXCiRbB840XUxV2SCgdtPprlsoU7j1OReZSGn4mV9O/";
    };
    monitor = {
      hostNames = [
        "monitor"
        "monitor.example.org"
        "10.20.0.40"
        "grafana"
        "grafana.example.org"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPDAGmABwMxULs4/cNav9LbtipTZZHl30+7JCfLEbPEe";
    };
    print = {
      hostNames = [
        "print"
        "print.example.org"
        "10.30.0.12"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICoLfwKROFBNpHpZP5TZ0PQhiVBcQS0Mgxgtd2ba5j0w";
    };
    wiki = {
      hostNames = [
        "wiki"
        "wiki.example.org"
        "10.30.0.11"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPkyn647aPes3T5x76/nkqKrvRpDrPupYMsuk9Ey+ptu";
    };
  };
}
