# pkgs.formats: the type of a configuration file's value, and the file.
{ final, lib }:
let
  inherit (lib) types;

  atom = types.nullOr (
    types.oneOf [
      types.bool
      types.int
      types.float
      types.str
    ]
  );

  value =
    types.oneOf [
      types.bool
      types.int
      types.float
      types.str
      types.path
      (types.attrsOf (types.nullOr value))
      (types.listOf (types.nullOr value))
    ]
    // {
      description = "a value of a configuration file";
    };

  json = _: {
    type = types.nullOr value // {
      # As in nixpkgs, where the type of a whole document is a set of such values.
      description = "a value that JSON can hold";
    };
    generate = name: content: final.writeText name (builtins.toJSON content);
  };
in
{
  formats = {
    ini = _: {
      type = types.attrsOf (types.attrsOf atom);
      generate = name: content: final.writeText name (lib.generators.toINI { } content);
    };
    inherit json;
    keyValue = _: {
      type = types.attrsOf atom;
      generate = name: content: final.writeText name (lib.generators.toKeyValue { } content);
    };
    toml = json;
    yaml = json;
  };
}
