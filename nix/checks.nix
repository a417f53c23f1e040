# What `nix flake check' looks at. None of it builds a host, unless deploy-rs' own checks were asked for.
#
# checks :: { … } -> { SYSTEM = { cistern-nodes, cistern-fresh?, … }; }
{
  # Null where the flake has no such input: then freshness is not checked.
  cistern,
  # Null unless deploy-rs' own checks are wanted.
  deploy-rs,
  # Looks up a host's configuration, and throws where there is none.
  configurationOf,
  deploy,
  hosts,
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

  # Hosts that the flake defines itself have to be there. They are looked up, not evaluated.
  present = map configurationOf (lib.subtractLists (lib.attrNames hosts) (lib.attrNames nodes));

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
        status=0
        ${cistern.packages.${system}.cistern}/bin/cistern generate --check -C ${fleet} || status=$?
        if [ "$status" = 1 ]; then
          echo "generated/ is not what the definition says. Run: cistern generate" >&2
        fi
        if [ "$status" != 0 ]; then
          exit "$status"
        fi
        touch "$out"
      '';
    }
    // lib.optionalAttrs (deploy-rs != null) (deploy-rs.lib.${system}.deployChecks deploy);
in
lib.genAttrs systems checksFor
