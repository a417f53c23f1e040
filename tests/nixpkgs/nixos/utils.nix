# What modules take as their argument `utils'.
{ lib }:
rec {
  # Where file systems are mounted before the system is activated, whatever `neededForBoot' says.
  pathsNeededForBoot = [
    "/"
    "/etc"
    "/nix"
    "/nix/store"
    "/usr"
    "/var"
    "/var/lib"
    "/var/lib/nixos"
    "/var/log"
  ];

  # fsNeededForBoot :: file system -> bool
  fsNeededForBoot = fs: fs.neededForBoot || builtins.elem fs.mountPoint pathsNeededForBoot;
}
