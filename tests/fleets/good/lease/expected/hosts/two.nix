# Written by Cistern from hosts.two. Changes belong in a module of your own, which has the last word.
# cistern 1 in=6feb05f94e1cfbcfe5ab59d6667e2453 body=f0702e6034a505c73e20839911293401 words=cd4e955fdc94ea3edf7ca2e0d4dc3a55
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

    # services.ddns
    {
      services.cloudflare-ddns = {
        enable = lib.mkOverride 900 true;
        credentialsFile = lib.mkOverride 900 "/run/agenix/dns-token";
        domains = [ "home.example.org" ];
        proxied = lib.mkOverride 900 "false";
      };
    }

    # services.etcd
    {
      services.etcd = {
        enable = lib.mkOverride 900 true;
        name = lib.mkOverride 900 "two";
        dataDir = lib.mkOverride 900 "/var/lib/etcd";
        listenClientUrls = [
          "https://10.77.0.12:2379"
          "https://127.0.0.1:2379"
        ];
        advertiseClientUrls = [ "https://10.77.0.12:2379" ];
        listenPeerUrls = [ "https://10.77.0.12:2380" ];
        initialAdvertisePeerUrls = [ "https://10.77.0.12:2380" ];
        initialCluster = [
          "two=https://10.77.0.12:2380"
          "one=https://10.77.0.11:2380"
          "three=https://10.77.0.13:2380"
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
          LISTEN_METRICS_URLS = lib.mkOverride 900 "http://10.77.0.12:2381";
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

    # services.updater
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.updater = {
          image = lib.mkOverride 900 "registry.example.org/updater@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
          ports = [
            "8080:8080"
          ];
        };
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "two";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [ 8080 ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [
        "10.77.0.11"
        "10.77.0.13"
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

  # This host stands by: everything is in place, and nothing starts it.
  systemd.services = {
    podman-updater.wantedBy = lib.mkForce [ ];
  };

  # How services show that they work, and what is done here when they do not.
  cistern.health.checks = {
    updater = {
      http = {
        url = lib.mkOverride 900 "http://10.77.0.12:8080/health";
      };
      timeout = lib.mkOverride 900 2;
      interval = lib.mkOverride 900 30;
      retries = lib.mkOverride 900 3;
      startPeriod = lib.mkOverride 900 5;
      units = [ "podman-updater" ];
    };
  };

  # What another host takes over when this one fails, and the other way round.
  cistern.failover = {
    ddns = {
      lease = {
        endpoints = [
          "https://10.77.0.11:2379"
          "https://10.77.0.13:2379"
          "https://10.77.0.12:2379"
        ];
        authority = lib.mkOverride 900 "/run/agenix/etcd-ca";
        certificate = lib.mkOverride 900 "/run/agenix/etcd-certificate";
      };
      units = [ "cloudflare-ddns" ];
    };
    updater = {
      check = lib.mkOverride 900 "updater";
      lease = {
        endpoints = [
          "https://10.77.0.11:2379"
          "https://10.77.0.13:2379"
          "https://10.77.0.12:2379"
        ];
        authority = lib.mkOverride 900 "/run/agenix/etcd-ca";
        certificate = lib.mkOverride 900 "/run/agenix/etcd-certificate";
      };
      units = [ "podman-updater" ];
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
    three = {
      hostNames = [
        "three"
        "three.example.org"
        "10.77.0.13"
      ];
      publicKey = lib.mkOverride 900 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGXfqNHkkLhDgvp4CLkcfzUpfFzD7YqEoJhhXnA8SHL6";
    };
  };

  age.secrets = {
    dns-token = {
      file = lib.mkOverride 900 ../../secrets/dns-token.age;
      owner = lib.mkOverride 900 "cloudflare-ddns";
      mode = lib.mkOverride 900 "0400";
    };
    etcd-ca = {
      file = lib.mkOverride 900 ../../secrets/etcd-ca.age;
      owner = lib.mkOverride 900 "etcd";
      mode = lib.mkOverride 900 "0400";
    };
    etcd-certificate = {
      file = lib.mkOverride 900 ../../secrets/two/etcd-certificate.age;
      owner = lib.mkOverride 900 "etcd";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
