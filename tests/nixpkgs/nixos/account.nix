# account :: lib -> { user, group } -> default name -> { users, groups }: the system account that a service's
# module creates, as long as the account's name was left alone.
{ lib }:
cfg: name: {
  users = lib.optionalAttrs (cfg.user == name) {
    ${name} = {
      inherit (cfg) group;
      isSystemUser = true;
    };
  };
  groups = lib.optionalAttrs (cfg.group == name) {
    ${name} = { };
  };
}
