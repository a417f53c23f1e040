# Written by Cistern from hosts.web. Changes belong in a module of your own, which has the last word.
# cistern 1 in=7ce6eec593bb415e67ec41f3eb0977f0 body=7583f8a9a3038d6cb3d14b499f687036 words=0e2a66f43dc12940d96e3ded9dc7d921
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

    # services.archive
    (
      { pkgs, ... }:
      {
        systemd.services.rclone-archive = {
          description = lib.mkOverride 900 "rclone at /mnt/archive";
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
          wantedBy = [ "multi-user.target" ];
          path = [
            pkgs.fuse3
            pkgs.rclone
          ];
          environment = {
            RCLONE_ALLOW_OTHER = lib.mkOverride 900 "true";
            RCLONE_CACHE_DIR = lib.mkOverride 900 "/var/cache/rclone-archive";
            RCLONE_DIR_CACHE_TIME = lib.mkOverride 900 "5m";
            RCLONE_GID = lib.mkOverride 900 "0";
            RCLONE_METRICS_ADDR = lib.mkOverride 900 "0.0.0.0:5572";
            RCLONE_READ_ONLY = lib.mkOverride 900 "false";
            RCLONE_UID = lib.mkOverride 900 "0";
            RCLONE_UMASK = lib.mkOverride 900 "002";
            RCLONE_VFS_CACHE_MAX_SIZE = lib.mkOverride 900 "20G";
            RCLONE_VFS_CACHE_MODE = lib.mkOverride 900 "full";
            REMOTE = lib.mkOverride 900 "archive:old";
            MOUNT = lib.mkOverride 900 "/mnt/archive";
          };
          # rclone writes new tokens into its configuration, which it cannot do to a secret.
          preStart = ''
            install -m 0600 "$CREDENTIALS_DIRECTORY/config" "$RUNTIME_DIRECTORY/rclone.conf"
            # What an rclone that died left behind.
            fusermount3 -uz "$MOUNT" 2> /dev/null || true
            mkdir -p "$MOUNT"
          '';
          script = ''
            exec rclone mount --config "$RUNTIME_DIRECTORY/rclone.conf" "$REMOTE" "$MOUNT"
          '';
          postStop = ''
            fusermount3 -uz "$MOUNT" || true
          '';
          serviceConfig = {
            Type = lib.mkOverride 900 "notify";
            NotifyAccess = lib.mkOverride 900 "all";
            Restart = lib.mkOverride 900 "on-failure";
            RestartSec = lib.mkOverride 900 10;
            CacheDirectory = [ "rclone-archive" ];
            RuntimeDirectory = [ "rclone-archive" ];
            LoadCredential = [ "config:/run/agenix/rclone" ];
          };
        };
      }
    )

    # services.blog
    {
      services.wordpress = {
        webserver = lib.mkOverride 900 "nginx";
        sites.blog = {
          # The account of the database gets in by the socket.
          database.name = lib.mkOverride 900 "wordpress_blog";
          settings = {
            WP_HOME = lib.mkOverride 900 "https://blog.example.org";
            WP_SITEURL = lib.mkOverride 900 "https://blog.example.org";
          };
          # Behind a proxy that speaks TLS, WordPress would redirect for ever.
          extraConfig = ''
            if (isset($_SERVER['HTTP_X_FORWARDED_PROTO']) && $_SERVER['HTTP_X_FORWARDED_PROTO'] === 'https') {
              $_SERVER['HTTPS'] = 'on';
            }
          '';
        };
      };

      services.phpfpm.pools.wordpress-blog.phpOptions = lib.concatLines [
        "upload_max_filesize = 64M"
        "post_max_size = 64M"
      ];

      # Weaker than elsewhere, for a MariaDB of the definition that others use too.
      services.mysql.settings.mysqld.bind-address = lib.mkOverride 950 "127.0.0.1";

      # nginx has this port for the site, whatever else it serves.
      services.nginx.virtualHosts.blog = {
        serverName = lib.mkOverride 900 "blog.example.org";
        listen = [
          {
            addr = "0.0.0.0";
            port = 8088;
          }
        ];
        extraConfig = "client_max_body_size 64M;";
      };
    }

    # services.code-server
    {
      services.code-server = {
        enable = lib.mkOverride 900 true;
        host = lib.mkOverride 900 "0.0.0.0"; # nixpkgs keeps to the loopback
        port = lib.mkOverride 900 4444;
        userDataDir = lib.mkOverride 900 "/var/lib/code-server";
        extensionsDir = lib.mkOverride 900 "/var/lib/code-server/extensions";
        disableTelemetry = lib.mkOverride 900 true;
        disableUpdateCheck = lib.mkOverride 900 true;
      };

      # nixpkgs' hashedPassword would stand in the store; a file beats what it leaves empty.
      systemd.services.code-server.serviceConfig.EnvironmentFile = [
        "/run/agenix/code-server-environment"
      ];

      systemd.tmpfiles.settings.cistern."/var/lib/code-server".d = {
        user = lib.mkOverride 900 "code-server";
        group = lib.mkOverride 900 "code-server";
        mode = lib.mkOverride 900 "0700";
      };
    }

    # services.filebrowser
    {
      services.filebrowser = {
        enable = lib.mkOverride 900 true;
        group = lib.mkOverride 900 "files";
        settings = {
          address = lib.mkOverride 900 "0.0.0.0"; # nixpkgs keeps to the loopback
          port = lib.mkOverride 900 8080;
          root = lib.mkOverride 900 "/srv/files";
        };
      };

      systemd.services.filebrowser = {
        serviceConfig = {
          EnvironmentFile = [ "/run/agenix/filebrowser-environment" ];
          # nixpkgs sets a plain "0077", so this has to be stronger than plain: yours takes mkForce.
          UMask = lib.mkOverride 90 "0007";
        };
        # A disk that is missing stops the service rather than showing an empty directory.
        unitConfig.RequiresMountsFor = [ "/srv/files" ];
      };

      # nixpkgs would give the directory to File Browser alone. A colon: what is there already stays as it is. This has to
      # be stronger than nixpkgs' plain values: yours takes mkForce.
      systemd.tmpfiles.settings.filebrowser."/srv/files".d = {
        user = lib.mkOverride 90 ":filebrowser";
        group = lib.mkOverride 90 ":files";
        mode = lib.mkOverride 90 ":0770";
      };

      users.groups.files = { };
    }

    # services.homepage-dashboard
    {
      services.homepage-dashboard = {
        enable = lib.mkOverride 900 true;
        listenPort = lib.mkOverride 900 8082;
        allowedHosts = lib.mkOverride 900 (
          lib.concatStringsSep "," [
            "localhost:8082"
            "127.0.0.1:8082"
            "10.0.0.12:8082"
            "web:8082"
            "web.example.org:8082"
            "home.example.org"
            "home.example.org:8082"
          ]
        );
        settings.title = lib.mkOverride 900 "Home";
        services = [
          {
            Media = [
              {
                Plex = {
                  href = "https://plex.example.org";
                };
              }
            ];
          }
        ];
        widgets = [
          {
            resources = {
              cpu = true;
              memory = true;
            };
          }
        ];
      };
    }

    # services.homer
    {
      services.homer = {
        enable = lib.mkOverride 900 true;
        virtualHost = {
          nginx.enable = lib.mkOverride 900 true;
          domain = lib.mkOverride 900 "homer";
        };
        settings = {
          title = lib.mkOverride 900 "Links";
          services = [
            {
              items = [
                {
                  name = "Plex";
                  url = "https://plex.example.org";
                }
              ];
              name = "Media";
            }
          ];
        };
      };

      # nginx has this port for the page, whatever else it serves.
      services.nginx.virtualHosts.homer = {
        serverName = lib.mkOverride 900 "_";
        listen = [
          {
            addr = "0.0.0.0";
            port = 8089;
          }
        ];
      };
    }

    # services.journal
    {
      services.wordpress = {
        webserver = lib.mkOverride 900 "nginx";
        sites.journal = {
          # The account of the database gets in by the socket.
          database.name = lib.mkOverride 900 "wordpress_journal";
          # Behind a proxy that speaks TLS, WordPress would redirect for ever.
          extraConfig = ''
            if (isset($_SERVER['HTTP_X_FORWARDED_PROTO']) && $_SERVER['HTTP_X_FORWARDED_PROTO'] === 'https') {
              $_SERVER['HTTPS'] = 'on';
            }
          '';
        };
      };

      services.phpfpm.pools.wordpress-journal.phpOptions = lib.concatLines [
        "upload_max_filesize = 16M"
        "post_max_size = 16M"
      ];

      # Weaker than elsewhere, for a MariaDB of the definition that others use too.
      services.mysql.settings.mysqld.bind-address = lib.mkOverride 950 "127.0.0.1";

      # nginx has this port for the site, whatever else it serves.
      services.nginx.virtualHosts.journal = {
        serverName = lib.mkOverride 900 "_";
        listen = [
          {
            addr = "0.0.0.0";
            port = 8091;
          }
        ];
        extraConfig = "client_max_body_size 16M;";
      };
    }

    # services.samba
    (
      { config, ... }:
      {
        services.samba = {
          enable = lib.mkOverride 900 true;
          # Names of NetBIOS and accounts of Windows domains, which nobody here has asked for.
          nmbd.enable = lib.mkOverride 900 false;
          winbindd.enable = lib.mkOverride 900 false;
          settings = {
            global = {
              "smb ports" = lib.mkOverride 900 445;
              "server min protocol" = lib.mkOverride 900 "SMB3";
              "server smb encrypt" = lib.mkOverride 900 "desired";
              "map to guest" = lib.mkOverride 900 "never";
              "load printers" = lib.mkOverride 900 false;
              "hosts allow" = [
                "127.0.0.1"
                "10.0.0.0/24"
              ];
              "hosts deny" = [ "ALL" ];
            };
            files = {
              path = lib.mkOverride 900 "/srv/files";
              "read only" = lib.mkOverride 900 true;
              "valid users" = [
                "viewer"
                "scanner"
              ];
              "write list" = [ "scanner" ];
              "force group" = lib.mkOverride 900 "files";
              "create mask" = lib.mkOverride 900 "0664";
              "directory mask" = lib.mkOverride 900 "2775";
            };
          };
        };

        # A disk that is missing stops Samba rather than filling the root.
        systemd.services.samba-smbd.unitConfig.RequiresMountsFor = [
          "/srv/files"
        ];

        systemd.services.samba-passwords = {
          description = lib.mkOverride 900 "Passwords of Samba's accounts";
          before = [ "samba-smbd.service" ];
          partOf = [ "samba-smbd.service" ];
          wantedBy = [ "samba-smbd.service" ];
          path = [ config.services.samba.package ];
          # On the command line a password could be read by anyone.
          script = ''
            cd "$CREDENTIALS_DIRECTORY"
            for account in *; do
              { cat "$account"; echo; cat "$account"; echo; } | smbpasswd -s -a "$account"
            done
          '';
          serviceConfig = {
            Type = lib.mkOverride 900 "oneshot";
            RemainAfterExit = lib.mkOverride 900 true;
            LoadCredential = [
              "scanner:/run/agenix/samba-password-scanner"
              "viewer:/run/agenix/samba-password-viewer"
            ];
          };
        };

        users.users.scanner = {
          isSystemUser = lib.mkOverride 900 true;
          group = lib.mkOverride 900 "samba-accounts";
        };
        users.users.viewer = {
          isSystemUser = lib.mkOverride 900 true;
          group = lib.mkOverride 900 "samba-accounts";
        };
        users.groups.samba-accounts = { };
      }
    )

    # services.searxng
    {
      services.searx = {
        enable = lib.mkOverride 900 true;
        environmentFile = lib.mkOverride 900 "/run/agenix/searxng-environment";
        redisCreateLocally = lib.mkOverride 900 true;
        settings = {
          server = {
            bind_address = lib.mkOverride 900 "0.0.0.0";
            port = lib.mkOverride 900 8888;
            # Filled in when it starts.
            secret_key = lib.mkOverride 900 "$SEARX_SECRET_KEY";
            limiter = lib.mkOverride 900 true;
            base_url = lib.mkOverride 900 "https://search.example.org/";
          };
        };
      };
    }

    # services.syncthing
    {
      services.syncthing = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/syncthing";
        guiAddress = lib.mkOverride 900 "0.0.0.0:8384";
        guiPasswordFile = lib.mkOverride 900 "/run/agenix/syncthing-password";
        settings = {
          gui.user = lib.mkOverride 900 "admin";
          options.urAccepted = lib.mkOverride 900 (-1); # sends nothing about its use
          devices.laptop.id = lib.mkOverride 900 "P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2";
          folders."/srv/documents".devices = [ "laptop" ];
        };
      };

      # A disk that is missing stops the service: an empty directory would be taken for one where all was deleted.
      systemd.services.syncthing.unitConfig.RequiresMountsFor = [
        "/srv/documents"
      ];
    }

    # services.whoami
    {
      services.whoami = {
        enable = lib.mkOverride 900 true;
        port = lib.mkOverride 900 8000;
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "web";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      445
      4444
      8000
      8080
      8082
      8088
      8089
      8091
      8384
      8888
      22000
    ];
    firewall.allowedUDPPorts = [
      21027
      22000
    ];
  };

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  nixpkgs.config.allowUnfreePackages = [
    "plexmediaserver"
    "tdarr-node"
    "tdarr-server"
    "unrar"
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
    code-server-environment = {
      file = lib.mkOverride 900 ../../secrets/code-server-environment.age;
      owner = lib.mkOverride 900 "code-server";
      mode = lib.mkOverride 900 "0400";
    };
    filebrowser-environment = {
      file = lib.mkOverride 900 ../../secrets/filebrowser-environment.age;
      owner = lib.mkOverride 900 "filebrowser";
      mode = lib.mkOverride 900 "0400";
    };
    rclone = {
      file = lib.mkOverride 900 ../../secrets/rclone.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    samba-password-scanner = {
      file = lib.mkOverride 900 ../../secrets/samba-password-scanner.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    samba-password-viewer = {
      file = lib.mkOverride 900 ../../secrets/samba-password-viewer.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    searxng-environment = {
      file = lib.mkOverride 900 ../../secrets/searxng-environment.age;
      owner = lib.mkOverride 900 "searx";
      mode = lib.mkOverride 900 "0400";
    };
    syncthing-password = {
      file = lib.mkOverride 900 ../../secrets/syncthing-password.age;
      owner = lib.mkOverride 900 "syncthing";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
