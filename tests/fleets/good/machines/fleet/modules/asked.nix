{ config, ... }:
{
  boot.loader.systemd-boot.enable = config.boot.isContainer;
}
