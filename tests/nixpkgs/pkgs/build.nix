# Builders: what nixpkgs calls trivial builders, and the shape of stdenv.
{
  final,
  lib,
  system,
}:
let
  # plain :: string -> set -> script -> derivation
  plain =
    name: environment: script:
    derivation (
      {
        inherit name system;
        builder = "/bin/sh";
        args = [
          "-euc"
          script
        ];
        PATH = "/usr/bin:/bin";
      }
      // removeAttrs environment [
        "meta"
        "passthru"
      ]
    )
    // {
      meta = environment.meta or { };
    }
    // environment.passthru or { };

  # written :: { name, text, executable?, destination? } -> derivation
  written =
    {
      name,
      text,
      executable ? false,
      destination ? "",
      meta ? { },
      ...
    }:
    plain name
      {
        inherit destination meta text;
        passAsFile = [ "text" ];
      }
      ''
        mkdir -p "$(dirname "$out$destination")"
        cp "$textPath" "$out$destination"
        ${lib.optionalString executable "chmod 555 \"$out$destination\""}
      '';

  script =
    name: text:
    written {
      inherit name;
      text = "#!/bin/sh\n${text}";
      executable = true;
    };

  # What cannot be built here still evaluates.
  unbuildable =
    arguments:
    let
      name = arguments.name or "${arguments.pname}-${arguments.version}";
    in
    plain name { inherit (arguments) src; } ''
      echo "the tests' stand-in for nixpkgs cannot build ${name}" >&2
      exit 1
    ''
    // {
      inherit (arguments) pname version;
      meta = arguments.meta or { };
    };
in
{
  runCommand = plain;
  runCommandLocal = plain;
  runtimeShell = "/bin/sh";

  writeText = name: text: written { inherit name text; };
  writeTextFile = written;
  writeScript =
    name: text:
    written {
      inherit name text;
      executable = true;
    };
  writeShellScript = script;
  writeShellScriptBin =
    name: text:
    written {
      inherit name;
      text = "#!/bin/sh\n${text}";
      executable = true;
      destination = "/bin/${name}";
      meta.mainProgram = name;
    };
  writeShellApplication = { name, text, ... }: final.writeShellScriptBin name text;

  # buildEnv, symlinkJoin :: { name, paths } -> derivation of links, one level deep
  buildEnv =
    {
      name,
      paths,
      ...
    }:
    plain name { inherit paths; } ''
      mkdir -p "$out"
      for path in $paths; do
        for entry in "$path"/*; do ln -sfn "$entry" "$out/"; done
      done
    '';
  symlinkJoin = final.buildEnv;

  linkFarm =
    name: entries:
    plain name { } (
      "mkdir -p \"$out\"\n"
      + lib.concatMapStrings (entry: "ln -s ${entry.path} \"$out/${entry.name}\"\n") (
        if builtins.isList entries then
          entries
        else
          lib.mapAttrsToList (name: path: { inherit name path; }) entries
      )
    );

  mkShell =
    arguments:
    plain (arguments.name or "shell") {
      packages = arguments.packages or [ ] ++ arguments.nativeBuildInputs or [ ];
    } "touch \"$out\"";

  stdenv = {
    hostPlatform = lib.systems.elaborate system;
    buildPlatform = lib.systems.elaborate system;
    targetPlatform = lib.systems.elaborate system;
    mkDerivation = unbuildable;
    isLinux = lib.hasSuffix "-linux" system;
  };

  rustPlatform = {
    buildRustPackage = unbuildable;
    rustLibSrc = "/nowhere";
  };
}
