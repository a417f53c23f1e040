# Comparing version numbers.
{ lib }:
rec {
  # versionOlder :: string -> string -> bool, whether the second is the newer one
  versionOlder = a: b: builtins.compareVersions b a == 1;

  # versionAtLeast :: string -> string -> bool
  versionAtLeast = a: b: !versionOlder a b;

  # major :: string -> string
  major = version: builtins.head (builtins.splitVersion version);

  # majorMinor :: string -> string
  majorMinor = version: lib.concatStringsSep "." (lib.take 2 (builtins.splitVersion version));
}
