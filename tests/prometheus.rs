//! What Prometheus itself makes of every generated `prometheus.yml`, and that `scrape.json` says the same.
//!
//! promtool accepts the file and then lists the targets of each job with their labels: those must be the targets of
//! `scrape.json`, which the monitoring host's module reads.

#![expect(clippy::disallowed_methods, reason = "makes fleet directories and runs promtool on them")]

mod common;
#[path = "common/fleet.rs"]
mod fleet;

use std::collections::BTreeMap;
use std::fs;

use cistern::diag::Faults;
use cistern::load::parse;
use cistern::source::Sources;
use common::{Lab, require, run};
use fleet::{Fleet, copy, directories, repository, text_of, texts_of};
use serde_json::{Map, Value as Json, json};

/// Labels of a target, its address and the parameters of its job among them.
type Target = BTreeMap<String, String>;

#[test]
fn examples_are_scraped_as_generated() {
    let Some(lab) = require(&["promtool"]) else { return };
    for example in directories("examples") {
        let fleet = Fleet::copy(&format!("examples/{example}"));
        assert!(hold(lab, &fleet) > 0, "{example} monitors nothing");
    }
}

#[test]
fn good_fleets_are_scraped_as_generated() {
    let Some(lab) = require(&["promtool"]) else { return };
    for name in directories("tests/fleets/good") {
        let fleet = Fleet::new();
        copy(&repository().join("tests/fleets/good").join(&name).join("fleet"), fleet.root());
        fleet.generate();
        hold(lab, &fleet);
    }
}

#[test]
fn two_hundred_hosts_are_scraped_as_generated() {
    let Some(lab) = require(&["promtool"]) else { return };
    let fleet = Fleet::new();
    fleet.write("templates/services/shop.nix.j2", SHOP);
    fleet.write("templates/services/ledger.nix.j2", SHOP.replace("/metrics/a b", "/other"));
    fleet.write("fleet.yaml", serde_json::to_string_pretty(&large(200)).expect("it is JSON"));
    fleet.generate();
    // A node exporter each, a second exporter on every other, a shop on every fourth and a ledger on every tenth.
    assert_eq!(hold(lab, &fleet), 200 + 100 + 50 + 20);
}

/// A kind whose metrics need everything that a job can say; two of them share the name of a job.
const SHOP: &str = "---
version: 1
summary: A shop
multiple: true
ports:
  web: { number: 8080, option: services.shop.port }
metrics: { port: web, job: shop, path: /metrics/a b, params: { module: ['if_mib', 'a\"b'], target: [\"no\"] } }
---
{ services.shop.port = {{ ports.web }}; }
";

/// A fleet whose labels are what YAML likes to misread.
fn large(count: usize) -> Json {
    const ODD: &[&str] = &[
        "yes",
        "no",
        "null",
        "~",
        "1",
        "1.0",
        "0x1f",
        "1e3",
        "1:30",
        "- a",
        "a: b",
        "a #b",
        "#a",
        "",
        " ",
        "'",
        "\"",
        "\\",
        "a\nb",
        "é",
        "🐧",
        "&a",
        "*a",
        "!a",
        "|",
        ">",
        "{",
        "[",
        "@a",
        "`a",
        "%a",
        "?",
        "2026-11-21",
        "=",
        "<<",
        "\t",
        "true",
    ];
    let mut hosts = Map::new();
    for n in 0..count {
        let address =
            if n % 7 == 0 { format!("fd00::{:x}", n + 1) } else { format!("10.0.{}.{}", n / 250, n % 250 + 1) };
        let mut host = json!({
            "address": address,
            "managed": "scrape",
            "labels": { "odd": ODD[n % ODD.len()], "environment": "production" },
            "exporters": { "node": { "port": 9100 + n % 3 } },
        });
        if n % 2 == 0 {
            host["exporters"]["snmp"] = json!({});
        }
        if n % 4 == 0 {
            host["managed"] = json!("full");
            host["system"] = json!("x86_64-linux");
            host["state_version"] = json!("25.11");
            host["hardware"] = json!("vm");
            host["filesystems"] = json!({ "/": { "device": "/dev/vda1", "fs_type": "ext4" } });
        }
        hosts.insert(format!("host-{n:03}"), host);
    }
    let named = |step: usize| (0..count).step_by(step).map(|n| format!("host-{n:03}")).collect::<Vec<_>>();
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPjDzGvX/3cfsR072065rAHFFNhEYxivdPUkAOgpN4a";
    json!({
        "version": 1,
        "fleet": { "name": "large", "domain": "example.org" },
        "sites": { "home": { "region": "yes" } },
        "defaults": { "labels": { "rack": "007" } },
        "access": { "people": { "ana": { "role": "admin", "keys": [key] } } },
        "hosts": hosts,
        "services": {
            "shop": { "placement": { "hosts": named(4) } },
            "ledger": { "placement": { "hosts": named(20) }, "ports": { "web": 8081 } },
            "second": { "kind": "ledger", "placement": { "hosts": named(20) }, "ports": { "web": 8082 } },
        },
        "monitoring": { "hosts": ["host-000"], "retention": "30d", "scrape_interval": "15s" },
    })
}

/// Holds the two files of a fleet against each other and against promtool; returns the number of targets.
fn hold(lab: &Lab, fleet: &Fleet) -> usize {
    let plan = fleet.plan();
    let Some(monitoring) = &plan.monitoring else {
        assert!(!fleet.root().join("generated/prometheus").exists(), "nobody reads these");
        return 0;
    };
    let file = fleet.root().join("generated/prometheus/prometheus.yml");
    let said = run(lab.command("promtool").args(["check", "config"]).arg(&file));
    assert!(said.contains("SUCCESS"), "{said}");

    let yaml = yaml(&fs::read_to_string(&file).expect("it was generated"));
    let jobs: Json = serde_json::from_str(&fleet.read("generated/prometheus/scrape.json")).expect("it is JSON");
    assert_eq!(yaml["scrape_configs"], jobs);
    assert_eq!(yaml["global"]["external_labels"], json!({ "fleet": plan.header["fleet"] }));
    assert_eq!(yaml["global"].get("scrape_interval").unwrap_or(&Json::Null), &monitoring["scrape_interval"]);

    let mut count = 0;
    for job in jobs.as_array().expect("a list of jobs") {
        let name = text_of(&job["job_name"]);
        let wanted = targets(job);
        assert!(!wanted.is_empty(), "the job {name} has no targets");
        // promtool always waits so long for more targets; a machine that is busy gets more time.
        let found = discovered(lab, &file, &name, "500ms");
        if found != wanted {
            assert_eq!(discovered(lab, &file, &name, "20s"), wanted, "the job {name}");
        }
        count += wanted.len();
    }
    count
}

/// Reads YAML with the parser that reads definitions, which is not the library that writes the file.
fn yaml(text: &str) -> Json {
    let mut sources = Sources::default();
    let id = sources.add("prometheus.yml", text);
    let mut faults = Faults::default();
    let node = parse(id, sources.file(id), &mut faults);
    assert!(faults.is_empty(), "{faults:?}");
    node.expect("it has no faults").to_json()
}

/// The targets of a job of `scrape.json`, sorted.
fn targets(job: &Json) -> Vec<Target> {
    let mut targets = Vec::new();
    for entry in job["static_configs"].as_array().expect("a list of targets") {
        for address in texts_of(&entry["targets"]) {
            let labels = entry["labels"].as_object().expect("a map of labels");
            let mut target: Target = labels.iter().map(|(name, value)| (name.clone(), text_of(value))).collect();
            // Prometheus drops labels that are empty.
            target.retain(|_, value| !value.is_empty());
            target.insert("__address__".to_owned(), address);
            target.insert("job".to_owned(), text_of(&job["job_name"]));
            let path = job.get("metrics_path").map_or("/metrics".to_owned(), text_of);
            target.insert("__metrics_path__".to_owned(), path);
            for (name, values) in job.get("params").and_then(Json::as_object).into_iter().flatten() {
                // Only the first is a label.
                target.insert(format!("__param_{name}"), texts_of(values).swap_remove(0));
            }
            targets.push(target);
        }
    }
    targets.sort();
    targets
}

/// The targets of a job as Prometheus reads the file, sorted.
fn discovered(lab: &Lab, file: &std::path::Path, job: &str, time: &str) -> Vec<Target> {
    let mut promtool = lab.command("promtool");
    promtool.args(["check", "service-discovery", &format!("--timeout={time}")]);
    let found: Vec<Json> = serde_json::from_str(&run(promtool.arg(file).arg(job))).expect("promtool prints JSON");
    let mut targets: Vec<Target> = found
        .iter()
        .map(|target| {
            let labels = target["discoveredLabels"].as_object().expect("a map of labels");
            let mut labels: Target = labels.iter().map(|(name, value)| (name.clone(), text_of(value))).collect();
            for given in ["__scheme__", "__scrape_interval__", "__scrape_timeout__"] {
                labels.remove(given);
            }
            labels
        })
        .collect();
    targets.sort();
    targets
}
