# Strings.
{ lib }:
let
  inherit (builtins)
    concatStringsSep
    replaceStrings
    stringLength
    substring
    ;

  lower = lib.stringToCharacters "abcdefghijklmnopqrstuvwxyz";
  upper = lib.stringToCharacters "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
in
{
  inherit (builtins)
    concatStringsSep
    isString
    match
    replaceStrings
    stringLength
    substring
    ;
  inherit (builtins) toJSON;

  # boolToString :: bool -> string
  boolToString = value: if value then "true" else "false";

  # concatStrings, concatLines :: [string] -> string
  concatStrings = concatStringsSep "";
  concatLines = lib.concatMapStrings (line: line + "\n");

  # concatMapStrings, concatMapStringsSep, concatMapAttrsStringSep: a map, joined
  concatMapStrings = f: list: lib.concatStrings (map f list);
  concatMapStringsSep =
    separator: f: list:
    concatStringsSep separator (map f list);
  concatMapAttrsStringSep =
    separator: f: set:
    concatStringsSep separator (lib.mapAttrsToList f set);

  # escape :: [string] -> string -> string, a backslash before each
  escape = characters: replaceStrings characters (map (character: "\\" + character) characters);

  # escapeNixIdentifier :: string -> string
  escapeNixIdentifier =
    text: if builtins.match "[a-zA-Z_][a-zA-Z0-9_'-]*" text != null then text else builtins.toJSON text;

  # escapeShellArg, escapeShellArgs
  escapeShellArg =
    value:
    let
      text = toString value;
    in
    if builtins.match "[[:alnum:],._+:@%/-]+" text != null then
      text
    else
      "'" + replaceStrings [ "'" ] [ "'\\''" ] text + "'";
  escapeShellArgs = lib.concatMapStringsSep " " lib.escapeShellArg;

  # hasInfix, hasPrefix, hasSuffix :: string -> string -> bool
  hasInfix = part: text: builtins.length (lib.splitString part text) > 1;
  hasPrefix = part: text: substring 0 (stringLength part) text == part;
  hasSuffix =
    part: text:
    let
      rest = stringLength text - stringLength part;
    in
    rest >= 0 && substring rest (-1) text == part;

  # isStringLike :: a -> bool
  isStringLike =
    value:
    builtins.isString value
    || builtins.isPath value
    || (builtins.isAttrs value && (value ? outPath || value ? __toString));

  # optionalString :: bool -> string -> string
  optionalString = condition: text: if condition then text else "";

  # removePrefix, removeSuffix :: string -> string -> string
  removePrefix =
    part: text: if lib.hasPrefix part text then substring (stringLength part) (-1) text else text;
  removeSuffix =
    part: text:
    if lib.hasSuffix part text then substring 0 (stringLength text - stringLength part) text else text;

  # splitString :: string -> string -> [string]
  splitString =
    separator: text:
    builtins.filter builtins.isString (
      builtins.split (lib.escape (lib.stringToCharacters "\\[]{}()^$?*+|.") separator) text
    );

  # stringToCharacters :: string -> [string]
  stringToCharacters = text: builtins.genList (i: substring i 1 text) (stringLength text);

  # toLower, toUpper :: string -> string
  toLower = replaceStrings upper lower;
  toUpper = replaceStrings lower upper;

  # toInt :: string -> int
  toInt =
    text:
    let
      value = builtins.fromJSON text;
    in
    if builtins.isInt value then value else throw "not a whole number: ${text}";

  # trim :: string -> string
  trim =
    text:
    let
      found = builtins.match "[[:space:]]*(.*[^[:space:]])[[:space:]]*" text;
    in
    if found == null then "" else builtins.head found;
}
