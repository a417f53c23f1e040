{ lib, ... }:
{
  networking.hostName = lib.mkOverride 900 "pishon";
  boot.loader.grub.enable = lib.mkOverride 900 false;
  boot.loader.generic-extlinux-compatible.enable = lib.mkOverride 900 true;
  fileSystems."/" = {
    device = lib.mkOverride 900 "/dev/disk/by-label/NIXOS_SD";
    fsType = lib.mkOverride 900 "ext4";
  };
  system.stateVersion = lib.mkOverride 900 "25.11";
}
