# age.*: secrets that are decrypted on the host with its own key.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.age;

  secret =
    { name, config, ... }:
    {
      options = {
        file = mkOption { type = types.path; };
        group = mkOption {
          type = types.str;
          default = users.${config.owner}.group or "0";
        };
        mode = mkOption {
          type = types.str;
          default = "0400";
        };
        name = mkOption {
          type = types.str;
          default = name;
        };
        owner = mkOption {
          type = types.str;
          default = "0";
        };
        path = mkOption {
          type = types.str;
          default = "${cfg.secretsDir}/${config.name}";
        };
        symlink = mkOption {
          type = types.bool;
          default = true;
        };
      };
    };

  users = config.users.users;
in
{
  options.age = {
    ageBin = mkOption {
      type = types.str;
      default = "${pkgs.age}/bin/age";
    };
    identityPaths = mkOption {
      type = types.listOf types.path;
      default =
        if config.services.openssh.enable then
          map (key: key.path) (
            builtins.filter (key: key.type == "rsa" || key.type == "ed25519") config.services.openssh.hostKeys
          )
        else
          [ ];
    };
    secrets = mkOption {
      type = types.attrsOf (types.submodule secret);
      default = { };
    };
    secretsDir = mkOption {
      type = types.path;
      default = "/run/agenix";
    };
    secretsMountPoint = mkOption {
      type = types.addCheck types.str (
        text: builtins.match "[[:space:]]*" text == null && !(lib.hasSuffix "/" text)
      );
      default = "/run/agenix.d";
    };
  };

  config = lib.mkIf (cfg.secrets != { }) {
    assertions = [
      {
        assertion = cfg.identityPaths != [ ];
        message = "option `age.identityPaths' is empty: without a key this host can decrypt nothing";
      }
    ];
  };
}
