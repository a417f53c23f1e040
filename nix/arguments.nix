# Looks at what is given per host, so that a misspelt name is refused instead of ignored.
#
# arguments :: { hosts, known, lib } -> [ null ], a throw in place of each fault
{
  # As given to mkFleet.
  hosts,
  # The hosts that mkFleet configures.
  known,
  lib,
}:
let
  list = names: lib.concatStringsSep ", " names;

  keys = [
    "modules"
    "nixpkgs"
    "specialArgs"
  ];

  # refuse :: name -> override -> null
  refuse =
    name: override:
    let
      strays = lib.subtractLists keys (builtins.attrNames override);
    in
    if !known ? ${name} then
      throw ''
        mkFleet: `hosts.${name}' is given, but this fleet has no full host of that name.
        Its full hosts: ${list (builtins.attrNames known)}.''
    else if strays != [ ] then
      throw "mkFleet: `hosts.${name}' has ${list strays}, which means nothing there. It may have ${list keys}."
    else
      null;
in
lib.mapAttrsToList refuse hosts
