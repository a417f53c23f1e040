//! What `cistern coverage` says of the examples, which gaps it finds, and that Alertmanager tells whom it says.
//!
//! `tests/coverage/<example>.txt` holds what is said. `CISTERN_BLESS=1` rewrites it.

#![expect(clippy::disallowed_methods, reason = "runs the program on fleets of the repository")]

mod common;
#[path = "common/fleet.rs"]
mod fleet;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;

use cistern::alerts;
use common::{Lab, everything, require, run};
use fleet::{Fleet, expect_exit, repository};
use serde_json::{Value as Json, json};

const EXAMPLES: &[&str] = &["homelab", "company"];

/// Two hosts, one of which watches both and tells somebody of everything.
const WATCHED: &str = "version: 1
fleet: { name: homelab, domain: example.org }
access:
  people:
    ana: { role: admin, keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF ana] }
defaults:
  system: x86_64-linux
  hardware: vm
  filesystems: { /: { device: /dev/disk/by-label/nixos, fs_type: ext4 } }
  exporters: { node: {} }
hosts:
  eden: { address: 192.168.1.50, state_version: '25.11' }
  gihon: { address: 192.168.1.51, state_version: '25.11' }
services:
  jellyfin: { placement: { hosts: [eden, gihon] } }
monitoring:
  hosts: [gihon]
  receivers: { ops: { webhook: { url: 'https://hooks.example.org/' } } }
  receiver: ops
";

/// A kind of which nobody knows anything but its name.
const MUTE: &str = "---
version: 1
summary: Says nothing
---
{ services.mute.enable = true; }
";

#[test]
fn what_is_said_of_the_examples() {
    for example in EXAMPLES {
        let fleet = Fleet::copy(&format!("examples/{example}"));
        let output = fleet.cistern(&["coverage"]);
        let text = format!("$ cistern coverage\n{}= {}\n", everything(&output), output.status.code().expect("it ends"));
        let file = repository().join(format!("tests/coverage/{example}.txt"));
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
fn alertmanager_tells_whom_coverage_names() {
    let Some(lab) = require(&["amtool"]) else { return };
    for example in EXAMPLES {
        let fleet = Fleet::copy(&format!("examples/{example}"));
        let plan = fleet.plan();
        let document = coverage(&fleet, 0);
        let owner_of = |host: &str| plan.hosts[host]["labels"]["owner"].as_str().map(str::to_owned);
        let mut asked = BTreeMap::new();
        for host in document["hosts"].as_array().expect("a list") {
            let name = host["name"].as_str().expect("a name");
            let told = told(lab, &fleet, host, &[name.to_owned()], |host| owner_of(host), &mut asked);
            assert_eq!(told, names(&host["receivers"]), "{host}");
        }
        for service in document["services"].as_array().expect("a list") {
            let name = service["name"].as_str().expect("a name");
            let placed = plan.instances.iter().filter(|(_, services)| services.contains_key(name));
            let placed: Vec<_> = placed.map(|(host, _)| host.clone()).collect();
            let owner = plan.services[name]["owner"].as_str().map(str::to_owned);
            let told = told(lab, &fleet, service, &placed, |host| owner.clone().or_else(|| owner_of(host)), &mut asked);
            assert_eq!(told, names(&service["receivers"]), "{service}");
        }
        assert!(asked.len() > 5, "only {} questions", asked.len());
    }
}

/// Everybody whom Alertmanager would tell of the alerts of a row, on any of some hosts.
fn told(
    lab: &Lab,
    fleet: &Fleet,
    row: &Json,
    hosts: &[String],
    owner: impl Fn(&str) -> Option<String>,
    asked: &mut BTreeMap<Vec<String>, String>,
) -> BTreeSet<String> {
    let mut told = BTreeSet::new();
    for alert in names(&row["alerts"]) {
        let severity = alerts::find(&alert).expect("one of Cistern's").severity;
        for host in hosts {
            let mut labels = vec![format!("alertname={alert}"), format!("severity={severity}"), format!("host={host}")];
            labels.extend(owner(host).map(|owner| format!("owner={owner}")));
            let answer = asked.entry(labels.clone()).or_insert_with(|| {
                let file = fleet.root().join("generated/prometheus/alertmanager.yml");
                let mut command = lab.command("amtool");
                run(command.args(["config", "routes", "test", "--config.file"]).arg(file).args(labels))
            });
            told.extend(answer.trim().split(',').map(str::to_owned));
        }
    }
    told
}

#[test]
fn a_fleet_that_is_watched_has_no_gap() {
    let document = coverage(&written(WATCHED), 0);
    assert_eq!(document["summary"]["gaps"], json!(0), "{document}");
    assert_eq!(row(&document, "services", "jellyfin")["probed"], json!(2));
    assert_eq!(row(&document, "hosts", "eden")["receivers"], json!(["ops"]));
    assert_eq!(row(&document, "hosts", "eden")["dashboard"], Json::Null);
}

#[test]
fn every_gap_is_found() {
    let nobody = written(&WATCHED.replace("  receiver: ops\n", ""));
    assert_eq!(gaps(&nobody, "hosts", "eden"), ["nobody_told"]);
    assert_eq!(gaps(&nobody, "services", "jellyfin"), ["nobody_told"]);

    let only_web = written(&WATCHED.replace("receiver: ops", "routes: [{ owner: web, receiver: ops }]"));
    assert_eq!(gaps(&only_web, "services", "jellyfin"), ["nobody_told"]);
    let owned = WATCHED.replace("receiver: ops", "routes: [{ owner: web, receiver: ops }]");
    let owned = written(&owned.replace("jellyfin: {", "jellyfin: { owner: web,"));
    assert_eq!(gaps(&owned, "services", "jellyfin"), [""; 0]);

    let nobody_watches = written(WATCHED.split("monitoring:").next().expect("the part before"));
    assert_eq!(gaps(&nobody_watches, "hosts", "eden"), ["unwatched"]);
    assert_eq!(gaps(&nobody_watches, "services", "jellyfin"), ["unwatched"]);

    let silent = format!(
        "{WATCHED}  alerts: {{ HostUnitFailed: {{ enabled: false }}, HostUnitCrashLoop: {{ enabled: false }}, ServiceProbeDown: {{ enabled: false }}, ServiceDown: {{ enabled: false }} }}\n"
    );
    assert_eq!(gaps(&written(&silent), "services", "jellyfin"), ["no_alert"]);

    let mute = written(&WATCHED.replace("services:\n", "services:\n  mute: { placement: { hosts: [eden] } }\n"));
    mute.write("templates/services/mute.nix.j2", MUTE);
    assert_eq!(gaps(&mute, "services", "mute"), ["unwatched"]);

    let partly =
        WATCHED.replace("  exporters: { node: {} }\n", "").replace("eden: {", "eden: { exporters: { node: {} },");
    let partly = written(&partly);
    partly.write("templates/services/mute.nix.j2", MUTE.replace("version: 1", "version: 1\nunits: [mute]"));
    partly.edit("fleet.yaml", "services:\n", "services:\n  mute: { placement: { hosts: [eden, gihon] } }\n");
    assert_eq!(gaps(&partly, "services", "mute"), ["partly_watched"]);
}

#[test]
fn what_is_switched_off_is_no_gap() {
    let fleet = written(&WATCHED.replace("eden: {", "eden: { lifecycle: inactive,"));
    let document = coverage(&fleet, 0);
    let eden = row(&document, "hosts", "eden");
    assert_eq!((&eden["inactive"], &eden["pinged"], &eden["jobs"]), (&json!(true), &json!(false), &json!([])));
    assert_eq!(row(&document, "services", "jellyfin")["instances"], json!(1));
}

#[test]
fn hooks_that_only_tell_go_on() {
    let fleet = written(&WATCHED.replace("  receiver: ops\n", ""));
    expect_exit(&fleet.cistern(&["coverage"]), 1);
    expect_exit(&fleet.cistern(&["coverage", "--exit-zero"]), 0);
    fleet.write("fleet.yaml", "version: 1\n");
    expect_exit(&fleet.cistern(&["coverage"]), 2);
}

#[test]
fn every_document_is_as_its_schema_says() {
    let schema = Fleet::copy("examples/company").cistern(&["schema", "--coverage"]);
    let schema: Json = serde_json::from_slice(&schema.stdout).expect("it is JSON");
    jsonschema::draft202012::meta::validate(&schema).expect("it is a schema");
    let validator = jsonschema::validator_for(&schema).expect("it is a schema");
    for example in EXAMPLES {
        let mut document = coverage(&Fleet::copy(&format!("examples/{example}")), 0);
        let faults: Vec<_> = validator.iter_errors(&document).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{faults:?}");
        document["more"] = json!(1);
        assert!(!validator.is_valid(&document), "the schema takes everything");
    }
}

fn written(definition: &str) -> Fleet {
    let fleet = Fleet::new();
    fleet.write("fleet.yaml", definition);
    fleet
}

fn coverage(fleet: &Fleet, code: i32) -> Json {
    let output = fleet.cistern(&["coverage", "--format", "json"]);
    assert_eq!(output.status.code(), Some(code), "{}", everything(&output));
    serde_json::from_slice(&output.stdout).expect("it is JSON")
}

fn row<'d>(document: &'d Json, of: &str, name: &str) -> &'d Json {
    let rows = document[of].as_array().expect("a list");
    rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("no {name}: {document}"))
}

fn gaps(fleet: &Fleet, of: &str, name: &str) -> Vec<String> {
    let output = fleet.cistern(&["coverage", "--format", "json"]);
    let document: Json = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", everything(&output)));
    names(&row(&document, of, name)["gaps"]).into_iter().collect()
}

fn names(list: &Json) -> BTreeSet<String> {
    list.as_array().expect("a list").iter().map(|name| name.as_str().expect("a name").to_owned()).collect()
}
