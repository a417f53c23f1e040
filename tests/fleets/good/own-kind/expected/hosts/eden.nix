# Written by Cistern from hosts.eden. Changes belong in a module of your own, which has the last word.
# cistern 1 in=98f892aa02e0a8f8eab9f61a760ba43b body=43a1d5d3ea831f5ababa40855def9906 words=b1b7a8ba4ba56b3a5ef999a36e82b948
{ lib, ... }:
{
  imports = [
    # hardware: vm, named by the definition
    {
      boot.loader.grub.enable = lib.mkOverride 900 false;
    }

    # services.nginx
    {
      services.nginx.enable = lib.mkOverride 900 true;
    }

    # services.shop
    (
      { pkgs, ... }:
      {
        users.users.shop = {
          isSystemUser = lib.mkOverride 900 true;
          group = lib.mkOverride 900 "shop";
          home = lib.mkOverride 900 "/var/lib/shop";
        };
        users.groups.shop = { };

        systemd.services.shop = {
          wantedBy = [ "multi-user.target" ];
          environment = {
            SHOP_PORT = lib.mkOverride 900 "8001";
            SHOP_MOTTO = lib.mkOverride 900 "it's \"\${quoted}\" and ''quoted''";
            SHOP_CURRENCIES = lib.mkOverride 900 "EUR CHF";
            SHOP_UPLOAD = lib.mkOverride 900 "20M";
          };
          serviceConfig = {
            ExecStart = lib.mkOverride 900 "${pkgs.shop}/bin/shop";
            User = lib.mkOverride 900 "shop";
            LoadCredential = [ "password:/run/agenix/shop" ];
          };
        };
      }
    )

  ];

  networking = {
    hostName = lib.mkOverride 900 "eden";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      80
      8001
    ];
  };

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

  age.secrets = {
    shop = {
      file = lib.mkOverride 900 ../../secrets/shop.age;
      owner = lib.mkOverride 900 "shop";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
