# Stands for github:serokell/deploy-rs: the package of deploy-rs 1.0.0 on crates.io has the program, but not
# the flake. Same outputs, same layout of an activatable profile (`deploy-rs-activate`, `activate-rs`), so that
# the real `deploy` deploys what is built here.
#
# deploy-rs' own build of its program is in no binary cache that users have, so mkFleet is to take nixpkgs'
# build. Here the own one evaluates and fails to build: a profile that uses it is a test that fails.
{
  description = "The tests' stand-in for deploy-rs";

  inputs.nixpkgs.url = "nixpkgs";

  outputs =
    _:
    let
      systems = [
        "aarch64-darwin"
        "aarch64-linux"
        "x86_64-darwin"
        "x86_64-linux"
      ];

      # forSystems :: (system -> a) -> set
      forSystems =
        f:
        builtins.listToAttrs (
          map (name: {
            inherit name;
            value = f name;
          }) systems
        );

      # build :: system -> name -> environment -> script -> derivation
      build =
        system: name: environment: script:
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
          // environment
        );

      ownProgram =
        system:
        build system "deploy-rs-own" { } ''
          echo "deploy-rs' own build of its program is in no binary cache; nixpkgs has one" >&2
          exit 1
        '';

      # libFor :: system -> program -> what `deploy-rs.lib.SYSTEM` is
      libFor = system: program: rec {
        activate = rec {
          # custom :: derivation -> script -> activatable profile
          custom = base: script: switchable base script "true" "true";

          nixos =
            configuration:
            switchable configuration.config.system.build.toplevel
              "cd /tmp && \"$PROFILE/bin/switch-to-configuration\" switch"
              "\"$PROFILE/bin/switch-to-configuration\" dry-activate"
              "\"$PROFILE/bin/switch-to-configuration\" boot";

          noop = base: custom base ":";
        };

        # switchable :: derivation -> three scripts -> activatable profile
        switchable =
          base: switch: dry: boot:
          build system "activatable-${base.name}"
            {
              inherit
                base
                boot
                dry
                program
                switch
                ;
            }
            ''
              mkdir -p "$out"
              for entry in "$base"/*; do ln -s "$entry" "$out/"; done
              {
                printf '#!/bin/sh\nset -eu\n'
                printf 'if [ "''${DRY_ACTIVATE:-}" = 1 ]; then\n  %s\n' "$dry"
                printf 'elif [ "''${BOOT:-}" = 1 ]; then\n  %s\nelse\n  %s\nfi\n' "$boot" "$switch"
              } > "$out/deploy-rs-activate"
              printf '#!/bin/sh\nexec %s/bin/activate "$@"\n' "$program" > "$out/activate-rs"
              chmod 555 "$out/deploy-rs-activate" "$out/activate-rs"
            '';

        # deployChecks :: deploy -> set of derivations; building the second builds every profile
        deployChecks = deploy: {
          deploy-activate = build system "deploy-activate" {
            profiles = builtins.concatMap (
              node: map (profile: profile.path) (builtins.attrValues node.profiles)
            ) (builtins.attrValues deploy.nodes);
          } "for profile in $profiles; do test -x \"$profile/activate-rs\"; done; touch \"$out\"";
          deploy-schema = build system "deploy-schema" {
            names = builtins.attrNames deploy.nodes;
          } "touch \"$out\"";
        };
      };
    in
    {
      overlays.default =
        final: _:
        let
          system = final.stdenv.hostPlatform.system;
        in
        {
          deploy-rs = {
            deploy-rs = ownProgram system;
            lib = libFor system final.deploy-rs.deploy-rs;
          };
        };

      lib = forSystems (system: libFor system (ownProgram system));
    };
}
