# system.build.toplevel: a derivation that depends on the value of every option, so that two systems have the
# same drvPath exactly when they are configured alike. What it builds can be switched to: it runs
# system.activationScripts and nothing else.
{
  config,
  lib,
  options,
  pkgs,
  ...
}:
let
  inherit (lib) types;
  declare = import ../declare.nix { inherit lib; };

  # plain :: a -> JSON. Functions say only that they are there; a package counts by its path, but is not
  # needed for building, or every system would wait for the packages of services that are off.
  plain =
    value:
    if builtins.isFunction value then
      "a function"
    else if lib.isDerivation value then
      builtins.unsafeDiscardStringContext "${value}"
    else if builtins.isAttrs value then
      builtins.mapAttrs (_: plain) (removeAttrs value [ "_module" ])
    else if builtins.isList value then
      map plain value
    else
      value;

  # valuesOf :: tree of options -> tree of values, without options that were given neither value nor default
  valuesOf =
    tree:
    builtins.mapAttrs (
      _: node:
      if lib.isOption node then if node.isDefined then plain node.value else null else valuesOf node
    ) tree;

  # What is not a value of its own: the internals, and `fqdn`, which is an error without a domain.
  whole =
    valuesOf (
      removeAttrs options [
        "_module"
        "assertions"
        "nixpkgs"
        "system"
        "warnings"
      ]
      // {
        networking = removeAttrs options.networking [ "fqdn" ];
      }
    )
    // {
      activationScripts = plain config.system.activationScripts;
      platform = config.nixpkgs.hostPlatform.system;
      stateVersion = config.system.stateVersion;
    };

  failed = builtins.filter (entry: !entry.assertion) config.assertions;

  # ordered :: [name], each after those that it names in `deps`
  ordered =
    let
      scripts = config.system.activationScripts;
      visit =
        done: name:
        if builtins.elem name done || !(scripts ? ${name}) then
          done
        else
          builtins.foldl' visit done scripts.${name}.deps ++ [ name ];
    in
    lib.unique (builtins.foldl' visit [ ] (builtins.attrNames scripts));

  toplevel =
    pkgs.runCommand "nixos-system-${config.networking.hostName}-${config.system.stateVersion}"
      {
        configuration = builtins.toJSON whole;
        activation = lib.concatMapStrings (
          name: config.system.activationScripts.${name}.text + "\n"
        ) ordered;
        passAsFile = [
          "activation"
          "configuration"
        ];
      }
      ''
        mkdir -p "$out/bin"
        cp "$configurationPath" "$out/configuration.json"
        { printf '#!/bin/sh\nset -eu\n'; cat "$activationPath"; } > "$out/activate"
        printf '#!/bin/sh\ncase "$1" in dry-activate) exit 0 ;; esac\nexec %s/activate\n' "$out" \
          > "$out/bin/switch-to-configuration"
        chmod 555 "$out/activate" "$out/bin/switch-to-configuration"
      '';
in
{
  options.system = {
    activationScripts = declare.set (
      types.coercedTo types.str (text: { inherit text; }) (
        declare.sub {
          deps = declare.strs;
          supportsDryActivation = declare.flag;
          text = declare.lines;
        }
      )
    );
    autoUpgrade = {
      enable = declare.flag;
      flake = declare.maybe types.str;
    };
    build = declare.opt (types.submodule { freeformType = types.lazyAttrsOf types.raw; }) { };
    configurationRevision = declare.maybe types.str;
    extraDependencies = declare.list types.package;
    nixos = {
      label = declare.str "stand-in";
      release = declare.str lib.release;
      tags = declare.strs;
    };
    stateVersion = declare.str lib.release;
  };

  config.system.build.toplevel =
    if failed != [ ] then
      throw "failed assertions:${lib.concatMapStrings (entry: "\n- ${entry.message}") failed}"
    else
      builtins.foldl' (result: message: lib.warn message result) toplevel config.warnings;
}
