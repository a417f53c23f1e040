# A module of the user's: a plain value, which beats what Cistern writes, and one that loses to it.
{ inputs, lib, ... }:
{
  imports = lib.optional (inputs ? hardware) inputs.hardware.nixosModules.gpu;
  networking.domain = lib.mkDefault "from-a-default.example.org";
  time.timeZone = "Europe/Paris";
}
