# import nixpkgs { system, overlays, config } -> packages, as the real one is called.
{
  system ? builtins.currentSystem,
  overlays ? [ ],
  config ? { },
}:
import ./pkgs {
  lib = import ./lib;
  inherit system overlays config;
}
