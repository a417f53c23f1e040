{
  boot.loader.grub.enable = true;
  boot.loader.systemd-boot.enable = true;
}
