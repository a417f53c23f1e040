# virtualisation.*: containers from images, and the programs that run them.
{ config, lib, ... }:
let
  inherit (lib) types;
  declare = import ../declare.nix { inherit lib; };
  inherit (declare)
    bool
    flag
    maybe
    opt
    req
    set
    str
    strs
    ;
  cfg = config.virtualisation.oci-containers;

  container =
    { name, ... }:
    {
      autoRemoveOnStop = bool true;
      autoStart = bool true;
      capabilities = declare.opt (types.lazyAttrsOf (types.nullOr types.bool)) { };
      cmd = strs;
      dependsOn = strs;
      devices = strs;
      entrypoint = maybe types.str;
      environment = set types.str;
      environmentFiles = declare.list types.path;
      extraOptions = strs;
      hostname = maybe types.str;
      image = req types.str;
      imageFile = maybe types.package;
      imageStream = maybe types.package;
      labels = set types.str;
      log-driver = str "journald";
      login = {
        passwordFile = maybe types.str;
        registry = maybe types.str;
        username = maybe types.str;
      };
      networks = strs;
      podman = maybe (
        declare.sub {
          sdnotify = opt (types.enum [
            "conmon"
            "container"
            "healthy"
          ]) "conmon";
          user = str "root";
        }
      );
      ports = strs;
      preRunExtraOptions = strs;
      privileged = flag;
      pull = opt (types.enum [
        "always"
        "missing"
        "never"
        "newer"
      ]) "missing";
      serviceName = str "${cfg.backend}-${name}";
      user = maybe types.str;
      volumes = strs;
      workdir = maybe types.str;
    };
in
{
  options.virtualisation = {
    docker = {
      autoPrune.enable = flag;
      enable = flag;
    };
    oci-containers = {
      backend = opt (types.enum [
        "docker"
        "podman"
      ]) "podman";
      containers = set (declare.sub container);
    };
    podman = {
      autoPrune = {
        dates = str "weekly";
        enable = flag;
        flags = strs;
      };
      defaultNetwork.settings = set types.anything;
      dockerCompat = flag;
      dockerSocket.enable = flag;
      enable = flag;
    };
  };

  config = lib.mkIf (cfg.containers != { }) {
    virtualisation.podman.enable = lib.mkIf (cfg.backend == "podman") true;
    virtualisation.docker.enable = lib.mkIf (cfg.backend == "docker") true;
    systemd.services = lib.mapAttrs' (
      _: container:
      lib.nameValuePair container.serviceName {
        after = [ "network-online.target" ];
        serviceConfig.Restart = lib.mkOverride 500 "always";
        wantedBy = lib.optional container.autoStart "multi-user.target";
      }
    ) cfg.containers;
  };
}
