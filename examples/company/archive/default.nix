# archive: ZFS on two pools and a tape library, older than Cistern here and left as it is.
#
# Nothing of this is generated (`managed: node` in hosts/archive.yaml). What the definition counts on, this file
# has to keep: the account that deploy-rs comes with, the node exporter, and the host key that secrets are
# encrypted to.
{ config, ... }:
{
  networking = {
    hostName = "archive";
    domain = "example.org";
    hostId = "5c1d7a90"; # ZFS imports pools by it
    useDHCP = false;
    interfaces.eno1.ipv4.addresses = [
      {
        address = "10.20.0.50";
        prefixLength = 24;
      }
    ];
    defaultGateway = "10.20.0.1";
    nameservers = [ "10.20.0.1" ];
    firewall.allowedTCPPorts = [ config.services.prometheus.exporters.node.port ];
  };
  nixpkgs.hostPlatform = "x86_64-linux";
  time.timeZone = "Europe/Vienna";

  boot = {
    loader.systemd-boot.enable = true;
    loader.efi.canTouchEfiVariables = true;
    supportedFilesystems = [ "zfs" ];
    zfs.extraPools = [ "vault" ];
  };
  fileSystems = {
    "/" = {
      device = "rpool/root";
      fsType = "zfs";
    };
    "/boot" = {
      device = "/dev/disk/by-label/ESP";
      fsType = "vfat";
    };
  };
  services.zfs.autoScrub.enable = true;

  # deploy-rs copies closures as this account and takes on root to activate them.
  users.users.deploy = {
    isNormalUser = true;
    openssh.authorizedKeys.keyFiles = [ ../keys/mira.pub ];
  };
  nix.settings.trusted-users = [ "deploy" ];
  security.sudo.extraRules = [
    {
      users = [ "deploy" ];
      commands = [
        {
          command = "ALL";
          options = [ "NOPASSWD" ];
        }
      ];
    }
  ];
  services.openssh = {
    enable = true;
    settings.PasswordAuthentication = false;
  };

  services.prometheus.exporters.node.enable = true;

  # The tapes are encrypted; a lost one is only a lost one.
  age.secrets.tape-key.file = ../secrets/tape-key.age;

  system.stateVersion = "23.11";
}
