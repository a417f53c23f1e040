{
  boot.loader.systemd-boot.enable = true;
  fileSystems."/".device = "/dev/mapper/root";
}
