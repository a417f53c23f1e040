# hardware.*: firmware, microcode, device trees and graphics.
{ lib, ... }:
let
  inherit (lib) types;
  declare = import ../declare.nix { inherit lib; };
  inherit (declare)
    bool
    flag
    list
    maybe
    ;
in
{
  options.hardware = {
    bluetooth = {
      enable = flag;
      powerOnBoot = bool true;
    };
    cpu = {
      amd.updateMicrocode = flag;
      intel.updateMicrocode = flag;
    };
    deviceTree = {
      enable = bool true;
      filter = maybe types.str;
      name = maybe types.str;
      overlays = list types.raw;
    };
    enableAllFirmware = flag;
    enableAllHardware = flag;
    enableRedistributableFirmware = flag;
    firmware = list types.package;
    graphics = {
      enable = flag;
      enable32Bit = flag;
      extraPackages = list types.package;
    };
    i2c.enable = flag;
    nvidia = {
      modesetting.enable = flag;
      open = maybe types.bool;
    };
    wirelessRegulatoryDatabase = flag;
  };
}
