# Written by Cistern from hosts.pi. Changes belong in a module of your own, which has the last word.
# cistern 1 in=4b8cfcdd1d57d9d2705d8fc09e1c6814 body=375bf1954e40aada2ddb1df0fc8932bd words=e98b8cc5be1c2d52b2d0ec7f0314709a
{ lib, ... }:
{
  imports = [
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

    # services.comet-more
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.comet-more = {
          image = lib.mkOverride 900 "docker.io/g0ldyy/comet@sha256:d51f791051c2e5f9112c57109acd4d7b9b5788df79db36fa24c09c3c9ee8a569";
          ports = [
            "8080:8080"
          ];
          # podman keeps a container in a control group of its own, beside that of the unit, so it is told as well.
          extraOptions = [
            "--memory=1536m"
          ];
        };
      };
    }

    # services.jellyfin
    {
      services.jellyfin = {
        enable = lib.mkOverride 900 true;
        dataDir = lib.mkOverride 900 "/var/lib/jellyfin";
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "pi";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      8080
      8096
    ];
    firewall.allowedUDPPorts = [ 7359 ];
  };

  nixpkgs.hostPlatform = lib.mkOverride 900 "aarch64-linux";
  system.stateVersion = lib.mkOverride 900 "25.11";

  fileSystems = {
    "/" = {
      device = lib.mkOverride 900 "/dev/disk/by-label/NIXOS_SD";
      fsType = lib.mkOverride 900 "ext4";
    };
    "/boot" = {
      device = lib.mkOverride 900 "/dev/disk/by-label/FIRMWARE";
      fsType = lib.mkOverride 900 "vfat";
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

  # What services may use: above it, the kernel ends or slows them and leaves the rest of the host alone.
  systemd.services = {
    jellyfin.serviceConfig = {
      CPUQuota = lib.mkOverride 900 "350%";
      MemoryMax = lib.mkOverride 900 "6G";
    };
    podman-comet-more.serviceConfig = {
      MemoryMax = lib.mkOverride 900 "1536M";
    };
  };
}
