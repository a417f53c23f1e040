{
  services.openssh.openFirewall = false;
}
