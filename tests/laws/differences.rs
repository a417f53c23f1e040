//! Laws of `cistern diff`: nothing is lost, and nothing is told that is not so.

use std::collections::{BTreeMap, BTreeSet};

use cistern::diff::{Beside, Report, diff, json};
use cistern::tree::Tree;
use serde_json::{Map, Value};

use crate::changes::Random;
use crate::fleet::{Fleet, write};
use crate::{fleets, in_parallel};

/// What a host can be told otherwise about without its configuration being another.
const INVENTORY: &[&str] = &[
    "activation timeout",
    "address",
    "aliases",
    "capacity",
    "confirm timeout",
    "host key",
    "hostname",
    "jump",
    "labels",
    "managed",
    "own port",
    "port",
    "region",
    "remote build",
    "site",
    "ssh opts",
    "ssh user",
    "sudo",
    "system",
    "tags",
    "user",
];

/// A plan: the heading and the entries by kind, host and name.
type Plan = BTreeMap<(String, String, String), Value>;

#[test]
fn a_fleet_is_the_same_as_itself() {
    for (name, fleet) in fleets() {
        let tree = fleet.tree();
        let report = Report::new(&tree, &tree, &Beside::default()).expect("it was written just now");
        assert!(report.is_same() && report.findings.is_empty(), "{name}");
    }
}

#[test]
fn the_changes_lead_from_one_plan_to_the_other() {
    let accepted: usize = in_parallel(fleets(), |(name, fleet)| compared(&name, &fleet)).into_iter().sum();
    assert!(accepted > 150, "only {accepted} changes gave a fleet");
}

/// Changes a fleet many times, and compares what came of it.
fn compared(name: &str, fleet: &Fleet) -> usize {
    let mut accepted = 0;
    let (mut before, mut old) = (fleet.clone(), fleet.tree());
    for seed in 0..24 {
        let mut random = Random(1000 + seed);
        let (mut changed, mut new) = (fleet.clone(), None);
        let mut what = Vec::new();
        for _ in 0..=random.below(3) {
            let mut next = changed.clone();
            let words = next.change(&mut random);
            if let Some(tree) = write(&next.compile(), &Tree::default()) {
                what.push(words);
                (changed, new) = (next, Some(tree));
            }
        }
        let Some(new) = new else { continue };
        let at = format!("{name}, {seed}: {what:?}");
        leads(&old, &new, &at);
        leads(&new, &old, &format!("{at}, back"));
        names_hosts(&old, &new, templates(&before) != templates(&changed), &at);
        accepted += 1;
        // From one changed fleet to the next as well.
        if random.below(2) == 0 {
            (before, old) = (changed, new);
        }
    }
    accepted
}

/// The templates of the fleet's own.
fn templates(fleet: &Fleet) -> BTreeMap<&String, &String> {
    fleet.files.iter().filter(|(path, _)| path.ends_with(".nix.j2")).collect()
}

/// The document of the difference, applied to the old plan, gives the new one.
fn leads(old: &Tree, new: &Tree, at: &str) {
    let report = Report::new(old, new, &Beside::default()).unwrap_or_else(|error| panic!("{at}: {error}"));
    let document: Value = serde_json::from_str(&json(&report, None)).expect("it is JSON");
    let (mut found, wanted) = (plan(old), plan(new));
    apply(&mut found, &document);
    for key in found.keys().chain(wanted.keys()).collect::<BTreeSet<_>>() {
        assert_eq!(found.get(key), wanted.get(key), "{at}: {key:?}");
    }
}

fn plan(tree: &Tree) -> Plan {
    let text = String::from_utf8(tree.get("plan.jsonl").expect("there is a plan").to_vec()).expect("it is text");
    let text_of = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut plan = Plan::new();
    for line in text.lines() {
        let mut line: Value = serde_json::from_str(line).expect("it is JSON");
        if line["cistern"] == "plan" {
            let heading: Map<String, Value> =
                ["fleet", "domain"].map(|key| (key.to_owned(), line[key].clone())).into_iter().collect();
            plan.insert(("fleet".to_owned(), String::new(), "fleet".to_owned()), heading.into());
            continue;
        }
        let key = (text_of(&line["kind"]), text_of(&line["host"]), text_of(&line["name"]));
        plan.insert(key, line["value"].take());
    }
    plan
}

/// Applies a document as docs/diff.md says.
fn apply(plan: &mut Plan, document: &Value) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    for rename in list(&document["renames"]) {
        rename_host(plan, &text(&rename["from"]), &text(&rename["to"]));
    }
    let entries = list(&document["entries"]);
    let key = |entry: &Value, host: &Value| (text(&entry["kind"]), text(host), text(&entry["name"]));
    let mut moved = BTreeMap::new();
    for entry in &entries {
        match entry["change"].as_str() {
            Some("removed") => drop(plan.remove(&key(entry, &entry["host"])).expect("it was there")),
            Some("moved") => {
                let left = plan.remove(&key(entry, &entry["from"])).expect("it was there");
                moved.insert(key(entry, &entry["host"]), left);
            }
            _ => {}
        }
    }
    plan.extend(moved);
    for entry in &entries {
        let key = key(entry, &entry["host"]);
        if entry["change"] == "created" {
            plan.insert(key.clone(), entry["value"].clone());
        }
        for attribute in list(&entry["attributes"]) {
            let path: Vec<String> = list(&attribute["path"]).iter().map(&text).collect();
            let value = plan.get_mut(&key).expect("it is there");
            assert_eq!(at(value, &path), attribute.get("old"), "{key:?}: {path:?}");
            put(value, &path, attribute.get("new"));
        }
    }
}

fn at<'v>(value: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, key| value.get(key))
}

fn put(value: &mut Value, path: &[String], new: Option<&Value>) {
    let (last, above) = path.split_last().expect("an attribute has a name");
    let map = above.iter().fold(value, |value, key| &mut value[key]);
    match new {
        Some(new) => map[last] = new.clone(),
        None => drop(map.as_object_mut().expect("a map").remove(last)),
    }
}

fn rename_host(plan: &mut Plan, from: &str, to: &str) {
    let now = |name: String| if name == from { to.to_owned() } else { name };
    let sets = [
        ("group", "/hosts"),
        ("host", "/machine/known_hosts"),
        ("monitoring", "/hosts"),
        ("monitoring", "/logs/hosts"),
        ("person", "/hosts"),
        ("secret", "/hosts"),
    ];
    *plan = std::mem::take(plan)
        .into_iter()
        .map(|((kind, host, name), mut value)| {
            for (_, path) in sets.iter().chain(&[("instance", "/peers")]).filter(|(of, _)| *of == kind) {
                let Some(Value::Array(items)) = value.pointer_mut(path) else { continue };
                let mut names: Vec<String> =
                    items.iter().map(|item| now(item.as_str().expect("a name").to_owned())).collect();
                if *path != "/peers" {
                    names.sort();
                }
                *items = names.into_iter().map(Value::from).collect();
            }
            let name = if kind == "host" { now(name) } else { name };
            ((kind, now(host), name), value)
        })
        .collect();
}

/// Every host whose file differs is named with a reason, or a finding says that templates make it so; and a host that
/// is named without its file being another is told otherwise about in the inventory alone.
fn names_hosts(old: &Tree, new: &Tree, template: bool, at: &str) {
    let report = Report::new(old, new, &Beside::default()).expect("it was written just now");
    let differ: BTreeSet<String> = diff(old, new).hosts().into_keys().map(str::to_owned).collect();
    for host in &differ {
        let renamed = report.sides.meaning.renames.iter().any(|rename| rename.from == *host);
        let told = report.hosts.get(host).unwrap_or_else(|| {
            assert!(renamed, "{at}: {host} differs and is not named");
            &report.hosts[&report.sides.meaning.renames[0].to]
        });
        assert!(!told.what.is_empty() || told.change != "changed", "{at}: {host} has no reason");
        let made = told.what == ["made differently"];
        assert_eq!(
            made,
            report.findings.iter().any(|one| one.code == "C208" && one.hosts.contains(host)),
            "{at}: {host}"
        );
        assert!(!made || template, "{at}: {host} is said to be made differently");
    }
    let written = |host: &str| new.get(&format!("hosts/{host}.nix")).is_some();
    let stay = report.hosts.iter().filter(|(_, told)| told.change == "changed" && !told.deploys);
    for (host, told) in stay.filter(|(host, _)| written(host)) {
        assert!(!differ.contains(host), "{at}: {host} is said to stay");
        let of_others = |words: &str| INVENTORY.contains(&words) || is_for_watchers(words);
        let other: Vec<_> = told.what.iter().filter(|words| !of_others(words)).collect();
        assert!(other.is_empty(), "{at}: {host}: {other:?} reaches no file");
    }
}

/// Says whether only what those who watch, or pass requests on, are told of a service is another: `~ shop (health_check, owner)`.
fn is_for_watchers(words: &str) -> bool {
    const FOR_WATCHERS: &[&str] = &["depends_on", "health_check", "ingress", "metrics", "owner", "scrape"];
    let listed = words.split_once(" (").and_then(|(_, rest)| rest.strip_suffix(')'));
    listed.is_some_and(|listed| listed.split(", ").all(|key| FOR_WATCHERS.contains(&key)))
}
