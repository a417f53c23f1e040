# Its own options, those of another file, and some that are not there.
{ config, lib, ... }:
{
  imports = [ ./more ];
  options.services.till.enable = lib.mkEnableOption "the till";
  config = lib.mkIf config.services.till.enable {
    services.till.enable = true;
    services.shop = {
      enable = "yes";
      prot = 8080;
    };
    services.register.number = 5;
    home-manager.users.ana.programs.git.enable = true;
    system.build.shop = null;
  };
}
