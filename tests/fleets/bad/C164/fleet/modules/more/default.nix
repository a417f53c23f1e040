{ lib, ... }:
{
  options.services.register = lib.mkOption { };
  config.services.openssh.enable = true;
  config.boot.cleanTmpDir = true;
}
