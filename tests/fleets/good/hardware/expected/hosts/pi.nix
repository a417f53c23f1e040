# Written by Cistern from hosts.pi. Changes belong in a module of your own, which has the last word.
# cistern 1 in=5f6fe88ea8cf22783d8647286f6b6afa body=ef34a81f2e502638c68b97de0ba28211 words=4924ec0c3dc05c3cde5969a71b4ce61a
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

  ];

  networking = {
    hostName = lib.mkOverride 900 "pi";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
  };

  nixpkgs.hostPlatform = lib.mkOverride 900 "aarch64-linux";
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
