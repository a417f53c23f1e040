# nixosOptionsDoc: the list of options, as JSON.
#
# nixosOptionsDoc :: { options, transformOptions?, … } -> { optionsNix, optionsJSON }
{ final, lib }:
{
  options,
  transformOptions ? lib.id,
  ...
}:
let
  # declared :: a -> [ option ], at any depth
  declared =
    value:
    if lib.isOption value then
      [ value ]
    else
      lib.optionals (builtins.isAttrs value) (builtins.concatMap declared (builtins.attrValues value));

  # rows :: options -> [ row ], those of what options hold included
  rows = builtins.concatMap (
    option:
    [
      {
        inherit (option) loc;
        name = lib.showOption option.loc;
        declarations = map toString option.declarations;
        default = option.default or null;
        description = option.description or null;
        example = option.example or null;
        internal = option.internal or false;
        readOnly = option.readOnly or false;
        type = option.type.description;
        visible = option.visible or true;
      }
    ]
    ++ lib.optionals (option.visible or true) (rows (declared (option.type.getSubOptions option.loc)))
  );

  optionsNix = builtins.listToAttrs (
    map (row: {
      inherit (row) name;
      value = removeAttrs row [
        "internal"
        "name"
        "visible"
      ];
    }) (builtins.filter (row: row.visible && !row.internal) (map transformOptions (rows (declared options))))
  );
in
{
  inherit optionsNix;
  optionsJSON =
    final.runCommand "options.json"
      {
        text = builtins.unsafeDiscardStringContext (builtins.toJSON optionsNix);
        passAsFile = [ "text" ];
      }
      ''
        mkdir -p "$out/share/doc/nixos"
        cp "$textPath" "$out/share/doc/nixos/options.json"
      '';
}
