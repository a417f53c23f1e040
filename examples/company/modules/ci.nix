# Builds for edge-2, too, which is on ARM.
{
  boot.binfmt.emulatedSystems = [ "aarch64-linux" ];
}
