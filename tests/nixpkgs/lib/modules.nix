# Evaluating modules: what is imported, which definition of an option wins, and what is refused.
#
# A module is a path, a set or a function of { config, options, lib, … } to a set. Options are declared once.
# Definitions of one option are merged by its type after conditions, priorities and order have been applied.
# An option that nobody declared, a value of the wrong type, two different values of equal priority and a
# value that is used but never defined are errors that name the option and the files.
{ lib }:
let
  inherit (builtins)
    attrNames
    concatMap
    filter
    isAttrs
    isFunction
    ;
  inherit (lib) showDefs showOption;

  # What may stand beside `config` and `options` in a module that has either.
  moduleKeys = [
    "_class"
    "_file"
    "config"
    "disabledModules"
    "freeformType"
    "imports"
    "key"
    "meta"
    "options"
  ];

  # Declared by every evaluation.
  internals = {
    _file = "the module system";
    options._module = {
      args = lib.mkOption {
        type = lib.types.lazyAttrsOf lib.types.raw;
        default = { };
      };
      check = lib.mkOption {
        type = lib.types.bool;
        default = true;
      };
    };
  };

  # call :: args -> lookup of other arguments -> module function -> set
  call =
    args: lookup: f:
    f (builtins.mapAttrs (name: _: args.${name} or (lookup name)) (lib.functionArgs f) // args);

  # normalise :: args -> lookup -> file -> module -> { file, key, imports, options, config, freeformType? }
  normalise =
    args: lookup: parent: module:
    let
      isFile = !(isAttrs module) && !(isFunction module);
      file = if isFile then toString module else parent;
      loaded = if isFile then import module else module;
      body = if isFunction loaded || loaded ? __functor then call args lookup loaded else loaded;
      source = body._file or file;
      structured = body ? config || body ? options;
      strays = filter (name: !(builtins.elem name moduleKeys)) (attrNames body);
    in
    if !isAttrs body then
      throw "the module ${toString source} is not a set"
    else if structured && strays != [ ] then
      throw "the module ${toString source} has `options' or `config', so `${builtins.head strays}' must go into `config'"
    else
      {
        file = source;
        key = body.key or (if isFile then toString module else null);
        imports = body.imports or [ ];
        disabled = body.disabledModules or [ ];
        options = body.options or { };
        config =
          if structured then
            body.config or { }
          else
            removeAttrs body (lib.subtractLists [ "config" ] moduleKeys);
      }
      // lib.optionalAttrs (body ? freeformType) { inherit (body) freeformType; };

  # collect :: (module -> normalised) -> [module] -> [normalised], imports first, each file once
  collect =
    read: modules:
    let
      walk =
        state: pending:
        builtins.foldl' (
          state: entry:
          let
            module = read entry.parent entry.module;
            below = map (import': {
              parent = module.file;
              module = import';
            }) module.imports;
            next = walk (state // { seen = state.seen ++ lib.optional (module.key != null) module.key; }) below;
          in
          if module.key != null && builtins.elem module.key state.seen then
            state
          else
            next // { list = next.list ++ [ module ]; }
        ) state pending;
      all =
        (walk
          {
            seen = [ ];
            list = [ ];
          }
          (
            map (module: {
              parent = "a module given inline";
              inherit module;
            }) modules
          )
        ).list;
      disabled = map toString (concatMap (module: module.disabled) all);
    in
    filter (module: module.key == null || !(builtins.elem module.key disabled)) all;

  # pushDown :: a -> [set], conditions and priorities of a set moved onto its attributes
  pushDown =
    where: value:
    let
      kind = value._type or null;
      each = f: map (builtins.mapAttrs (_: f)) (pushDown where value.content);
    in
    if !isAttrs value then
      throw "a set of options was expected at `${where}', not ${
        showDefs [
          {
            inherit value;
            file = "one of its definitions";
          }
        ]
      }"
    else if kind == "merge" then
      concatMap (pushDown where) value.contents
    else if kind == "if" then
      each (lib.mkIf value.condition)
    else if kind == "override" then
      each (lib.mkOverride value.priority)
    else
      [ value ];

  # discharge :: loc -> a -> [a], without those whose condition is false
  discharge =
    loc: value:
    let
      kind = value._type or null;
    in
    if kind == "merge" then
      concatMap (discharge loc) value.contents
    else if kind == "if" then
      if !builtins.isBool value.condition then
        throw "option `${showOption loc}': the condition of a mkIf is not a boolean"
      else if value.condition then
        discharge loc value.content
      else
        [ ]
    else
      [ value ];

  priorityOf = value: if value._type or null == "override" then value.priority else 100;
  orderOf = value: if value._type or null == "order" then value.priority else 1000;
  strip = kind: value: if value._type or null == kind then value.content else value;

  # mergeTree :: [string] -> [{ file, value }] -> [{ file, value }] -> { values, options, unmatched }
  mergeTree =
    prefix: decls: defs:
    let
      pushed = concatMap (
        def:
        map (value: {
          inherit (def) file;
          inherit value;
        }) (pushDown (showOption prefix) def.value)
      ) defs;
      declsByName = lib.zipAttrsWith (_: lib.id) (
        map (decl: builtins.mapAttrs (_: value: decl // { inherit value; }) decl.value) decls
      );
      defsByName = lib.zipAttrsWith (_: lib.id) (
        map (def: builtins.mapAttrs (_: value: def // { inherit value; }) def.value) pushed
      );
      evaluate =
        name: own:
        let
          loc = prefix ++ [ name ];
          mine = defsByName.${name} or [ ];
          declared = filter (decl: lib.isOption decl.value) own;
          option = evalOption loc (builtins.head declared) mine;
        in
        if declared == [ ] then
          mergeTree loc own mine
        else if builtins.length own > 1 then
          throw "option `${showOption loc}' is declared more than once: ${
            lib.showFiles (map (decl: decl.file) own)
          }"
        else
          {
            values = option.value;
            options = option;
            unmatched = [ ];
          };
      children = builtins.mapAttrs evaluate declsByName;
      strays = removeAttrs defsByName (attrNames declsByName);
    in
    {
      values = builtins.mapAttrs (_: child: child.values) children;
      options = builtins.mapAttrs (_: child: child.options) children;
      unmatched =
        concatMap (child: child.unmatched) (builtins.attrValues children)
        ++ concatMap (name: map (def: def // { loc = prefix ++ [ name ]; }) strays.${name}) (
          attrNames strays
        );
    };

  # evalOption :: loc -> { file, value = option } -> [{ file, value }] -> option with value, definitions …
  evalOption =
    loc: decl: defs:
    let
      option = decl.value;
      type = option.type or lib.types.unspecified;
      fallback = lib.optional (option ? default) {
        inherit (decl) file;
        value = lib.mkOptionDefault option.default;
      };
      merged =
        if option.readOnly or false && builtins.length (defs ++ fallback) > 1 then
          throw "option `${showOption loc}' is read-only:${showDefs defs}"
        else
          lib.mergeDefinitions loc type (defs ++ fallback);
      apply = option.apply or lib.id;
    in
    option
    // {
      inherit loc type;
      value = apply merged.mergedValue;
      isDefined = merged.isDefined;
      highestPrio = merged.highestPrio;
      definitions = map (def: def.value) merged.defsFinal;
      definitionsWithLocations = merged.defsFinal;
      files = map (def: def.file) merged.defsFinal;
      declarations = [ decl.file ];
      __toString = _: showOption loc;
    };
in
{
  # mergeDefinitions :: loc -> type -> [{ file, value }] -> { mergedValue, isDefined, highestPrio, defsFinal }
  mergeDefinitions =
    loc: type: defs:
    let
      valid = concatMap (def: map (value: def // { inherit value; }) (discharge loc def.value)) defs;
      highestPrio = builtins.foldl' (best: def: lib.min best (priorityOf def.value)) 9999 valid;
      winners = map (def: def // { value = strip "override" def.value; }) (
        filter (def: priorityOf def.value == highestPrio) valid
      );
      ordered =
        if lib.any (def: def.value._type or null == "order") winners then
          map (def: def // { value = strip "order" def.value; }) (
            builtins.sort (a: b: orderOf a.value < orderOf b.value) winners
          )
        else
          winners;
      wrong = filter (def: !(type.check def.value)) ordered;
    in
    rec {
      inherit highestPrio;
      defsFinal = ordered;
      isDefined = ordered != [ ];
      mergedValue =
        if !isDefined then
          type.emptyValue.value or (throw "option `${showOption loc}' is used but nothing defines it")
        else if wrong != [ ] then
          throw "option `${showOption loc}' takes ${type.description}, which this is not:${showDefs wrong}"
        else
          type.merge loc ordered;
      optionalValue = if isDefined then { value = mergedValue; } else { };
    };

  # evalModules :: { modules, specialArgs?, prefix? } -> { config, options, _module, extendModules }
  evalModules =
    args@{
      modules,
      specialArgs ? { },
      prefix ? [ ],
    }:
    let
      given = {
        inherit config lib;
        inherit (tree) options;
      }
      // specialArgs;
      lookup =
        name:
        config._module.args.${name}
          or (throw "a module asks for the argument `${name}', which neither specialArgs nor _module.args has");

      all = collect (normalise given lookup) ([ internals ] ++ modules);
      tree =
        mergeTree prefix
          (map (m: {
            inherit (m) file;
            value = m.options;
          }) all)
          (
            map (m: {
              inherit (m) file;
              value = m.config;
            }) all
          );

      freeform = lib.catAttrs "freeformType" all;
      loose = map (def: {
        inherit (def) file;
        value = lib.setAttrByPath (lib.drop (builtins.length prefix) def.loc) def.value;
      }) tree.unmatched;
      config =
        if freeform == [ ] || loose == [ ] then
          tree.values
        else
          lib.recursiveUpdate ((builtins.head freeform).merge prefix loose) tree.values;

      stray = builtins.head tree.unmatched;
      refused = "there is no option `${showOption stray.loc}':${showDefs [ stray ]}";
      checked =
        value:
        if freeform == [ ] && config._module.check && tree.unmatched != [ ] then throw refused else value;
    in
    {
      config = checked (removeAttrs config [ "_module" ]);
      options = checked (removeAttrs tree.options [ "_module" ]);
      # The same without a look at what is defined, and the types of what need not be declared.
      declared = removeAttrs tree.options [ "_module" ];
      inherit freeform;
      inherit (config) _module;
      extendModules =
        more:
        lib.evalModules (
          args
          // {
            modules = modules ++ more.modules or [ ];
            specialArgs = specialArgs // more.specialArgs or { };
          }
        );
    };

  # setDefaultModuleLocation :: file -> module -> module
  setDefaultModuleLocation = file: module: {
    _file = file;
    imports = [ module ];
  };

  # mkRenamedOptionModule and mkAliasOptionModule keep both names working; the stand-in warns of neither.
  mkRenamedOptionModule = lib.mkAliasOptionModule;
  mkAliasOptionModule =
    from: to:
    { config, options, ... }:
    {
      options = lib.setAttrByPath from (
        lib.mkOption {
          visible = false;
          type = (lib.getAttrFromPath to options).type;
          apply = _: lib.getAttrFromPath to config;
        }
      );
      config = lib.setAttrByPath to (lib.mkMerge (lib.getAttrFromPath from options).definitions);
    };

  # mkRemovedOptionModule :: [string] -> string -> module
  mkRemovedOptionModule =
    path: remedy:
    { options, ... }:
    {
      options = lib.setAttrByPath path (lib.mkOption { visible = false; });
      config.assertions = [
        {
          assertion = !(lib.getAttrFromPath path options).isDefined;
          message = "option `${showOption path}' was removed: ${remedy}";
        }
      ];
    };
}
