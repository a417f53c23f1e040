# Written by Cistern from hosts.by-file. Changes belong in a module of your own, which has the last word.
# cistern 1 in=a26c0ce5410673a1a7fae739b1590fd0 body=cf228f38bd915dba9b167612ce8c4c5c words=efd3383d92494405de610e4f8e39a10d
{ lib, ... }:
{
  imports = [
    ../../hardware/by-file.nix
  ];

  networking = {
    hostName = lib.mkOverride 900 "by-file";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
  };

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  system.stateVersion = lib.mkOverride 900 "25.11";

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
