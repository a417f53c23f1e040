# services.{etcd,patroni} and what their units are given; settings and accounts of other clusters.
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
    flag
    maybe
    opt
    port
    set
    str
    strs
    ;
  yaml = (pkgs.formats.yaml { }).type;
  inherit (config) services;
  inherit (services) etcd patroni;

  # account :: name -> { users, groups }
  account =
    name:
    import ../../account.nix { inherit lib; } {
      group = name;
      user = name;
    } name;

  # isSet :: bool -> string: as nixpkgs writes a switch of etcd's
  isSet = on: if on then "1" else "";
in
{
  options.services = {
    # Sets of any depth, which rows of the table cannot say.
    consul.extraConfig = set types.anything;
    consul.enable = flag;
    garage.settings = set types.anything;
    apache-kafka.enable = flag;
    mongodb.enable = flag;
    rabbitmq.enable = flag;
    opensearch.package = declare.package pkgs "opensearch";
    etcd = {
      advertiseClientUrls = opt (types.listOf types.str) etcd.listenClientUrls;
      certFile = maybe types.path;
      clientCertAuth = flag;
      dataDir = declare.path "/var/lib/etcd";
      discovery = str "";
      enable = flag;
      extraConf = set types.str;
      initialAdvertisePeerUrls = opt (types.listOf types.str) etcd.listenPeerUrls;
      initialCluster = strs;
      initialClusterState = opt (types.enum [
        "new"
        "existing"
      ]) "new";
      initialClusterToken = str "etcd-cluster";
      keyFile = maybe types.path;
      listenClientUrls = opt (types.listOf types.str) [ "http://127.0.0.1:2379" ];
      listenPeerUrls = opt (types.listOf types.str) [ "http://127.0.0.1:2380" ];
      name = str config.networking.hostName;
      openFirewall = flag;
      package = declare.package pkgs "etcd";
      peerCertFile = opt (types.nullOr types.path) etcd.certFile;
      peerClientCertAuth = flag;
      peerKeyFile = opt (types.nullOr types.path) etcd.keyFile;
      peerTrustedCaFile = opt (types.nullOr types.path) etcd.trustedCaFile;
      trustedCaFile = maybe types.path;
    };
    patroni = {
      dataDir = declare.path "/var/lib/patroni";
      enable = flag;
      environmentFiles = set (types.nullOr types.path);
      group = str "patroni";
      name = str "";
      namespace = str "/service";
      nodeIp = str "";
      otherNodesIps = strs;
      postgresqlDataDir = declare.path "/var/lib/postgresql/${patroni.postgresqlPackage.psqlSchema or "17"}";
      postgresqlPackage = declare.package pkgs "postgresql";
      postgresqlPort = port 5432;
      restApiPort = port 8008;
      scope = str "";
      settings = opt yaml { };
      softwareWatchdog = flag;
      user = str "patroni";
    };
  };

  config = lib.mkMerge [
    {
      # Of the other options of these, rows of the table tell.
      users = lib.mkMerge (
        map (name: lib.mkIf services.${name}.enable (account name)) [
          "apache-kafka"
          "consul"
          "mongodb"
          "rabbitmq"
        ]
      );
    }
    (lib.mkIf etcd.enable {
      systemd.services.etcd = {
        environment = {
          ETCD_ADVERTISE_CLIENT_URLS = lib.concatStringsSep "," etcd.advertiseClientUrls;
          ETCD_CERT_FILE = etcd.certFile;
          ETCD_CLIENT_CERT_AUTH = isSet etcd.clientCertAuth;
          ETCD_DATA_DIR = etcd.dataDir;
          ETCD_INITIAL_ADVERTISE_PEER_URLS = lib.concatStringsSep "," etcd.initialAdvertisePeerUrls;
          ETCD_INITIAL_CLUSTER = lib.concatStringsSep "," etcd.initialCluster;
          ETCD_INITIAL_CLUSTER_STATE = etcd.initialClusterState;
          ETCD_INITIAL_CLUSTER_TOKEN = etcd.initialClusterToken;
          ETCD_KEY_FILE = etcd.keyFile;
          ETCD_LISTEN_CLIENT_URLS = lib.concatStringsSep "," etcd.listenClientUrls;
          ETCD_LISTEN_PEER_URLS = lib.concatStringsSep "," etcd.listenPeerUrls;
          ETCD_NAME = etcd.name;
          ETCD_PEER_CERT_FILE = etcd.peerCertFile;
          ETCD_PEER_CLIENT_CERT_AUTH = isSet etcd.peerClientCertAuth;
          ETCD_PEER_KEY_FILE = etcd.peerKeyFile;
          ETCD_PEER_TRUSTED_CA_FILE = etcd.peerTrustedCaFile;
          ETCD_TRUSTED_CA_FILE = etcd.trustedCaFile;
        }
        // lib.mapAttrs' (name: value: {
          name = "ETCD_${name}";
          inherit value;
        }) etcd.extraConf;
        serviceConfig = {
          RestartSec = "30s";
          User = "etcd";
        };
        wantedBy = [ "multi-user.target" ];
      };
      users = account "etcd";
    })
    (lib.mkIf patroni.enable {
      services.patroni.settings = {
        inherit (patroni) name namespace scope;
        postgresql = {
          bin_dir = "${patroni.postgresqlPackage}/bin";
          connect_address = "${patroni.nodeIp}:${toString patroni.postgresqlPort}";
          data_dir = patroni.postgresqlDataDir;
          listen = "${patroni.nodeIp}:${toString patroni.postgresqlPort}";
          pgpass = "${patroni.dataDir}/pgpass";
        };
        restapi = {
          connect_address = "${patroni.nodeIp}:${toString patroni.restApiPort}";
          listen = "${patroni.nodeIp}:${toString patroni.restApiPort}";
        };
        watchdog = lib.mkIf patroni.softwareWatchdog {
          device = "/dev/watchdog";
          mode = "required";
          safety_margin = 5;
        };
      };
      boot.kernelModules = lib.mkIf patroni.softwareWatchdog [ "softdog" ];
      systemd.services.patroni = {
        serviceConfig = {
          Group = patroni.group;
          TimeoutSec = 30;
          User = patroni.user;
        };
        wantedBy = [ "multi-user.target" ];
      };
      users = import ../../account.nix { inherit lib; } patroni "patroni";
    })
  ];
}
