# Refuses what agenix would tell only on the machine, or not at all.
#
# agenix decrypts while a system is activated: early at boot, before services run and before the file systems are
# mounted that the machine can boot without. A key that is not there by then, an account that nobody makes, or
# two secrets in one place end in services without their secrets. Whatever defines `age.secrets', the generated
# files and hand-written modules alike, is looked at here. That there is a key at all, agenix checks itself.
{
  config,
  lib,
  options,
  utils,
  ...
}:
let
  inherit (lib) mkOption types;

  cfg = config.cistern.secrets;
  age = config.age;
  secrets = builtins.attrValues age.secrets;

  # named :: secret -> string, its option
  named = name: "age.secrets.${lib.escapeNixIdentifier name}";

  # within :: directory -> path -> bool
  within =
    directory: path: directory == "/" || path == directory || lib.hasPrefix "${directory}/" path;

  # mountOf :: path -> file system or null, the one that a path lies on
  mountOf =
    path:
    let
      deeper =
        deepest: fs:
        if
          within fs.mountPoint path
          && (
            deepest == null || builtins.stringLength fs.mountPoint > builtins.stringLength deepest.mountPoint
          )
        then
          fs
        else
          deepest;
    in
    lib.foldl' deeper null (builtins.attrValues config.fileSystems);

  # behind :: file system -> path -> path or null, where a path lies that a bind mount shows elsewhere
  behind =
    fs: path:
    if builtins.elem "bind" fs.options && lib.hasPrefix "/" (toString fs.device) then
      fs.device + lib.removePrefix fs.mountPoint path
    else
      null;

  # lateMount :: path -> file system or null, one that is not mounted yet when secrets are decrypted
  lateMount =
    path:
    let
      fs = mountOf path;
      source = behind fs path;
    in
    if fs == null then
      null
    else if !(utils.fsNeededForBoot fs) then
      fs
    else if source == null || source == path then
      null
    else
      lateMount source;

  # emptyMount :: path -> file system or null, one that forgets its files when the machine restarts
  emptyMount =
    path:
    let
      fs = mountOf path;
      source = behind fs path;
    in
    if fs == null then
      null
    else if
      builtins.elem fs.fsType [
        "ramfs"
        "tmpfs"
      ]
    then
      fs
    else if source == null || source == path then
      null
    else
      emptyMount source;

  # lateBecause :: path -> reason or null, with the remedy
  lateBecause =
    path:
    let
      late = lateMount path;
      empty = emptyMount path;
      keep = "Name the key where it is kept: age.identityPaths = [ \"/persist/etc/ssh/ssh_host_ed25519_key\" ];";
    in
    if lib.any (secret: secret.path == path) secrets then
      "it is a secret itself, and there is no key yet to decrypt it with.\nName a key that lies on the machine's disk."
    else if within builtins.storeDir path || linked ? ${path} then
      "it comes from the Nix store, which everybody on the machine can read.\nCopy the key onto the machine, and name it there by a string."
    else if lib.any (directory: within directory path) volatile then
      "nothing is there yet at boot: a service makes it later.\n${keep}"
    else if empty != null then
      "${empty.mountPoint} is a ${empty.fsType}, which is empty after a restart.\n${keep}"
    else if late != null then
      "${late.mountPoint} is mounted later.\nSet fileSystems.${lib.escapeNixIdentifier late.mountPoint}.neededForBoot = true, or keep the key on another file system."
    else
      null;

  volatile = [
    "/dev/shm"
    "/run"
    "/var/run"
  ];

  # The files of /etc that are links into the store.
  linked = lib.listToAttrs (
    map (file: lib.nameValuePair "/etc/${file.target}" true) (
      lib.filter (file: file.enable) (builtins.attrValues config.environment.etc)
    )
  );

  identities = lib.filter (path: !(builtins.elem path cfg.identitiesInTime)) (
    map toString age.identityPaths
  );

  identitiesAreThere = map (
    path:
    let
      reason = lateBecause path;
    in
    {
      assertion = reason == null;
      message = ''
        age.identityPaths: ${path} is not there when secrets are decrypted: ${reason}
        If it is there in time all the same, say so: cistern.secrets.identitiesInTime = [ "${path}" ];'';
    }
  ) identities;

  # A link stays on the disk, and leads to what is decrypted later; a file is hidden when a file system is mounted over it.
  filesAreSeen = lib.mapAttrsToList (
    name: secret:
    let
      late = lateMount secret.path;
    in
    {
      assertion = secret.symlink || late == null;
      message = ''
        ${named name}.path: ${secret.path} would be hidden, because ${late.mountPoint} is mounted later.
        Set fileSystems.${lib.escapeNixIdentifier late.mountPoint}.neededForBoot = true, or leave `symlink = false' out.'';
    }
  ) age.secrets;

  # known :: accounts or groups -> name or number -> bool
  known =
    entries: name:
    builtins.match "[0-9]+" name != null
    || lib.any (entry: entry.name == name) (builtins.attrValues entries);

  ownersExist = lib.concatLists (
    lib.mapAttrsToList (name: secret: [
      {
        assertion = known config.users.users secret.owner;
        message = ''
          ${named name}.owner: there is no account `${secret.owner}' in users.users, so the file would stay root's.
          A service with DynamicUser has none: keep `root', and give it the file by LoadCredential.'';
      }
      {
        assertion = known config.users.groups secret.group;
        message = ''
          ${named name}.group: there is no group `${secret.group}' in users.groups.
          Make it: users.groups.${lib.escapeNixIdentifier secret.group} = { };'';
      }
    ]) age.secrets
  );

  # bitsOf :: mode -> int or null, when it is not octal
  bitsOf =
    mode:
    if builtins.match "[0-7]{3,4}" mode == null then
      null
    else
      lib.foldl' (sum: digit: sum * 8 + lib.toInt digit) 0 (lib.stringToCharacters mode);

  # writtenModes :: name -> [ mode ], what generated files say: they write at a priority of 900
  writtenModes =
    name:
    lib.concatMap (
      defined:
      let
        mode = defined.${name}.mode or null;
      in
      lib.optional (mode._type or null == "override" && mode.priority == 900) mode.content
    ) options.age.secrets.definitions;

  # isWider :: mode -> mode -> bool
  isWider =
    mode: written:
    mode != written
    && (
      bitsOf mode == null
      || bitsOf written == null
      || builtins.bitOr (bitsOf mode) (bitsOf written) != bitsOf written
    );

  modesAreKept = lib.concatLists (
    lib.mapAttrsToList (
      name: secret:
      map (written: {
        assertion = !(isWider secret.mode written);
        message = ''
          ${named name}.mode: a module sets "${secret.mode}", and the fleet's definition allows no more than "${written}".
          Widen it there (secrets.${name}.mode), or remove it from the module.'';
      }) (writtenModes name)
    ) age.secrets
  );

  # repeated :: [ string ] -> [ string ]
  repeated = list: lib.filter (one: lib.count (other: other == one) list > 1) (lib.unique list);

  # sharing :: attribute -> value -> string, the options of the secrets that have it
  sharing =
    attribute: value:
    lib.concatMapStringsSep ", " named (
      builtins.attrNames (lib.filterAttrs (_: secret: secret.${attribute} == value) age.secrets)
    );

  placesAreApart =
    map (path: {
      assertion = false;
      message = ''
        ${sharing "path" path}: all are decrypted to ${path}, and only the last one would stay.
        Give each a `path' of its own, or leave it out.'';
    }) (repeated (map (secret: secret.path) secrets))
    ++ map (name: {
      assertion = false;
      message = ''
        ${sharing "name" name}: all are called `${name}' in ${age.secretsDir}, and only the last one would stay.
        Give each a `name' of its own, or leave it out.'';
    }) (repeated (map (secret: secret.name) secrets))
    ++ map (path: {
      assertion = false;
      message = ''
        ${sharing "path" path}: environment.etc puts a file at ${path} as well.
        Leave `path' out, or remove the entry of environment.etc.'';
    }) (lib.filter (path: linked ? ${path}) (lib.unique (map (secret: secret.path) secrets)));

  # Whether agenix decrypts in a service of its own, and not while the system is activated.
  inService =
    options.systemd ? sysusers
    && (config.systemd.sysusers.enable || config.services.userborn.enable or false);

  # Links are followed: what is read lies below the mount point, but for secrets that are no links.
  readRules =
    let
      rule = "-F perm=r -F key=cistern-secrets";
      files = lib.filter (secret: !secret.symlink) secrets;
    in
    [ "-a always,exit -F dir=${age.secretsMountPoint} ${rule}" ]
    ++ map (secret: "-a always,exit -F path=${secret.path} ${rule}") files;
in
{
  options.cistern.secrets = {
    auditReads = mkOption {
      type = types.bool;
      default = false;
      description = ''
        Whether the kernel's audit log tells who reads decrypted secrets. `ausearch -k cistern-secrets` shows it.
        Reads by root are told as well, so a service that reads its secret often fills the log.
      '';
    };
    identitiesInTime = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "/run/keys/host" ];
      description = ''
        Keys of `age.identityPaths` that are on the machine before secrets are decrypted, for reasons that its
        configuration does not tell, such as an initrd that puts them there. They are not checked.
      '';
    };
  };

  config = lib.mkIf (options ? age.secrets) (
    lib.mkIf (age.secrets != { }) {
      assertions = identitiesAreThere ++ filesAreSeen ++ ownersExist ++ modesAreKept ++ placesAreApart;

      security.audit = lib.mkIf cfg.auditReads {
        enable = lib.mkDefault true;
        rules = readRules;
      };
      security.auditd.enable = lib.mkIf cfg.auditReads (lib.mkDefault true);

      # The kernel watches a directory only from when it is there.
      systemd.services = lib.mkIf (cfg.auditReads && inService) {
        agenix-install-secrets.before = [
          "audit-rules-nixos.service"
          "audit.service"
        ];
      };
    }
  );
}
