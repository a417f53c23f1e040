# Written by Cistern from hosts.eden. Changes belong in a module of your own, which has the last word.
# cistern 1 in=90d551ee0d2827ba07dff70367bd8893 body=17637437c29640076416e4517932f5df words=526abb6cecb0cb292e8228b83e210dac
{ lib, ... }:
{
  imports = [
    ../../modules/avahi.nix
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

    # services.inside
    {
      services.nginx = {
        enable = lib.mkOverride 900 true;
        defaultHTTPListenPort = lib.mkOverride 900 80;
        defaultSSLListenPort = lib.mkOverride 900 443;
        recommendedGzipSettings = lib.mkOverride 900 true;
        recommendedOptimisation = lib.mkOverride 900 true;
        recommendedProxySettings = lib.mkOverride 900 true;
        recommendedTlsSettings = lib.mkOverride 900 true;
        clientMaxBodySize = lib.mkOverride 900 "10m";
        statusPage = lib.mkOverride 900 true; # what the exporter reads
        virtualHosts = {
          "*.dev.example.org" = {
            locations."/" = {
              proxyPass = lib.mkOverride 900 "http://unix:/run/dev.sock:/";
              proxyWebsockets = lib.mkOverride 900 true;
            };
          };
          "192.168.1.50" = {
            root = lib.mkOverride 900 "/srv/www";
          };
          _ = {
            root = lib.mkOverride 900 "/srv/nobody";
          };
          "eden.example.org" = {
            root = lib.mkOverride 900 "/srv/www";
          };
          "films.home.arpa" = {
            locations."/" = {
              proxyPass = lib.mkOverride 900 "http://192.168.1.50:8096";
              proxyWebsockets = lib.mkOverride 900 true;
            };
          };
          "films.local" = {
            locations."/" = {
              proxyPass = lib.mkOverride 900 "http://[::1]:8096/films/";
              proxyWebsockets = lib.mkOverride 900 true;
            };
          };
          nas = {
            root = lib.mkOverride 900 "/srv/nas";
          };
        };
      };

      services.prometheus.exporters.nginx = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 9113;
        scrapeUri = lib.mkOverride 900 "http://localhost:80/nginx_status";
      };
    }

    # services.sabnzbd
    {
      services.sabnzbd = {
        enable = lib.mkOverride 900 true;
        allowConfigWrite = lib.mkOverride 900 true;
        # A host that was installed earlier keeps a file of its own by default, which would hide the settings.
        configFile = lib.mkOverride 900 null;
        settings.misc = {
          # nixpkgs binds to the loopback; who comes in is the firewall's to say.
          host = lib.mkOverride 900 "0.0.0.0";
          port = lib.mkOverride 900 8080;
          host_whitelist = lib.mkOverride 900 "eden,eden.example.org,eden.local,films.example.net,nas,nas.example.org,usenet.example.org";
          # Relative directories would start at the account's home, which it does not have.
          complete_dir = lib.mkOverride 900 "/var/lib/sabnzbd/complete";
          download_dir = lib.mkOverride 900 "/var/lib/sabnzbd/incomplete";
        };
      };
    }

    # services.transmission
    {
      services.transmission = {
        enable = lib.mkOverride 900 true;
        home = lib.mkOverride 900 "/var/lib/transmission";
        # Creates the directories, which nixpkgs does by itself below its default home only.
        downloadDirPermissions = lib.mkOverride 900 "0750";
        settings = {
          rpc-port = lib.mkOverride 900 9091;
          peer-port = lib.mkOverride 900 51413;
          rpc-bind-address = lib.mkOverride 900 "0.0.0.0";
          rpc-whitelist = lib.mkOverride 900 "127.0.0.1,::1,192.168.1.*";
          rpc-host-whitelist = lib.mkOverride 900 "eden,eden.example.org,eden.local,films.example.net,nas,nas.example.org";
        };
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "eden";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      80
      443
      8080
      9091
      51413
    ];
    firewall.allowedUDPPorts = [ 51413 ];
  };

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
}
