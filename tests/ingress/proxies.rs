//! The proxies: what nixpkgs' modules would write for them, from the values that nix gives for the generated host.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value as Json, json};

use crate::common::run;
use crate::edge::Edge;
use crate::fleet::{Fleet, Nix, text_of};

/// What not every proxy can do, as the definition asks for it.
const BREAKER: &str = ", circuit_breaker: { error_ratio: 0.3, open_for: 4s }";
const RATE: &str = "rate_limit: { average: 5, burst: 10 }, ";
const WEIGHTS: &str = ", weights: { same_site: 1, elsewhere: 4 }";

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
        let (chosen, cannot): (_, &[&str]) = match self {
            Self::Traefik => return,
            Self::Caddy => ("  kind: caddy\n  tls: internal\n", &[BREAKER, RATE, WEIGHTS]),
            Self::Nginx => ("  kind: nginx\n  acme: { email: ana@example.org }\n", &[BREAKER, "sticky: true, "]),
        };
        for key in cannot {
            fleet.edit("fleet.yaml", key, "");
        }
        fleet.edit("fleet.yaml", "  tls: internal\n", chosen);
    }

    /// Writes its configuration, and says how it is started.
    pub(crate) fn command(self, edge: &Edge, nix: &Nix) -> Command {
        let home = edge.home.path();
        let found = nix.eval(edge.fleet.root(), "nixosConfigurations.ararat", self.question());
        let file = self.write(&found, home);
        let mut command = edge.hosts["ararat"].command(edge.lab.program(self.program()));
        match self {
            Self::Traefik => command.arg(format!("--configfile={}", file.display())),
            Self::Caddy => command.env("HOME", home).args(["run", "--adapter", "caddyfile", "--config"]).arg(file),
            Self::Nginx => command.args(["-g", "daemon off;", "-e", "stderr", "-p"]).arg(home).arg("-c").arg(file),
        };
        command
    }

    /// A Nix function from a host to what its configuration is written from.
    pub(crate) fn question(self) -> &'static str {
        match self {
            Self::Traefik => "h: { inherit (h.config.services.traefik) staticConfigOptions dynamicConfigOptions; }",
            Self::Caddy => {
                "h: let
                  c = h.config.services.caddy;
                  set = value: let found = builtins.tryEval value; in if found.success then found.value else null;
                in {
                  inherit (c) globalConfig extraConfig httpPort httpsPort;
                  email = set c.email;
                  authority = set c.acmeCA;
                  hosts = builtins.mapAttrs (_: host: {
                    inherit (host) extraConfig;
                    certificate = set host.useACMEHost;
                  }) (let all = set c.virtualHosts; in if all == null then { } else all);
                }"
            }
            Self::Nginx => {
                "h: let c = h.config.services.nginx; in {
                  inherit (c) appendHttpConfig clientMaxBodySize statusPage upstreams;
                  http = c.defaultHTTPListenPort;
                  https = c.defaultSSLListenPort;
                  hosts = builtins.mapAttrs (_: host: {
                    inherit (host) default root;
                    secure = host.enableACME || host.forceSSL || host.rejectSSL;
                    locations = builtins.mapAttrs (_: location: {
                      inherit (location) extraConfig proxyPass proxyWebsockets return;
                    }) host.locations;
                  }) c.virtualHosts;
                }"
            }
        }
    }

    /// Writes its configuration into a directory, from the answer to [`Self::question`].
    pub(crate) fn write(self, found: &Json, home: &Path) -> PathBuf {
        match self {
            Self::Traefik => {
                let (file, dynamic) = (home.join("static.yml"), home.join("dynamic.yml"));
                let mut fixed = found["staticConfigOptions"].clone();
                fixed["providers"] = json!({ "file": { "filename": dynamic } });
                fixed["log"] = json!({ "level": "DEBUG", "format": "json" });
                fs::write(&file, fixed.to_string()).expect("the directory is ours");
                fs::write(&dynamic, found["dynamicConfigOptions"].to_string()).expect("the directory is ours");
                file
            }
            Self::Caddy => {
                let file = home.join("Caddyfile");
                certify(home);
                fs::write(&file, caddyfile(found, home)).expect("the directory is ours");
                file
            }
            Self::Nginx => {
                let file = home.join("nginx.conf");
                certify(home);
                fs::write(&file, nginx_conf(found, home)).expect("the directory is ours");
                file
            }
        }
    }
}

/// What nginx says of a request to those that it passes it on to.
const HEADERS: &str = "proxy_set_header Host $host;\nproxy_set_header X-Forwarded-Host $host;\n\
                       proxy_set_header X-Forwarded-Proto $scheme;\n";

/// What nixpkgs' module makes of these values, with a certificate of ours in the place of lego's.
fn caddyfile(caddy: &Json, home: &Path) -> String {
    let mut text = format!("{{\nhttp_port {}\nhttps_port {}\n", caddy["httpPort"], caddy["httpsPort"]);
    for (key, option) in [("email", "email"), ("authority", "acme_ca")] {
        if let Some(value) = caddy[key].as_str() {
            text.push_str(&format!("{option} {value}\n"));
        }
    }
    text.push_str(&format!("{}}}\n{}", text_of(&caddy["globalConfig"]), text_of(&caddy["extraConfig"])));
    for (name, host) in caddy["hosts"].as_object().expect("a map") {
        let tls = host["certificate"].as_str().map(|_| {
            let home = home.display();
            format!("tls {home}/certificate.pem {home}/key.pem\n")
        });
        text.push_str(&format!("{name} {{\n{}{}\n}}\n", tls.unwrap_or_default(), text_of(&host["extraConfig"])));
    }
    text
}

/// What nixpkgs' module makes of these values, as far as proxies go.
fn nginx_conf(nginx: &Json, home: &Path) -> String {
    let mut text = format!("pid {}/pid;\nevents {{ }}\nhttp {{\naccess_log off;\n", home.display());
    for what in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        text.push_str(&format!("{what}_temp_path {}/{what};\n", home.display()));
    }
    text.push_str(&format!("client_max_body_size {};\n", text_of(&nginx["clientMaxBodySize"])));
    text.push_str("map $http_upgrade $connection_upgrade {\n  default upgrade;\n  '' close;\n}\n");
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
    for (name, host) in nginx["hosts"].as_object().expect("a map") {
        let default = if host["default"] == true { " default_server" } else { "" };
        text.push_str(&format!("server {{\n  server_name {name};\n"));
        if host["secure"] == true {
            text.push_str(&format!("  listen {} ssl{default};\n", nginx["https"]));
            text.push_str("  ssl_certificate certificate.pem;\n  ssl_certificate_key key.pem;\n");
        } else {
            text.push_str(&format!("  listen {}{default};\n", nginx["http"]));
        }
        if let Some(root) = host["root"].as_str() {
            text.push_str(&format!("  root {root};\n"));
        }
        for (place, location) in host["locations"].as_object().expect("a map") {
            let pass = location["proxyPass"].as_str().map(|to| format!("proxy_pass {to};\n"));
            let sockets = pass.is_some() && location["proxyWebsockets"] == true;
            let sockets = if sockets { WEBSOCKETS } else { "" };
            let answer = location["return"].as_str().map(|code| format!("return {code};\n"));
            let more = location["extraConfig"].as_str().unwrap_or_default();
            // As with recommendedProxySettings: what a login learns of the page.
            let told = pass.as_ref().map(|_| HEADERS.to_owned());
            let lines = pass.into_iter().chain(told).chain(answer).collect::<String>();
            text.push_str(&format!("  location {place} {{\n{lines}{sockets}{more}}}\n"));
        }
        text.push_str("}\n");
    }
    if nginx["statusPage"] == true {
        let status = "location /nginx_status { stub_status on; allow 127.0.0.1; deny all; }";
        text.push_str(&format!("server {{\n  listen {};\n  server_name localhost;\n  {status}\n}}\n", nginx["http"]));
    }
    text.push_str("}\n");
    text
}

const WEBSOCKETS: &str = "proxy_http_version 1.1;
proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection $connection_upgrade;
";

fn certify(home: &Path) {
    let mut command = Command::new("openssl");
    command.args(["req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "2", "-subj", "/CN=edge", "-out"]);
    run(command.arg(home.join("certificate.pem")).arg("-keyout").arg(home.join("key.pem")));
}
