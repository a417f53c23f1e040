# Packages by name. Each is an empty directory with a `bin`: enough to be referred to, nothing to run, but
# for deploy-rs.
{ final, lib }:
let
  empty =
    name:
    final.runCommand "${name}-0" {
      passthru = {
        pname = name;
        version = "0";
      }
      // lib.optionalAttrs (builtins.elem name shells) {
        shellPath = "/bin/${name}";
      };
    } "mkdir -p \"$out/bin\"";

  shells = [
    "bash"
    "bashInteractive"
    "fish"
    "zsh"
  ];

  # Tests that deploy for real lay deploy-rs' own program here: a file `activate` beside this one.
  activate = ./activate;
in
lib.genAttrs (
  shells
  ++ [
    "age"
    "age-plugin-yubikey"
    "apacheKafka"
    "bazarr"
    "cargo"
    "clippy"
    "consul"
    "coreutils"
    "curl"
    "dnsutils"
    "etcd"
    "exportarr"
    "ffmpeg"
    "fuse3"
    "garage_2"
    "git"
    "gnugrep"
    "gnused"
    "grafana"
    "grafana-alloy"
    "grafana-loki"
    "haproxy"
    "htop"
    "installShellFiles"
    "intel-media-driver"
    "iproute2"
    "jellyfin"
    "jellyfin-ffmpeg"
    "jellyfin-web"
    "jq"
    "kanidm_1_10"
    "mariadb"
    "mongodb-ce"
    "nextcloud32"
    "nextcloud33"
    "keepalived"
    "nginx"
    "nix"
    "nixfmt"
    "ollama-cpu"
    "ollama-cuda"
    "ollama-rocm"
    "ollama-vulkan"
    "mongodb"
    "mongosh"
    "opensearch"
    "openssh"
    "openssl"
    "pgbackrest"
    "podman"
    "postgresql"
    "postgresql_14"
    "postgresql_15"
    "postgresql_16"
    "postgresql_17"
    "prometheus"
    "prometheus-node-exporter"
    "prowlarr"
    "radarr"
    "rabbitmq-server"
    "rclone"
    "redis"
    "restic"
    "rust-analyzer"
    "rustc"
    "rustfmt"
    "sabnzbd"
    "samba"
    "sonarr"
    "sudo"
    "systemd"
    "traefik"
    "transmission_3"
    "transmission_4"
    "unpackerr"
    "util-linux"
    "vim"
  ]
) empty
// {
  # Its source is where the exporter's standard configuration comes from.
  prometheus-snmp-exporter = empty "prometheus-snmp-exporter" // {
    src = final.runCommand "source" { } ''
      mkdir -p "$out"
      touch "$out/snmp.yml"
    '';
  };

  deploy-rs = final.runCommand "deploy-rs-0" { passthru.pname = "deploy-rs"; } (
    if builtins.pathExists activate then
      ''
        mkdir -p "$out/bin"
        cp ${activate} "$out/bin/activate"
        chmod 555 "$out/bin/activate"
      ''
    else
      ''
        mkdir -p "$out/bin"
        printf '#!/bin/sh\nexec activate "$@"\n' > "$out/bin/activate"
        chmod 555 "$out/bin/activate"
      ''
  );
}
