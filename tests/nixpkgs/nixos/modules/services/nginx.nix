# services.nginx.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) types;
  declare = import ../../declare.nix { inherit lib; };
  account = import ../../account.nix { inherit lib; };
  inherit (declare)
    bool
    flag
    list
    maybe
    opt
    port
    req
    str
    strs
    sub
    ;
  cfg = config.services.nginx;

  listen = sub {
    addr = req types.str;
    extraParameters = strs;
    port = maybe types.port;
    proxyProtocol = flag;
    ssl = flag;
  };

  location = {
    alias = maybe types.path;
    basicAuth = declare.set types.str;
    basicAuthFile = maybe types.path;
    extraConfig = declare.lines;
    fastcgiParams = declare.set (types.either types.str types.path);
    index = maybe types.str;
    priority = declare.int 1000;
    proxyPass = maybe types.str;
    proxyWebsockets = flag;
    recommendedProxySettings = bool cfg.recommendedProxySettings;
    return = maybe (
      types.oneOf [
        types.str
        types.int
      ]
    );
    root = maybe types.path;
    tryFiles = maybe types.str;
  };

  host = {
    acmeRoot = opt (types.nullOr types.str) "/var/lib/acme/acme-challenge";
    addSSL = flag;
    basicAuth = declare.set types.str;
    basicAuthFile = maybe types.path;
    default = flag;
    enableACME = flag;
    extraConfig = declare.lines;
    forceSSL = flag;
    globalRedirect = maybe types.str;
    http2 = bool true;
    kTLS = flag;
    listen = list listen;
    listenAddresses = strs;
    locations = declare.groupOf location;
    onlySSL = flag;
    rejectSSL = flag;
    root = maybe types.path;
    serverAliases = strs;
    serverName = maybe types.str;
    sslCertificate = maybe types.path;
    sslCertificateKey = maybe types.path;
    useACMEHost = maybe types.str;
  };
in
{
  options.services.nginx = {
    additionalModules = list types.raw;
    appendConfig = declare.lines;
    appendHttpConfig = declare.lines;
    clientMaxBodySize = str "10m";
    commonHttpConfig = declare.lines;
    defaultHTTPListenPort = port 80;
    defaultListen = list listen;
    defaultListenAddresses = opt (types.listOf types.str) [
      "0.0.0.0"
      "[::0]"
    ];
    defaultSSLListenPort = port 443;
    enable = flag;
    enableReload = flag;
    eventsConfig = declare.lines;
    group = str "nginx";
    logError = str "stderr";
    package = declare.package pkgs "nginx";
    proxyTimeout = str "60s";
    recommendedBrotliSettings = flag;
    recommendedGzipSettings = flag;
    recommendedOptimisation = flag;
    recommendedProxySettings = flag;
    recommendedTlsSettings = flag;
    resolver = declare.group {
      addresses = strs;
      ipv4 = bool true;
      ipv6 = bool true;
      valid = str "";
    };
    serverNamesHashBucketSize = maybe types.ints.positive;
    serverNamesHashMaxSize = maybe types.ints.positive;
    serverTokens = flag;
    sslCiphers = maybe types.str;
    sslProtocols = str "TLSv1.2 TLSv1.3";
    statusPage = flag;
    streamConfig = declare.lines;
    upstreams = declare.groupOf {
      extraConfig = declare.lines;
      servers = declare.set (types.submodule { freeformType = types.attrsOf types.unspecified; });
    };
    user = str "nginx";
    validateConfigFile = bool true;
    virtualHosts = declare.groupOf host;
  };

  config = lib.mkIf cfg.enable {
    systemd.services.nginx.wantedBy = [ "multi-user.target" ];
    users = account cfg "nginx";
  };
}
