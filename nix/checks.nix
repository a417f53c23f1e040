# What `nix flake check' looks at. None of it builds a host, unless deploy-rs' own checks were asked for.
#
# checks :: { … } -> { SYSTEM = { cistern-nodes, cistern-fresh?, … }; }
{
  # Null where the flake has no such input: then freshness is not checked.
  cistern,
  # Null unless deploy-rs' own checks are wanted.
  deploy-rs,
  configurationOf,
  deploy,
  lib,
  nixpkgs,
  nodes,
  root,
}:
let
  systems = lib.filter (system: nixpkgs.legacyPackages ? ${system}) [
    "aarch64-linux"
    "x86_64-linux"
  ];

  faults = import ./node-faults.nix { inherit lib; } nodes;

  # Every node's configuration is looked up, not evaluated.
  present = lib.mapAttrsToList (name: _: configurationOf name) nodes;

  # The fleet directory under a name of its own: the same bytes give the same path.
  fleet = builtins.path {
    path = root;
    name = "fleet";
    filter = path: _: baseNameOf path != ".git";
  };

  checksFor =
    system:
    let
      pkgs = nixpkgs.legacyPackages.${system};
    in
    {
      # Refused while evaluating, so that `--no-build' finds it too.
      cistern-nodes =
        if faults != [ ] then
          throw ''
            generated/nodes.nix is not what deploy-rs accepts:
            ${lib.concatMapStringsSep "\n" (fault: "- ${fault}") faults}
            `cistern generate' writes it anew.''
        else
          lib.foldr lib.seq (pkgs.runCommand "cistern-nodes" { } ''touch "$out"'') present;
    }
    // lib.optionalAttrs (cistern.packages.${system} or { } ? cistern) {
      cistern-fresh = pkgs.runCommand "cistern-fresh" { } ''
        if ! ${cistern.packages.${system}.cistern}/bin/cistern generate --check -C ${fleet}; then
          echo "generated/ is not what the definition says. Run: cistern generate" >&2
          exit 1
        fi
        touch "$out"
      '';
    }
    // lib.optionalAttrs (deploy-rs != null) (deploy-rs.lib.${system}.deployChecks deploy);
in
lib.genAttrs systems checksFor
