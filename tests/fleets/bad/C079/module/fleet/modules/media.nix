{
  users.users.jellyfin.extraGroups = [
    "render"
    "wheel"
  ];
  users.users.backup = {
    isSystemUser = true;
    group = "backup";
  };
  users.groups.docker.members = [
    "ana"
    "backup"
  ];
}
