{
  services.resolved = {
    enable = true;
    settings.Resolve.MulticastDNS = true;
  };
}
