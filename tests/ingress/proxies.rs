//! The proxies: what nixpkgs' modules would write for them, from the values that nix gives for the generated host.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value as Json, json};

use crate::common::run;
use crate::edge::Edge;
use crate::fleet::{Fleet, Nix, text_of};

/// What passes requests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proxy {
    Traefik,
    Caddy,
    Nginx,
}

impl Proxy {
    pub(crate) fn program(self) -> &'static str {
        match self {
            Self::Traefik => "traefik",
            Self::Caddy => "caddy",
            Self::Nginx => "nginx",
        }
    }

    /// Puts it into the definition, without what it cannot do.
    pub(crate) fn choose(self, fleet: &Fleet) {
        if self == Self::Traefik {
            return;
        }
        fleet.edit("fleet.yaml", "sticky: true, ", "");
        fleet.edit("fleet.yaml", "rate_limit: { average: 5, burst: 10 }, ", "");
        let chosen = match self {
            Self::Nginx => "  kind: nginx\n  acme: { email: ana@example.org }\n",
            _ => "  kind: caddy\n  tls: internal\n",
        };
        fleet.edit("fleet.yaml", "  tls: internal\n", chosen);
    }

    /// Writes its configuration, and says how it is started.
    pub(crate) fn command(self, edge: &Edge, nix: &Nix) -> Command {
        let home = edge.home.path();
        let file = self.write(&edge.fleet, nix, home);
        let mut command = edge.hosts["ararat"].command(edge.lab.program(self.program()));
        match self {
            Self::Traefik => command.arg(format!("--configfile={}", file.display())),
            Self::Caddy => command.env("HOME", home).args(["run", "--adapter", "caddyfile", "--config"]).arg(file),
            Self::Nginx => command.args(["-g", "daemon off;", "-e", "stderr", "-p"]).arg(home).arg("-c").arg(file),
        };
        command
    }

    /// Writes its configuration into a directory.
    pub(crate) fn write(self, fleet: &Fleet, nix: &Nix, home: &Path) -> std::path::PathBuf {
        let asked = |apply: &str| {
            let options = format!("nixosConfigurations.ararat.config.services.{}", self.program());
            nix.eval(fleet.root(), &options, apply)
        };
        match self {
            Self::Traefik => {
                let traefik = asked("c: { inherit (c) staticConfigOptions dynamicConfigOptions; }");
                let (file, dynamic) = (home.join("static.yml"), home.join("dynamic.yml"));
                let mut fixed = traefik["staticConfigOptions"].clone();
                fixed["providers"] = json!({ "file": { "filename": dynamic } });
                fixed["log"] = json!({ "level": "DEBUG" });
                fs::write(&file, fixed.to_string()).expect("the directory is ours");
                fs::write(&dynamic, traefik["dynamicConfigOptions"].to_string()).expect("the directory is ours");
                file
            }
            Self::Caddy => {
                let file = home.join("Caddyfile");
                let hosts = "builtins.mapAttrs (_: h: h.extraConfig) c.virtualHosts";
                let caddy = asked(&format!("c: {{ inherit (c) globalConfig extraConfig; hosts = {hosts}; }}"));
                fs::write(&file, caddyfile(&caddy)).expect("the directory is ours");
                file
            }
            Self::Nginx => {
                let file = home.join("nginx.conf");
                certify(home);
                let nginx = asked("c: { inherit (c) appendHttpConfig upstreams virtualHosts; }");
                fs::write(&file, nginx_conf(&nginx, home)).expect("the directory is ours");
                file
            }
        }
    }
}

/// What nixpkgs' module makes of these values.
fn caddyfile(caddy: &Json) -> String {
    let mut text = format!("{{\n{}}}\n{}", text_of(&caddy["globalConfig"]), text_of(&caddy["extraConfig"]));
    for (name, body) in caddy["hosts"].as_object().expect("a map") {
        text.push_str(&format!("{name} {{\n{}}}\n", text_of(body)));
    }
    text
}

/// What nixpkgs' module makes of these values, as far as proxies go.
fn nginx_conf(nginx: &Json, home: &Path) -> String {
    let mut text = format!("pid {}/pid;\nevents {{ }}\nhttp {{\naccess_log off;\n", home.display());
    for what in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        text.push_str(&format!("{what}_temp_path {}/{what};\n", home.display()));
    }
    text.push_str(&text_of(&nginx["appendHttpConfig"]));
    for (name, upstream) in nginx["upstreams"].as_object().expect("a map") {
        text.push_str(&format!("upstream {name} {{\n"));
        for (server, options) in upstream["servers"].as_object().expect("a map") {
            let options = options.as_object().expect("a map").iter().filter_map(|(key, value)| match value {
                Json::Bool(on) => on.then(|| format!(" {key}")),
                Json::String(value) => Some(format!(" {key}={value}")),
                other => Some(format!(" {key}={other}")),
            });
            text.push_str(&format!("  server {server}{};\n", options.collect::<String>()));
        }
        text.push_str("}\n");
    }
    for (name, host) in nginx["virtualHosts"].as_object().expect("a map") {
        text.push_str(&format!("server {{\n  listen 443 ssl;\n  server_name {name};\n"));
        text.push_str("  ssl_certificate certificate.pem;\n  ssl_certificate_key key.pem;\n");
        for (place, location) in host["locations"].as_object().expect("a map") {
            let pass = location["proxyPass"].as_str().map(|to| format!("proxy_pass {to};\n"));
            let answer = location["return"].as_str().map(|code| format!("return {code};\n"));
            let more = location["extraConfig"].as_str().unwrap_or_default();
            let lines = pass.into_iter().chain(answer).collect::<String>();
            text.push_str(&format!("  location {place} {{\n{lines}{more}}}\n"));
        }
        text.push_str("}\n");
    }
    text.push_str("}\n");
    text
}

fn certify(home: &Path) {
    let mut command = Command::new("openssl");
    command.args(["req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "2", "-subj", "/CN=edge", "-out"]);
    run(command.arg(home.join("certificate.pem")).arg("-keyout").arg(home.join("key.pem")));
}
