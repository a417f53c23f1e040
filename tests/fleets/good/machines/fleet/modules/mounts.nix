{
  fileSystems = {
    "/".options = [ "noatime" ];
    "/boot" = {
      device = "/dev/disk/by-label/ESP";
      fsType = "vfat";
    };
  };
}
