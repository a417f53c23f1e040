//! What `cistern simulate` says of the examples and of clusters, and the laws that it keeps.
//!
//! `tests/simulate/<example>.txt` holds what is said of each host and each site. `CISTERN_BLESS=1` rewrites it.

#![expect(clippy::disallowed_methods, reason = "runs the program on fleets of the repository")]

mod common;
#[path = "common/fleet.rs"]
mod fleet;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::process::Output;

use cistern::Compiled;
use cistern::simulate::{self, Effect, Simulation, simulate};
use cistern::value::HostName;
use common::everything;
use fleet::{Fleet, Plan, expect_exit, repository};
use serde_json::{Value as Json, json};

const EXAMPLES: &[&str] = &["homelab", "company"];

#[test]
fn what_is_said_of_the_examples() {
    for example in EXAMPLES {
        let fleet = Fleet::copy(&format!("examples/{example}"));
        let plan = fleet.plan();
        let sites: BTreeSet<_> = plan.hosts.values().filter_map(|host| host["site"].as_str()).collect();
        let sites = sites.into_iter().map(|site| format!("site:{site}"));
        let mut text = String::new();
        for word in plan.hosts.keys().cloned().chain(sites) {
            let output = fleet.cistern(&["simulate", "--down", &word]);
            let code = output.status.code().expect("it ends by itself");
            text.push_str(&format!("$ cistern simulate --down {word}\n{}= {code}\n\n", everything(&output)));
        }
        let file = repository().join(format!("tests/simulate/{example}.txt"));
        if env::var_os("CISTERN_BLESS").is_some_and(|value| value == "1") {
            fs::create_dir_all(file.parent().expect("a directory")).expect("the repository can be written");
            fs::write(&file, &text).expect("the repository can be written");
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        let diff = similar::TextDiff::from_lines(expected.as_str(), &text);
        assert!(expected == text, "{}\n{}", file.display(), diff.unified_diff().context_radius(2));
    }
}

#[test]
fn a_service_stops_exactly_when_all_its_hosts_are_down() {
    for example in EXAMPLES {
        let (compiled, plan) = compiled(example);
        let mut placed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (host, services) in &plan.instances {
            for service in services.keys() {
                placed.entry(service).or_default().insert(host);
            }
        }
        let mut stopped = 0;
        for down in choices(&plan) {
            let found = of(&compiled, &down);
            let stops: BTreeSet<&str> = by(&found, Effect::Stops);
            let expected: BTreeSet<&str> = placed
                .iter()
                .filter(|(_, hosts)| hosts.iter().all(|host| down.contains(*host)))
                .map(|(service, _)| *service)
                .collect();
            assert_eq!(stops, expected, "{down:?}");
            stopped += stops.len();
            let touched = placed.values().filter(|hosts| hosts.iter().any(|host| down.contains(*host))).count();
            assert_eq!(found.services.len(), touched, "{down:?}");
            for loss in &found.services {
                assert_eq!(loss.before, placed[loss.name.as_str()].len());
                assert_eq!(loss.left + loss.down.len(), loss.before);
                assert_eq!(loss.left, loss.up.len());
            }
        }
        assert!(stopped > 10, "{stopped} only");
    }
}

#[test]
fn more_hosts_down_lose_no_less() {
    let (compiled, plan) = compiled("company");
    let hosts: Vec<&String> = plan.hosts.keys().collect();
    let mut down = BTreeSet::new();
    let mut before = of(&compiled, &down);
    assert!(!before.stops && before.services.is_empty() && before.secrets.is_empty() && before.routes.is_empty());
    for host in hosts.iter().rev() {
        down.insert((*host).clone());
        let after = of(&compiled, &down);
        assert!(by(&before, Effect::Stops).is_subset(&by(&after, Effect::Stops)), "{down:?}");
        assert!(before.secrets.iter().all(|secret| after.secrets.contains(secret)), "{down:?}");
        let targets = |found: &Simulation| found.monitoring.as_ref().map(|watch| watch.targets_down.len());
        assert!(targets(&before) <= targets(&after), "{down:?}");
        before = after;
    }
    assert_eq!(before.summary.services_stopped, plan.services.len(), "nothing runs where every host is down");
    assert_eq!(before.summary.targets_unwatched, 0, "what is down is not watched for another reason");
}

#[test]
fn secrets_are_lost_with_their_last_reader() {
    for example in EXAMPLES {
        let (compiled, plan) = compiled(example);
        for down in choices(&plan) {
            let mut expected = BTreeSet::new();
            for (name, secret) in &plan.secrets {
                let hosts: Vec<String> = secret["hosts"].as_array().expect("a list").iter().map(text).collect();
                if secret["per_host"] == json!(true) {
                    let gone = hosts.into_iter().filter(|host| down.contains(host));
                    expected.extend(gone.map(|host| (name.clone(), Some(host))));
                } else if !hosts.is_empty() && hosts.iter().all(|host| down.contains(host)) {
                    expected.insert((name.clone(), None));
                }
            }
            let found = of(&compiled, &down).secrets.into_iter();
            let found: BTreeSet<_> =
                found.map(|loss| (loss.name.to_string(), loss.host.map(|host| host.to_string()))).collect();
            assert_eq!(found, expected, "{down:?}");
        }
    }
}

#[test]
fn every_document_is_as_its_schema_says() {
    let fleet = Fleet::copy("examples/company");
    let schema: Json = parsed(&fleet.cistern(&["schema", "--simulate"]), 0);
    jsonschema::draft202012::meta::validate(&schema).expect("it is a schema");
    let validator = jsonschema::validator_for(&schema).expect("it is a schema");
    let (compiled, plan) = compiled("company");
    for down in choices(&plan) {
        let document: Json = serde_json::from_str(&simulate::json(&of(&compiled, &down))).expect("it is JSON");
        let faults: Vec<_> = validator.iter_errors(&document).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{faults:?}");
    }
    let mut document = parsed(&fleet.cistern(&["simulate", "--down", "edge-*", "--format", "json"]), 1);
    assert!(validator.is_valid(&document) && document["version"] == json!(1));
    document["services"][0]["more"] = json!(1);
    assert!(!validator.is_valid(&document), "the schema takes everything");
}

/// The cluster of tests/fleets/good/members with so many members, of a kind that does not ask for an odd number.
fn cluster(members: usize) -> Fleet {
    let fleet = Fleet::copy("tests/fleets/good/members/fleet");
    fleet.edit("templates/services/store.nix.j2", "odd: true", "odd: false");
    fleet.edit("templates/services/store.nix.j2", "voter: { count: 2 }", "voter: {}");
    let host = |number: usize| {
        format!("  n{number}: {{ address: 10.0.0.{}, state_version: \"25.11\", tags: [store] }}\n", number + 20)
    };
    let more: String = (3..members).map(host).collect();
    fleet.edit("fleet.yaml", "hosts:\n", &format!("hosts:\n{more}"));
    fleet
}

#[test]
fn a_cluster_keeps_its_quorum_while_it_has_a_majority() {
    for (members, down, effect, code) in [
        (3, "a", "loses_redundancy", 0),
        (3, "a or b", "loses_quorum", 1),
        (3, "a or b or c", "stops", 1),
        (4, "a", "loses_redundancy", 0),
        (4, "a or b", "loses_quorum", 1), // half is no majority
        (5, "a or b", "loses_redundancy", 0),
        (5, "a or b or c", "loses_quorum", 1),
    ] {
        let fleet = cluster(members);
        let output = fleet.cistern(&["simulate", "--down", down, "--format", "json"]);
        let document = parsed(&output, code);
        let services = document["services"].as_array().expect("a list");
        let ledger = services.iter().find(|service| service["name"] == json!("ledger")).expect("it is touched");
        assert_eq!(ledger["effect"], json!(effect), "{members} members without {down}");
        assert_eq!(ledger["needed"], json!(members / 2 + 1));
        assert_eq!(document["stops"], json!(code == 1));
        let proxy = services.iter().find(|service| service["kind"] == json!("store-proxy")).expect("it is touched");
        assert_eq!(proxy.get("needed"), None, "a kind without a quorum needs none");
        expect_exit(&fleet.cistern(&["simulate", "--down", down, "--exit-zero"]), 0);
    }
}

#[test]
fn roles_that_nobody_plays_are_named() {
    let (compiled, _) = compiled("company");
    let roles = |hosts: &[&str]| {
        let found = of(&compiled, &hosts.iter().map(|host| (*host).to_owned()).collect());
        let loss = found.services.iter().find(|loss| loss.name.as_str() == "sessions").expect("it is touched");
        loss.roles_gone.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(roles(&["cache-1"]), ["primary"]);
    assert_eq!(roles(&["cache-2"]), [""; 0]);
    assert_eq!(roles(&["cache-2", "cache-3"]), ["replica"]);
}

#[test]
fn monitors_that_are_down_watch_nothing() {
    let fleet = Fleet::copy("examples/homelab");
    let watch = |fleet: &Fleet, down: &str| {
        let output = fleet.cistern(&["simulate", "--down", down, "--exit-zero", "--format", "json"]);
        let watch = parsed(&output, 0)["monitoring"].clone();
        let count = |key: &str| watch[key].as_array().expect("a list").len();
        (count("down"), count("up"), count("targets_down"), count("targets_unwatched"))
    };
    assert_eq!(watch(&fleet, "gihon"), (1, 0, 7, 6));
    assert_eq!(watch(&fleet, "router"), (0, 1, 2, 0));
    fleet.edit("fleet.yaml", "monitoring:\n  hosts: [gihon]", "monitoring:\n  hosts: [gihon, eden]");
    assert_eq!(watch(&fleet, "gihon"), (1, 1, 7, 0), "the other one watches on");
    assert_eq!(watch(&fleet, "gihon or eden"), (2, 0, 13, 4));
}

#[test]
fn hosts_without_a_name_server_are_told() {
    let fleet = Fleet::copy("examples/services");
    let resolvers = |down: &str| {
        let output = fleet.cistern(&["simulate", "--down", down, "--exit-zero", "--format", "json"]);
        parsed(&output, 0).get("resolvers").cloned()
    };
    assert_eq!(resolvers("edge-1"), None, "the other one answers");
    let servers = json!(["10.40.1.11", "10.40.1.12"]);
    let lost = |host: &str| json!({ "host": host, "servers": servers });
    assert_eq!(resolvers("@edge or app-1"), Some(json!([lost("app-2"), lost("app-3")])));
    let text = said(&fleet.cistern(&["simulate", "--down", "@edge"]), 1);
    assert!(text.contains("10.40.1.11 10.40.1.12  nobody answers  app-1 app-2 app-3\n"), "{text}");
    assert!(text.contains("3 hosts without a name server"), "{text}");
}

#[test]
fn hosts_that_are_off_run_nothing() {
    let fleet = Fleet::copy("examples/services");
    let found =
        |down: &str| parsed(&fleet.cistern(&["simulate", "--down", down, "--exit-zero", "--format", "json"]), 0);
    let of = |found: &Json, name: &str| {
        let services = found["services"].as_array().expect("a list");
        services.iter().find(|service| service["name"] == name).cloned().unwrap_or_default()
    };
    assert_eq!(of(&found("app-2"), "etcd")["effect"], "loses_redundancy");
    assert_eq!(found("edge-1")["moves"][0]["to"], json!(["edge-2"]));
    fleet.edit(
        "fleet.yaml",
        "tags: [app], state_version: \"25.11\", host_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGG",
        "tags: [app], lifecycle: inactive, state_version: \"25.11\", host_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGG",
    );
    let etcd = of(&found("app-2"), "etcd");
    assert_eq!((&etcd["effect"], &etcd["before"], &etcd["left"]), (&json!("loses_quorum"), &json!(2), &json!(1)));
    assert_eq!(of(&found("app-1"), "etcd"), Json::Null, "it runs nothing in any case");
    fleet.edit("fleet.yaml", "edge-2: { ", "edge-2: { lifecycle: inactive, ");
    let moves = found("edge-1")["moves"].clone();
    let entrance = moves.as_array().expect("a list").iter().find(|one| one["name"] == "entrance");
    assert_eq!(entrance.expect("it is told")["effect"], "lost");
}

#[test]
fn a_secret_that_nobody_can_decrypt_is_told_apart() {
    let fleet = Fleet::copy("tests/fleets/good/members/fleet");
    fleet.edit("fleet.yaml", "role: admin,", "role: admin, hosts: \"not d\",");
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEVTj+NcnDyhvjiQTHKbH7DE+jWXt5yozZTpN4/87bM1";
    let hosts = format!("hosts:\n  d: {{ managed: node, address: 10.0.0.14, host_key: {key} }}\n");
    fleet.edit("fleet.yaml", "hosts:\n", &hosts);
    fleet.edit("fleet.yaml", "services:\n", "secrets:\n  only-d: { hosts: d }\n\nservices:\n");
    let text = said(&fleet.cistern(&["simulate", "--down", "d"]), 0);
    assert!(text.contains("only-d  -        nobody can decrypt it  -\n"), "{text}");
    assert!(text.contains("1 secret without a reader (1 that nobody can decrypt)"), "{text}");
    let text = said(&fleet.cistern(&["simulate", "--down", "a"]), 0);
    assert!(!text.contains("only-d"), "{text}");
}

#[test]
fn what_selects_nothing_names_what_is_near() {
    let fleet = Fleet::copy("examples/company");
    for (words, expected) in [
        (vec!["site:frankfort"], vec!["did you mean `frankfurt`?"]),
        (vec!["site:"], vec!["there are `edge`, `frankfurt` and `office`"]),
        (vec!["edge-9"], vec!["no host is called `edge-9`; the nearest host is `edge-1`"]),
        (vec!["@wab", "site:offce"], vec!["the nearest tag is `web`", "did you mean `office`?"]),
        (vec!["a b c"], vec!["error[C027]"]),
    ] {
        let downs = words.iter().flat_map(|word| ["--down", word]);
        let args: Vec<&str> = std::iter::once("simulate").chain(downs).collect();
        let output = fleet.cistern(&args);
        let text = said(&output, 2);
        expected.iter().for_each(|part| assert!(text.contains(part), "{words:?}: {text}"));
        assert!(output.stdout.is_empty());
    }
    expect_exit(&fleet.cistern(&["simulate"]), 2);
    fleet.edit("fleet.yaml", "version: 1\n", "version: 1\nmore: 1\n");
    let text = said(&fleet.cistern(&["simulate", "--down", "edge-1"]), 2);
    assert!(text.contains("error[C020]") && text.contains("nothing was simulated: 1 error"), "{text}");
}

/// An example, compiled, and its plan as it was written down.
fn compiled(example: &str) -> (Compiled, Plan) {
    let directory = repository().join("examples").join(example);
    let compiled = cistern::compile(&directory).expect("it can be read");
    let text = fs::read_to_string(directory.join("generated/plan.jsonl")).expect("it is there");
    (compiled, Plan::read(&text))
}

/// Each host by itself, each two of them, and each site.
fn choices(plan: &Plan) -> Vec<BTreeSet<String>> {
    let hosts: Vec<&String> = plan.hosts.keys().collect();
    let mut choices = Vec::new();
    for (at, first) in hosts.iter().enumerate() {
        choices.extend(hosts[at..].iter().map(|second| BTreeSet::from([(*first).clone(), (*second).clone()])));
    }
    let mut sites: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (name, host) in &plan.hosts {
        if let Some(site) = host["site"].as_str() {
            sites.entry(site).or_default().insert(name.clone());
        }
    }
    choices.extend(sites.into_values());
    choices
}

fn of(compiled: &Compiled, down: &BTreeSet<String>) -> Simulation {
    let plan = compiled.plan.as_ref().expect("it compiles");
    let names: BTreeSet<HostName> =
        plan.entries().hosts.keys().filter(|host| down.contains(host.as_str())).cloned().collect();
    assert_eq!(names.len(), down.len());
    simulate(plan.entries(), plan.kinds(), &names)
}

fn by(found: &Simulation, effect: Effect) -> BTreeSet<&str> {
    found.services.iter().filter(|loss| loss.effect == effect).map(|loss| loss.name.as_str()).collect()
}

/// Everything that was said by a run that ended so.
#[track_caller]
fn said(output: &Output, code: i32) -> String {
    expect_exit(output, code);
    everything(output)
}

/// The document that was printed by a run that ended so.
#[track_caller]
fn parsed(output: &Output, code: i32) -> Json {
    expect_exit(output, code);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", everything(output)))
}

fn text(value: &Json) -> String {
    value.as_str().expect("a text").to_owned()
}
