{
  networking.nftables.enable = true;
}
