{
  services.openssh.settings.PermitRootLogin = "yes";
}
