# The directories of the library. Whatever is created below them belongs to the group `media` (the setgid bit),
# which every service of the definition joins by its `media_group`.
{
  systemd.tmpfiles.rules = [
    "d /mnt/media/films 2775 root media -"
    "d /mnt/media/tv 2775 root media -"
    "d /mnt/media/tv/torrents 2775 root media -"
    "d /mnt/media/tv/usenet 2775 root media -"
  ];
}
