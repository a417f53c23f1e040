{ lib, ... }:
{
  services.openssh = {
    ports = [ 22 ];
    settings.PermitRootLogin = lib.mkDefault "no";
    settings.PasswordAuthentication = lib.mkDefault true;
  };
  services.nginx.enable = true;
}
