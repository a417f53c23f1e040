# What `cistern import flake` asks of a flake: its nodes of deploy-rs and the names of its configurations, each value
# with its place. Profiles' paths are not looked at, so that no host is built; systems only where they are wanted.
withSystems: flake:
let
  inherit (builtins)
    isAttrs
    isBool
    isFloat
    isFunction
    isInt
    isList
    isPath
    isString
    mapAttrs
    tryEval
    unsafeDiscardStringContext
    unsafeGetAttrPos
    ;

  # An entry of a set and where it was written; paths stay unevaluated.
  entries = set: mapAttrs (name: value: { at = unsafeGetAttrPos name set; } // show name value) set;

  show =
    name: value:
    if name == "path" then
      { value = "(a path)"; }
    else if isString value then
      { value = unsafeDiscardStringContext value; }
    else if isPath value then
      { value = unsafeDiscardStringContext (toString value); }
    else if isBool value || isInt value || isFloat value || value == null then
      { inherit value; }
    else if isList value then
      { items = map (show "") value; }
    else if isFunction value then
      { value = "(a function)"; }
    else if isAttrs value && value ? type && value.type == "derivation" then
      { value = "(a derivation)"; }
    else
      { set = entries value; };

  systemOf =
    configuration:
    let
      found = tryEval (
        configuration.pkgs.stdenv.hostPlatform.system or configuration.config.nixpkgs.hostPlatform.system or null
      );
    in
    if withSystems && found.success && isString found.value then found.value else null;

  configurations = flake.nixosConfigurations or { };
in
{
  deploy = entries (flake.deploy or { });
  configurations = mapAttrs (name: configuration: {
    at = unsafeGetAttrPos name configurations;
    value = systemOf configuration;
  }) configurations;
}
