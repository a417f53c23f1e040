# Written by Cistern from hosts.pishon. Changes belong in a module of your own, which has the last word.
# cistern 1 in=d329100887a36ab8338012c05359d5d1 body=3c9d6998bd5b745ab8625399a1a8331b words=4efc75f130812979dee9e3ba7e3f67dc
{ lib, ... }:
{
  imports = [
    ../../modules/backup.nix
    # hardware: raspberry-pi-4, named by the definition
    {
      boot = {
        loader = {
          # On unless something turns it off, and extlinux does not.
          grub.enable = lib.mkOverride 900 false;
          generic-extlinux-compatible.enable = lib.mkOverride 900 true;
        };
        # USB hangs off PCIe, and its controller gets its firmware through the reset driver.
        initrd.availableKernelModules = [
          "pcie-brcmstb"
          "reset-raspberrypi"
          "usb_storage"
          "usbhid"
          "vc4"
          "xhci_pci"
        ];
      };

      # Wi-Fi and Bluetooth do nothing without theirs.
      hardware.enableRedistributableFirmware = lib.mkOverride 900 true;
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
      systemd.services.alloy.environment.CISTERN_HOST = lib.mkOverride 900 "pishon";
    }

    # services.jellyfin
    {
      services.jellyfin = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/jellyfin";
      };

      # A member only: Jellyfin reads the media and keeps what it writes to itself.
      users.users.jellyfin.extraGroups = [ "media" ];
      users.groups.media = { };
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
    hostName = lib.mkOverride 900 "pishon";
    domain = lib.mkOverride 900 "home.arpa";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [ 8096 ];
    firewall.allowedUDPPorts = [ 7359 ];
  };

  # Closed to everybody else: what those who watch ask, and what the hosts of the fleet use.
  cistern.firewall.allow = [
    {
      from = [ "192.168.1.51" ];
      tcp = [
        9100
        12345
      ];
    }
  ];

  # The interface keeps its name whatever else is plugged in.
  systemd.network.links."10-lan0" = {
    matchConfig.PermanentMACAddress = lib.mkOverride 900 "dc:a6:32:7f:10:52";
    linkConfig.Name = lib.mkOverride 900 "lan0";
  };

  nixpkgs.hostPlatform = lib.mkOverride 900 "aarch64-linux";
  nixpkgs.config.allowUnfreePackages = [ "unrar" ];
  system.stateVersion = lib.mkOverride 900 "25.11";
  time.timeZone = lib.mkOverride 900 "Europe/Vienna";
  i18n.defaultLocale = lib.mkOverride 900 "en_GB.UTF-8";

  fileSystems = {
    "/" = {
      device = lib.mkOverride 900 "/dev/disk/by-label/NIXOS_SD";
      fsType = lib.mkOverride 900 "ext4";
      options = [ "noatime" ];
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
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPjDzGvX/3cfsR072065rAHFFNhEYxivdPUkAOgpN4a"
    ];
    bo = {
      isNormalUser = lib.mkOverride 900 true;
      openssh.authorizedKeys.keys = [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKs/bjy+FdFVKVr4Nv4pQtk+2VLmY4XXmRqXGuza8pY9"
      ];
    };
  };
  security.sudo.extraRules = [
    {
      users = [ "bo" ];
      runAs = "root";
      commands = [
        {
          command = "/run/current-system/sw/bin/systemctl";
          options = [ "NOPASSWD" ];
        }
      ];
    }
  ];

  # What services may use: above it, the kernel ends or slows them and leaves the rest of the host alone.
  systemd.services = {
    jellyfin.serviceConfig = {
      MemoryMax = lib.mkOverride 900 "3G";
    };
  };

  age.secrets = {
    backup-password = {
      file = lib.mkOverride 900 ../../secrets/pishon/backup-password.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
