# Firmware for hardware that nobody looked at.
{ lib, ... }:
{
  hardware.enableRedistributableFirmware = lib.mkDefault true;
}
