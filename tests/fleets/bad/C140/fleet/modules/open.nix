{
  networking.firewall.enable = false;
}
