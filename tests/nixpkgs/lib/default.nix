# The stand-in's `lib`: one file per area, joined flat and by area, as nixpkgs does. Only names that nixpkgs'
# `lib` has, so that nothing comes to rely on one that it lacks.
let
  areas = {
    attrsets = import ./attrsets.nix { inherit lib; };
    generators = import ./generators.nix { inherit lib; };
    lists = import ./lists.nix { inherit lib; };
    meta = import ./meta.nix { inherit lib; };
    modules = import ./modules.nix { inherit lib; };
    options = import ./options.nix { inherit lib; };
    strings = import ./strings.nix { inherit lib; };
    systems = import ./systems.nix { inherit lib; };
    trivial = import ./trivial.nix { inherit lib; };
    types = import ./types.nix { inherit lib; };
    versions = import ./versions.nix { inherit lib; };
  };

  lib =
    areas.attrsets
    // areas.lists
    // areas.meta
    // areas.modules
    // areas.options
    // areas.strings
    // areas.trivial
    // {
      inherit (areas.types) mkOptionType;
      inherit (areas.versions) versionAtLeast versionOlder;
    }
    // areas;
in
lib
