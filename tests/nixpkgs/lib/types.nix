# Types of options: what each accepts, and how several definitions become one value.
#
# A type is { name, description, check :: a -> bool, merge :: loc -> [{ file, value }] -> a, getSubOptions :: loc ->
# options }. Descriptions are in nixpkgs' words, which readers of an options list know; `plain` ones need no
# parentheses inside of others.
{ lib }:
let
  inherit (builtins)
    all
    elem
    head
    isAttrs
    isBool
    isFloat
    isFunction
    isInt
    isList
    isString
    length
    match
    ;
  inherit (lib) showDefs showOption;

  values = map (def: def.value);

  # mergeEqual :: loc -> defs -> a, equal definitions only
  mergeEqual =
    loc: defs:
    let
      first = (head defs).value;
    in
    if all (def: def.value == first) defs then
      first
    else
      throw "option `${showOption loc}' has conflicting definitions of equal priority:${showDefs defs}\nKeep one of them, or give one a priority: lib.mkForce, or lib.mkDefault.";

  # mergeOne :: loc -> defs -> a, for what cannot be compared
  mergeOne =
    loc: defs:
    if length defs == 1 then
      (head defs).value
    else
      throw "option `${showOption loc}' may be defined only once:${showDefs defs}";

  mkOptionType =
    type:
    {
      _type = "option-type";
      description = type.name;
      getSubOptions = _: { };
      merge = mergeEqual;
      plain = false;
    }
    // type;

  # phrase :: type -> its description inside of another
  phrase = type: if type.plain then type.description else "(${type.description})";

  intBetween =
    low: high:
    mkOptionType {
      name = "intBetween";
      description = "integer between ${toString low} and ${toString high} (both inclusive)";
      plain = true;
      check = value: isInt value && value >= low && value <= high;
    };

  # bits :: int -> highest -> type, of unsigned integers
  bits =
    size: high:
    intBetween 0 high
    // {
      description = "${toString size} bit unsigned integer; between 0 and ${toString high} (both inclusive)";
    };

  # Entries of a list or a set are merged like options of their own.
  entry =
    loc: type: defs:
    lib.mergeDefinitions loc type defs;

  setOf =
    {
      name,
      lazy,
    }:
    element:
    mkOptionType {
      inherit name;
      description = "${lib.optionalString lazy "lazy "}attribute set of ${phrase element}";
      plain = true;
      getSubOptions = loc: element.getSubOptions (loc ++ [ "<name>" ]);
      check = isAttrs;
      emptyValue.value = { };
      merge =
        loc: defs:
        let
          merged = lib.zipAttrsWith (key: entry (loc ++ [ key ]) element) (
            map (def: builtins.mapAttrs (_: value: def // { inherit value; }) def.value) defs
          );
        in
        if lazy then
          builtins.mapAttrs (
            _: e: if e.isDefined then e.mergedValue else element.emptyValue.value or e.mergedValue
          ) merged
        else
          builtins.mapAttrs (_: e: e.mergedValue) (lib.filterAttrs (_: e: e.isDefined) merged);
    };
in
rec {
  inherit mkOptionType;

  addCheck = type: accept: type // { check = value: type.check value && accept value; };

  anything = mkOptionType {
    name = "anything";
    description = "anything";
    plain = true;
    check = _: true;
    merge =
      loc: defs:
      if all (def: isAttrs def.value && !lib.isDerivation def.value) defs then
        (lazyAttrsOf anything).merge loc defs
      else if all (def: isList def.value) defs && length defs == 1 then
        (listOf anything).merge loc defs
      else if length defs == 1 then
        (head defs).value
      else
        mergeEqual loc defs;
  };

  attrs = mkOptionType {
    name = "attrs";
    description = "attribute set";
    plain = true;
    check = isAttrs;
    emptyValue.value = { };
    merge = _: defs: lib.mergeAttrsList (values defs);
  };

  attrsOf = setOf {
    name = "attrsOf";
    lazy = false;
  };

  bool = mkOptionType {
    name = "bool";
    description = "boolean";
    plain = true;
    check = isBool;
  };

  # boolByOr :: true when any definition is
  boolByOr = bool // {
    merge = _: defs: builtins.any lib.id (values defs);
  };

  coercedTo =
    from: coerce: to:
    mkOptionType {
      name = "coercedTo";
      description = "${phrase to} or ${phrase from} convertible to it";
      getSubOptions = to.getSubOptions;
      check = value: to.check value || (from.check value && to.check (coerce value));
      merge =
        loc: defs:
        to.merge loc (
          map (
            def:
            if from.check def.value && !to.check def.value then def // { value = coerce def.value; } else def
          ) defs
        );
    };

  commas = separatedString ",";

  deferredModule = mkOptionType {
    name = "deferredModule";
    description = "module";
    check = value: isAttrs value || isFunction value || path.check value;
    merge = _: defs: { imports = values defs; };
  };

  either =
    a: b:
    mkOptionType {
      name = "either";
      description = "${phrase a} or ${b.description}";
      check = value: a.check value || b.check value;
      merge =
        loc: defs:
        if all (def: a.check def.value) defs then
          a.merge loc defs
        else if all (def: b.check def.value) defs then
          b.merge loc defs
        else
          mergeEqual loc defs;
    };

  enum =
    choices:
    mkOptionType {
      name = "enum";
      description =
        if length choices == 1 then
          "value ${builtins.toJSON (head choices)} (singular enum)"
        else
          "one of ${lib.concatMapStringsSep ", " builtins.toJSON choices}";
      check = value: elem value choices;
    };

  envVar = separatedString ":";

  float = mkOptionType {
    name = "float";
    description = "floating point number";
    plain = true;
    check = isFloat;
  };

  functionTo =
    result:
    mkOptionType {
      name = "functionTo";
      description = "function that evaluates to a(n) ${phrase result}";
      check = isFunction;
      merge =
        loc: defs: argument:
        (entry loc result (map (def: def // { value = def.value argument; }) defs)).mergedValue;
    };

  int = mkOptionType {
    name = "int";
    description = "signed integer";
    plain = true;
    check = isInt;
  };

  ints = {
    between = intBetween;
    positive = addCheck int (value: value > 0) // {
      description = "positive integer, meaning >0";
    };
    u8 = bits 8 255;
    u16 = bits 16 65535;
    u32 = bits 32 4294967295;
    unsigned = addCheck int (value: value >= 0) // {
      description = "unsigned integer, meaning >=0";
    };
  };

  lazyAttrsOf = setOf {
    name = "lazyAttrsOf";
    lazy = true;
  };

  lines = separatedString "\n";

  listOf =
    element:
    mkOptionType {
      name = "listOf";
      description = "list of ${phrase element}";
      plain = true;
      getSubOptions = loc: element.getSubOptions (loc ++ [ "*" ]);
      check = isList;
      emptyValue.value = [ ];
      merge =
        loc: defs:
        map (e: e.mergedValue) (
          builtins.filter (e: e.isDefined) (
            builtins.concatLists (
              lib.imap1 (
                n: def:
                lib.imap1 (
                  m: value:
                  entry (loc ++ [ "[definition ${toString n}-entry ${toString m}]" ]) element [
                    (def // { inherit value; })
                  ]
                ) def.value
              ) defs
            )
          )
        );
    };

  nonEmptyListOf = element: addCheck (listOf element) (list: list != [ ]);

  nonEmptyStr = addCheck str (text: match "[[:space:]]*" text == null) // {
    description = "non-empty string";
  };

  nullOr =
    element:
    mkOptionType {
      name = "nullOr";
      description = "null or ${phrase element}";
      getSubOptions = element.getSubOptions;
      check = value: value == null || element.check value;
      emptyValue.value = null;
      merge =
        loc: defs:
        if all (def: def.value == null) defs then
          null
        else if builtins.any (def: def.value == null) defs then
          mergeEqual loc defs
        else
          element.merge loc defs;
    };

  number = either int float;
  numbers.between =
    low: high:
    addCheck number (value: value >= low && value <= high)
    // {
      description = "integer or floating point number between ${toString low} and ${toString high} (both inclusive)";
    };

  oneOf = choices: builtins.foldl' either (head choices) (builtins.tail choices);

  package = mkOptionType {
    name = "package";
    description = "package";
    plain = true;
    check = value: lib.isDerivation value || (isAttrs value && value ? outPath);
    merge = mergeOne;
  };

  pathInStore = path // {
    check = value: lib.isStringLike value && lib.hasPrefix builtins.storeDir (toString value);
  };

  path = mkOptionType {
    name = "path";
    description = "absolute path";
    plain = true;
    check = value: lib.isStringLike value && builtins.substring 0 1 (toString value) == "/";
  };

  port = ints.u16;

  raw = mkOptionType {
    name = "raw";
    description = "raw value";
    plain = true;
    check = _: true;
    merge = mergeOne;
  };

  separatedString =
    separator:
    str
    // {
      name = "separatedString";
      description = "strings concatenated with ${builtins.toJSON separator}";
      emptyValue.value = "";
      merge = _: defs: lib.concatStringsSep separator (values defs);
    };

  shellPackage = package // {
    check = value: package.check value && value ? shellPath;
    description = "package";
  };

  singleLineStr = addCheck str (text: match ".*\n.+" text == null) // {
    description = "(optionally newline-terminated) single-line string";
    merge = loc: defs: lib.removeSuffix "\n" (mergeEqual loc defs);
  };

  str = mkOptionType {
    name = "str";
    description = "string";
    plain = true;
    check = isString;
  };

  strMatching =
    pattern:
    addCheck str (text: match pattern text != null)
    // {
      description = "string matching the pattern ${pattern}";
    };

  # submodule :: module or [module] -> type
  submodule = modules: submoduleWith { modules = lib.toList modules; };

  submoduleWith =
    {
      modules,
      specialArgs ? { },
      ...
    }:
    let
      # The name is given twice so that both `{ name, … }:` and `config._module.args.name` work.
      evaluate =
        loc: defs:
        lib.evalModules {
          inherit specialArgs;
          prefix = loc;
          modules = [
            { _module.args.name = lib.mkOptionDefault (lib.last loc); }
          ]
          ++ modules
          ++ map (
            def:
            if isAttrs def.value then
              {
                _file = def.file;
                config = def.value;
              }
            else
              lib.setDefaultModuleLocation def.file def.value
          ) defs;
        };
    in
    mkOptionType {
      name = "submodule";
      description =
        let
          free = (evaluate [ "<name>" ] [ ]).freeform;
        in
        if free == [ ] then "submodule" else "open submodule of ${(head free).description}";
      getSubOptions = loc: (evaluate loc [ ]).declared;
      check = value: isAttrs value || isFunction value || path.check value;
      emptyValue.value = { };
      merge = loc: defs: (evaluate loc defs).config;
    };

  uniq = unique { };
  unique = _: type: type // { merge = mergeOne; };

  unspecified = mkOptionType {
    name = "unspecified";
    description = "unspecified value";
    plain = true;
    check = _: true;
    merge =
      loc: defs:
      let
        list = values defs;
      in
      if length list == 1 then
        head list
      else if all isList list then
        builtins.concatLists list
      else if all isAttrs list then
        lib.mergeAttrsList list
      else if all isBool list then
        builtins.any lib.id list
      else
        mergeEqual loc defs;
  };
}
