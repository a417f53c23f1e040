# The options of ../options.tsv that no module of the stand-in declares, as one module.
#
# What a kind sets needs a declaration of the right type and nothing else, as long as nobody builds the system: a row
# of the table is enough. A module by hand is for options that others follow from, and for those that have a default.
{ lib }:
let
  inherit (lib) mkOption types;

  # What ./module-list.nix declares: option, or set of those.
  declared =
    (lib.evalModules {
      modules = import ./module-list.nix;
      specialArgs = {
        modulesPath = toString ./modules;
        utils = import ./utils.nix { inherit lib; };
      };
    }).options;

  # isDeclared :: set of options -> path -> bool, for a path that ends in an option or goes on below one
  isDeclared =
    options: path:
    lib.isOption options
    || path != [ ]
      && options ? ${builtins.head path}
      && isDeclared options.${builtins.head path} (builtins.tail path);

  # row :: line -> { path, type }
  row =
    line:
    let
      fields = lib.splitString "\t" line;
      segment = name: if lib.hasInfix "<" name then "<name>" else name;
    in
    {
      path = map segment (lib.splitString "." (builtins.head fields));
      type = builtins.elemAt fields 1;
    };

  lines = builtins.filter (line: line != "") (
    lib.splitString "\n" (builtins.readFile ../options.tsv)
  );

  # The modules of other inputs declare these.
  others = [
    "age"
    "cistern"
  ];

  rows = builtins.filter (
    row: !(builtins.elem (builtins.head row.path) others) && !(isDeclared declared row.path)
  ) (map row lines);

  # tokens :: text -> words and brackets
  tokens =
    text:
    builtins.filter (word: builtins.isString word && word != "") (
      builtins.concatMap (part: if builtins.isList part then part else builtins.split " +" part) (
        builtins.split "([][()])" text
      )
    );

  # Types of one word or two, by those words.
  plain = {
    address = types.str;
    anything = types.anything;
    attrs = types.attrs;
    bool = types.bool;
    float = types.float;
    int = types.int;
    json = types.anything;
    lines = types.lines;
    list = types.listOf types.anything;
    nonEmptyStr = types.nonEmptyStr;
    package = types.package;
    path = types.path;
    port = types.port;
    singleLineStr = types.singleLineStr;
    str = types.str;
    strMatching = types.str;
    submodule = types.attrs;
    systemd = types.anything;
    timezone = types.str;
    unspecified = types.unspecified;
    unsigned = types.ints.unsigned;
  };

  # How many words follow the first one.
  more = {
    json = 1;
    systemd = 2;
  };

  # read :: words -> { type, rest }
  read =
    words:
    let
      word = builtins.head words;
      rest = builtins.tail words;
      one = read rest;
      two = read one.rest;
      many = all (builtins.tail rest);
      of = make: {
        type = make one.type;
        inherit (one) rest;
      };
    in
    if word == "(" then
      one // { rest = builtins.tail one.rest; }
    else if word == "listOf" then
      of types.listOf
    else if word == "nullOr" then
      of types.nullOr
    else if word == "attrsOf" then
      of types.attrsOf
    else if word == "either" then
      {
        type = types.either one.type two.type;
        inherit (two) rest;
      }
    else if word == "oneOf" then
      {
        type = types.oneOf many.types;
        inherit (many) rest;
      }
    else if word == "enum" then
      {
        type = types.enum (builtins.fromJSON "[${lib.concatStringsSep "," (choices (builtins.tail rest))}]");
        rest = after "]" rest;
      }
    else
      {
        type = plain.${word} or (throw "tests/nixpkgs/options.tsv: nobody knows the type `${word}'");
        rest = lib.drop (more.${word} or 0) rest;
      };

  # all :: words -> { types, rest }, up to a bracket
  all =
    words:
    let
      first = read words;
      others = all first.rest;
    in
    if builtins.head words == "]" then
      {
        types = [ ];
        rest = builtins.tail words;
      }
    else
      {
        types = [ first.type ] ++ others.types;
        inherit (others) rest;
      };

  choices = words: if builtins.head words == "]" then [ ] else [ (builtins.head words) ] ++ choices (builtins.tail words);

  after = end: words: if builtins.head words == end then builtins.tail words else after end (builtins.tail words);

  # node :: rows -> { own, below }: the types given here, and the rows below by their next name
  node = rows: {
    own = map (row: row.type) (builtins.filter (row: row.path == [ ]) rows);
    below = builtins.mapAttrs (_: map (row: row // { path = builtins.tail row.path; })) (
      builtins.groupBy (row: builtins.head row.path) (builtins.filter (row: row.path != [ ]) rows)
    );
  };

  # typeOf :: rows -> type: of what an entry or an item holds
  typeOf =
    rows:
    let
      here = node rows;
    in
    if here.below == { } then (read (tokens (builtins.head here.own))).type else inner here.below;

  # inner :: rows by name -> type
  inner =
    below:
    let
      fixed = removeAttrs below [
        "<name>"
        "*"
      ];
    in
    if below ? "*" then
      types.listOf (typeOf below."*")
    else if fixed == { } then
      types.attrsOf (typeOf below."<name>")
    else
      types.submodule (
        {
          options = builtins.mapAttrs (_: optionOf true) fixed;
        }
        // lib.optionalAttrs (below ? "<name>") { freeformType = types.attrsOf (typeOf below."<name>"); }
      );

  # given :: within -> type -> option: of an entry, all is read once anything is, so what nobody says there is null
  given =
    within: type:
    mkOption (
      if within then
        {
          type = types.nullOr type;
          default = null;
        }
      else
        { inherit type; }
    );

  # optionOf :: within -> rows -> option, or set of options
  optionOf =
    within: rows:
    let
      here = node rows;
      wild = here.below ? "<name>" || here.below ? "*";
      nullable = builtins.any (lib.hasPrefix "nullOr") here.own;
      type = inner here.below;
    in
    if here.below == { } then
      given within (read (tokens (builtins.head here.own))).type
    else if wild || here.own != [ ] then
      given within (if nullable then types.nullOr type else type)
    else
      builtins.mapAttrs (_: optionOf within) here.below;
in
{
  _file = "tests/nixpkgs/options.tsv";
  options = builtins.mapAttrs (_: optionOf false) (node rows).below;
}
