//! What Prometheus makes of the rules: each alert fires when it must and no sooner, resolves, and stays quiet when
//! nearly as much is wrong; every host is in one state; and what is recorded of a host is bounded.

#![expect(clippy::disallowed_methods, reason = "makes fleet directories and runs promtool on them")]

mod common;
#[path = "common/fleet.rs"]
mod fleet;
#[path = "rules/alertmanager.rs"]
mod alertmanager;
#[path = "rules/case.rs"]
mod case;
#[path = "rules/health.rs"]
mod health;
#[path = "rules/promtool.rs"]
mod promtool;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use case::Case;
use cistern::alerts::{self, About};
use common::{everything, require, run};
use fleet::{Fleet, copy, directories, repository};
use promtool::groups;
use rayon::prelude::*;
use serde_json::{Value as Json, json};

/// What is recorded of hosts, which some alerts look at.
const RECORDED: &[&str] = &["cistern-health", "cistern-5m"];

#[test]
fn promtool_accepts_the_rules_of_every_fleet() {
    let Some(lab) = require(&["promtool"]) else { return };
    for (name, fleet) in every_fleet() {
        let rules = fleet.root().join("generated/prometheus/rules");
        let Ok(files) = fs::read_dir(&rules) else { continue };
        let files = files.map(|file| file.expect("it can be read").path());
        let said = run(lab.command("promtool").args(["check", "rules"]).args(files));
        assert!(said.contains("SUCCESS") && !said.contains("duplicate"), "{name}: {said}");
    }
}

#[test]
fn every_alert_has_a_case_and_a_rule() {
    let cases = cases();
    let named: BTreeSet<&str> = alerts::all().map(|alert| alert.name).collect();
    assert_eq!(cases.iter().map(|case| case.alert.as_str()).collect::<BTreeSet<_>>(), named);
    let fleet = watched();
    let rules = rules(&fleet);
    assert_eq!(rules.keys().map(String::as_str).collect::<BTreeSet<_>>(), named, "the fleet of this test has all");
    let always: Vec<_> = cases.iter().filter(|case| case.always).map(|case| case.alert.as_str()).collect();
    assert_eq!(always, ["DeadMansSwitch"]);
}

#[test]
fn alerts_fire_when_they_must_and_at_no_other_time() {
    let Some(lab) = require(&["promtool"]) else { return };
    let fleet = watched();
    let rules = rules(&fleet);
    let recorded = recorded(&fleet);
    let only = std::env::var("CISTERN_ALERT").ok();
    let cases = cases().into_iter().filter(|case| only.as_ref().is_none_or(|only| *only == case.alert));
    let faults: Vec<String> = cases
        .collect::<Vec<_>>()
        .par_iter()
        .filter(|case| !case.always)
        .filter_map(|case| {
            let rule = &rules[&case.alert];
            let uses = rule["expr"].as_str().expect("an expression").contains("cistern:");
            let mut groups: Vec<Json> = if uses { recorded.clone() } else { Vec::new() };
            groups.push(json!({ "name": "alert", "rules": [rule] }));
            let output = promtool::test(lab, &groups, &case.runs(minutes(&rule["for"]), &labels(&case.alert)));
            (!output.status.success()).then(|| format!("{}:\n{}", case.alert, everything(&output)))
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_dead_mans_switch_always_fires() {
    let Some(lab) = require(&["promtool"]) else { return };
    let rule = &rules(&watched())["DeadMansSwitch"];
    let expr = "count(ALERTS{alertname=\"DeadMansSwitch\",alertstate=\"firing\"})".to_owned();
    let expected = [0, 1, 600].map(|minute| promtool::Expectation { expr: expr.clone(), minute, value: Some(1.0) });
    let runs = [promtool::Run { series: Vec::new(), expected: expected.into() }];
    let output = promtool::test(lab, &[json!({ "name": "alert", "rules": [rule] })], &runs);
    assert!(output.status.success(), "{}", everything(&output));
}

/// What a timer starts is no failed unit while it runs, be it to fail once more.
#[test]
fn a_unit_that_fails_each_time_is_told_of() {
    let Some(lab) = require(&["promtool"]) else { return };
    let rule = &rules(&watched())["HostUnitFailed"];
    let name = "node_systemd_unit_state{job=\"node\",host=\"a\",name=\"x.service\",state=\"failed\"}".to_owned();
    let failed = |of: &dyn Fn(usize) -> bool| {
        let values = (0..60).map(|minute| u8::from(of(minute)).to_string()).collect();
        vec![promtool::Series { name: name.clone(), values }]
    };
    let expr = "count(ALERTS{alertname=\"HostUnitFailed\",alertstate=\"firing\"})".to_owned();
    let at = |minute, value| vec![promtool::Expectation { expr: expr.clone(), minute, value }];
    let runs = [
        promtool::Run { series: failed(&|minute| minute % 2 == 0), expected: at(40, Some(1.0)) },
        // It succeeds now and then.
        promtool::Run { series: failed(&|minute| minute % 5 == 0), expected: at(40, None) },
    ];
    let output = promtool::test(lab, &[json!({ "name": "alert", "rules": [rule] })], &runs);
    assert!(output.status.success(), "{}", everything(&output));
}

#[test]
fn alerts_are_adjusted_and_switched_off() {
    let fleet = Fleet::new();
    copy(&repository().join("tests/fleets/good/alerts/fleet"), fleet.root());
    fleet.generate();
    let rules = rules(&fleet);
    let full = &rules["HostFilesystemFull"];
    assert_eq!(full["for"], "20m");
    assert!(full["expr"].as_str().expect("an expression").ends_with("> 80"), "{full}");
    assert!(!rules.contains_key("HostSwapping"));
    let busy = &rules["HostCpuBusy"];
    assert_eq!(busy["labels"]["severity"], "info");
    assert_eq!(busy["annotations"]["runbook_url"], "https://wiki.example.org/busy");
    assert!(!rules.contains_key("CisternSecretOverdue"), "no secret of this fleet may not grow old");
    let own = groups(&fleet.root().join("generated/prometheus/rules/own.yml"));
    let names: Vec<_> = own[0]["rules"].as_array().expect("rules").iter().map(|rule| &rule["alert"]).collect();
    assert_eq!(names, ["ShopIdle", "ShopQueueLong"]);
}

/// Labels that the messages of an alert, and the links in them, put to use.
fn labels(alert: &str) -> BTreeSet<String> {
    let alert = alerts::find(alert).expect("it stands in the table");
    let mut labels = BTreeSet::new();
    for text in [alert.summary, alert.description].iter().filter(|text| !text.contains("{{ if")) {
        let words = text.split("$labels.").skip(1);
        labels.extend(
            words.map(|rest| rest.split(|c: char| c != '_' && !c.is_alphanumeric()).next().unwrap_or_default()),
        );
    }
    labels.extend(match alert.about {
        About::Host => Some("host"),
        About::Service => Some("service"),
        About::Fleet => None,
    });
    labels.into_iter().map(str::to_owned).collect()
}

/// The rules of Cistern's alerts in a fleet, by the alert.
fn rules(fleet: &Fleet) -> BTreeMap<String, Json> {
    let directory = fleet.root().join("generated/prometheus/rules");
    let files = ["alerts.yml", "secrets.yml"].map(|file| directory.join(file));
    let groups = files.iter().filter(|file| file.exists()).flat_map(|file| groups(file));
    let rules = groups.flat_map(|group| group["rules"].as_array().expect("rules").clone());
    rules.filter_map(|rule| Some((rule["alert"].as_str()?.to_owned(), rule.clone()))).collect()
}

/// The groups of what is recorded, as far as alerts look at it.
fn recorded(fleet: &Fleet) -> Vec<Json> {
    let all = groups(&fleet.root().join("generated/prometheus/rules/recording.yml"));
    all.into_iter().filter(|group| RECORDED.iter().any(|name| group["name"] == *name)).collect()
}

/// A fleet in which every alert can have series.
fn watched() -> Fleet {
    let fleet = Fleet::copy("tests/rules/fleet");
    fleet.generate();
    fleet
}

fn every_fleet() -> Vec<(String, Fleet)> {
    let mut fleets = vec![("rules".to_owned(), watched())];
    for example in directories("examples") {
        let fleet = Fleet::copy(&format!("examples/{example}"));
        fleet.generate();
        fleets.push((example, fleet));
    }
    for name in directories("tests/fleets/good") {
        let fleet = Fleet::new();
        copy(&repository().join("tests/fleets/good").join(&name).join("fleet"), fleet.root());
        fleet.generate();
        fleets.push((name, fleet));
    }
    fleets
}

fn cases() -> Vec<Case> {
    let directory = repository().join("tests/rules/alerts");
    let mut files: Vec<_> =
        fs::read_dir(directory).expect("it is there").map(|file| file.expect("it can be read").path()).collect();
    files.sort();
    let read = |file: &std::path::PathBuf| {
        let name = file.file_stem().and_then(|name| name.to_str()).expect("a plain name");
        Case::read(name, &promtool::yaml(name, &fs::read_to_string(file).expect("it can be read")))
    };
    files.iter().map(read).collect()
}

/// How many minutes an alert waits.
fn minutes(holds: &Json) -> usize {
    let Some(text) = holds.as_str() else { return 0 };
    let (number, unit) = text.split_at(text.len() - 1);
    let number: usize = number.parse().expect("a number");
    match unit {
        "m" => number,
        "h" => number * 60,
        "d" => number * 1440,
        _ => panic!("{text}: in which unit?"),
    }
}
