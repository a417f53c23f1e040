# Attribute sets.
{ lib }:
let
  inherit (builtins)
    attrNames
    concatMap
    head
    isAttrs
    listToAttrs
    mapAttrs
    tail
    ;
in
{
  inherit (builtins)
    attrNames
    attrValues
    catAttrs
    getAttr
    hasAttr
    intersectAttrs
    isAttrs
    listToAttrs
    mapAttrs
    removeAttrs
    zipAttrsWith
    ;

  # attrByPath :: [string] -> a -> set -> a
  attrByPath =
    path: fallback: set:
    if path == [ ] then
      set
    else if isAttrs set && set ? ${head path} then
      lib.attrByPath (tail path) fallback set.${head path}
    else
      fallback;

  # hasAttrByPath :: [string] -> set -> bool
  hasAttrByPath =
    path: set: path == [ ] || (set ? ${head path} && lib.hasAttrByPath (tail path) set.${head path});

  # getAttrFromPath :: [string] -> set -> a
  getAttrFromPath = path: lib.attrByPath path (throw "no attribute ${lib.concatStringsSep "." path}");

  # setAttrByPath :: [string] -> a -> set
  setAttrByPath =
    path: value: if path == [ ] then value else { ${head path} = lib.setAttrByPath (tail path) value; };

  # attrsToList :: set -> [{ name, value }]
  attrsToList = lib.mapAttrsToList lib.nameValuePair;

  # concatMapAttrs :: (string -> a -> set) -> set -> set
  concatMapAttrs = f: set: lib.mergeAttrsList (lib.mapAttrsToList f set);

  # filterAttrs :: (string -> a -> bool) -> set -> set
  filterAttrs =
    keep: set: removeAttrs set (builtins.filter (name: !(keep name set.${name})) (attrNames set));

  # foldlAttrs :: (state -> string -> a -> state) -> state -> set -> state
  foldlAttrs =
    step: start: set:
    builtins.foldl' (state: name: step state name set.${name}) start (attrNames set);

  # genAttrs :: [string] -> (string -> a) -> set
  genAttrs = names: f: listToAttrs (map (name: lib.nameValuePair name (f name)) names);

  # getAttrs :: [string] -> set -> set
  getAttrs = names: set: lib.genAttrs names (name: set.${name});

  # isDerivation :: a -> bool
  isDerivation = value: value.type or null == "derivation";

  # mapAttrs' :: (string -> a -> { name, value }) -> set -> set
  mapAttrs' = f: set: listToAttrs (lib.mapAttrsToList f set);

  # mapAttrsRecursive :: ([string] -> a -> b) -> set -> set
  mapAttrsRecursive = lib.mapAttrsRecursiveCond (_: true);
  mapAttrsRecursiveCond =
    descend: f:
    let
      walk =
        path:
        mapAttrs (
          name: value:
          if isAttrs value && descend value then walk (path ++ [ name ]) value else f (path ++ [ name ]) value
        );
    in
    walk [ ];

  # mapAttrsToList :: (string -> a -> b) -> set -> [b]
  mapAttrsToList = f: set: map (name: f name set.${name}) (attrNames set);

  # mergeAttrsList :: [set] -> set
  mergeAttrsList = builtins.foldl' (a: b: a // b) { };

  # nameValuePair :: string -> a -> { name, value }
  nameValuePair = name: value: { inherit name value; };

  # optionalAttrs :: bool -> set -> set
  optionalAttrs = condition: set: if condition then set else { };

  # recursiveUpdate :: set -> set -> set, the second wins at every depth
  recursiveUpdate =
    a: b:
    a
    // mapAttrs (
      name: value:
      if isAttrs value && isAttrs (a.${name} or null) && !lib.isDerivation value then
        lib.recursiveUpdate a.${name} value
      else
        value
    ) b;

  # collect :: (a -> bool) -> set -> [a]
  collect =
    accept: value:
    if accept value then
      [ value ]
    else if isAttrs value then
      concatMap (lib.collect accept) (builtins.attrValues value)
    else
      [ ];
}
