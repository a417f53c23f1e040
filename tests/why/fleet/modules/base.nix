# What every machine gets by hand.
{ lib, ... }:
{
  services.openssh.settings.X11Forwarding = false;
  networking.firewall.allowedTCPPorts = [ 4242 ];
  time.timeZone = lib.mkDefault "Etc/UTC";
}
