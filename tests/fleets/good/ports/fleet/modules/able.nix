{
  systemd.services.radarr.serviceConfig.AmbientCapabilities = [ "CAP_NET_BIND_SERVICE" ];
}
