{
  disko.devices = { };
}
