{ config, lib, ... }:
{
  options.services.till.enable = lib.mkEnableOption "the till";
  config = {
    services.till.enable = true;
    services.shop.tills.${config.networking.hostName} = { currency = "EUR"; };
    services.shop.settings.whatever = true;
    assertions = [ ];
  };
}
