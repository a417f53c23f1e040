# services.grafana. `security.secret_key` has had no default since 26.05.
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
    int
    list
    maybe
    opt
    port
    req
    str
    ;
  cfg = config.services.grafana;

  ini = (pkgs.formats.ini { }).type;
  atom = types.nullOr (
    types.oneOf [
      types.bool
      types.int
      types.float
      types.str
    ]
  );
  section = options: opt (declare.free atom options) { };

  # document :: key of the entries -> options of an entry -> option { path, settings }
  document =
    options:
    declare.group {
      path = maybe types.path;
      settings = maybe (declare.free types.anything ({ apiVersion = int 1; } // options));
    };

  datasource = declare.free types.anything {
    access = opt (types.enum [
      "direct"
      "proxy"
    ]) "proxy";
    editable = flag;
    jsonData = maybe types.attrs;
    name = req types.str;
    secureJsonData = maybe types.attrs;
    type = req types.str;
    uid = maybe types.str;
    url = str "";
  };

  provider = declare.free types.anything {
    name = str "default";
    options.path = req types.path;
    type = str "file";
  };
in
{
  options.services.grafana = {
    dataDir = declare.path "/var/lib/grafana";
    declarativePlugins = maybe (types.listOf types.path);
    enable = flag;
    package = declare.package pkgs "grafana";
    provision = {
      alerting = {
        contactPoints = document {
          contactPoints = list types.anything;
          deleteContactPoints = list types.anything;
        };
        muteTimings = document {
          deleteMuteTimes = list types.anything;
          muteTimes = list types.anything;
        };
        policies = document {
          policies = list types.anything;
          resetPolicies = declare.strs;
        };
        rules = document {
          deleteRules = list types.anything;
          groups = list types.anything;
        };
        templates = document {
          deleteTemplates = list types.anything;
          templates = list types.anything;
        };
      };
      dashboards = document { providers = list provider; };
      datasources = document {
        datasources = list datasource;
        deleteDatasources = list types.anything;
      };
      enable = flag;
    };
    settings = opt (types.submodule {
      freeformType = ini;
      options = {
        analytics = section {
          check_for_plugin_updates = bool false;
          check_for_updates = flag;
          feedback_links_enabled = bool true;
          reporting_enabled = bool true;
        };
        database = section {
          host = str "127.0.0.1:3306";
          name = str "grafana";
          password = str "";
          path = declare.path "${cfg.dataDir}/data/grafana.db";
          type = opt (types.enum [
            "mysql"
            "postgres"
            "sqlite3"
          ]) "sqlite3";
          user = str "root";
        };
        paths = section {
          plugins = declare.path "${cfg.dataDir}/plugins";
          provisioning = declare.path "/etc/grafana/provisioning";
        };
        security = section {
          admin_email = str "admin@localhost";
          admin_password = str "admin";
          admin_user = str "admin";
          allow_embedding = flag;
          cookie_secure = flag;
          disable_gravatar = flag;
          disable_initial_admin_creation = flag;
          secret_key = maybe types.str;
        };
        server = section {
          domain = str "localhost";
          enable_gzip = flag;
          enforce_domain = flag;
          http_addr = str "127.0.0.1";
          http_port = port 3000;
          protocol = opt (types.enum [
            "h2"
            "http"
            "https"
            "socket"
          ]) "http";
          root_url = str "%(protocol)s://%(domain)s:%(http_port)s/";
          serve_from_sub_path = flag;
          static_root_path = str "";
        };
        smtp = section {
          enabled = flag;
          from_address = str "admin@grafana.localhost";
          host = str "localhost:25";
          password = str "";
          user = str "";
        };
        users = section {
          allow_org_create = flag;
          allow_sign_up = flag;
          default_theme = str "dark";
        };
      };
    }) { };
  };

  config = lib.mkIf cfg.enable {
    assertions = [
      {
        assertion = cfg.settings.security.secret_key != null;
        message = "option `services.grafana.settings.security.secret_key' is not set; it has no default since NixOS 26.05";
      }
      {
        assertion = cfg.provision.datasources.path == null || cfg.provision.datasources.settings == null;
        message = "options `services.grafana.provision.datasources': `path' and `settings' exclude each other";
      }
    ];
    systemd.services.grafana.wantedBy = [ "multi-user.target" ];
    users.groups.grafana = { };
    users.users.grafana = {
      group = "grafana";
      home = cfg.dataDir;
      isSystemUser = true;
    };
  };
}
