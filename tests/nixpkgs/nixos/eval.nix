# nixosSystem :: { modules, specialArgs?, system? } -> { config, options, pkgs, lib, extendModules }
{ lib }:
let
  table = import ./table.nix { inherit lib; };
in
{
  modules,
  specialArgs ? { },
  system ? null,
  ...
}:
let
  evaluated = lib.evalModules {
    specialArgs = {
      modulesPath = toString ./modules;
      utils = import ./utils.nix { inherit lib; };
    }
    // specialArgs;
    modules =
      import ./module-list.nix
      ++ [ table ]
      ++ lib.optional (system != null) {
        _file = "the argument `system' of nixosSystem";
        nixpkgs.system = lib.mkDefault system;
      }
      ++ modules;
  };

  finish =
    result:
    result
    // {
      inherit lib;
      inherit (result._module.args) pkgs;
      extendModules = more: finish (result.extendModules more);
    };
in
finish evaluated
