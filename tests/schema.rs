//! The JSON Schemas are sound, say enough for an editor to complete and to explain, and agree with the decoder.

#![expect(clippy::disallowed_methods, reason = "reads the fleets of the repository")]

use std::fs;
use std::path::{Path, PathBuf};

use cistern::diag::{Faults, Renderer};
use cistern::kind::Front;
use cistern::load::decode::Decode;
use cistern::load::{self, Node};
use cistern::model::definition::FleetDef;
use cistern::schema;
use cistern::source::{SPLIT, Sources};
use serde_json::{Value as Json, json};

#[test]
fn each_is_a_schema_by_its_own_standard() {
    for (name, schema) in schemas() {
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
        jsonschema::draft202012::meta::validate(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn the_metaschema_objects_to_nonsense() {
    assert!(jsonschema::draft202012::meta::validate(&json!({ "type": "mapping" })).is_err());
}

#[test]
fn good_fleets_are_valid() {
    let whole = validator(&schema::definition());
    let mut faults = Vec::new();
    let (mut definitions, mut entries) = (0, 0);
    for fleet in good_fleets() {
        let sources = Sources::read(&fleet).expect("it can be read");
        let (raw, found) = load::load(&sources);
        assert!(found.is_empty(), "{}", Renderer::new(&sources, false).all(&found));
        faults.extend(objections(&whole, &raw.root.to_json(), &fleet.display().to_string()));
        definitions += 1;
        for section in SPLIT {
            let schema = validator(&schema::entry(section).expect("it holds entries"));
            let prefix = format!("{section}/");
            for (id, file) in sources.below(&prefix) {
                let node = load::parse(id, file, &mut Faults::default()).expect("it was read before");
                faults.extend(objections(&schema, &node.to_json(), &format!("{}/{}", fleet.display(), file.path)));
                entries += 1;
            }
        }
    }
    assert!(definitions > 10 && entries > 2, "{definitions} definitions and {entries} entries only");
    assert!(faults.is_empty(), "{} wrong:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn faults_are_found() {
    let schema = validator(&schema::definition());
    let fleet = json!({ "version": 1, "fleet": { "name": "homelab", "domain": "example.org" } });
    assert_eq!(objections(&schema, &fleet, ""), Vec::<String>::new());
    for (pointer, value) in [
        ("version", json!("one")),
        ("hots", json!({})),
        ("hosts", json!({ "Eden": { "address": "192.168.1.1" } })),
        ("hosts", json!({ "eden": {} })),
        ("hosts", json!({ "eden": { "address": "192.168.1.1", "managed": "partly" } })),
        ("hosts", json!({ "eden": { "address": "192.168.1.1", "managed": null } })),
        ("hosts", json!({ "eden": { "address": "192.168.1.1", "deploy": { "port": 0 } } })),
        ("hosts", json!({ "eden": { "address": "192.168.1.1", "tags": "web" } })),
        ("hosts", json!({ "eden": { "address": "192.168.1.1", "hardware": "generic" } })),
    ] {
        let mut fleet = fleet.clone();
        fleet[pointer] = value;
        assert_ne!(objections(&schema, &fleet, ""), Vec::<String>::new(), "{fleet} is accepted");
    }
}

#[test]
fn every_key_is_described_and_has_an_example() {
    let mut faults = Vec::new();
    for (name, schema) in schemas() {
        let keys = Walk::keys(&schema);
        assert!(keys.len() > 5, "{name}: {} keys only", keys.len());
        for Key { path, schema: key, .. } in &keys {
            let at = format!("{name}: {}", shown(path));
            if key["description"].as_str().is_none_or(|text| text.len() < 8 || !text.ends_with('.')) {
                faults.push(format!("{at} has no description; write a doc comment of one sentence or more"));
            }
            let has_words = key.get("enum").is_some();
            if !has_words && !holds_keys(&schema, key) && key["examples"].as_array().is_none_or(Vec::is_empty) {
                faults.push(format!(
                    "{at} has no example; give its type `EXAMPLES`, or the key `#[schemars(example = &\"…\")]`"
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{} wrong:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_example_is_accepted() {
    let mut faults = Vec::new();
    let mut count = 0;
    for (name, schema) in [("fleet.yaml", schema::definition()), ("a kind", schema::kind())] {
        for key in Walk::keys(&schema) {
            let valid =
                validator(&json!({ "$schema": schema["$schema"], "$defs": schema["$defs"], "allOf": [key.schema] }));
            for example in key.schema["examples"].as_array().into_iter().flatten() {
                let at = format!("{name}: {} = {example}", shown(&key.path));
                faults.extend(objections(&valid, example, &at));
                let text = document(&key.path, example).to_string();
                let mut sources = Sources::default();
                let id = sources.add("fleet.yaml", text.as_str());
                let mut found = Faults::default();
                let node = load::parse(id, sources.file(id), &mut found);
                if let Some(node) = node {
                    decode(name, &node, &mut found);
                }
                if !found.is_empty() {
                    faults.push(format!("{at}\n{}", Renderer::new(&sources, false).all(&found)));
                }
                count += 1;
            }
        }
    }
    assert!(count > 150, "{count} examples only");
    assert!(faults.is_empty(), "{} wrong:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn required_keys_are_required() {
    let fleet = repository().join("examples/homelab");
    let mut faults = Vec::new();
    let mut count = 0;
    let (raw, _) = load::load(&Sources::read(&fleet).expect("it can be read"));
    let whole = raw.root.to_json();
    for path in required(&schema::definition(), &whole) {
        let mut without = whole.clone();
        let (last, above) = path.split_last().expect("a key has a name");
        let parent = above.iter().fold(&mut without, |value, step| &mut value[step.as_str()]);
        parent.as_object_mut().expect("a map").remove(last);
        let mut sources = Sources::read(&fleet).expect("it can be read");
        sources.add("fleet.yaml", without.to_string());
        cistern::kind::add_built_in(&mut sources);
        if !cistern::compile_sources(sources).faults.has_errors() {
            faults.push(format!("{} is required by the schema, and not by the compiler", path.join(".")));
        }
        count += 1;
    }
    assert!(count > 8, "{count} only");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn decode(name: &str, node: &Node, faults: &mut Faults) {
    match name {
        "a kind" => drop(Front::decode(node, faults)),
        _ => drop(FleetDef::decode(node, faults)),
    }
}

/// Every schema that `cistern schema` prints.
fn schemas() -> Vec<(String, Json)> {
    let mut all = vec![("fleet.yaml".to_owned(), schema::definition()), ("a kind".to_owned(), schema::kind())];
    all.extend(SPLIT.iter().map(|section| {
        let entry = schema::entry(section).unwrap_or_else(|| panic!("{section} holds no entries"));
        (format!("{section}/<name>.yaml"), entry)
    }));
    all
}

fn validator(schema: &Json) -> jsonschema::Validator {
    jsonschema::draft202012::new(schema).unwrap_or_else(|error| panic!("{error}"))
}

fn objections(schema: &jsonschema::Validator, value: &Json, at: &str) -> Vec<String> {
    schema.iter_errors(value).map(|error| format!("{at}{}: {error}", error.instance_path())).collect()
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn good_fleets() -> Vec<PathBuf> {
    let below = |dir: &str| {
        let entries = fs::read_dir(repository().join(dir)).expect("it is there");
        entries.map(|entry| entry.expect("it can be read").path()).collect::<Vec<_>>()
    };
    let tests = below("tests/fleets/good").into_iter().map(|dir| dir.join("fleet"));
    let mut all: Vec<PathBuf> = tests.chain(below("examples")).filter(|dir| dir.join("fleet.yaml").exists()).collect();
    all.push(repository().join("templates/fleet"));
    all.sort();
    all
}

/// One step from a document to a value in it.
#[derive(Debug, Clone)]
enum Step {
    Key(String),
    Item,
}

/// A key of a struct, wherever it stands.
struct Key<'s> {
    path: Vec<Step>,
    schema: &'s Json,
}

/// Walks a schema, each definition once on every way that leads to it.
struct Walk<'s> {
    root: &'s Json,
    keys: Vec<Key<'s>>,
    open: Vec<&'s str>,
}

impl<'s> Walk<'s> {
    fn keys(root: &'s Json) -> Vec<Key<'s>> {
        let mut walk = Self { root, keys: Vec::new(), open: Vec::new() };
        walk.node(root, &[]);
        walk.keys
    }

    fn node(&mut self, node: &'s Json, path: &[Step]) {
        let then = |step: Step| [path, &[step]].concat();
        if let Some(name) = node["$ref"].as_str() {
            if !self.open.contains(&name) {
                self.open.push(name);
                self.node(resolved(self.root, node), path);
                self.open.pop();
            }
            return;
        }
        for alternative in node["anyOf"].as_array().into_iter().flatten() {
            self.node(alternative, path);
        }
        for (key, below) in node["properties"].as_object().into_iter().flatten() {
            let path = then(Step::Key(key.clone()));
            self.keys.push(Key { path: path.clone(), schema: below });
            self.node(below, &path);
        }
        if let Some(below) = node.get("additionalProperties").filter(|below| below.is_object()) {
            let name = node["propertyNames"]["examples"][0].as_str().expect("names have an example");
            self.node(below, &then(Step::Key(name.to_owned())));
        }
        if let Some(below) = node.get("items") {
            self.node(below, &then(Step::Item));
        }
    }
}

fn resolved<'s>(root: &'s Json, node: &'s Json) -> &'s Json {
    match node["$ref"].as_str() {
        Some(reference) => root.pointer(&reference[1..]).expect("a local reference"),
        None => node,
    }
}

/// Says whether a value is a map with keys of its own, or a map of such: those are shown by their keys.
fn holds_keys(root: &Json, node: &Json) -> bool {
    let node = resolved(root, node);
    node.get("properties").is_some()
        || node.get("additionalProperties").is_some_and(|below| below.is_object() && holds_keys(root, below))
}

fn shown(path: &[Step]) -> String {
    let step = |step: &Step| match step {
        Step::Key(key) => format!(".{key}"),
        Step::Item => "[]".to_owned(),
    };
    path.iter().map(step).collect::<String>().trim_start_matches('.').to_owned()
}

/// The smallest document in which a value stands at a place.
fn document(path: &[Step], value: &Json) -> Json {
    path.iter().rev().fold(value.clone(), |value, step| match step {
        Step::Key(key) => json!({ key.as_str(): value }),
        Step::Item => json!([value]),
    })
}

/// The paths in a document of the keys that a schema requires.
fn required(root: &Json, document: &Json) -> Vec<Vec<String>> {
    fn walk(root: &Json, node: &Json, value: &Json, path: &[String], found: &mut Vec<Vec<String>>) {
        let node = resolved(root, node);
        let Some(map) = value.as_object() else { return };
        let then = |key: &str| [path, &[key.to_owned()]].concat();
        for key in node["required"].as_array().into_iter().flatten().filter_map(Json::as_str) {
            found.push(then(key));
        }
        for (key, value) in map {
            let below = node["properties"].get(key).unwrap_or(&node["additionalProperties"]);
            walk(root, below, value, &then(key), found);
        }
    }
    let mut found = Vec::new();
    walk(root, root, document, &[], &mut found);
    found
}
