# CUPS, for the one printer in the corridor. Open to the office's network only, which is all that comes in here.
{
  services.printing.enable = true;
  networking.firewall.allowedTCPPorts = [ 631 ];
}
