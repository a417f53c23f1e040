//! Nothing is dropped: every value of the input is counted, and is in the definition or in the report.

use std::collections::BTreeSet;

use cistern::diag::Faults;
use cistern::import::{Answers, File, Imported, ansible, cistern_inventory, compose};
use cistern::load::{Body, Foreign, Node, parse_foreign};
use cistern::source::{SourceFile, Sources};
use rayon::prelude::*;
use serde_json::{Value, json};

use crate::{Case, cases};

/// Keys whose values are understood and said in other words, which other tests look at.
const IN_OTHER_WORDS: &[&str] = &[
    "ansible_become",
    "ansible_connection",
    "ansible_ssh_common_args",
    "env_file",
    "environment",
    "file",
    "hardware_type",
    "hostname",
    "image",
    "mode",
    "path",
    "ports",
    "protocol",
    "read_only",
    "required",
    "restart",
    "services",
    "source",
    "target",
    "type",
    "version",
    "volumes",
    "command",
    "prometheus_port",
    "dhcp_range",
    "mac_address",
    "name",
    "secrets",
];

/// A scalar of a file.
struct Leaf {
    place: String,
    /// The last key on the way to it.
    key: String,
    text: String,
}

#[test]
fn every_value_is_counted() {
    for case in cases() {
        let wanted: usize = case.files().iter().map(|(path, text)| values(path, text)).sum();
        let said = case.said();
        let summary = said.lines().last().expect("something is said");
        let number = |before: &str| {
            let words: Vec<&str> = summary.split([' ', ';', ',']).filter(|word| !word.is_empty()).collect();
            let at = words.iter().position(|word| *word == before);
            at.and_then(|at| words[..at].iter().rev().find_map(|word| word.parse::<usize>().ok())).unwrap_or(0)
        };
        let (carried, stored, lost) = (number("carried"), number("store"), number("not"));
        assert_eq!(carried + stored + lost, wanted, "{}: {summary}", case.name);
        // Each that is not carried is named once with its place.
        let (losses, _) = said.split_once("what `cistern check` will say").unwrap_or((&said, ""));
        let named = losses
            .lines()
            .filter(|line| line.starts_with("  ") && line.contains(':') && !line.contains("Imported"))
            .count();
        assert_eq!(named, stored + lost, "{}: {said}", case.name);
        // And once in the definition.
        let comments: usize = case
            .definition()
            .lines()
            .filter(|line| line.trim_start().starts_with("# not carried over: "))
            .map(places)
            .sum();
        assert_eq!(comments, stored + lost, "{}: {}", case.name, case.definition());
    }
}

/// How many places a comment names: `(file:line:column)`.
fn places(line: &str) -> usize {
    let inside = |part: &str| {
        part.split_once(')')
            .is_some_and(|(place, _)| place.rsplit(':').take(2).all(|number| number.parse::<u32>().is_ok()))
    };
    line.split(" (").skip(1).filter(|part| inside(part)).count()
}

#[test]
fn what_is_not_reported_is_in_the_definition() {
    for case in cases() {
        let (said, definition) = (case.said(), case.definition());
        for (path, text) in case.files() {
            let is_yaml = [".yml", ".yaml", ".json", "inventory"].iter().any(|end| path.ends_with(end))
                && !text.starts_with("$ANSIBLE");
            for leaf in if is_yaml { yaml_leaves(&path, &text) } else { Vec::new() } {
                let reported = said.contains(&format!("  {} ", leaf.place));
                let words = |text: &str| {
                    text.split(|c: char| !c.is_alphanumeric())
                        .filter(|word| !word.is_empty())
                        .map(str::to_lowercase)
                        .collect::<BTreeSet<_>>()
                };
                let known = words(&definition);
                let found = words(&leaf.text).is_subset(&known) || IN_OTHER_WORDS.contains(&leaf.key.as_str());
                assert!(reported || found, "{}: {} `{}` is nowhere", case.name, leaf.place, leaf.text);
            }
        }
    }
}

/// The number of values in a file, counted without the importer.
fn values(path: &str, text: &str) -> usize {
    match path {
        _ if text.starts_with("$ANSIBLE_VAULT") => 1,
        _ if path.ends_with(".ini") => ini_values(text),
        _ if path.ends_with(".env") => {
            text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()) && line.contains('=')).count()
        }
        _ => yaml_leaves(path, text).len(),
    }
}

fn ini_values(text: &str) -> usize {
    let mut total = 0;
    let mut hosts = true;
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with([';', '#'])) {
        if line.starts_with('[') {
            hosts = !line.contains(":vars") && !line.contains(":children");
            total += 1;
        } else if hosts {
            let line = line.split(" #").next().expect("there is a first part");
            total += 1 + line.matches('=').count();
        } else {
            total += 1;
        }
    }
    total
}

fn yaml_leaves(path: &str, text: &str) -> Vec<Leaf> {
    let text = if path.ends_with(".json") { text.replace('\t', " ") } else { text.to_owned() };
    let mut sources = Sources::default();
    let id = sources.add(path, text.as_str());
    let mut faults = Faults::default();
    let file = SourceFile { path: path.to_owned(), text };
    let (node, foreign) = parse_foreign(id, &file, &mut faults).unwrap_or_else(|| panic!("{path}"));
    let (mut seen, mut leaves) = (BTreeSet::new(), Vec::new());
    walk(&node, "", &foreign, &sources, &mut seen, &mut leaves);
    leaves
}

fn walk(
    node: &Node,
    key: &str,
    foreign: &Foreign,
    sources: &Sources,
    seen: &mut BTreeSet<(u32, u32)>,
    leaves: &mut Vec<Leaf>,
) {
    match &node.body {
        Body::List(items) if !items.is_empty() => {
            items.iter().for_each(|item| walk(item, key, foreign, sources, seen, leaves))
        }
        Body::Map(entries) if !entries.is_empty() => {
            entries.iter().for_each(|entry| walk(&entry.value, &entry.key, foreign, sources, seen, leaves));
        }
        body => {
            // An alias is the value that it stands for.
            let span = foreign.aliases.get(&node.span.start).copied().unwrap_or(node.span);
            if span.start == span.end || seen.insert((span.start, span.end)) {
                let (line, column) = sources.position(node.span.file, node.span.start);
                let place = format!("{}:{line}:{column}", sources.file(node.span.file).path);
                let text = if let Body::Text(scalar) = body { scalar.text.to_string() } else { String::new() };
                leaves.push(Leaf { place, key: key.to_owned(), text });
            }
        }
    }
}

#[test]
fn an_unknown_key_is_never_passed_over() {
    let cases = cases();
    let tried: Vec<usize> = cases.par_iter().map(unknown_keys).collect();
    assert!(tried.iter().sum::<usize>() > 120, "{tried:?}");
}

/// Puts a key that nobody knows into each map of a case's main file, one at a time.
fn unknown_keys(case: &Case) -> usize {
    let mut tried = 0;
    for (path, text) in case.files() {
        let main = [
            "hosts.yml",
            "inventory",
            "inventory.json",
            "inventory.yaml",
            "compose.yml",
            "compose.yaml",
            "docker-compose.yml",
        ];
        if !main.contains(&path.rsplit('/').next().expect("there is a last part")) {
            continue;
        }
        let mut sources = Sources::default();
        let id = sources.add(path.as_str(), text.replace('\t', " "));
        let node = parse_foreign(id, sources.file(id), &mut Faults::default()).expect("it is YAML").0;
        let whole = node.to_json();
        let mut maps = Vec::new();
        pointers(&whole, String::new(), &mut maps);
        for pointer in maps {
            let mut changed = whole.clone();
            let map = changed.pointer_mut(&pointer).and_then(Value::as_object_mut).expect("it is a map");
            map.insert("zz_unknown".to_owned(), json!("zz value"));
            let file = File { path: "input.yml".to_owned(), bytes: changed.to_string().into_bytes() };
            let answers = Answers::default();
            let result = match case.name.split('/').next() {
                Some("ansible") => ansible::import(&file, &[], &answers),
                Some("compose") => compose::import(&file, &|_| None, &answers),
                _ => cistern_inventory::import(&file, &answers),
            };
            // A place where only one shape makes sense may refuse the whole file.
            if let Ok(Imported { definition, report, .. }) = result {
                let shown = ["zz_unknown", "zz-unknown", "zz value"]
                    .iter()
                    .any(|word| definition.contains(word) || report.contains(word));
                assert!(shown, "{}: a key at {pointer} was passed over\n{definition}\n{report}", case.name);
                tried += 1;
            }
        }
    }
    tried
}

fn pointers(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                pointers(value, format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }
            found.push(at);
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(number, value)| pointers(value, format!("{at}/{number}"), found))
        }
        _ => {}
    }
}
