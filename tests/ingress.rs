//! Clients that reach services through real proxies, with the generated configuration: each host in a network namespace
//! of its own, small servers of Python's in the place of services.
//!
//! NixOS is not to be had there. What its modules would write is written here from the values that the real nix gives
//! `services.traefik` of the generated host: both as JSON, which Traefik reads as YAML, with the dynamic file named in the
//! static one.

#![expect(clippy::disallowed_methods, reason = "runs the real programs on test hosts")]

mod common;
#[path = "common/fleet.rs"]
mod fleet;
#[path = "common/good.rs"]
mod good_fleets;
#[path = "common/hosts.rs"]
mod hosts;

#[path = "ingress/checkers.rs"]
mod checkers;
#[path = "ingress/edge.rs"]
mod edge;
#[path = "ingress/logins.rs"]
mod logins;
#[path = "ingress/proxies.rs"]
mod proxies;
#[path = "ingress/traefik.rs"]
mod traefik;

use std::fs;
use std::time::Instant;

use common::{require, run};
use edge::{Edge, HOSTS, INTERVAL, edge_fleet, simulated};
use fleet::{Nix, Program};
use hosts::Daemon;
use proxies::Proxy;
use serde_json::{Value as Json, json};

/// Where who has not logged in is sent from <https://office.example.org/desk?a=b&c=d>.
const LOGIN: &str =
    "https://gate.example.org/login?redirect_uri=https%3A%2F%2Foffice.example.org%2Fdesk%3Fa%3Db%26c%3Dd";

#[test]
fn requests_find_what_works() {
    let Some(mut edge) = Edge::start(Proxy::Traefik) else { return };
    edge.wait("the shop answers", |edge| edge.ask("shop", "/", &[]).status == 200);

    // Names, and the longest path of one.
    assert_eq!(edge.ask("www", "/", &[]).server(), "shop");
    assert_eq!(edge.ask("shop", "/spare/x", &[]).server(), "spare");
    assert_eq!(edge.ask("shop", "/spares", &[]).server(), "shop");
    for name in ["hidden", "nobody", "store"] {
        assert_eq!(edge.ask(name, "/", &[]).status, 404, "{name} has no ingress");
    }
    let plain = edge.curl(&["--resolve", "shop.example.org:80:10.77.0.11", "http://shop.example.org/x"]);
    assert_eq!((plain.status, plain.header("location")), (301, Some("https://shop.example.org/x")), "{}", plain.text);
    let answer = edge.ask("shop", "/", &[]);
    for header in ["strict-transport-security", "x-content-type-options", "x-frame-options", "referrer-policy"] {
        assert!(answer.header(header).is_some(), "{header} is missing in {}", answer.text);
    }

    // Who is nearer gets more: bethel is at the proxy's site, twice as often as canaan.
    let hosts: Vec<String> = (0..30).map(|_| edge.ask("shop", "/", &[]).host()).collect();
    let of = |host: &str| hosts.iter().filter(|one| *one == host).count();
    assert_eq!((of("bethel"), of("canaan")), (20, 10), "{hosts:?}");

    assert_eq!(edge.complaints("proxy.log"), [""; 0], "Traefik takes all of it");
    weighed(&edge);

    // A dead instance: requests that may be repeated are, and later nobody asks it.
    let loss = edge.simulated("bethel", "shop.example.org");
    assert_eq!((&loss["effect"], &loss["answering"]), (&json!("loses_redundancy"), &json!(["canaan"])));
    edge.stop("shop", "bethel");
    let began = Instant::now();
    let mut failed_at_first = 0;
    while began.elapsed() < INTERVAL {
        failed_at_first += usize::from(edge.ask("shop", "/", &[]).status != 200);
    }
    let later: Vec<u16> = (0..60).map(|_| edge.ask("shop", "/", &[]).status).collect();
    assert!(later.iter().all(|status| *status == 200), "after {INTERVAL:?}: {later:?}");
    assert_eq!(failed_at_first, 0, "another instance answers at once");
    settled(&edge, "shop", "canaan");

    // A host that is gone answers nothing at all.
    edge.serve("shop", "bethel", 8090);
    edge.hosts["canaan"].connect(&edge.switch, false);
    settled(&edge, "shop", "bethel");
    edge.hosts["canaan"].connect(&edge.switch, true);
    edge.stop("shop", "bethel");
    edge.wait("canaan is back", |edge| edge.ask("shop", "/", &[]).status == 200);

    // None is left: another service answers, as it was simulated.
    assert_eq!(edge.simulated("bethel,canaan", "shop.example.org")["effect"], "fails_over");
    edge.stop("shop", "canaan");
    let began = Instant::now();
    edge.wait("the spare answers", |edge| edge.ask("shop", "/", &[]).server() == "spare");
    eprintln!("failover to another service after {:.1} s", began.elapsed().as_secs_f32());
    assert_eq!(edge.simulated("bethel,canaan,dothan", "shop.example.org")["effect"], "unreachable");
    edge.stop("spare", "dothan");
    assert!(edge.ask("shop", "/", &[]).status >= 502, "nobody is left");
    edge.serve("shop", "canaan", 8090);
    edge.wait("the shop is back", |edge| edge.ask("shop", "/", &[]).server() == "shop");

    stays(&edge, "till");
    limited(&edge);
    assert_eq!(edge.ask("away", "/", &[]).status, 403, "clients are elsewhere");
    assert!(edge.asked("away").is_empty());

    // What is not safe to repeat gets to one instance, once.
    let dropped = edge.ask("till", "/drop", &["-X", "POST", "-d", "1"]);
    assert!(dropped.status >= 500, "{}", dropped.text);
    let posts = edge.asked("till").into_iter().filter(|one| one["method"] == "POST").count();
    assert_eq!(posts, 1, "an order is taken once");
}

#[test]
fn logins_come_first() {
    let Some(edge) = Edge::start(Proxy::Traefik) else { return };
    edge.wait("the office asks for a login", |edge| edge.ask("office", "/", &[]).status == 302);
    let refused = edge.ask("office", "/desk?a=b&c=d", &[]);
    assert_eq!(refused.header("location"), Some(LOGIN));
    assert!(edge.asked("office").is_empty(), "nobody got past: {:?}", edge.asked("office"));

    let with = ["-H", "Cookie: session=ana", "-H", "Remote-User: root", "-H", "Remote-Groups: wheel"];
    let seen = edge.ask("office", "/desk", &with).body();
    assert_eq!(seen["headers"]["Remote-User"], "ana", "{seen}");
    assert_eq!(seen["headers"]["Remote-Groups"], "staff", "{seen}");
    let asked = edge.asked("gate").pop().expect("the proxy asks");
    assert_eq!(asked["headers"]["X-Forwarded-Uri"], "/desk", "{asked}");
    assert_eq!(asked["headers"]["X-Forwarded-Method"], "GET", "{asked}");

    // A service with a login of its own is not asked for, and believes nobody else's word.
    let seen = edge.ask("till", "/", &["-H", "Remote-User: root"]).body();
    assert_eq!(seen["headers"].get("Remote-User"), None, "{seen}");
    assert_eq!(edge.ask("gate", "/login", &[]).server(), "gate");
}

#[test]
fn caddy_passes_requests_on() {
    let Some(mut edge) = Edge::start(Proxy::Caddy) else { return };
    edge.wait("the till answers", |edge| edge.ask("till", "/", &[]).status == 200);
    let (cookie, host) = stays(&edge, "till");
    edge.stop("till", &host);
    let other = edge.ask("till", "/", &["-H", &cookie]);
    assert_eq!(other.status, 200, "{}", other.text);
    assert_ne!(other.host(), host, "{}", other.text);
    edge.serve("till", &host, 8095);
    passes_requests_on(edge);
}

#[test]
fn nginx_passes_requests_on() {
    let Some(edge) = Edge::start(Proxy::Nginx) else { return };
    edge.wait("the scale answers", |edge| edge.ask("scale", "/", &[]).status == 200);
    weighed(&edge);
    limited(&edge);
    passes_requests_on(edge);
}

/// What every proxy does, in whatever way: names and paths, logins, and ways around instances and hosts that are gone.
fn passes_requests_on(mut edge: Edge) {
    edge.wait("the shop answers", |edge| edge.ask("shop", "/", &[]).status == 200);
    assert_eq!(edge.ask("www", "/", &[]).server(), "shop");
    assert_eq!(edge.ask("shop", "/spare/x", &[]).server(), "spare");
    assert_eq!(edge.ask("shop", "/spares", &[]).server(), "shop");
    assert_ne!(edge.ask("hidden", "/", &[]).server(), "hidden", "it has no ingress");
    let answer = edge.ask("shop", "/", &[]);
    for header in ["strict-transport-security", "x-content-type-options", "x-frame-options", "referrer-policy"] {
        assert!(answer.header(header).is_some(), "{header} is missing in {}", answer.text);
    }
    assert_eq!(edge.ask("away", "/", &[]).status, 403, "clients are elsewhere");
    assert!(edge.asked("away").is_empty());

    // Nobody gets past the login, and nobody is believed who says that he has.
    for more in [&[][..], &["-X", "POST", "-d", "1"]] {
        let refused = edge.ask("office", "/desk?a=b&c=d", more);
        assert_eq!((refused.status, refused.header("location")), (302, Some(LOGIN)), "{}", refused.text);
    }
    assert!(edge.asked("office").is_empty(), "nobody got past: {:?}", edge.asked("office"));
    let seen = edge.ask("office", "/desk", &["-H", "Cookie: session=ana", "-H", "Remote-User: root"]).body();
    assert_eq!(seen["headers"]["Remote-User"], "ana", "{seen}");

    // An instance that is gone, and a host.
    let loss = edge.simulated("bethel", "shop.example.org");
    assert_eq!((&loss["effect"], &loss["answering"]), (&json!("loses_redundancy"), &json!(["canaan"])));
    edge.stop("shop", "bethel");
    settled(&edge, "shop", "canaan");
    edge.serve("shop", "bethel", 8090);
    edge.wait("bethel is asked again", |edge| edge.ask("shop", "/", &[]).host() == "bethel");
    edge.hosts["canaan"].connect(&edge.switch, false);
    settled(&edge, "shop", "bethel");
    edge.hosts["canaan"].connect(&edge.switch, true);

    // None is left: another service answers, as it was simulated.
    assert_eq!(edge.simulated("bethel,canaan", "shop.example.org")["effect"], "fails_over");
    edge.stop("shop", "bethel");
    edge.stop("shop", "canaan");
    edge.wait("the spare answers", |edge| edge.ask("shop", "/", &[]).server() == "spare");
}

/// Who has more weight gets more: canaan four times as often as bethel.
fn weighed(edge: &Edge) {
    let hosts: Vec<String> = (0..20).map(|_| edge.ask("scale", "/", &[]).host()).collect();
    let of = |host: &str| hosts.iter().filter(|one| *one == host).count();
    assert_eq!((of("bethel"), of("canaan")), (4, 16), "{hosts:?}");
}

/// Few requests a second.
fn limited(edge: &Edge) {
    let statuses: Vec<u16> = (0..30).map(|_| edge.ask("slow", "/", &[]).status).collect();
    let refused = statuses.iter().position(|status| *status == 429);
    assert!(refused.is_some_and(|first| first >= 10), "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 429].contains(status)), "{statuses:?}");
    eprintln!("429 from request {} on", refused.unwrap_or_default() + 1);
}

/// The same instance answers the same browser; returns its cookie and the host.
fn stays(edge: &Edge, service: &str) -> (String, String) {
    let first = edge.ask(service, "/", &[]);
    let cookie = first.header("set-cookie").expect("a cookie").split(';').next().expect("its value").to_owned();
    assert!(cookie.starts_with(&format!("{service}-instance=")), "{cookie}");
    let cookie = format!("Cookie: {cookie}");
    for _ in 0..12 {
        assert_eq!(edge.ask(service, "/", &["-H", &cookie]).host(), first.host());
    }
    (cookie, first.host())
}

/// After the time in which a proxy notices, no request fails, and all are answered by one host.
fn settled(edge: &Edge, service: &str, host: &str) {
    let began = Instant::now();
    while began.elapsed() < INTERVAL {
        edge.ask(service, "/", &[]);
    }
    for _ in 0..40 {
        let answer = edge.ask(service, "/", &[]);
        assert_eq!((answer.status, answer.host()), (200, host.to_owned()), "{}", answer.text);
    }
}

#[test]
fn names_are_answered() {
    let Some(mut edge) = Edge::start(Proxy::Traefik) else { return };
    if require(&["unbound", "unbound-checkconf"]).is_none() {
        return;
    }
    let Some(nix) = Nix::new(Program::Absent) else { return };
    let settings = nix.eval(edge.fleet.root(), "nixosConfigurations.ararat.config.services.unbound.settings", "c: c");
    let file = edge.home.path().join("unbound.conf");
    // As nixpkgs writes it: a list is a line for each of its items. The account is not there, and nothing is to be kept.
    let directory = edge.home.path().display();
    let mut text =
        format!("server:\n  username: \"\"\n  chroot: \"\"\n  pidfile: \"\"\n  directory: \"{directory}\"\n");
    for (key, value) in settings["server"].as_object().expect("a map") {
        let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
        for value in values {
            let value = match value {
                Json::Bool(on) => if on { "yes" } else { "no" }.to_owned(),
                Json::String(text) => text,
                other => other.to_string(),
            };
            text.push_str(&format!("  {key}: {value}\n"));
        }
    }
    fs::write(&file, &text).expect("the directory is ours");
    run(std::process::Command::new(edge.lab.program("unbound-checkconf")).arg(&file));
    let mut command = edge.hosts["ararat"].command(edge.lab.program("unbound"));
    command.args(["-d", "-c"]).arg(&file);
    let daemon = Daemon::start(&command, &edge.home.path().join("unbound.log"));
    edge.running.insert(("dns".to_owned(), "ararat".to_owned()), daemon);
    edge.wait("the name server answers", |edge| !edge.lookup("shop.svc.example.org").is_empty());
    assert_eq!(
        edge.lookup("shop.svc.example.org"),
        ["status 0", "10.77.0.12", "10.77.0.13"],
        "its own site comes first"
    );
    assert_eq!(edge.lookup("ingress.svc.example.org"), ["status 0", "10.77.0.11"]);
    assert_eq!(edge.lookup("nobody.svc.example.org"), ["status 3"]);

    // Who needs a name knows it without asking, and nobody else does.
    let hosts = "hosts: builtins.mapAttrs (_: h: h.config.networking.hosts) hosts";
    let known = nix.eval(edge.fleet.root(), "nixosConfigurations", hosts);
    let shop = json!(["shop.svc.example.org", "till.svc.example.org"]);
    assert_eq!(known["bethel"]["10.77.0.12"], shop, "{known}");
    assert_eq!(known["bethel"]["10.77.0.13"], shop, "{known}");
    assert_eq!(known["canaan"].get("10.77.0.12"), None, "{known}");
}

#[test]
fn one_service_more_changes_few_hosts() {
    let fleet = edge_fleet();
    fleet.generate();
    let before = fleet.files();
    let more = "services:\n  more: { kind: shop, placement: { hosts: [dothan] }, ports: { web: 8100 }, ingress: { auth: none } }\n";
    fleet.edit("fleet.yaml", "services:\n", more);
    fleet.generate();
    let after = fleet.files();
    let changed =
        |host: &str| before[&format!("generated/hosts/{host}.nix")] != after[&format!("generated/hosts/{host}.nix")];
    let changed: Vec<_> = HOSTS.into_iter().map(|(host, _)| host).filter(|host| changed(host)).collect();
    assert_eq!(changed, ["ararat", "dothan"], "the proxy and the name server, and where it runs");
}

#[test]
fn who_gets_no_requests_takes_nobodys_place() {
    let fleet = edge_fleet();
    fleet.edit("fleet.yaml", "  external: true\n", "");
    fleet.edit("fleet.yaml", "weights: { same_site: 1, elsewhere: 4 }", "weights: { elsewhere: 0 }");
    fleet.generate();
    let proxy = fs::read_to_string(fleet.root().join("generated/hosts/ararat.nix")).expect("it was generated");
    assert!(proxy.contains("http://10.77.0.12:8100") && !proxy.contains("http://10.77.0.13:8100"), "{proxy}");
    assert_eq!(simulated(&fleet, "bethel", "scale.example.org")["effect"], "unreachable");
    assert_eq!(simulated(&fleet, "bethel", "till.example.org")["effect"], "loses_redundancy");
}
