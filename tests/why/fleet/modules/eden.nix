# What only eden gets.
{ lib, ... }:
{
  services.jellyfin.dataDir = "/mnt/tv/jellyfin";
  services.nginx = {
    clientMaxBodySize = lib.mkForce "1g";
  };
}
