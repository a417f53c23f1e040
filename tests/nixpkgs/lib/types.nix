# Types of options: what each accepts, and how several definitions become one value.
#
# A type is { name, description, check :: a -> bool, merge :: loc -> [{ file, value }] -> a }.
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
      merge = mergeEqual;
    }
    // type;

  intBetween =
    low: high:
    mkOptionType {
      name = "intBetween";
      description = "a whole number from ${toString low} to ${toString high}";
      check = value: isInt value && value >= low && value <= high;
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
      description = "a set of: ${element.description}";
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
    description = "any value";
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
    description = "a set";
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
    description = "a boolean";
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
      description = "${to.description}, or ${from.description} in its stead";
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
    description = "a module";
    check = value: isAttrs value || isFunction value || path.check value;
    merge = _: defs: { imports = values defs; };
  };

  either =
    a: b:
    mkOptionType {
      name = "either";
      description = "${a.description}, or ${b.description}";
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
      description = "one of ${lib.concatMapStringsSep ", " builtins.toJSON choices}";
      check = value: elem value choices;
    };

  envVar = separatedString ":";

  float = mkOptionType {
    name = "float";
    description = "a decimal number";
    check = isFloat;
  };

  functionTo =
    result:
    mkOptionType {
      name = "functionTo";
      description = "a function to ${result.description}";
      check = isFunction;
      merge =
        loc: defs: argument:
        (entry loc result (map (def: def // { value = def.value argument; }) defs)).mergedValue;
    };

  int = mkOptionType {
    name = "int";
    description = "a whole number";
    check = isInt;
  };

  ints = {
    between = intBetween;
    positive = addCheck int (value: value > 0) // {
      description = "a whole number above zero";
    };
    u8 = intBetween 0 255;
    u16 = intBetween 0 65535;
    u32 = intBetween 0 4294967295;
    unsigned = addCheck int (value: value >= 0) // {
      description = "a whole number, zero or more";
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
      description = "a list of: ${element.description}";
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
    description = "a string that is not empty";
  };

  nullOr =
    element:
    mkOptionType {
      name = "nullOr";
      description = "null, or ${element.description}";
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
      description = "a number from ${toString low} to ${toString high}";
    };

  oneOf = choices: builtins.foldl' either (head choices) (builtins.tail choices);

  package = mkOptionType {
    name = "package";
    description = "a package";
    check = value: lib.isDerivation value || (isAttrs value && value ? outPath);
    merge = mergeOne;
  };

  pathInStore = path // {
    check = value: lib.isStringLike value && lib.hasPrefix builtins.storeDir (toString value);
  };

  path = mkOptionType {
    name = "path";
    description = "an absolute path";
    check = value: lib.isStringLike value && builtins.substring 0 1 (toString value) == "/";
  };

  port = ints.u16 // {
    description = "a port, 0 to 65535";
  };

  raw = mkOptionType {
    name = "raw";
    description = "any value";
    check = _: true;
    merge = mergeOne;
  };

  separatedString =
    separator:
    str
    // {
      name = "separatedString";
      emptyValue.value = "";
      merge = _: defs: lib.concatStringsSep separator (values defs);
    };

  shellPackage = package // {
    check = value: package.check value && value ? shellPath;
    description = "a package that is a shell";
  };

  singleLineStr = addCheck str (text: match ".*\n.+" text == null) // {
    description = "a string of one line";
    merge = loc: defs: lib.removeSuffix "\n" (mergeEqual loc defs);
  };

  str = mkOptionType {
    name = "str";
    description = "a string";
    check = isString;
  };

  strMatching =
    pattern:
    addCheck str (text: match pattern text != null)
    // {
      description = "a string that matches ${pattern}";
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
      description = "a set of options";
      check = value: isAttrs value || isFunction value || path.check value;
      emptyValue.value = { };
      merge = loc: defs: (evaluate loc defs).config;
    };

  uniq = unique { };
  unique = _: type: type // { merge = mergeOne; };

  unspecified = mkOptionType {
    name = "unspecified";
    description = "any value";
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
