{ config, lib, ... }:
{
  imports = [ ../../modules/transcode.nix ];

  networking = {
    hostName = lib.mkOverride 900 "eden";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 false;
    interfaces.enp3s0 = {
      useDHCP = lib.mkOverride 900 false;
      ipv4.addresses = [
        {
          address = "192.168.1.50";
          prefixLength = 24;
        }
      ];
    };
    defaultGateway = lib.mkOverride 900 "192.168.1.1";
    nameservers = [ "9.9.9.9" ];
    firewall.allowedTCPPorts = [ 8096 ];
  };

  boot.loader.systemd-boot.enable = lib.mkOverride 900 true;
  boot.loader.efi.canTouchEfiVariables = lib.mkOverride 900 true;
  fileSystems."/" = {
    device = lib.mkOverride 900 "/dev/disk/by-label/nixos";
    fsType = lib.mkOverride 900 "ext4";
  };
  hardware.facter.reportPath = lib.mkOverride 900 ../../facts/eden.json;

  services.openssh.enable = lib.mkOverride 900 true;
  services.openssh.settings.PasswordAuthentication = lib.mkOverride 900 false;
  users.users.root.openssh.authorizedKeys.keys = [
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA ana"
  ];

  age.secrets.vpn-egress = {
    file = lib.mkOverride 900 ../../secrets/vpn-egress.age;
    owner = lib.mkOverride 900 "root";
    group = lib.mkOverride 900 "root";
    mode = lib.mkOverride 900 "0400";
  };
  systemd.services.egress.serviceConfig.LoadCredential = "key:${config.age.secrets.vpn-egress.path}";

  services.jellyfin.enable = lib.mkOverride 900 true;
  services.prometheus = {
    enable = lib.mkOverride 900 true;
    scrapeConfigs = [
      {
        job_name = "node";
        static_configs = [
          {
            targets = [ "192.168.1.50:9100" ];
            labels.host = "eden";
          }
        ];
      }
    ];
    exporters.node.enable = lib.mkOverride 900 true;
  };

  time.timeZone = lib.mkOverride 900 "Europe/Vienna";
  system.stateVersion = lib.mkOverride 900 "25.11";
}
