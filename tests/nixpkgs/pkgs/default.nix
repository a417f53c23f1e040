# The stand-in's packages: derivations that need only the host's /bin/sh, and named empty packages for what
# modules refer to. Overlays work as in nixpkgs.
{
  lib,
  system,
  overlays ? [ ],
  config ? { },
}:
let
  base =
    final:
    import ./build.nix { inherit final lib system; }
    // import ./formats.nix { inherit final lib; }
    // import ./programs.nix { inherit final lib; }
    // {
      inherit config lib system;
      overlays = overlays;
      hostPlatform = lib.systems.elaborate system;
      path = toString ../.;
      nixosOptionsDoc = import ./options-doc.nix { inherit final lib; };

      # callPackage :: path or function -> set -> a
      callPackage =
        package: given:
        let
          f = if builtins.isFunction package then package else import package;
        in
        f (builtins.intersectAttrs (lib.functionArgs f) final // given);

      # appendOverlays :: [overlay] -> packages; extend :: overlay -> packages
      appendOverlays = more: resolve (overlays ++ more);
      extend = overlay: final.appendOverlays [ overlay ];
    };

  # resolve :: [overlay] -> packages
  resolve =
    layers:
    let
      final = builtins.foldl' (previous: overlay: previous // overlay final previous) (base final) layers;
    in
    final;
in
resolve overlays
