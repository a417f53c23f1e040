{
  services.openssh.openFirewall = false;
  services.openssh.ports = [ 2022 ];
  networking.firewall.enable = false;
  networking.nftables.enable = true;
}
