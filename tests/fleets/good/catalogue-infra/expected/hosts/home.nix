# Written by Cistern from hosts.home. Changes belong in a module of your own, which has the last word.
# cistern 1 in=84250e4a528cfdec7b152c3f040db864 body=b482c9fa0523252026f4a93ef26987ac words=a5b8f4808d3aaa226069ea904b42c646
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

    # services.fail2ban
    {
      services.fail2ban = {
        enable = lib.mkOverride 900 true;
        bantime = lib.mkOverride 900 "2h";
        maxretry = lib.mkOverride 900 5;
        bantime-increment = {
          enable = lib.mkOverride 900 true;
          maxtime = lib.mkOverride 900 "168h";
        };
        ignoreIP = [ "10.0.0.0/24" ];
        jails = {
          home-assistant.settings = {
            filter = lib.mkOverride 900 "hass[mode=normal]";
            port = lib.mkOverride 900 "8123";
            backend = lib.mkOverride 900 "systemd";
            journalmatch = lib.mkOverride 900 "_SYSTEMD_UNIT=home-assistant.service";
          };
        };
      };
    }

    # services.gatus
    {
      services.gatus = {
        enable = lib.mkOverride 900 true;
        environmentFile = lib.mkOverride 900 "/run/agenix/gatus";
        settings = {
          web.port = lib.mkOverride 900 8080;
          metrics = lib.mkOverride 900 true;
          storage = {
            type = lib.mkOverride 900 "sqlite";
            path = lib.mkOverride 900 "/var/lib/gatus/data.db";
          };
          ui.title = lib.mkOverride 900 "Status of example.org";
          ui.header = lib.mkOverride 900 "Status of example.org";
          endpoints = [
            {
              conditions = [ "[STATUS] == 200" ];
              group = "web";
              interval = "1m";
              name = "website";
              url = "https://www.example.org";
            }
          ];
          alerting = {
            ntfy = {
              token = "\${NTFY_TOKEN}";
              topic = "status";
              url = "https://ntfy.example.org";
            };
          };
        };
      };
    }

    # services.home-assistant
    {
      services.home-assistant = {
        enable = lib.mkOverride 900 true;
        configDir = lib.mkOverride 900 "/var/lib/hass";
        extraComponents = [
          "mqtt"
          "zha"
        ];
        config = {
          default_config = { };
          homeassistant = {
            name = lib.mkOverride 900 "Eden";
            unit_system = lib.mkOverride 900 "metric";
            time_zone = lib.mkOverride 900 "Europe/Berlin";
          };
          http = {
            server_port = lib.mkOverride 900 8123;
            use_x_forwarded_for = lib.mkOverride 900 true;
            trusted_proxies = [ "10.0.0.11" ];
          };
          # What is made in the browser stands in these.
          "automation ui" = lib.mkOverride 900 "!include automations.yaml";
          "scene ui" = lib.mkOverride 900 "!include scenes.yaml";
          "script ui" = lib.mkOverride 900 "!include scripts.yaml";
        };
      };

      # It does not start without a file that is included.
      systemd.tmpfiles.settings.cistern = {
        "/var/lib/hass/automations.yaml".f = {
          user = lib.mkOverride 900 "hass";
          group = lib.mkOverride 900 "hass";
          mode = lib.mkOverride 900 "0600";
        };
        "/var/lib/hass/scenes.yaml".f = {
          user = lib.mkOverride 900 "hass";
          group = lib.mkOverride 900 "hass";
          mode = lib.mkOverride 900 "0600";
        };
        "/var/lib/hass/scripts.yaml".f = {
          user = lib.mkOverride 900 "hass";
          group = lib.mkOverride 900 "hass";
          mode = lib.mkOverride 900 "0600";
        };
      };
    }

    # services.mosquitto
    {
      services.mosquitto = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/mosquitto";
        listeners = [
          {
            users = {
              home-assistant = {
                passwordFile = "/run/agenix/mosquitto-password-home-assistant";
                acl = [ "readwrite #" ];
              };
              thermometer = {
                passwordFile = "/run/agenix/mosquitto-password-thermometer";
                acl = [ "write house/temperature/#" ];
              };
            };
          }
        ];
      };
    }

    # services.ntfy-sh
    {
      services.ntfy-sh = {
        enable = lib.mkOverride 900 true;
        environmentFile = lib.mkOverride 900 "/run/agenix/ntfy-sh-environment";
        settings = {
          base-url = lib.mkOverride 900 "https://ntfy.example.org";
          listen-http = lib.mkOverride 900 ":2586";
          metrics-listen-http = lib.mkOverride 900 ":2587";
          auth-default-access = lib.mkOverride 900 "deny-all";
          behind-proxy = lib.mkOverride 900 true;
          upstream-base-url = lib.mkOverride 900 "https://ntfy.sh";
        };
      };
    }

    # services.tailscale
    {
      services.tailscale = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 41641;
        authKeyFile = lib.mkOverride 900 "/run/agenix/tailscale";
        # Whoever forwards for others has to be told, as has the filter of paths for who uses that.
        useRoutingFeatures = lib.mkOverride 900 "server";
        extraUpFlags = [
          "--login-server=https://headscale.example.org"
          "--advertise-tags=tag:server"
        ];
        # These change when the definition does; the flags above count for a host that joins.
        extraSetFlags = [
          "--accept-routes=false"
          "--advertise-routes=10.0.0.0/24"
          "--advertise-exit-node=false"
        ];
      };
    }

    # services.technitium-dns-server
    {
      services.technitium-dns-server.enable = lib.mkOverride 900 true;

      # It reads these when it has no configuration yet. Without the password, it would be `admin`.
      systemd.services.technitium-dns-server = {
        environment = {
          DNS_SERVER_ADMIN_PASSWORD_FILE = lib.mkOverride 900 "/run/credentials/technitium-dns-server.service/admin_password";
          DNS_SERVER_DOMAIN = lib.mkOverride 900 "home.example.org";
          DNS_SERVER_FORWARDERS = lib.mkOverride 900 "9.9.9.9";
          DNS_SERVER_ENABLE_BLOCKING = lib.mkOverride 900 "true";
          DNS_SERVER_BLOCK_LIST_URLS = lib.mkOverride 900 "https://lists.example.org/ads.txt";
        };
        serviceConfig.LoadCredential = [
          "admin_password:/run/agenix/technitium-dns-server-admin-password"
        ];
      };
    }

    # services.uptime-kuma
    {
      services.uptime-kuma = {
        enable = lib.mkOverride 900 true;
        settings = {
          HOST = lib.mkOverride 900 "0.0.0.0";
          PORT = lib.mkOverride 900 "3001";
        };
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "home";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      53
      1883
      2586
      3001
      5380
      8080
      8123
    ];
    firewall.allowedUDPPorts = [
      53
      41641
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
    gatus = {
      file = lib.mkOverride 900 ../../secrets/gatus.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    mosquitto-password-home-assistant = {
      file = lib.mkOverride 900 ../../secrets/mosquitto-password-home-assistant.age;
      owner = lib.mkOverride 900 "mosquitto";
      mode = lib.mkOverride 900 "0400";
    };
    mosquitto-password-thermometer = {
      file = lib.mkOverride 900 ../../secrets/mosquitto-password-thermometer.age;
      owner = lib.mkOverride 900 "mosquitto";
      mode = lib.mkOverride 900 "0400";
    };
    ntfy-sh-environment = {
      file = lib.mkOverride 900 ../../secrets/ntfy-sh-environment.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    tailscale = {
      file = lib.mkOverride 900 ../../secrets/tailscale.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    technitium-dns-server-admin-password = {
      file = lib.mkOverride 900 ../../secrets/technitium-dns-server-admin-password.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
