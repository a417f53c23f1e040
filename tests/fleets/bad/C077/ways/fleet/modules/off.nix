{
  services.openssh.enable = false;
}
