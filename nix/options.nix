# The list that `cistern check --options flake' looks options up in: what nixpkgs' own nixosOptionsDoc makes of a
# host's options, those of the modules that it imports included.
#
# One list serves all hosts of the fleet's nixpkgs: that of the first of them, by name. A host that `hosts' gives a
# nixpkgs of its own has its own, as share/doc/nixos/hosts/NAME/options.json.
#
# options :: { … } -> { SYSTEM = { cistern-options; }; }
{
  # As given to mkFleet.
  hosts,
  lib,
  nixosConfigurations,
  nixpkgs,
}:
let
  systems = lib.filter (system: nixpkgs.legacyPackages ? ${system}) [
    "aarch64-linux"
    "x86_64-linux"
  ];

  own = lib.filterAttrs (name: _: hosts.${name} or { } ? nixpkgs) nixosConfigurations;
  shared = builtins.attrValues (removeAttrs nixosConfigurations (builtins.attrNames own));

  # listOf :: packages -> NixOS configuration -> derivation
  listOf =
    packages: configuration:
    (packages.nixosOptionsDoc {
      options = removeAttrs configuration.options [ "_module" ];
      # The user's modules may say less of their options than nixpkgs must.
      warningsAreErrors = false;
      # Nobody reads the defaults, and to show one it is evaluated, which not every default can stand.
      transformOptions =
        option:
        removeAttrs option [
          "default"
          "example"
        ];
    }).optionsJSON;

  packageFor =
    system:
    let
      pkgs = nixpkgs.legacyPackages.${system};
      place = "share/doc/nixos";
      put = list: below: ''
        mkdir -p "$out/${place}${below}"
        ln -s ${list}/${place}/options.json "$out/${place}${below}/options.json"
      '';
    in
    {
      cistern-options = pkgs.runCommand "cistern-options" { } (
        if nixosConfigurations == { } then
          throw "mkFleet: the fleet has no host that Cistern configures, and so no options"
        else
          lib.concatStrings (
            map (configuration: put (listOf pkgs configuration) "") (lib.take 1 shared)
            ++ lib.mapAttrsToList (
              name: configuration:
              put (listOf hosts.${name}.nixpkgs.legacyPackages.${system} configuration) "/hosts/${name}"
            ) own
          )
      );
    };
in
lib.genAttrs systems packageFor
