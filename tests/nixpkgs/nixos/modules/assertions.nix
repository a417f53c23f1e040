# assertions and warnings; top-level.nix acts on them.
{ lib, ... }:
let
  inherit (import ../declare.nix { inherit lib; }) list;
in
{
  options = {
    assertions = list lib.types.unspecified;
    warnings = list lib.types.str;
  };
}
