# Stands in for agenix' module where the flake has no input `agenix': a host that binds secrets is told to add
# it, instead of being told that there is no option `age'.
{ config, lib, ... }:
{
  options.age = lib.mkOption {
    type = lib.types.attrsOf lib.types.unspecified;
    default = { };
    internal = true;
    description = "Not available: the flake has no input `agenix'.";
    # A throw and not an assertion alone: whoever reads a secret's path comes here first.
    apply =
      value:
      if value == { } then
        value
      else
        throw ''
          The host `${config.networking.hostName}' sets ${
            lib.concatMapStringsSep ", " (name: "`age.${name}'") (builtins.attrNames value)
          }, but the flake has no input `agenix'.
          Add to flake.nix:
            inputs.agenix.url = "github:ryantm/agenix";
          An input of another name is passed to mkFleet: mkFleet { agenix = inputs.NAME; … }.'';
  };

  config.assertions = [
    {
      assertion = config.age == { };
      message = "age: the flake has no input `agenix'";
    }
  ];
}
