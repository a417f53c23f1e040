# Functions of no particular type, and the release that the stand-in follows.
{ lib }:
{
  inherit (builtins)
    add
    deepSeq
    fromJSON
    functionArgs
    fromTOML
    isBool
    isFloat
    isFunction
    isInt
    isPath
    lessThan
    pathExists
    readFile
    seq
    sub
    trace
    ;

  # The nixpkgs release whose option names, types and defaults the stand-in has.
  release = "26.05";

  # const :: a -> b -> a
  const = a: _: a;

  # flip :: (a -> b -> c) -> b -> a -> c
  flip =
    f: a: b:
    f b a;

  # id :: a -> a
  id = a: a;

  # importJSON :: path -> any
  importJSON = path: builtins.fromJSON (builtins.readFile path);

  # importTOML :: path -> any
  importTOML = path: builtins.fromTOML (builtins.readFile path);

  # max, min :: number -> number -> number
  max = a: b: if a < b then b else a;
  min = a: b: if a < b then a else b;

  # pipe :: a -> [function] -> any
  pipe = builtins.foldl' (value: f: f value);

  # throwIf, throwIfNot :: bool -> string -> a -> a
  throwIf =
    condition: message: value:
    if condition then throw message else value;
  throwIfNot =
    condition: message: value:
    if condition then value else throw message;

  # toFunction :: a -> function, a function stays as it is
  toFunction = value: if builtins.isFunction value then value else _: value;

  # warn :: string -> a -> a
  warn = message: builtins.trace "warning: ${message}";

  # warnIf :: bool -> string -> a -> a
  warnIf = condition: message: if condition then lib.warn message else lib.id;
}
