# Platforms.
{ lib }:
{
  flakeExposed = [
    "aarch64-darwin"
    "aarch64-linux"
    "x86_64-darwin"
    "x86_64-linux"
  ];

  # elaborate :: string or platform -> platform
  elaborate =
    platform:
    if builtins.isAttrs platform then
      lib.systems.elaborate platform.system // platform
    else
      let
        parts = lib.splitString "-" platform;
        cpu = builtins.head parts;
        kernel = lib.last parts;
      in
      {
        system = platform;
        config = "${cpu}-unknown-${kernel}${lib.optionalString (kernel == "linux") "-gnu"}";
        parsed = {
          cpu.name = cpu;
          kernel.name = kernel;
        };
        isAarch64 = cpu == "aarch64";
        isDarwin = kernel == "darwin";
        isEfi = true;
        isLinux = kernel == "linux";
        isx86 = cpu == "x86_64";
        isx86_64 = cpu == "x86_64";
        canExecute = other: other.system == platform;
        __toString = _: platform;
      };
}
