{
  fileSystems."/mnt/films" = {
    device = "/dev/disk/by-label/movies";
    fsType = "xfs";
  };
}
