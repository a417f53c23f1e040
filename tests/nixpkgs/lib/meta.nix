# What is known about a package.
{ lib }:
{
  # getName :: derivation -> string
  getName = package: package.pname or package.name;

  # getExe, getExe' :: derivation -> string
  getExe = package: lib.getExe' package (package.meta.mainProgram or package.pname or package.name);
  getExe' = package: program: "${package}/bin/${program}";

  # getBin, getLib, getDev :: derivation -> derivation; the stand-in's have one output
  getBin = package: package;
  getDev = package: package;
  getLib = package: package;

  # makeBinPath :: [derivation] -> string
  makeBinPath = lib.concatMapStringsSep ":" (package: "${package}/bin");

  licenses = lib.genAttrs [ "asl20" "gpl3Only" "mit" "mpl20" ] (name: {
    shortName = name;
  });
  maintainers = { };
  platforms = {
    all = lib.systems.flakeExposed;
    linux = builtins.filter (lib.hasSuffix "-linux") lib.systems.flakeExposed;
    darwin = builtins.filter (lib.hasSuffix "-darwin") lib.systems.flakeExposed;
  };
}
