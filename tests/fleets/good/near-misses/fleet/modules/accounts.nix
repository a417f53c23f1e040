{ config, ... }:
{
  users.users = {
    backup = {
      isSystemUser = true;
      group = "backup-readers";
      extraGroups = [ "render" ];
    };
    # A person, not a service.
    ana = {
      isNormalUser = true;
      extraGroups = [ "wheel" ];
      hashedPassword = "!";
      hashedPasswordFile = config.age.secrets.shop.path;
    };
  };
  users.groups.backup-readers = { };
}
