{
  networking.wireless.enable = true;
}
