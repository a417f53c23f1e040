# Written by Cistern from hosts.web. Changes belong in a module of your own, which has the last word.
# cistern 1 in=c7df0ea30cea847a72153d08782d5763 body=1967f40680deee111f9fc5b33ff4304f words=c606373370f91a118c4ce53391986392
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

    # services.db-entry
    {
      services.haproxy = {
        enable = lib.mkOverride 900 true;
        config = lib.concatLines [
          "defaults"
          "  mode tcp"
          "  timeout connect 4s"
          "  timeout client 30m"
          "  timeout server 30m"
          "  timeout check 2s"
          "frontend metrics"
          "  mode http"
          "  bind :::8406 v4v6"
          "  timeout client 10s"
          "  monitor-uri /health"
          "  http-request use-service prometheus-exporter if { path /metrics }"
          "  no log"
          "listen primary"
          "  bind :::5000 v4v6"
          "  option httpchk OPTIONS /primary"
          "  http-check expect status 200"
          # Who lost the lease must not keep those who were connected to it.
          "  default-server inter 1s fastinter 500ms rise 1 fall 2 on-marked-down shutdown-sessions"
          "  server one 10.77.0.11:5432 check port 8008"
          "  server two 10.77.0.12:5432 check port 8008"
          "  server three 10.77.0.13:5432 check port 8008"
          "listen replica"
          "  bind :::5001 v4v6"
          "  option httpchk OPTIONS /replica"
          "  http-check expect status 200"
          # Who lost the lease must not keep those who were connected to it.
          "  default-server inter 1s fastinter 500ms rise 1 fall 2 on-marked-down shutdown-sessions"
          "  server one 10.77.0.11:5432 check port 8008"
          "  server two 10.77.0.12:5432 check port 8008"
          "  server three 10.77.0.13:5432 check port 8008"
        ];
      };
    }

    # services.share
    {
      services.nfs = {
        server = {
          enable = lib.mkOverride 900 true;
          hostName = lib.mkOverride 900 "10.77.0.20";
          # The hosts that mount it and nobody else. Their root is nobody here.
          exports = lib.concatLines [
            "/srv/backups 10.77.0.11(rw,root_squash,no_subtree_check)"
            "/srv/backups 10.77.0.13(rw,root_squash,no_subtree_check)"
            "/srv/backups 10.77.0.12(rw,root_squash,no_subtree_check)"
          ];
        };
        # Version 4 alone needs one port and no help by rpcbind.
        settings.nfsd = {
          vers3 = lib.mkOverride 900 false;
          vers4 = lib.mkOverride 900 true;
        };
      };

      # A disk that is missing is not shown as an empty directory.
      systemd.services.nfs-server = {
        wants = [ "network-online.target" ];
        after = [ "network-online.target" ];
        unitConfig.RequiresMountsFor = [ "/srv/backups" ];
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "web";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [
        "10.77.0.11"
        "10.77.0.12"
        "10.77.0.13"
      ];
      tcp = [
        2049
        5000
        5001
      ];
    }
  ];

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  nixpkgs.config.allowUnfreePackages = [
    "consul"
    "mongodb"
  ];
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
    db = {
      anyOf = [
        {
          http = {
            url = lib.mkOverride 900 "http://10.77.0.11:8008/health";
          };
          timeout = lib.mkOverride 900 5;
        }
        {
          http = {
            url = lib.mkOverride 900 "http://10.77.0.13:8008/health";
          };
          timeout = lib.mkOverride 900 5;
        }
        {
          http = {
            url = lib.mkOverride 900 "http://10.77.0.12:8008/health";
          };
          timeout = lib.mkOverride 900 5;
        }
      ];
      units = [ "haproxy" ];
    };
  };
}
