{ lib, ... }:
{
  services.openssh.settings.UsePAM = lib.mkForce false;
}
