# The file that nixpkgs makes of services.keepalived, restated: the stand-in for nixpkgs declares the options only.
#
# { root, host } -> derivation, the file for the host whose generated module is `host'
{ root, host }:
let
  lib = import (root + "/tests/nixpkgs/lib");
  system = import (root + "/tests/nixpkgs/nixos/eval.nix") { inherit lib; } {
    system = "x86_64-linux";
    modules = [
      (root + "/modules")
      (root + "/tests/nixpkgs/agenix/module.nix")
      host
    ];
  };
  failed = builtins.filter (one: !one.assertion) system.config.assertions;
in
assert failed == [ ] || throw (lib.concatMapStringsSep "\n" (one: one.message) failed);
system.pkgs.writeText "keepalived.conf" (
  import ./rendered.nix {
    inherit lib;
    cfg = system.config.services.keepalived;
  }
)
