//! Logs: the configurations of Loki and Alloy and the alerts of logs, as far as can be said without the programs, which are
//! not among the components of the lab. LogQL is held against Grafana's own grammar.

#![expect(
    clippy::disallowed_methods,
    reason = "makes fleet directories and runs the real grammar on what comes of them"
)]

#[path = "logs/alloy.rs"]
mod alloy;
mod common;
#[path = "common/fleet.rs"]
mod fleet;
#[path = "common/grafana.rs"]
mod grafana;

use std::collections::{BTreeMap, BTreeSet};

use alloy::{Block, Value};
use cistern::diag::Faults;
use cistern::load::parse;
use cistern::source::Sources;
use common::require;
use fleet::{Fleet, text_of};
use grafana::logql_faults;
use serde_json::{Value as Json, json};

fn watched() -> Fleet {
    let fleet = Fleet::copy("tests/fleets/good/watched/fleet");
    fleet.generate();
    fleet
}

/// Reads YAML with the parser that reads definitions, which is not the library that writes the file.
fn yaml(fleet: &Fleet, path: &str) -> Json {
    let mut sources = Sources::default();
    let id = sources.add(path, fleet.read(path));
    let mut faults = Faults::default();
    let node = parse(id, sources.file(id), &mut faults);
    assert!(faults.is_empty(), "{faults:?}");
    node.expect("it has no faults").to_json()
}

#[test]
fn loki_is_configured_for_one_machine() {
    let fleet = watched();
    let loki = yaml(&fleet, "generated/loki/loki.yml");
    assert_eq!(loki["auth_enabled"], false);
    assert_eq!(loki["analytics"]["reporting_enabled"], false);
    assert_eq!(loki["limits_config"]["retention_period"], "14d");
    // Without a store for requests to delete, Loki refuses to start with retention.
    assert_eq!(loki["compactor"]["retention_enabled"], true);
    let schema = &loki["schema_config"]["configs"][0];
    assert_eq!(schema["schema"], "v13");
    assert_eq!(schema["store"], "tsdb");
    assert_eq!(schema["object_store"], loki["compactor"]["delete_request_store"]);
    // Every key is one of those that Loki 3 documents; it refuses any other.
    let known: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("analytics", &["reporting_enabled"] as &[&str]),
        ("server", &["grpc_listen_address", "log_level"]),
        ("common", &["instance_addr", "path_prefix", "replication_factor", "ring", "storage"]),
        ("schema_config", &["configs"]),
        (
            "limits_config",
            &[
                "retention_period",
                "reject_old_samples",
                "reject_old_samples_max_age",
                "ingestion_rate_mb",
                "ingestion_burst_size_mb",
                "per_stream_rate_limit",
                "per_stream_rate_limit_burst",
                "volume_enabled",
            ],
        ),
        ("compactor", &["working_directory", "retention_enabled", "delete_request_store"]),
        (
            "ruler",
            &[
                "storage",
                "rule_path",
                "alertmanager_url",
                "enable_alertmanager_v2",
                "enable_api",
                "evaluation_interval",
                "ring",
            ],
        ),
    ]);
    for (section, value) in loki.as_object().expect("a map") {
        let Json::Object(keys) = value else { continue };
        for key in keys.keys() {
            assert!(known[section.as_str()].contains(&key.as_str()), "{section}.{key}");
        }
    }
    // Rules are where the module puts the directory of the only tenant that there is without accounts.
    assert_eq!(loki["ruler"]["storage"]["local"]["directory"], "/etc/loki/rules");
    let host = fleet.read("generated/hosts/eden.nix");
    assert!(host.contains("environment.etc.\"loki/rules\".source = ../loki/rules;"), "{host}");
    assert!(fleet.root().join("generated/loki/rules/fake/alerts.yml").exists());
}

#[test]
fn alerts_of_logs_are_like_the_others() {
    let fleet = watched();
    let file = yaml(&fleet, "generated/loki/rules/fake/alerts.yml");
    let rules: BTreeMap<String, Json> = file["groups"]
        .as_array()
        .expect("groups")
        .iter()
        .flat_map(|group| group["rules"].as_array().expect("rules"))
        .map(|rule| (text_of(&rule["alert"]), rule.clone()))
        .collect();
    for (name, rule) in &rules {
        let severity = text_of(&rule["labels"]["severity"]);
        assert!(["critical", "warning", "info"].contains(&severity.as_str()), "{name}: {severity}");
        for key in ["summary", "description", "dashboard_url", "runbook_url", "runbook"] {
            // What the definition itself brings has what is said there.
            let wanted = name.starts_with("Log") || ["summary", "runbook_url"].contains(&key);
            assert!(!wanted || rule["annotations"][key].is_string(), "{name} has no {key}");
        }
        assert!(text_of(&rule["expr"]).contains("sum by (host)"), "{name} does not say which host");
    }
    // As the definition adjusts them.
    assert_eq!(rules["LogLoginsRefused"]["labels"]["severity"], "info");
    assert!(text_of(&rules["LogLoginsRefused"]["expr"]).ends_with("> 100"));
    assert!(!rules.contains_key("LogProgramsCrash"), "it was switched off");
    assert_eq!(rules["JellyfinFails"]["for"], "5m");
    assert_eq!(rules["JellyfinFails"]["annotations"]["runbook_url"], "https://wiki.example.org/jellyfin");
    assert_eq!(
        rules["LogDiskErrors"]["annotations"]["runbook_url"],
        "https://grafana.example.org/d/cistern-runbook-logdiskerrors"
    );

    let Some(lab) = require(&["tsc"]) else { return };
    let expressions: Vec<String> = rules.values().map(|rule| text_of(&rule["expr"])).collect();
    let faults = logql_faults(lab, &expressions);
    assert!(faults.is_empty(), "{faults}");
    let wrong = vec!["sum by (host) (count_over_time({unit=\"kernel\"} |= `a` [15m]) > 0".to_owned()];
    assert!(!logql_faults(lab, &wrong).is_empty(), "a bracket is missing");
}

#[test]
fn alloy_sends_the_journal_to_every_loki() {
    let fleet = watched();
    let blocks = alloy::read(&fleet.read("generated/alloy/config.alloy"));
    let components: BTreeSet<String> = blocks.iter().filter_map(Block::address).collect();
    assert_eq!(components.len(), blocks.iter().filter(|block| block.label.is_some()).count(), "two of one name");
    // Whatever is referred to is there.
    for block in &blocks {
        for name in block.references() {
            let (of, export) = name.rsplit_once('.').expect("a component and what it exports");
            assert!(components.contains(of) && ["receiver", "rules"].contains(&export), "{name}");
        }
    }
    let of_kind = |kind: &'static str| blocks.iter().filter(move |block| block.name == kind);
    let urls: Vec<&Value> = of_kind("loki.write").map(|block| &block.blocks[0].attributes["url"]).collect();
    let wanted =
        ["192.168.1.50", "192.168.1.51"].map(|host| Value::Text(format!("http://{host}:3100/loki/api/v1/push")));
    assert_eq!(urls, wanted.iter().collect::<Vec<_>>());
    assert_eq!(of_kind("loki.source.journal").count(), 2, "a reader for each Loki");

    // Labels are few, and none takes its values from whatever a program says.
    let relabel = of_kind("loki.relabel").next().expect("the rules");
    let targets: BTreeSet<&Value> =
        relabel.blocks.iter().filter_map(|rule| rule.attributes.get("target_label")).collect();
    assert_eq!(targets, ["level", "unit"].map(|label| Value::Text(label.to_owned())).iter().collect());
    let host = fleet.read("generated/hosts/pishon.nix");
    assert!(host.contains("CISTERN_HOST = lib.mkOverride 900 \"pishon\""), "{host}");
    assert!(host.contains("--server.http.listen-addr=[::]:12345"), "its address is one of IPv6");
}

/// The rules of the journal, played with what units are called.
#[test]
fn units_of_any_number_are_one_label() {
    let fleet = watched();
    let blocks = alloy::read(&fleet.read("generated/alloy/config.alloy"));
    let relabel = blocks.iter().find(|block| block.name == "loki.relabel").expect("the rules");
    let label = |unit: &str, transport: &str| {
        let mut labels = BTreeMap::from([
            ("__journal__systemd_unit".to_owned(), unit.to_owned()),
            ("__journal__transport".to_owned(), transport.to_owned()),
        ]);
        relabel.blocks.iter().for_each(|rule| alloy::relabel(rule, &mut labels));
        labels.remove("unit").unwrap_or_default()
    };
    for (unit, transport, wanted) in [
        ("nginx.service", "stdout", "nginx.service"),
        ("", "kernel", "kernel"),
        ("sshd@12-10.0.0.1:22-10.0.0.2:51812.service", "syslog", "sshd@.service"),
        ("user@1000.service", "stdout", "user@.service"),
        ("run-r83b1a2c4.service", "stdout", "run.service"),
        ("session-12.scope", "syslog", "session.scope"),
        ("", "driver", "other"),
        ("init.scope", "journal", "session.scope"),
    ] {
        assert_eq!(label(unit, transport), wanted, "{unit} {transport}");
    }
}

#[test]
fn what_listens_is_for_those_who_need_it() {
    let fleet = watched();
    let plan = fleet.plan();
    let port = |service: &str, port: &str| plan.services[service]["ports"][port].clone();
    assert_eq!(port("loki", "http")["reach"], "fleet");
    assert_eq!(port("loki", "grpc").get("reach"), None);
    assert_eq!(port("alloy", "metrics")["reach"], "monitors");
    assert_eq!(port("alloy", "metrics")["open"], json!(false));
}
