# mkFleet: joins what `cistern generate` wrote with NixOS, deploy-rs and agenix.
#
# It decides nothing. generated/ says which hosts there are and what they are; the static modules say how. What
# it adds is what a generated file cannot hold: other flakes, and the derivations made from them.
#
#     outputs = inputs: inputs.cistern.lib.mkFleet { inherit inputs; root = ./.; };
#
# A flake with outputs of its own joins the two:
#
#     outputs = inputs: let fleet = inputs.cistern.lib.mkFleet { inherit inputs; root = ./.; }; in fleet // {
#       nixosConfigurations = fleet.nixosConfigurations // { nas = …; };
#     };
#
# mkFleet :: { inputs, root, … } -> { nixosConfigurations, deploy, checks, legacyPackages }
{
  # The flake's inputs, `self` among them.
  inputs,
  # The fleet directory, as a path.
  root,
  # The nixpkgs of every host that `hosts` gives no other.
  nixpkgs ?
    inputs.nixpkgs
      or (throw "mkFleet: the flake has no input `nixpkgs'; add one, or pass another as `nixpkgs'"),
  # What modules may name among their arguments, `imports` included. `inputs` is there in any case.
  specialArgs ? { inherit inputs; },
  # Modules of every host.
  modules ? [ ],
  # Overlays of every host's packages.
  overlays ? [ ],
  # Per host: { nixpkgs?, modules?, specialArgs? }.
  hosts ? { },
  # Whether `checks` holds those of deploy-rs too. They build every host.
  deployChecks ? false,
  # Inputs by another name, or null for none.
  agenix ? inputs.agenix or null,
  cistern ? inputs.cistern or null,
  deploy-rs ? inputs.deploy-rs or null,
}:
let
  inherit (nixpkgs) lib;

  generated = import ./generated.nix { inherit root; };

  # checked :: a -> a, after the arguments have been looked at
  checked = lib.flip (lib.foldr lib.seq) (
    import ./arguments.nix {
      inherit hosts lib;
      known = generated.hosts;
    }
  );

  # overrideOf :: name -> { nixpkgs, modules, specialArgs }
  overrideOf =
    name:
    {
      inherit nixpkgs;
      modules = [ ];
      specialArgs = { };
    }
    // hosts.${name} or { };

  # configure :: name -> { system, module, … } -> NixOS configuration
  configure =
    name: host:
    let
      own = overrideOf name;
    in
    own.nixpkgs.lib.nixosSystem {
      specialArgs = {
        inherit inputs;
      }
      // specialArgs
      // own.specialArgs;
      modules = [
        host.module
        ../modules
        (if agenix == null then ./without-agenix.nix else agenix.nixosModules.default)
        {
          _file = ./mk-fleet.nix;
          # Weaker than the host's own modules, stronger than what a hardware report suggests.
          nixpkgs.hostPlatform = lib.mkOverride 950 host.system;
          nixpkgs.overlays = overlays;
        }
      ]
      ++ modules
      ++ own.modules;
    };

  nixosConfigurations = lib.mapAttrs configure generated.hosts;

  # configurationOf :: name -> NixOS configuration, the user's own for a host that is `managed: node`
  configurationOf =
    name:
    nixosConfigurations.${name} or (inputs.self or (throw ''
      mkFleet: the host `${name}' is managed by this flake itself, which `inputs' does not name.
      Pass `inherit inputs' from `outputs = inputs: …', so that `inputs.self' is there.'')
    ).nixosConfigurations.${name} or (throw ''
      mkFleet: the host `${name}' is `managed: node', but this flake has no nixosConfigurations.${name}.
      Define it beside mkFleet's: nixosConfigurations = fleet.nixosConfigurations // { ${name} = …; };
      or set `managed: full' in fleet.yaml, and Cistern generates it.'');

  activate = import ./activate.nix { inherit deploy-rs lib nixpkgs; };

  deploy.nodes = lib.mapAttrs (
    name: node:
    lib.recursiveUpdate node {
      profiles.system.path = activate (hosts.${name}.nixpkgs or null) (configurationOf name);
    }
  ) generated.nodes;
in
checked {
  inherit deploy nixosConfigurations;
  checks = import ./checks.nix {
    inherit
      cistern
      configurationOf
      deploy
      lib
      nixpkgs
      root
      ;
    inherit (generated) hosts nodes;
    deploy-rs = if deployChecks then deploy-rs else null;
  };
  # `nix flake check' evaluates every derivation of `packages', and the list of options takes a while.
  legacyPackages =
    lib.mapAttrs
      (
        system: lists:
        lists
        // lib.optionalAttrs (cistern.packages.${system} or { } ? cistern) {
          # `nix run .#cistern': the program that the flake's lock file names.
          inherit (cistern.packages.${system}) cistern;
        }
      )
      (
        import ./options.nix {
          inherit
            hosts
            lib
            nixosConfigurations
            nixpkgs
            ;
        }
      );
}
