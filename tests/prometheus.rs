//! What Prometheus itself makes of every generated `prometheus.yml`, and that `scrape.json` says the same.
//!
//! promtool accepts the file and then lists the targets of each job with their labels: those must be the targets of
//! `scrape.json`, which the monitoring host's module reads, or of the files that it names. The blackbox exporter accepts
//! its file, which has every module that a target asks for and no other.

#![expect(clippy::disallowed_methods, reason = "makes fleet directories and runs promtool on them")]

mod common;
#[path = "common/fleet.rs"]
mod fleet;

use std::collections::{BTreeMap, BTreeSet};
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
    let Some(lab) = require(&["promtool", "prometheus-blackbox-exporter"]) else { return };
    for example in directories("examples") {
        let fleet = Fleet::copy(&format!("examples/{example}"));
        assert!(hold(lab, &fleet) > 0, "{example} monitors nothing");
    }
}

#[test]
fn good_fleets_are_scraped_as_generated() {
    let Some(lab) = require(&["promtool", "prometheus-blackbox-exporter"]) else { return };
    for name in directories("tests/fleets/good") {
        let fleet = Fleet::new();
        copy(&repository().join("tests/fleets/good").join(&name).join("fleet"), fleet.root());
        fleet.generate();
        hold(lab, &fleet);
    }
}

#[test]
fn two_hundred_hosts_are_scraped_as_generated() {
    let Some(lab) = require(&["promtool", "prometheus-blackbox-exporter"]) else { return };
    let fleet = Fleet::new();
    fleet.write("templates/services/shop.nix.j2", SHOP);
    fleet.write("templates/services/ledger.nix.j2", SHOP.replace("/metrics/a b", "/other"));
    fleet.write("fleet.yaml", serde_json::to_string_pretty(&large(200)).expect("it is JSON"));
    fleet.generate();
    // A node exporter each, a second exporter on every other, a shop on every fourth and a ledger on every tenth. All are
    // pinged; the one that watches is asked for its own figures, and whether two of its three services work.
    assert_eq!(hold(lab, &fleet), 200 + 100 + 50 + 20 + 200 + 3 + 2);
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
    let installed = yaml["scrape_configs"].to_string().replace("\"targets/", "\"/etc/cistern/targets/");
    assert_eq!(installed, jobs.to_string());
    assert_eq!(yaml["global"]["external_labels"], json!({ "fleet": plan.header["fleet"] }));
    for interval in ["scrape_interval", "evaluation_interval"] {
        assert_eq!(yaml["global"].get(interval).unwrap_or(&Json::Null), &monitoring["scrape_interval"]);
    }

    let (mut count, mut modules) = (0, BTreeSet::new());
    for job in jobs.as_array().expect("a list of jobs") {
        let name = text_of(&job["job_name"]);
        let wanted = targets(fleet, job);
        assert!(!wanted.is_empty(), "the job {name} has no targets");
        // promtool always waits so long for more targets; a machine that is busy gets more time.
        let mut found = discovered(lab, &file, &name, "500ms");
        if found.iter().map(|(before, _)| before).ne(&wanted) {
            found = discovered(lab, &file, &name, "20s");
        }
        assert!(found.iter().map(|(before, _)| before).eq(&wanted), "the job {name}: {found:#?}, not {wanted:#?}");
        for (before, after) in found {
            assert_eq!(after.get("instance"), before.get("__address__"), "{name}");
            modules.extend(before.get("__param_module").filter(|_| name.starts_with("probe-")).cloned());
        }
        count += wanted.len();
    }
    let blackbox = fleet.root().join("generated/prometheus/blackbox.yml");
    let check = "--config.check";
    run(lab.command("prometheus-blackbox-exporter").arg(check).arg(format!("--config.file={}", blackbox.display())));
    let described = self::yaml(&fs::read_to_string(blackbox).expect("it was generated"));
    let described: BTreeSet<_> = described["modules"].as_object().expect("a map of modules").keys().cloned().collect();
    assert_eq!(described, modules);
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
fn targets(fleet: &Fleet, job: &Json) -> Vec<Target> {
    let mut targets = Vec::new();
    for entry in entries(fleet, job) {
        for address in texts_of(&entry["targets"]) {
            let labels = entry["labels"].as_object().expect("a map of labels");
            let mut target: Target = labels.iter().map(|(name, value)| (name.clone(), text_of(value))).collect();
            // Prometheus drops labels that are empty.
            target.retain(|_, value| !value.is_empty());
            target.insert("__address__".to_owned(), address);
            target.insert("__scheme__".to_owned(), job.get("scheme").map_or("http".to_owned(), text_of));
            target.entry("job".to_owned()).or_insert_with(|| text_of(&job["job_name"]));
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

/// The targets of a job as they were written, in the job or in the file that it names.
fn entries(fleet: &Fleet, job: &Json) -> Vec<Json> {
    let list = |json: &Json| json.as_array().expect("a list of targets").clone();
    let Some(files) = job.get("file_sd_configs") else { return list(&job["static_configs"]) };
    let file = text_of(&files[0]["files"][0]);
    let file = file.strip_prefix("/etc/cistern/").expect("it is installed there");
    list(&serde_json::from_str(&fleet.read(&format!("generated/prometheus/{file}"))).expect("it is JSON"))
}

/// The targets of a job as Prometheus reads the file, before and after it makes labels from labels, sorted.
fn discovered(lab: &Lab, file: &std::path::Path, job: &str, time: &str) -> Vec<(Target, Target)> {
    let mut promtool = lab.command("promtool");
    promtool.args(["check", "service-discovery", &format!("--timeout={time}")]);
    let found: Vec<Json> = serde_json::from_str(&run(promtool.arg(file).arg(job))).expect("promtool prints JSON");
    let labels = |target: &Json, which: &str| -> Target {
        let labels = target[which].as_object().expect("a map of labels");
        let mut labels: Target = labels.iter().map(|(name, value)| (name.clone(), text_of(value))).collect();
        for given in ["__scrape_interval__", "__scrape_timeout__", "__meta_filepath"] {
            labels.remove(given);
        }
        labels
    };
    let mut targets: Vec<_> =
        found.iter().map(|target| (labels(target, "discoveredLabels"), labels(target, "labels"))).collect();
    targets.sort();
    targets
}

#[test]
fn probes_go_through_the_exporter_of_the_host_that_asks() {
    let Some(lab) = require(&["promtool", "prometheus-blackbox-exporter"]) else { return };
    let fleet = Fleet::new();
    copy(&repository().join("tests/fleets/good/monitored/fleet"), fleet.root());
    fleet.generate();
    let file = fleet.root().join("generated/prometheus/prometheus.yml");
    let text = run(lab.command("promtool").args(["check", "service-discovery"]).arg(&file).arg("probe-http"));
    let found: Json = serde_json::from_str(&text).expect("promtool prints JSON");
    let shop = found.as_array().expect("a list").iter().find(|one| one["labels"]["probe"] == "shop");
    let labels = &shop.expect("it is asked")["labels"];
    assert_eq!(labels["instance"], "https://shop.example.org/");
    assert_eq!(labels["__param_target"], "https://shop.example.org/");
    assert_eq!(labels["__param_module"], "http-301");
    assert_eq!(labels["__address__"], "127.0.0.1:9115");
    assert_eq!(labels.get("host"), None);
}

#[test]
fn hosts_that_are_switched_off_are_not_asked() {
    let fleet = Fleet::new();
    copy(&repository().join("tests/fleets/good/monitored/fleet"), fleet.root());
    fleet.generate();
    let all = texts_below(&fleet.root().join("generated/prometheus"));
    assert!(all.contains("192.168.1.55") && !all.contains("192.168.1.54"), "the attic is asked and the spare is not");
    // Passwords are named by the files that systemd puts them into.
    assert!(all.contains("password_file: /run/credentials/prometheus.service/node\n"), "{all}");
}

fn texts_below(directory: &std::path::Path) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(directory).expect("it is there") {
        let path = entry.expect("it can be read").path();
        match path.is_dir() {
            true => all += &texts_below(&path),
            false => all += &fs::read_to_string(path).expect("it is text"),
        }
    }
    all
}
