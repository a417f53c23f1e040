# Reads what Cistern generated.
#
# generated :: { root } -> { hosts, nodes }
{ root }:
let
  # read :: name below generated/ -> value
  read =
    name:
    let
      file = root + "/generated/${name}";
    in
    if builtins.pathExists file then
      import file
    else
      throw ''
        mkFleet: ${toString root} has no generated/${name}.
        Run `cistern generate' there. A flake sees only files that git knows: `cistern generate --stage',
        or `git add --intent-to-add generated', tells git of them.'';
in
# A string would do for reading, but it names a copy of the whole repository, and what refers to such a copy
# changes with every commit.
if !builtins.isPath root then
  throw ''
    mkFleet: `root' must be a path, not a ${builtins.typeOf root}. Write `root = ./.;', without quotes; "''${self}"
    or `self' would name another copy of the repository after every commit.''
else
  {
    hosts = read "hosts.nix";
    nodes = read "nodes.nix";
  }
