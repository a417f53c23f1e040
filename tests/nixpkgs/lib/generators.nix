# Values as configuration files.
{ lib }:
rec {
  # mkValueStringDefault :: { } -> value -> string
  mkValueStringDefault =
    _: value: if builtins.isBool value then lib.boolToString value else toString value;

  # mkKeyValueDefault :: { mkValueString? } -> separator -> key -> value -> string
  mkKeyValueDefault =
    {
      mkValueString ? mkValueStringDefault { },
    }:
    separator: key: value:
    "${key}${separator}${mkValueString value}";

  # toKeyValue :: { mkKeyValue? } -> set -> string
  toKeyValue =
    {
      mkKeyValue ? mkKeyValueDefault { } "=",
      ...
    }:
    set: lib.concatLines (lib.mapAttrsToList mkKeyValue set);

  # toINI :: { … } -> set of sets -> string
  toINI =
    options: sections:
    lib.concatStringsSep "\n" (
      lib.mapAttrsToList (name: section: "[${name}]\n" + toKeyValue options section) sections
    );

  # toJSON, toYAML :: { } -> value -> string
  toJSON = _: builtins.toJSON;
  toYAML = toJSON;
}
