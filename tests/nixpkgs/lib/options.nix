# Declaring options, and the marks that a definition may carry: a condition, a priority, an order.
#
# The numbers are those of nixpkgs: mkForce 50, a plain value 100, mkDefault 1000, an option's own default
# 1500; mkBefore 500, a plain value 1000, mkAfter 1500.
{ lib }:
let
  # showValue :: int -> a -> string, nested sets and lists down to a depth
  showValue =
    depth: value:
    if builtins.isFunction value then
      "a function"
    else if lib.isDerivation value then
      "the package ${value.name}"
    else if builtins.isList value then
      if depth == 0 then
        "[ … ]"
      else
        "[ ${lib.concatMapStrings (v: showValue (depth - 1) v + " ") value}]"
    else if builtins.isAttrs value then
      if depth == 0 then
        "{ … }"
      else
        "{ ${
          lib.concatStrings (
            lib.mapAttrsToList (name: v: "${lib.escapeNixIdentifier name} = ${showValue (depth - 1) v}; ") value
          )
        }}"
    else if builtins.isPath value then
      toString value
    else
      builtins.toJSON value;
in
{
  # isOption :: a -> bool
  isOption = value: value._type or null == "option";

  # mkOption :: { type?, default?, description?, example?, apply?, … } -> option
  mkOption = option: { _type = "option"; } // option;

  # mkEnableOption :: string -> option
  mkEnableOption =
    what:
    lib.mkOption {
      type = lib.types.bool;
      default = false;
      example = true;
      description = "Whether to enable ${what}.";
    };

  # mkPackageOption :: packages -> name -> { default?, example?, nullable? } -> option
  mkPackageOption =
    pkgs: name:
    {
      default ? name,
      nullable ? false,
      ...
    }:
    lib.mkOption {
      type = (if nullable then lib.types.nullOr else lib.id) lib.types.package;
      default = if default == null then null else lib.getAttrFromPath (lib.toList default) pkgs;
      description = "The ${lib.concatStringsSep "." (lib.toList name)} package to use.";
    };

  mkAfter = lib.mkOrder 1500;
  mkBefore = lib.mkOrder 500;
  mkDefault = lib.mkOverride 1000;
  mkForce = lib.mkOverride 50;
  mkOptionDefault = lib.mkOverride 1500;

  # mkIf :: bool -> a -> definition
  mkIf = condition: content: {
    _type = "if";
    inherit condition content;
  };

  # mkMerge :: [definition] -> definition
  mkMerge = contents: {
    _type = "merge";
    inherit contents;
  };

  # mkOverride, mkOrder :: int -> a -> definition
  mkOverride = priority: content: {
    _type = "override";
    inherit content priority;
  };
  mkOrder = priority: content: {
    _type = "order";
    inherit content priority;
  };

  # literalExpression, literalMD :: string -> text for the manual
  literalExpression = text: {
    _type = "literalExpression";
    inherit text;
  };
  literalMD = text: {
    _type = "literalMD";
    inherit text;
  };

  # showOption :: [string] -> string
  showOption = lib.concatMapStringsSep "." lib.escapeNixIdentifier;

  # showFiles :: [path] -> string
  showFiles = lib.concatMapStringsSep " and " (file: "`${toString file}'");

  # showDefs :: [{ file, value }] -> string, one line each
  showDefs = lib.concatMapStrings (def: "\n  ${showValue 2 def.value} (in ${toString def.file})");
}
