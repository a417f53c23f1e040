# What a host boots with: nixpkgs' rendering of units, accounts and directories, restated for the stand-in, which declares the
# options only.
#
# { root, host, more } -> derivation, of the host whose generated module is `host', with another module `more'
#
# units/ is for /etc/systemd/system, with the links that `wantedBy' asks for. passwd, group and tmpfiles.conf are what their
# names say. A unit that only adds to one of nixpkgs' own has no program here, and is left out unless `more' gives it one.
{
  root,
  host,
  more,
}:
let
  lib = import (root + "/tests/nixpkgs/lib");
  system = import (root + "/tests/nixpkgs/nixos/eval.nix") { inherit lib; } {
    system = "x86_64-linux";
    modules = [
      (root + "/modules")
      host
      more
    ];
  };
  inherit (system) config pkgs;
  failed = builtins.filter (one: !one.assertion) config.assertions;
  lines = lib.concatStringsSep "\n";

  # word :: value -> what stands behind the sign of equality
  word = value: if builtins.isBool value then lib.boolToString value else toString value;

  # settings :: { key = value or [ value ]; } -> lines
  settings =
    set:
    lines (
      lib.concatLists (
        lib.mapAttrsToList (key: value: map (one: "${key}=${word one}") (lib.toList value)) set
      )
    );

  # escaped :: word -> the same for a unit's file
  escaped =
    text:
    let
      plain = builtins.replaceStrings [ "\\" "\"" "%" ] [ "\\\\" "\\\"" "%%" ] text;
    in
    "\"${plain}\"";

  # head :: unit -> its first section
  head = unit: ''
    [Unit]
    Description=${unit.description}
    ${settings {
      After = unit.after;
      Before = unit.before;
      BindsTo = unit.bindsTo;
      Conflicts = unit.conflicts;
      OnFailure = unit.onFailure;
      PartOf = unit.partOf;
      Requires = unit.requires;
      Wants = unit.wants;
    }}
    ${settings unit.unitConfig}'';

  script = name: text: "${pkgs.writeShellScript name text}";

  service =
    name: unit:
    let
      settled =
        lib.optionalAttrs (unit.script != "") {
          ExecStart = script "${name}-start" "set -e\n${unit.script}";
        }
        // lib.optionalAttrs (unit.preStart != "") {
          ExecStartPre = script "${name}-pre-start" "set -e\n${unit.preStart}";
        }
        // unit.serviceConfig;
    in
    ''
      ${head unit}
      [Service]
      ${lines (
        lib.mapAttrsToList (key: value: "Environment=${escaped "${key}=${toString value}"}") (
          lib.filterAttrs (_: value: value != null) unit.environment
        )
      )}
      ${settings settled}
    '';

  timer = _: unit: ''
    ${head unit}
    [Timer]
    ${settings unit.timerConfig}
  '';

  runs = _: unit: unit.script != "" || unit.serviceConfig ? ExecStart;

  # rendered :: suffix -> (name -> unit -> text) -> units -> { file = { text; unit; }; }
  rendered =
    suffix: text:
    lib.mapAttrs' (
      name: unit:
      lib.nameValuePair "${name}.${suffix}" {
        inherit unit;
        text = text name unit;
      }
    );

  units =
    rendered "service" service (lib.filterAttrs runs config.systemd.services)
    // rendered "timer" timer config.systemd.timers
    // rendered "target" (_: head) config.systemd.targets;

  link = directory: name: other: ''
    mkdir -p "$out/units/${other}.${directory}"
    ln -s "../${name}" "$out/units/${other}.${directory}/${name}"
  '';

  write = name: one: ''
    cp ${pkgs.writeText name one.text} "$out/units/${name}"
    ${lib.concatMapStrings (link "wants" name) (lib.unique one.unit.wantedBy)}
    ${lib.concatMapStrings (link "requires" name) (lib.unique one.unit.requiredBy)}
  '';

  # Numbers that nobody chose are given in order, as nixpkgs gives them out.
  numbered =
    names: number:
    lib.listToAttrs (
      lib.imap0 (index: name: {
        inherit name;
        value = if number name != null then number name else 900 + index;
      }) names
    );
  inherit (config.users) groups users;
  gids = numbered (builtins.attrNames groups) (
    name: if name == "root" then 0 else groups.${name}.gid
  );
  uids = numbered (builtins.attrNames users) (name: users.${name}.uid);

  passwd = lib.mapAttrsToList (
    name: user:
    "${name}:x:${toString uids.${name}}:${toString gids.${user.group}}::${user.home}:/bin/${
      if name == "root" then "sh" else "false"
    }"
  ) users;
  group = lib.mapAttrsToList (
    name: _:
    "${name}:x:${toString gids.${name}}:${
      lib.concatStringsSep "," (
        builtins.attrNames (lib.filterAttrs (_: user: builtins.elem name user.extraGroups) users)
      )
    }"
  ) groups;

  tmpfiles =
    config.systemd.tmpfiles.rules
    ++ lib.concatLists (
      lib.mapAttrsToList (
        path: types:
        lib.mapAttrsToList (
          _: one: "${one.type} ${path} ${one.mode} ${one.user} ${one.group} ${one.age} ${one.argument}"
        ) types
      ) (lib.foldl' (all: some: all // some) { } (builtins.attrValues config.systemd.tmpfiles.settings))
    );
in
assert failed == [ ] || throw (lines (map (one: one.message) failed));
pkgs.runCommand "system" { } ''
  mkdir -p "$out/units"
  ${lib.concatStrings (lib.mapAttrsToList write units)}
  cp ${pkgs.writeText "passwd" (lines passwd + "\n")} "$out/passwd"
  cp ${pkgs.writeText "group" (lines group + "\n")} "$out/group"
  cp ${pkgs.writeText "tmpfiles.conf" (lines tmpfiles + "\n")} "$out/tmpfiles.conf"
''
