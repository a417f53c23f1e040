//! What only Traefik does: it leaves alone who fails, reads what it is told by HTTP, and asks authorities for certificates.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::common::{require, temp_dir};
use crate::edge::Edge;
use crate::fleet::{Nix, Program};
use crate::hosts::Daemon;
use crate::proxies::Proxy;

/// Who asks an authority by what the definition says, and how.
const AUTHORITIES: [(&str, &str); 2] = [
    ("  acme: { email: ana@example.org, server: \"https://127.0.0.1:9/directory\" }\n", "httpChallenge"),
    (
        "  acme: { email: ana@example.org, server: \"https://127.0.0.1:9/directory\", dns: { provider: cloudflare, secret: dns-account } }\n",
        "dnsChallenge",
    ),
];

/// Where a web server shows what is for those outside.
const SHOWN: &str = "http://127.0.0.1:8000/traefik-http.json";

const HOST_KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKs/bjy+FdFVKVr4Nv4pQtk+2VLmY4XXmRqXGuza8pY9";

#[test]
fn who_fails_is_left_alone() {
    let Some(edge) = Edge::start(Proxy::Traefik) else { return };
    edge.wait("it answers", |edge| edge.ask("brittle", "/", &[]).status == 200);
    let statuses: Vec<u16> = (0..40).map(|_| edge.ask("brittle", "/fail", &[]).status).collect();
    let opened = statuses.iter().position(|status| *status == 503).unwrap_or_else(|| panic!("{statuses:?}"));
    assert!(statuses[..opened].iter().all(|status| *status == 500), "{statuses:?}");
    let (asked, began) = (edge.asked("brittle").len(), Instant::now());
    assert_eq!(edge.ask("brittle", "/", &[]).status, 503, "what would work is not asked for either");
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    assert_eq!(edge.asked("brittle").len(), asked);
    assert_eq!(edge.ask("shop", "/", &[]).status, 200, "others go on");
    edge.wait("it is asked again", |edge| edge.ask("brittle", "/", &[]).status == 200);
    eprintln!("503 from request {} on, for {:.1} s", opened + 1, began.elapsed().as_secs_f32());
}

#[test]
fn those_outside_read_it_by_http() {
    let Some(mut edge) = Edge::start(Proxy::Traefik) else { return };
    let shown = edge.fleet.root().join("generated/ingress");
    let mut server = edge.hosts["dothan"].command("python3");
    server.args(["-m", "http.server", "8000", "--bind", "127.0.0.1", "--directory"]).arg(shown);
    let daemon = Daemon::start(&server, &edge.home.path().join("shown.log"));
    edge.running.insert(("shown".to_owned(), "dothan".to_owned()), daemon);
    edge.wait("the file is shown", |edge| {
        let mut command = edge.hosts["dothan"].command("curl");
        command.args(["--silent", "--fail", "--output", "/dev/null", SHOWN]).status().expect("curl starts").success()
    });

    let fixed = json!({
        "entryPoints": { "websecure": { "address": ":443" } },
        "providers": { "http": { "endpoint": SHOWN, "pollInterval": "1s" } },
        "log": { "level": "DEBUG", "format": "json" },
    });
    let daemon = start(&edge, "dothan", &fixed, "outside");
    edge.running.insert(("outside".to_owned(), "dothan".to_owned()), daemon);
    let ask = |edge: &Edge, name: &str, path: &str| {
        let resolve = format!("{name}.example.org:443:10.77.0.14");
        edge.curl(&["--resolve", &resolve, &format!("https://{name}.example.org{path}")])
    };
    edge.wait("the one outside answers", |edge| ask(edge, "shop", "/").server() == "shop");
    assert_eq!(ask(&edge, "shop", "/spare").server(), "spare");
    assert_eq!(ask(&edge, "office", "/").status, 302);
    assert_eq!(ask(&edge, "away", "/").status, 403);
    assert_eq!(ask(&edge, "brittle", "/").server(), "brittle");
    assert_eq!(ask(&edge, "hidden", "/").status, 404);
    let hosts: Vec<String> = (0..10).map(|_| ask(&edge, "shop", "/").host()).collect();
    assert_eq!(hosts.iter().filter(|host| *host == "bethel").count(), 5, "it is near to none of them: {hosts:?}");
    assert_eq!(edge.complaints("outside.log"), [""; 0], "Traefik takes all of it");

    // What changes is read again, without a word to Traefik.
    edge.fleet.edit("fleet.yaml", "host: [shop, www.example.org]", "host: [shop, new.example.org]");
    edge.fleet.generate();
    edge.wait("a new name answers", |edge| ask(edge, "new", "/").server() == "shop");
    assert_eq!(ask(&edge, "www", "/").status, 404);
}

#[test]
fn authorities_are_asked() {
    let Some(mut edge) = Edge::start(Proxy::Traefik) else { return };
    let Some(nix) = Nix::new(Program::Absent) else { return };
    let mut before = "  tls: internal\n";
    for (acme, challenge) in AUTHORITIES {
        edge.fleet.edit("fleet.yaml", before, acme);
        before = acme;
        if acme.contains("secret: ") {
            edge.fleet.edit("fleet.yaml", "services:\n", "secrets: { dns-account: {} }\nservices:\n");
            edge.fleet.edit("fleet.yaml", "  ararat: { ", &format!("  ararat: {{ host_key: {HOST_KEY}, "));
        }
        edge.fleet.generate();
        let options = "nixosConfigurations.ararat.config.services.traefik";
        let traefik =
            nix.eval(edge.fleet.root(), options, "c: { inherit (c) staticConfigOptions dynamicConfigOptions; }");
        let home = edge.home.path().join(challenge);
        fs::create_dir(&home).expect("the directory is ours");
        let fixed = traefik["staticConfigOptions"].to_string().replace("/var/lib/traefik", &home.display().to_string());
        let mut fixed: Json = serde_json::from_str(&fixed).expect("it was JSON");
        assert!(fixed["certificatesResolvers"]["ingress"]["acme"][challenge].is_object(), "{fixed}");
        let dynamic = home.join("dynamic.yml");
        fs::write(&dynamic, traefik["dynamicConfigOptions"].to_string()).expect("the directory is ours");
        fixed["providers"] = json!({ "file": { "filename": dynamic } });
        fixed["log"] = json!({ "level": "DEBUG", "format": "json" });

        edge.running.remove(&("ingress".to_owned(), "ararat".to_owned()));
        let daemon = start(&edge, "ararat", &fixed, challenge);
        edge.running.insert(("ingress".to_owned(), "ararat".to_owned()), daemon);
        let log = format!("{challenge}.log");
        let tried = |edge: &Edge| {
            let said = edge.complaints(&log);
            said.iter().any(|line| line.contains("127.0.0.1:9/directory"))
        };
        edge.wait("the shop answers", |edge| edge.ask("shop", "/", &[]).server() == "shop");
        edge.wait("the authority is asked", tried);
        // Nobody answers there; that is all that there is to complain of.
        let others: Vec<_> =
            edge.complaints(&log).into_iter().filter(|line| !line.contains("127.0.0.1:9/directory")).collect();
        assert_eq!(others, [""; 0], "Traefik takes all of it");
    }
}

/// Starts one more Traefik, with this static configuration and an account of a provider of DNS.
fn start(edge: &Edge, host: &str, fixed: &Json, name: &str) -> Daemon {
    let file = edge.home.path().join(format!("{name}.yml"));
    fs::write(&file, fixed.to_string()).expect("the directory is ours");
    let mut command = edge.hosts[host].command(edge.lab.program("traefik"));
    command.arg(format!("--configfile={}", file.display())).env("CF_DNS_API_TOKEN", "none");
    Daemon::start(&command, &edge.home.path().join(format!("{name}.log")))
}

#[test]
fn traefik_refuses_what_it_does_not_know() {
    let Some(lab) = require(&["traefik"]) else { return };
    let directory = temp_dir();
    let file = directory.path().join("static.yml");
    fs::write(&file, r#"{ "entryPoints": { "web": { "adress": "127.0.0.1:0" } } }"#).expect("the directory is ours");
    let mut command = Command::new(lab.program("traefik"));
    let output = command.arg(format!("--configfile={}", file.display())).output().expect("it starts");
    assert!(!output.status.success(), "a key that does not exist is told");
}
