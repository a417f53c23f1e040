# The program, with its man page and shell completions.
#
# package :: what nixpkgs' callPackage gives -> derivation
{
  lib,
  rustPlatform,
  installShellFiles,
  stdenv,
}:
let
  manifest = (builtins.fromTOML (builtins.readFile ../Cargo.toml)).package;

  # What the build reads. Other documents, tests and examples are not among it, so they rebuild nothing.
  needed = [
    "Cargo.lock"
    "Cargo.toml"
    "benches"
    "build.rs"
    "src"
    "templates"
  ];
in
rustPlatform.buildRustPackage {
  pname = manifest.name;
  inherit (manifest) version;

  src = builtins.path {
    path = ../.;
    name = "${manifest.name}-source";
    filter =
      path: _:
      let
        below = lib.removePrefix (toString ../. + "/") (toString path);
      in
      builtins.elem (builtins.head (lib.splitString "/" below)) needed
      || below == "docs"
      || below == "docs/runbooks"
      || lib.hasPrefix "docs/runbooks/" below;
  };
  cargoLock.lockFile = ../Cargo.lock;

  # The tests beside the code. Those in tests/ start nix and other programs, which a build cannot.
  cargoTestFlags = [ "--lib" ];

  nativeBuildInputs = [ installShellFiles ];
  postInstall = lib.optionalString (stdenv.buildPlatform.canExecute stdenv.hostPlatform) ''
    for shell in bash zsh fish; do
      "$out/bin/cistern" completions "$shell" > "cistern.$shell"
      installShellCompletion --cmd cistern "--$shell" "cistern.$shell"
    done
    "$out/bin/cistern" man > cistern.1
    installManPage cistern.1
  '';

  meta = {
    inherit (manifest) description;
    license = [
      lib.licenses.mit
      lib.licenses.asl20
    ];
    mainProgram = "cistern";
    platforms = lib.platforms.unix or lib.platforms.all;
  };
}
