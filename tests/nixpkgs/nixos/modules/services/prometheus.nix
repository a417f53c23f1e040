# services.prometheus and its Alertmanager. Scrape jobs of several modules are joined, and a second job of
# one name is not noticed here, as in nixpkgs.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) types;
  declare = import ../../declare.nix { inherit lib; };
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
  cfg = config.services.prometheus;

  text = maybe types.str;
  number = maybe types.int;
  strings = maybe (types.listOf types.str);

  tls = maybe (sub {
    ca_file = text;
    cert_file = text;
    insecure_skip_verify = maybe types.bool;
    key_file = text;
    server_name = text;
  });

  basicAuth = maybe (sub {
    password = text;
    password_file = text;
    username = req types.str;
  });

  client = {
    authorization = maybe types.attrs;
    basic_auth = basicAuth;
    bearer_token = text;
    bearer_token_file = text;
    follow_redirects = maybe types.bool;
    oauth2 = maybe types.attrs;
    proxy_url = text;
    tls_config = tls;
  };

  relabel = list (sub {
    action = maybe (
      types.enum [
        "drop"
        "dropequal"
        "hashmod"
        "keep"
        "keepequal"
        "labeldrop"
        "labelkeep"
        "labelmap"
        "lowercase"
        "replace"
        "uppercase"
      ]
    );
    modulus = number;
    regex = text;
    replacement = text;
    separator = text;
    source_labels = strings;
    target_label = text;
  });

  job = client // {
    body_size_limit = text;
    consul_sd_configs = list (types.submodule { freeformType = types.attrsOf types.unspecified; });
    dns_sd_configs = list (sub {
      names = req (types.listOf types.str);
      port = number;
      refresh_interval = text;
      type = maybe (
        types.enum [
          "A"
          "AAAA"
          "MX"
          "NS"
          "SRV"
        ]
      );
    });
    fallback_scrape_protocol = text;
    file_sd_configs = list (sub {
      files = req (types.listOf types.str);
      refresh_interval = text;
    });
    honor_labels = maybe types.bool;
    honor_timestamps = maybe types.bool;
    http_sd_configs = list (
      sub (
        client
        // {
          refresh_interval = text;
          url = req types.str;
        }
      )
    );
    job_name = req types.str;
    label_limit = number;
    label_name_length_limit = number;
    label_value_length_limit = number;
    metric_relabel_configs = relabel;
    metrics_path = text;
    params = maybe (types.attrsOf (types.listOf types.str));
    relabel_configs = relabel;
    sample_limit = number;
    scheme = maybe (
      types.enum [
        "http"
        "https"
      ]
    );
    scrape_interval = text;
    scrape_protocols = strings;
    scrape_timeout = text;
    static_configs = list (sub {
      labels = declare.set types.str;
      targets = req (types.listOf types.str);
    });
    target_limit = number;
  };
in
{
  options.services.prometheus = {
    alertmanagerNotificationQueueCapacity = declare.int 10000;
    alertmanagers = list types.attrs;
    checkConfig = opt (types.either types.bool (types.enum [ "syntax-only" ])) true;
    configText = maybe types.lines;
    enable = flag;
    enableAgentMode = flag;
    enableReload = flag;
    extraFlags = strs;
    globalConfig = declare.group {
      evaluation_interval = text;
      external_labels = maybe (types.attrsOf types.str);
      query_log_file = text;
      scrape_interval = text;
      scrape_timeout = text;
    };
    listenAddress = str "0.0.0.0";
    package = declare.package pkgs "prometheus";
    port = port 9090;
    remoteRead = list types.attrs;
    remoteWrite = list types.attrs;
    retentionTime = text;
    ruleFiles = list types.path;
    rules = strs;
    scrapeConfigs = list (sub job);
    stateDir = str "prometheus2";
    webConfigFile = maybe types.path;
    webExternalUrl = text;

    alertmanager = {
      checkConfig = bool true;
      clusterPeers = strs;
      configText = maybe types.lines;
      configuration = maybe types.attrs;
      enable = flag;
      environmentFile = maybe types.path;
      extraFlags = strs;
      listenAddress = str "";
      logFormat = text;
      logLevel = opt (types.enum [
        "debug"
        "error"
        "fatal"
        "info"
        "warn"
      ]) "warn";
      openFirewall = flag;
      port = port 9093;
      webExternalUrl = text;
    };
  };

  config = lib.mkMerge [
    (lib.mkIf cfg.enable {
      assertions = [
        {
          assertion = builtins.match "(.*):[0-9]+" cfg.listenAddress == null;
          message = "option `services.prometheus.listenAddress' holds a port, which belongs into `services.prometheus.port'";
        }
      ];
      systemd.services.prometheus.wantedBy = [ "multi-user.target" ];
      users.groups.prometheus = { };
      users.users.prometheus = {
        group = "prometheus";
        isSystemUser = true;
      };
    })
    (lib.mkIf cfg.alertmanager.enable {
      assertions = [
        {
          assertion = cfg.alertmanager.configuration != null || cfg.alertmanager.configText != null;
          message = "options `services.prometheus.alertmanager': one of `configuration' and `configText' must be set";
        }
      ];
      networking.firewall.allowedTCPPorts = lib.optional cfg.alertmanager.openFirewall cfg.alertmanager.port;
      systemd.services.alertmanager.wantedBy = [ "multi-user.target" ];
    })
  ];
}
