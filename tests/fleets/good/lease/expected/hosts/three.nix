# Written by Cistern from hosts.three. Changes belong in a module of your own, which has the last word.
# cistern 1 in=27aa5dd23d18653a496ee14fb5735cc4 body=9aa8e5332accb1cb7f00c94a63a21a46 words=9e01a3d7eedd794ae6568d4407e0079d
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

    # services.etcd
    {
      services.etcd = {
        enable = lib.mkOverride 900 true;
        name = lib.mkOverride 900 "three";
        dataDir = lib.mkOverride 900 "/var/lib/etcd";
        listenClientUrls = [
          "https://10.77.0.13:2379"
          "https://127.0.0.1:2379"
        ];
        advertiseClientUrls = [ "https://10.77.0.13:2379" ];
        listenPeerUrls = [ "https://10.77.0.13:2380" ];
        initialAdvertisePeerUrls = [ "https://10.77.0.13:2380" ];
        initialCluster = [
          "three=https://10.77.0.13:2380"
          "one=https://10.77.0.11:2380"
          "two=https://10.77.0.12:2380"
        ];
        initialClusterState = lib.mkOverride 900 "new";
        initialClusterToken = lib.mkOverride 900 "etcd.example.org";

        # Who has no certificate of the authority gets in neither as member nor as client.
        trustedCaFile = lib.mkOverride 900 "/run/agenix/etcd-ca";
        certFile = lib.mkOverride 900 "/run/agenix/etcd-certificate";
        keyFile = lib.mkOverride 900 "/run/agenix/etcd-certificate";
        clientCertAuth = lib.mkOverride 900 true;
        peerTrustedCaFile = lib.mkOverride 900 "/run/agenix/etcd-ca";
        peerCertFile = lib.mkOverride 900 "/run/agenix/etcd-certificate";
        peerKeyFile = lib.mkOverride 900 "/run/agenix/etcd-certificate";
        peerClientCertAuth = lib.mkOverride 900 true;

        extraConf = {
          # Health and figures, and nothing of the store.
          LISTEN_METRICS_URLS = lib.mkOverride 900 "http://10.77.0.13:2381";
          HEARTBEAT_INTERVAL = lib.mkOverride 900 "100";
          ELECTION_TIMEOUT = lib.mkOverride 900 "1000";
          # Values that were overwritten more than an hour ago are nobody's any more.
          AUTO_COMPACTION_MODE = lib.mkOverride 900 "periodic";
          AUTO_COMPACTION_RETENTION = lib.mkOverride 900 "1h";
        };
      };

      systemd.services.etcd.serviceConfig = {
        # A member that starts before the others tries again soon; nixpkgs sets a plain "30s", so yours takes mkForce.
        RestartSec = lib.mkOverride 90 "5s";
      };
    }

    # services.page
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.page = {
          image = lib.mkOverride 900 "registry.example.org/page@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
          ports = [
            "8081:8081"
          ];
        };
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "three";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [ 8081 ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [
        "10.77.0.11"
        "10.77.0.12"
        "10.77.0.14"
        "10.77.0.15"
      ];
      tcp = [
        2379
        2380
      ];
    }
  ];

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

  # Services of other hosts that are waited for, though not for ever.
  cistern.health.waits = {
    updater = {
      anyOf = [
        {
          http = {
            url = lib.mkOverride 900 "http://10.77.0.15:8080/health";
          };
          timeout = lib.mkOverride 900 2;
        }
        {
          http = {
            url = lib.mkOverride 900 "http://10.77.0.14:8080/health";
          };
          timeout = lib.mkOverride 900 2;
        }
        {
          http = {
            url = lib.mkOverride 900 "http://10.77.0.11:8080/health";
          };
          timeout = lib.mkOverride 900 2;
        }
        {
          http = {
            url = lib.mkOverride 900 "http://10.77.0.12:8080/health";
          };
          timeout = lib.mkOverride 900 2;
        }
      ];
      units = [ "podman-page" ];
    };
  };

  programs.ssh.knownHosts = {
    one = {
      hostNames = [
        "one"
        "one.example.org"
        "10.77.0.11"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEVTj+NcnDyhvjiQTHKbH7DE+jWXt5yozZTpN4/87bM1";
    };
    two = {
      hostNames = [
        "two"
        "two.example.org"
        "10.77.0.12"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC38nvmWqotuAUSbTnQ5sA008HQEljRRClwKyNa1blKV";
    };
  };

  age.secrets = {
    etcd-ca = {
      file = lib.mkOverride 900 ../../secrets/etcd-ca.age;
      owner = lib.mkOverride 900 "etcd";
      mode = lib.mkOverride 900 "0400";
    };
    etcd-certificate = {
      file = lib.mkOverride 900 ../../secrets/three/etcd-certificate.age;
      owner = lib.mkOverride 900 "etcd";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
