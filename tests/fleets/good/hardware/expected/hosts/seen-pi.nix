# Written by Cistern from hosts.seen-pi. Changes belong in a module of your own, which has the last word.
# cistern 1 in=b8a3e7f822b4fd390c9c5aa1a6b2755c body=ddff76f6148c2350cd4a40f6d3995e6a words=27755ad5682dcc34b7142af88615ff89
{ lib, ... }:
{
  imports = [
    # hardware: raspberry-pi-4, the facts show a Raspberry Pi 4's network card (bcmgenet)
    {
      boot = {
        loader = {
          # On unless something turns it off, and extlinux does not.
          grub.enable = lib.mkOverride 900 false;
          generic-extlinux-compatible.enable = lib.mkOverride 900 true;
        };
        # USB hangs off PCIe, and its controller gets its firmware through the reset driver.
        initrd.availableKernelModules = [
          "xhci_pci"
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

  ];

  networking = {
    hostName = lib.mkOverride 900 "seen-pi";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
  };

  nixpkgs.hostPlatform = lib.mkOverride 900 "aarch64-linux";
  hardware.facter.reportPath = lib.mkOverride 900 ../../facts/seen-pi.json;
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
