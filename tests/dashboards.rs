//! Dashboards: held against Grafana's own types, every question against promtool and Grafana's grammar of LogQL, and the
//! rest by rules that no type says: nothing overlaps, every link leads somewhere, nothing is shown that is not there.
//!
//! Grafana itself is not among the components of the lab.

#![expect(
    clippy::disallowed_methods,
    reason = "makes fleet directories and runs the real programs on what comes of them"
)]

mod common;
#[path = "common/fleet.rs"]
mod fleet;
#[path = "common/grafana.rs"]
mod grafana;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use common::{everything, require, run, temp_dir};
use fleet::{Fleet, text_of};
use grafana::{logql_faults, workshop};
use serde_json::{Value as Json, json};

/// Dashboards by their uid.
type Dashboards = BTreeMap<String, Json>;

/// A kind that answers as an exporter with this job.
const EXPORTER: &str = "---
version: 1
summary: An exporter
ports: { metrics: { number: PORT, option: services.JOB.port, open: true } }
metrics: { port: metrics, job: JOB }
---
{ services.JOB.port = {{ ports.metrics }}; }
";

/// The fleet `watched`, as it is.
fn watched() -> Fleet {
    Fleet::copy("tests/fleets/good/watched/fleet")
}

/// The same with every exporter that a dashboard knows.
fn with_everything() -> &'static Dashboards {
    static ALL: OnceLock<Dashboards> = OnceLock::new();
    ALL.get_or_init(make_everything)
}

fn make_everything() -> Dashboards {
    let fleet = watched();
    let mut services = String::new();
    for (number, job) in (20_000..).zip(["systemd", "process", "smartctl", "wireguard", "restic"]) {
        let kind = EXPORTER.replace("JOB", job).replace("PORT", &number.to_string());
        fleet.write(&format!("templates/services/any-{job}.nix.j2"), kind);
        services.push_str(&format!("  any-{job}: {{ placement: {{ hosts: [eden] }} }}\n"));
    }
    let definition = fleet.read("fleet.yaml").replace("\nservices:\n", &format!("\nservices:\n{services}"));
    fleet.write("fleet.yaml", definition);
    dashboards(&fleet)
}

/// The same with one host that monitors, without logs and with nothing but node exporters.
fn with_little() -> &'static Dashboards {
    static ALL: OnceLock<Dashboards> = OnceLock::new();
    ALL.get_or_init(make_little)
}

fn make_little() -> Dashboards {
    let fleet = watched();
    let definition = fleet.read("fleet.yaml").replace(", systemd: {}", "").replace("exporters: { smartctl: {} }, ", "");
    let (before, _) = definition.split_once("monitoring:").expect("it is monitored");
    fleet.write("fleet.yaml", format!("{before}monitoring: {{ hosts: [gihon] }}\n"));
    dashboards(&fleet)
}

fn dashboards(fleet: &Fleet) -> Dashboards {
    fleet.generate();
    let directory = fleet.root().join("generated/grafana/dashboards");
    let read = |path: &Path| -> Json { serde_json::from_slice(&fs::read(path).expect("it is there")).expect("JSON") };
    let files =
        fs::read_dir(directory).expect("there are dashboards").map(|entry| entry.expect("it can be listed").path());
    files.map(|path| (path.file_stem().expect("a name").to_string_lossy().into_owned(), read(&path))).collect()
}

#[test]
fn dashboards_have_grafanas_types() {
    let Some(lab) = require(&["tsc"]) else { return };
    let directory = workshop(lab, &["types.ts"]);
    let place = |name: &str| directory.path().join(name);
    let compile = |all: &[&Json]| {
        let constants = all.iter().enumerate().map(|(n, one)| format!("export const d{n}: Ours = {one:#};\n"));
        let text = format!("import type {{ Ours }} from './types';\n{}", constants.collect::<String>());
        fs::write(place("dashboards.ts"), text).expect("the directory is ours");
        let mut tsc = lab.command("tsc");
        tsc.args(
            "--noEmit --strict --skipLibCheck --module esnext --moduleResolution bundler --target es2022".split(' '),
        );
        let output = tsc.arg(place("dashboards.ts")).output().expect("tsc starts");
        (output.status.success(), everything(&output))
    };
    let (most, least) = (with_everything(), with_little());
    let (fine, said) = compile(&most.values().chain(least.values()).collect::<Vec<_>>());
    assert!(fine, "{said}");

    // What the types do not take is found: a word that means nothing, a key that is not there, one that is missing.
    let mut unknown_word = most["cistern-fleet"].clone();
    unknown_word["panels"][1]["options"]["colorMode"] = json!("valu");
    let mut unknown_key = most["cistern-fleet"].clone();
    unknown_key["panels"][1]["fieldConfig"]["defaults"]["units"] = json!("s");
    let mut no_version = most["cistern-fleet"].clone();
    no_version.as_object_mut().expect("a map").remove("schemaVersion");
    let (fine, said) = compile(&[&unknown_word, &unknown_key, &no_version]);
    assert!(!fine && ["valu", "units", "schemaVersion"].iter().all(|word| said.contains(word)), "{said}");
}

#[test]
fn every_question_is_promql() {
    let Some(lab) = require(&["promtool"]) else { return };
    let mut rules = Vec::new();
    for (uid, dashboard) in with_everything().iter().chain(with_little()) {
        for (place, expression) in questions(dashboard, "prometheus") {
            rules.push(json!({ "record": format!("question:{}", rules.len()), "expr": expression, "labels": { "from": format!("{uid}: {place}") } }));
        }
    }
    assert!(rules.len() > 300, "only {} questions", rules.len());
    let file = temp_dir();
    let path = file.path().join("rules.yml");
    let groups = json!({ "groups": [{ "name": "questions", "rules": rules }] });
    fs::write(&path, groups.to_string()).expect("the directory is ours");
    let said = run(lab.command("promtool").args(["check", "rules"]).arg(&path));
    assert!(
        said.contains(&format!("{} rules found", groups["groups"][0]["rules"].as_array().expect("a list").len())),
        "{said}"
    );
}

#[test]
fn every_question_is_logql() {
    let Some(lab) = require(&["tsc"]) else { return };
    let all = with_everything();
    let asked: Vec<String> =
        all.values().flat_map(|dashboard| questions(dashboard, "loki")).map(|(_, expression)| expression).collect();
    assert!(asked.len() >= 5, "{asked:?}");
    let faults = logql_faults(lab, &asked);
    assert!(faults.is_empty(), "{faults}");
}

/// What a dashboard asks data sources of a type, each with where, and with values in the place of variables.
fn questions(dashboard: &Json, wanted: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for panel in panels(dashboard) {
        for target in panel["targets"].as_array().into_iter().flatten() {
            if target["datasource"]["type"] == wanted {
                found.push((text_of(&panel["title"]), text_of(&target["expr"])));
            }
        }
    }
    for mark in dashboard["annotations"]["list"].as_array().expect("a list") {
        if mark["datasource"]["type"] == wanted {
            found.push((text_of(&mark["name"]), text_of(&mark["target"]["expr"])));
        }
    }
    for variable in dashboard["templating"]["list"].as_array().expect("a list") {
        if variable["datasource"]["type"] == wanted && wanted == "prometheus" {
            let query = text_of(&variable["query"]["query"]);
            let inner = query.strip_prefix("label_values(").and_then(|rest| rest.rsplit_once(", "));
            found.push((text_of(&variable["name"]), inner.expect("values of a label").0.to_owned()));
        }
    }
    found.into_iter().map(|(place, expression)| (place, filled(&expression))).collect()
}

/// An expression as Grafana sends it: the longest names first, since some begin others.
fn filled(expression: &str) -> String {
    let values = [
        ("$__rate_interval", "1m"),
        ("$__auto", "1m"),
        ("$host", "eden"),
        ("$service", "jellyfin"),
        ("$unit", "a"),
        ("$level", "info"),
        ("$search", ""),
    ];
    let text = values.iter().fold(expression.to_owned(), |text, (name, value)| text.replace(name, value));
    let left = text.replace("$\"", "").replace("$`", "");
    assert!(!left.contains('$'), "a variable that nothing fills in: {text}");
    text
}

fn panels(dashboard: &Json) -> impl Iterator<Item = &Json> {
    dashboard["panels"].as_array().expect("panels").iter()
}

#[test]
fn panels_stand_beside_each_other() {
    for (uid, dashboard) in with_everything().iter().chain(with_little()) {
        let number = |panel: &Json, key: &str| panel["gridPos"][key].as_u64().expect("a number");
        let mut taken = BTreeMap::new();
        let mut ids = BTreeSet::new();
        for panel in panels(dashboard) {
            let title = text_of(&panel["title"]);
            assert!(ids.insert(panel["id"].as_u64().expect("a number")), "{uid}: {title}: its id is there twice");
            let (x, y, w, h) = (number(panel, "x"), number(panel, "y"), number(panel, "w"), number(panel, "h"));
            assert!(w > 0 && h > 0 && x + w <= 24, "{uid}: {title} stands out of the grid");
            for cell in (x..x + w).flat_map(|column| (y..y + h).map(move |line| (column, line))) {
                let other = taken.insert(cell, title.clone());
                assert!(other.is_none(), "{uid}: {title} lies over {other:?}");
            }
        }
        // No line is left empty.
        let lines: BTreeSet<_> = taken.keys().map(|(_, line)| *line).collect();
        assert_eq!(lines.last().map(|last| last + 1), Some(lines.len() as u64), "{uid}");
    }
}

#[test]
fn numbers_stay_with_their_panels() {
    let (most, least) = (with_everything(), with_little());
    for (uid, dashboard) in least {
        let titles: BTreeMap<_, _> = panels(&most[uid]).map(|panel| (panel["id"].as_u64(), &panel["title"])).collect();
        for panel in panels(dashboard) {
            assert_eq!(titles.get(&panel["id"].as_u64()), Some(&&panel["title"]), "{uid}");
        }
    }
}

#[test]
fn every_link_leads_somewhere() {
    let known = ["cistern-prometheus", "cistern-prometheus-2", "cistern-loki", "cistern-alertmanager"];
    for (all, several) in [(with_everything(), true), (with_little(), false)] {
        for (file, dashboard) in all {
            let uid = text_of(&dashboard["uid"]);
            assert_eq!(*file, uid);
            // What Grafana takes at most.
            assert!(uid.len() <= 40 && uid.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "{uid}");
            assert_eq!(dashboard.get("id"), None, "Grafana gives it");
            each(dashboard, &mut |key, value| match (key, value) {
                ("datasource", source) => {
                    let source = text_of(&source["uid"]);
                    let fixed = known.contains(&source.as_str());
                    assert!(fixed || several && source == "${prometheus}", "{uid}: the data source {source}");
                }
                ("url", Json::String(url)) => {
                    let to = url.strip_prefix("/d/").map(|rest| rest.split('?').next().unwrap_or(rest));
                    let to_search = url.starts_with("/dashboards?tag=cistern-runbook&");
                    assert!(to.map_or(to_search, |to| all.contains_key(to)), "{uid} leads to {url}");
                }
                _ => {}
            });
        }
        let tags: BTreeSet<String> = all.values().map(|one| text_of(&one["tags"][0])).collect();
        assert_eq!(tags, BTreeSet::from(["cistern".to_owned(), "cistern-runbook".to_owned()]));
    }
}

/// Shows every value below one, with its key.
fn each(json: &Json, see: &mut impl FnMut(&str, &Json)) {
    match json {
        Json::Object(map) => map.iter().for_each(|(key, value)| {
            see(key, value);
            each(value, see);
        }),
        Json::Array(list) => list.iter().for_each(|value| each(value, see)),
        _ => {}
    }
}

#[test]
fn only_what_is_there_is_shown() {
    let words = ["wireguard_", "restic_", "smartctl_", "namedprocess_", "systemd_service_restart_total", "\"loki\""];
    let text = |all: &Dashboards| all.values().map(ToString::to_string).collect::<String>();
    let (most, least) = (text(with_everything()), text(with_little()));
    for word in words {
        assert!(most.contains(word), "{word}");
        assert!(!least.contains(word), "{word}");
    }
    let fleet = watched();
    let definition = fleet.read("fleet.yaml");
    let (before, rest) = definition.split_once("  grafana:\n").expect("it has a Grafana");
    let (_, after) = rest.split_once("\nmonitoring:").expect("it is monitored");
    fleet.write("fleet.yaml", format!("{before}\nmonitoring:{after}"));
    for secret in ["grafana-admin", "grafana-key"] {
        fs::remove_file(fleet.root().join(format!("secrets/{secret}.age"))).expect("it is there");
    }
    fleet.generate();
    assert!(!fleet.root().join("generated/grafana").exists(), "nobody looks at them");
}

#[test]
fn health_is_told_in_words() {
    let all = with_everything();
    let states = ["healthy", "degraded", "critical", "unreachable", "unknown"];
    let mut told = 0;
    for dashboard in all.values() {
        each(dashboard, &mut |key, value| {
            let options = &value[0]["options"];
            // Those of all values of a panel, and those of one column.
            if ["mappings", "value"].contains(&key) && states.iter().any(|state| options.to_string().contains(state)) {
                let words: BTreeSet<String> =
                    options.as_object().expect("a map").values().map(|word| text_of(&word["text"])).collect();
                if words.contains("healthy") {
                    assert_eq!(words, states.iter().map(ToString::to_string).collect());
                    told += 1;
                }
            }
        });
    }
    assert!(told >= 4, "{told}");
}

#[test]
fn values_have_units_and_graphs_have_legends() {
    for (uid, dashboard) in with_everything() {
        for panel in panels(dashboard).filter(|panel| panel["type"] == "timeseries") {
            let title = &panel["title"];
            assert_eq!(panel["options"]["legend"]["showLegend"], true, "{uid}: {title}");
            let defaults = &panel["fieldConfig"]["defaults"];
            assert!(defaults.get("unit").is_some() || defaults.get("decimals").is_some(), "{uid}: {title} has no unit");
            for target in panel["targets"].as_array().expect("questions") {
                let legend = text_of(&target["legendFormat"]);
                assert!(!legend.is_empty(), "{uid}: {title} has a line without a name");
                // A label that the legend shows is one that the question leaves.
                let expression = text_of(&target["expr"]);
                for label in legend.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()) {
                    assert!(expression.contains(label) || !expression.contains(" by ("), "{uid}: {title}: {label}");
                }
            }
        }
    }
}

#[test]
fn data_sources_are_fixed_and_hold_no_secret() {
    let fleet = watched();
    fleet.generate();
    let sources: Json = serde_json::from_str(&fleet.read("generated/grafana/datasources.json")).expect("JSON");
    let sources = sources["datasources"].as_array().expect("a list");
    let uids: Vec<String> = sources.iter().map(|source| text_of(&source["uid"])).collect();
    assert_eq!(uids.iter().filter(|uid| uid.starts_with("cistern-prometheus")).count(), 2, "{uids:?}");
    assert_eq!(uids.iter().filter(|uid| uid.starts_with("cistern-loki")).count(), 2, "{uids:?}");
    assert_eq!(sources.iter().filter(|source| source["isDefault"] == true).count(), 1);
    for key in ["secureJsonData", "password", "basicAuth"] {
        assert!(sources.iter().all(|source| source.get(key).is_none()), "{key}");
    }
    let names: BTreeSet<String> = sources.iter().map(|source| text_of(&source["name"])).collect();
    assert_eq!(names.len(), sources.len());
    let provider: Json = serde_json::from_str(&fleet.read("generated/grafana/provider.json")).expect("JSON");
    assert_eq!(provider["providers"][0]["options"]["path"], "/etc/cistern/dashboards");
    assert!(fleet.read("generated/hosts/gihon.nix").contains("environment.etc.\"cistern/dashboards\".source"));
}
