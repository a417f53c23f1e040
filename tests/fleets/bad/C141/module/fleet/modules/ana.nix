{ config, ... }:
let
  token = "9f86d081884c7d659a2feaa0c55ad015";
in
{
  users.users.ana = {
    isNormalUser = true;
    initialPassword = "changeme";
  };
  services.shop = {
    inherit token;
    passwordFile = "/run/agenix/shop";
    password = config.shop.password;
  };
}
