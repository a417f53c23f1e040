{
  boot.loader.systemd-boot.enable = true;
  fileSystems."/".device = "/dev/disk/by-uuid/1b7e";
}
