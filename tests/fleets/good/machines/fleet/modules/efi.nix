{
  boot.loader.efi.efiSysMountPoint = "/efi";
}
