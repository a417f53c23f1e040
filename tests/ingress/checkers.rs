//! What the proxies themselves say of the configuration that fleets give them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value as Json;

use crate::common::{Lab, everything, require, temp_dir};
use crate::edge::edge_fleet;
use crate::fleet::{FLAKE, Fleet, Nix, Plan, Program, directories, repository, text_of};
use crate::good_fleets::GoodFleets;
use crate::proxies::Proxy;

/// What they say besides, and that is no fault of the configuration: how it is laid out is nixpkgs' affair, and the
/// certificate is one of ours.
const NOISE: &[&str] = &["Caddyfile input is not formatted", "no OCSP server specified in certificate"];

/// What no other fleet says of these kinds.
const SITES: &str = r#"version: 1
fleet: { name: sites, domain: example.org }
defaults:
  system: x86_64-linux
  hardware: vm
  filesystems: { "/": { device: /dev/disk/by-label/nixos, fs_type: ext4 } }
access:
  people:
    ana: { role: admin, keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF ana] }
hosts:
  ararat: { address: 192.168.1.11, state_version: "25.11" }
  bethel: { address: 192.168.1.12, state_version: "25.11" }
  canaan: { address: 192.168.1.13, state_version: "25.11" }
  dothan: { address: 192.168.1.14, state_version: "25.11" }
services:
  inside:
    kind: caddy
    placement: { hosts: [ararat] }
    settings:
      sites:
        nas: { servers: ["http://192.168.1.50:8080", "http://[fd00::50]", "http://films.example.org:81"] }
        shop.example.org: { servers: ["https://192.168.1.50", "https://192.168.1.51:8443"] }
        soon.example.org: {}
  public:
    kind: caddy
    placement: { hosts: [bethel] }
    ports: { http: 8080, https: 8443, metrics: 9181 }
    settings:
      acme_email: ana@example.org
      sites: { shop.example.org: { servers: ["http://192.168.1.50:8080"] } }
  balancer:
    kind: haproxy
    placement: { hosts: [canaan] }
    ports: { http: 8080, metrics: 9000 }
    settings:
      sites:
        nas: { addresses: [192.168.1.50, "fd00::50"], port: 8080 }
        shop.example.org: { addresses: [192.168.1.51] }
        soon.example.org: {}
  website:
    kind: nginx
    placement: { hosts: [dothan] }
    ports: { http: 8080, https: 8443 }
    settings:
      acme_email: ana@example.org
      max_upload: 0
      virtual_hosts:
        www.example.org: { root: /srv/www }
        shop.example.org: { proxy: "http://[fd00::50]:8080/shop/" }
        soon.example.org: {}
"#;

#[test]
fn caddy_takes_every_file() {
    takes_every_file(Proxy::Caddy, &["ingress-caddy/eden", "ingress-public/eden", "sites/ararat", "sites/bethel"]);
}

#[test]
fn nginx_takes_every_file() {
    let some = ["ingress-nginx/eden", "kinds/web", "monitored/shop", "names/eden", "company/edge-1", "sites/dothan"];
    takes_every_file(Proxy::Nginx, &some);
}

/// Has a proxy look at its file on every host that has it; some of these hosts are named.
fn takes_every_file(proxy: Proxy, some: &[&str]) {
    let Some(lab) = require(&["nix", proxy.program()]) else { return };
    let Some(nix) = Nix::new(Program::Absent) else { return };
    let told = told(&nix, &[proxy.program()], proxy.question());
    for name in some {
        assert!(told.contains_key(*name), "{name} is not among {:?}", told.keys());
    }
    for (name, found) in told {
        let home = temp_dir();
        let file = proxy.write(&found, home.path());
        let output = said(lab, proxy.program(), &file, home.path());
        let faults = faults(&output);
        let text = fs::read_to_string(&file).expect("it was written");
        assert!(output.status.success() && faults.is_empty(), "{name}: {}\n{text}", faults.join("\n"));
    }
}

#[test]
fn haproxy_takes_every_file() {
    let Some(lab) = require(&["nix", "haproxy"]) else { return };
    let Some(nix) = Nix::new(Program::Absent) else { return };
    let told = told(&nix, &["haproxy", "patroni-haproxy"], "h: h.config.services.haproxy.config");
    for name in ["clusters/web", "monitored/gihon", "services/edge-1", "sites/canaan"] {
        assert!(told.contains_key(name), "{name} is not among {:?}", told.keys());
    }
    let home = temp_dir();
    let file = home.path().join("haproxy.cfg");
    for (name, found) in told {
        let text = text_of(&found);
        fs::write(&file, &text).expect("the directory is ours");
        let output = said(lab, "haproxy", &file, home.path());
        let faults = faults(&output);
        assert!(output.status.success() && faults.is_empty(), "{name}: {}\n{text}", faults.join("\n"));
        fs::write(&file, text.replacen("  mode ", "  mood ", 1)).expect("the directory is ours");
        assert!(!said(lab, "haproxy", &file, home.path()).status.success(), "{name}: it takes everything");
    }
}

#[test]
fn caddy_and_nginx_refuse_what_they_do_not_know() {
    let Some(lab) = require(&["nix", "caddy", "nginx"]) else { return };
    let Some(nix) = Nix::new(Program::Absent) else { return };
    for proxy in [Proxy::Caddy, Proxy::Nginx] {
        let (fleet, home) = (edge_fleet(), temp_dir());
        proxy.choose(&fleet);
        fleet.generate();
        let found = nix.eval(fleet.root(), "nixosConfigurations.ararat", proxy.question());
        let file = proxy.write(&found, home.path());
        let checked = || said(lab, proxy.program(), &file, home.path());
        let text = fs::read_to_string(&file).expect("it was written");
        let output = checked();
        assert!(output.status.success(), "{}\n{text}", everything(&output));
        let known = if proxy == Proxy::Nginx { "proxy_pass " } else { "reverse_proxy " };
        assert!(text.contains(known), "{text}");
        fs::write(&file, text.replacen(known, "pass_on ", 1)).expect("the directory is ours");
        assert!(!checked().status.success(), "{proxy:?} takes everything");
    }
}

/// What a program says of its file.
pub(crate) fn said(lab: &Lab, program: &str, file: &Path, home: &Path) -> Output {
    let mut command = Command::new(lab.program(program));
    match program {
        "nginx" => command.args(["-t", "-e", "stderr", "-p"]).arg(home).arg("-c"),
        "haproxy" => command.args(["-c", "-f"]),
        _ => command.env("HOME", home).args(["validate", "--adapter", "caddyfile", "--config"]),
    };
    command.arg(file).output().expect("it starts")
}

/// The lines of an answer that find fault.
fn faults(output: &Output) -> Vec<String> {
    let is_fault = |line: &&str| {
        let mut marks =
            ["\"level\":\"warn\"", "\"level\":\"error\"", "Error", "[warn]", "[emerg]", "WARNING", "ALERT"].iter();
        marks.any(|mark| line.contains(mark)) && !NOISE.iter().any(|noise| line.contains(noise))
    };
    everything(output).lines().filter(is_fault).map(str::to_owned).collect()
}

/// What a Nix function says of each host that runs services of some kinds, as `FLEET/HOST`: of the good fleets, of the
/// examples, and of a fleet of this file.
fn told(nix: &Nix, kinds: &[&str], question: &str) -> BTreeMap<String, Json> {
    let good = GoodFleets::new();
    let places: Vec<_> = kinds.iter().flat_map(|kind| good.running(kind)).collect();
    let mut told = ask(nix, good.all.root(), "fleets", &places, question);
    let own = Fleet::new();
    own.write("fleet.yaml", SITES);
    own.write("flake.nix", FLAKE);
    let examples = directories("examples").into_iter().map(|name| {
        let root = repository().join("examples").join(&name);
        let plan = fs::read_to_string(root.join("generated/plan.jsonl")).expect("it was generated");
        (name, root, Plan::read(&plan))
    });
    let own = ("sites".to_owned(), own.root().to_owned(), own.generate());
    for (name, root, plan) in examples.chain([own]) {
        let hosts: Vec<_> = kinds.iter().flat_map(|kind| plan.running(kind)).map(str::to_owned).collect();
        let found = ask(nix, &root, "nixosConfigurations", &hosts, question);
        told.extend(found.into_iter().map(|(host, found)| (format!("{name}/{host}"), found)));
    }
    told
}

/// What a Nix function says of hosts below an attribute of a flake, by their paths.
fn ask(nix: &Nix, root: &Path, attribute: &str, places: &[String], question: &str) -> BTreeMap<String, Json> {
    if places.is_empty() {
        return BTreeMap::new();
    }
    let entry = |place: &String| {
        let path: String = place.split('/').map(|name| format!(".{name:?}")).collect();
        format!("{place:?} = question all{path};\n")
    };
    let entries: String = places.iter().map(entry).collect();
    let found = nix.eval(root, attribute, &format!("all: let question = {question}; in {{ {entries} }}"));
    found.as_object().expect("a map").clone().into_iter().collect()
}
