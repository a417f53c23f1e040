# Hardware transcoding on the N100's graphics. Jellyfin still has to be told: Dashboard, Playback, Intel QuickSync.
{ pkgs, ... }:
{
  hardware.graphics = {
    enable = true;
    extraPackages = [ pkgs.intel-media-driver ];
  };
  users.users.jellyfin.extraGroups = [
    "render"
    "video"
  ];
}
