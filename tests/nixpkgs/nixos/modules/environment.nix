# environment.*, time, locale, console and the manual.
{ config, lib, ... }:
let
  inherit (lib) types;
  declare = import ../declare.nix { inherit lib; };
  inherit (declare)
    bool
    flag
    list
    maybe
    opt
    str
    strs
    ;
in
{
  options = {
    console = {
      enable = bool true;
      font = maybe (types.either types.str types.path);
      keyMap = opt (types.either types.str types.path) "us";
    };
    documentation = {
      enable = bool true;
      nixos.enable = bool true;
    };
    environment = {
      etc = declare.set (
        types.submodule (
          { config, name, ... }:
          {
            options = {
              enable = bool true;
              group = str "root";
              mode = str "symlink";
              source = declare.maybe types.path;
              target = str name;
              text = maybe types.lines;
              user = str "root";
            };
          }
        )
      );
      pathsToLink = strs;
      sessionVariables = declare.set types.unspecified;
      shellAliases = declare.set (types.nullOr (types.either types.str types.path));
      systemPackages = list types.package;
      variables = declare.set types.unspecified;
    };
    fonts.fontconfig.enable = bool true;
    i18n = {
      defaultLocale = str "en_US.UTF-8";
      extraLocaleSettings = declare.set types.str;
      supportedLocales = list types.str;
    };
    powerManagement = {
      cpuFreqGovernor = maybe types.str;
      enable = bool true;
    };
    time = {
      hardwareClockInLocalTime = flag;
      timeZone = maybe (
        types.addCheck types.str (zone: !(lib.hasInfix " " zone))
        // {
          description = "string without spaces";
        }
      );
    };
    xdg.portal.enable = flag;
    zramSwap = {
      enable = flag;
      memoryPercent = declare.int 50;
    };
  };

  config.assertions = lib.mapAttrsToList (name: file: {
    assertion = file.source != null || file.text != null || !file.enable;
    message = "option `environment.etc.${lib.escapeNixIdentifier name}' has neither `source' nor `text'";
  }) config.environment.etc;
}
