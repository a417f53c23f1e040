//! Laws: what holds for every fleet, on the fleets of `tests/fleets/good` and `examples`.
//!
//! Fleets are changed as data: every file of the definition becomes a JSON value, is changed, and is written as JSON,
//! which is YAML.

#![expect(clippy::disallowed_methods, reason = "reads fleets, and runs the program on copies of them")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use cistern::diag::{Faults, Renderer};
use cistern::diff::diff;
use cistern::emit::{self, Context, EMITTERS};
use cistern::source::{SPLIT, Sources};
use cistern::tree::Tree;
use cistern::{Compiled, compile_sources, kind, load, nix};
use common::{run, temp_dir};
use rayon::prelude::*;
use serde_json::{Map, Value, json};

/// How many changes in a row the cache of the headers is tried with, for each fleet.
const CHANGES: u64 = 60;

#[test]
fn writing_twice_is_the_same() {
    for_each_fleet(|name, fleet| {
        let tree = fleet.tree();
        assert!(tree == fleet.tree(), "{name}: two runs give two trees");
        assert!(tree == fleet.tree_over(&tree).expect("it compiled just now"), "{name}: a second run changes something");
        assert!(diff(&tree, &tree).is_same(), "{name}: a tree is different from itself");
    });
}

#[test]
fn the_order_of_keys_means_nothing() {
    for_each_fleet(|name, fleet| {
        let tree = fleet.tree();
        for seed in 0..3 {
            let mut random = Random(seed);
            let mut shuffled = fleet.clone();
            for (path, value) in fleet.definition() {
                shuffled.files.insert(path, shuffled_json(&value, &mut random));
            }
            same(&tree, &shuffled.tree(), &format!("{name}, keys shuffled with {seed}"));
        }
    });
}

#[test]
fn splitting_files_means_nothing() {
    for_each_fleet(|name, fleet| {
        let tree = fleet.tree();
        let joined = fleet.joined();
        same(&tree, &fleet.with(&joined).tree(), &format!("{name}, in one file"));
        for seed in 0..3 {
            let mut random = Random(seed);
            let mut split = fleet.with(&joined);
            let mut rest = joined.clone();
            for section in SPLIT {
                let Some(Value::Object(entries)) = rest.get_mut(section) else { continue };
                for entry in keys(entries).into_iter().filter(|_| random.below(2) == 0) {
                    let value = entries.remove(&entry).expect("it is one of the keys");
                    let value = if value.is_null() { json!({}) } else { value };
                    split.files.insert(format!("{section}/{entry}.yaml"), value.to_string());
                }
            }
            split.files.insert("fleet.yaml".to_owned(), rest.to_string());
            same(&tree, &split.tree(), &format!("{name}, split with {seed}"));
        }
    });
}

#[test]
fn every_emitter_and_every_kind_occurs() {
    const FILES: &[(&str, &str)] = &[
        ("hosts", "hosts/eden.nix"),
        ("hosts index", "hosts.nix"),
        ("known hosts", "ssh_known_hosts"),
        ("nodes", "nodes.nix"),
        ("plan", "plan.jsonl"),
        ("prometheus", "prometheus/prometheus.yml"),
        ("secrets", "secrets.nix"),
    ];
    let fleets = fleets();
    let compiled: Vec<_> = fleets.values().map(|fleet| (fleet.compile(), fleet.tree())).collect();
    for emitter in EMITTERS {
        let row = FILES.iter().find(|(name, _)| *name == emitter.name);
        let (_, file) = row.unwrap_or_else(|| panic!("name a file of the emitter `{}` here", emitter.name));
        assert!(compiled.iter().any(|(_, tree)| tree.get(file).is_some()), "no good fleet gives {file}");
    }
    let used: BTreeSet<String> = compiled
        .iter()
        .flat_map(|(compiled, _)| plan(compiled).entries().services.values().map(|service| service.kind.to_string()))
        .collect();
    for (path, _) in kind::embedded_files() {
        let Some(name) = path.strip_prefix("services/").and_then(|path| path.strip_suffix(".nix.j2")) else { continue };
        assert!(used.contains(name), "no good fleet has the kind `{name}`");
    }
}

#[test]
fn every_nix_file_is_formatted() {
    for_each_fleet(|name, fleet| {
        for (path, bytes) in fleet.tree().iter().filter(|(path, _)| path.ends_with(".nix")) {
            let text = std::str::from_utf8(bytes).expect("Nix is UTF-8");
            let formatted = nix::format(text).unwrap_or_else(|fault| panic!("{name}: {path}: {fault}"));
            assert!(text == formatted, "{name}: {path} is not as nixfmt would have it\n{}", unified(text, &formatted));
        }
    });
}

#[test]
fn a_host_changes_only_those_that_talk_to_it() {
    let fleet = Fleet::read(&repository().join("examples/company"));
    let before = fleet.tree();
    // People go on from the bastion to any host, so it knows the keys of all.
    let new = json!({
        "address": "10.30.0.31", "site": "office", "state_version": "25.11", "profiles": ["vm"],
        "host_key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF",
    });
    let mut larger = fleet.clone();
    larger.files.insert("hosts/desk.yaml".to_owned(), new.to_string());
    let after = larger.tree();
    assert_eq!(hosts_changed(&before, &after), set(&["bastion", "desk"]));
    assert_eq!(hosts_changed(&after, &before), set(&["bastion", "desk"]));
    assert!(before.get("prometheus/scrape.json") != after.get("prometheus/scrape.json"), "the new host is scraped");

    // A member of a cluster is known to the others.
    let mut smaller = fleet.clone();
    let cache = smaller.files.remove("hosts/cache-3.yaml").expect("the example has it");
    let definition = smaller.files["fleet.yaml"].replace("[cache-1, cache-2, cache-3]", "[cache-1, cache-2]");
    smaller.files.insert("fleet.yaml".to_owned(), definition);
    assert_eq!(hosts_changed(&before, &smaller.tree()), set(&["bastion", "cache-1", "cache-2", "cache-3"]));
    smaller.files.insert("hosts/cache-3.yaml".to_owned(), cache);
    assert_eq!(hosts_changed(&before, &smaller.tree()), set(&["cache-1", "cache-2", "cache-3"]));
}

#[test]
fn each_host_of_the_company_may_leave() {
    let fleet = Fleet::read(&repository().join("examples/company"));
    let before = fleet.tree();
    let names: Vec<_> = fleet.files.keys().filter_map(|path| path.strip_prefix("hosts/")?.strip_suffix(".yaml")).collect();
    let left: Vec<bool> = names
        .par_iter()
        .map(|name| {
            let mut without = fleet.clone();
            without.files.remove(&format!("hosts/{name}.yaml"));
            let Some(after) = without.tree_over(&Tree::default()) else { return false };
            let expected = if before.get(&format!("hosts/{name}.nix")).is_some() { set(&["bastion", name]) } else { set(&["bastion"]) };
            assert_eq!(hosts_changed(&before, &after), expected, "without {name}");
            true
        })
        .collect();
    assert!(left.iter().filter(|left| **left).count() >= 5, "nearly every host is named by something");
}

#[test]
fn a_label_changes_no_host() {
    let fleet = Fleet::read(&repository().join("examples/company"));
    let before = fleet.tree();
    let hosts: Vec<_> = fleet.files.keys().filter(|path| path.starts_with("hosts/")).cloned().collect();
    hosts.par_iter().for_each(|path| {
        let mut labelled = fleet.clone();
        let mut value = fleet.value(path);
        value["labels"]["shelf"] = json!("top");
        labelled.files.insert(path.clone(), value.to_string());
        let after = labelled.tree();
        assert_eq!(hosts_changed(&before, &after), set(&[]), "a label of {path}");
        assert!(before.get("plan.jsonl") != after.get("plan.jsonl"), "the label of {path} is nowhere");
    });
}

#[test]
fn the_machine_means_nothing() {
    let fleet = repository().join("tests/fleets/good/kinds/fleet");
    let tree = Fleet::read(&fleet).tree();
    let environments: [&[(&str, &str)]; 3] = [
        &[],
        &[("LC_ALL", "tr_TR.UTF-8"), ("TZ", "Asia/Tokyo"), ("USER", "somebody"), ("RAYON_NUM_THREADS", "1")],
        &[("LANG", "C"), ("SOURCE_DATE_EPOCH", "1"), ("HOME", "/nowhere"), ("TERM", "dumb"), ("RAYON_NUM_THREADS", "7")],
    ];
    for environment in environments {
        let temp = temp_dir();
        let copy = temp.path().join("fleet");
        run(Command::new("cp").arg("-r").arg(&fleet).arg(&copy));
        let mut command = Command::new(env!("CARGO_BIN_EXE_cistern"));
        let path = std::env::var_os("PATH").expect("there is a PATH");
        command.env_clear().env("PATH", path).env("GIT_CEILING_DIRECTORIES", temp.path());
        run(command.arg("generate").arg("-C").arg(&copy).envs(environment.iter().copied()));
        let written = Tree::read(&copy.join("generated")).expect("it was written just now");
        same(&tree, &written, &format!("with {environment:?}"));
    }
}

#[test]
fn what_is_there_already_is_not_taken_for_what_should_be() {
    let accepted: Vec<usize> = fleets().into_par_iter().map(|(name, fleet)| changed_again_and_again(&name, fleet)).collect();
    assert!(accepted.iter().sum::<usize>() > 300, "most changes gave no fleet: {accepted:?}");
}

/// Changes a fleet many times, writes over what was written before, and compares with writing from scratch.
fn changed_again_and_again(name: &str, mut fleet: Fleet) -> usize {
    let mut accepted = 0;
    let mut written = fleet.tree();
    for seed in 0..CHANGES {
        let mut random = Random(seed);
        let mut changed = fleet.clone();
        let what = changed.change(&mut random);
        let Some(tree) = changed.tree_over(&written) else { continue };
        same(&changed.tree(), &tree, &format!("{name}, change {seed}: {what}, written over what was there"));
        (accepted, written, fleet) = (accepted + 1, tree, changed);
    }
    accepted
}

/// The files of a fleet directory, in memory.
#[derive(Clone)]
struct Fleet {
    files: BTreeMap<String, String>,
    /// Every file, read or not.
    paths: BTreeSet<String>,
}

impl Fleet {
    fn read(dir: &Path) -> Self {
        let sources = Sources::read(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
        let files = sources.below("").map(|(_, file)| (file.path.clone(), file.text.clone())).collect();
        Self { files, paths: sources.paths }
    }

    fn compile(&self) -> Compiled {
        let mut sources = Sources::default();
        for (path, text) in &self.files {
            sources.add(path.as_str(), text.as_str());
        }
        sources.paths.extend(self.paths.iter().cloned());
        kind::add_built_in(&mut sources);
        compile_sources(sources)
    }

    /// The tree from scratch, of a fleet that has no fault.
    #[track_caller]
    fn tree(&self) -> Tree {
        let compiled = self.compile();
        let told = Renderer::new(&compiled.sources, false).all(&compiled.faults);
        assert!(compiled.plan.is_some(), "{told}");
        written(&compiled, &Tree::default()).unwrap_or_else(|| panic!("a template failed"))
    }

    /// The tree when another one is there already; nothing when the fleet has faults.
    fn tree_over(&self, previous: &Tree) -> Option<Tree> {
        let compiled = self.compile();
        compiled.plan.as_ref()?;
        written(&compiled, previous)
    }

    /// A file of the definition as a value.
    fn value(&self, path: &str) -> Value {
        let mut sources = Sources::default();
        let id = sources.add(path, self.files[path].as_str());
        let node = load::parse(id, sources.file(id), &mut Faults::default());
        node.unwrap_or_else(|| panic!("{path} cannot be read")).to_json()
    }

    /// Every file of the definition as a value.
    fn definition(&self) -> BTreeMap<String, Value> {
        let ours = self.files.keys().filter(|path| path.ends_with(".yaml"));
        ours.map(|path| (path.clone(), self.value(path))).collect()
    }

    /// The definition in one piece.
    fn joined(&self) -> Value {
        let mut whole = self.value("fleet.yaml");
        for (path, value) in self.definition() {
            let Some((section, entry)) = path.strip_suffix(".yaml").and_then(|path| path.split_once('/')) else { continue };
            whole[section][entry] = value;
        }
        whole
    }

    /// The same fleet with another definition, in one file.
    fn with(&self, definition: &Value) -> Self {
        let mut fleet = self.clone();
        fleet.files.retain(|path, _| !path.ends_with(".yaml"));
        fleet.files.insert("fleet.yaml".to_owned(), definition.to_string());
        fleet
    }

    /// Changes something, which may give a fleet with faults; says what.
    fn change(&mut self, random: &mut Random) -> String {
        if random.below(6) == 0 {
            return self.change_template(random);
        }
        let mut definition = self.joined();
        let what = match random.below(8) {
            0 => add_host(&mut definition, random),
            1 => remove_entry(&mut definition, random),
            _ => change_value(&mut definition, random),
        };
        *self = self.with(&definition);
        what
    }

    /// Brings a template of the fleet's own, or changes one.
    fn change_template(&mut self, random: &mut Random) -> String {
        let own: Vec<_> = self.files.keys().filter(|path| path.ends_with(".nix.j2")).cloned().collect();
        let built_in: Vec<_> = kind::embedded_files().filter(|(path, _)| path.ends_with(".nix.j2")).collect();
        let (path, text) = if random.below(2) == 0 && !own.is_empty() {
            let path = random.pick(&own).clone();
            let text = self.files[&path].clone();
            (path, text)
        } else {
            let (path, bytes) = random.pick(&built_in);
            (format!("templates/{path}"), String::from_utf8(bytes.to_vec()).expect("templates are UTF-8"))
        };
        // A comment behind the last bracket, or a word that stands in all of them.
        let text = match random.below(2) {
            0 => text.replacen("mkOverride 900", &format!("mkOverride {}", 800 + random.below(99)), 1),
            _ => text.replacen("= {\n", &format!("= {{\n    # {}\n", random.below(1000)), 1),
        };
        self.files.insert(path.clone(), text);
        path
    }
}

fn add_host(definition: &mut Value, random: &mut Random) -> String {
    let Some(hosts) = definition["hosts"].as_object_mut() else { return "nothing".to_owned() };
    let mut host = hosts[random.pick(&keys(hosts))].clone();
    host["address"] = json!(format!("10.20.0.{}", 100 + random.below(99)));
    let name = format!("new-{}", random.below(100));
    hosts.insert(name.clone(), host);
    format!("add {name}")
}

fn remove_entry(definition: &mut Value, random: &mut Random) -> String {
    let sections: Vec<_> = ["groups", "hosts", "services", "secrets"].into_iter().filter(|s| definition[*s].is_object()).collect();
    let section = *random.pick(&sections);
    let Some(entries) = definition[section].as_object_mut() else { return "nothing".to_owned() };
    let names = keys(entries);
    if names.is_empty() {
        return "nothing".to_owned();
    }
    let name = random.pick(&names).clone();
    entries.remove(&name);
    format!("remove {section}.{name}")
}

/// Changes one value somewhere, by its looks.
fn change_value(definition: &mut Value, random: &mut Random) -> String {
    let mut places = Vec::new();
    collect_places(definition, String::new(), &mut places);
    let place = random.pick(&places).clone();
    let value = definition.pointer_mut(&place).expect("the place was found there");
    let old = value.to_string();
    match value {
        Value::Bool(truth) => *truth = !*truth,
        Value::Number(number) => *value = json!(number.as_i64().unwrap_or(1) + random.range(1, 50)),
        Value::String(text) => {
            *text = match text.rsplit_once('.') {
                Some((net, last)) if last.parse::<u8>().is_ok() => format!("{net}.{}", random.below(250)),
                _ if random.below(2) == 0 => format!("{text}{}", random.below(10)),
                _ => random.pick(&["staging", "web", "x", "lan0", "30s", "full"]).to_string(),
            }
        }
        Value::Array(items) if items.is_empty() || random.below(2) == 0 => items.push(json!(format!("t{}", random.below(9)))),
        Value::Array(items) => drop(items.remove(random.below(items.len() as u64) as usize)),
        Value::Object(map) if map.is_empty() || random.below(3) > 0 => {
            let new = [
                ("port", json!(random.range(2000, 9000))),
                ("tags", json!(["new"])),
                ("labels", json!({ "new": "yes" })),
                ("exporters", json!({ "node": { "port": random.range(2000, 9000) } })),
                ("time_zone", json!("Asia/Tokyo")),
                ("ssh", json!({ "known_hosts": "all" })),
                ("deploy", json!({ "confirm_timeout": random.below(99) })),
                ("modules", json!(["flake:other#nixosModules.new"])),
                ("mode", json!("0440")),
                ("state", json!({ "path": "/srv/state" })),
            ];
            let (key, value) = random.pick(&new);
            map.insert((*key).to_owned(), value.clone());
        }
        Value::Object(map) => drop(map.remove(random.pick(&keys(map)))),
        Value::Null => *value = json!({}),
    }
    format!("{place}: {old} is now {}", definition.pointer(&place).expect("it stays where it is"))
}

fn collect_places(value: &Value, at: String, places: &mut Vec<String>) {
    let below = |key: &str| format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| collect_places(value, below(key), places)),
        Value::Array(items) => items.iter().enumerate().for_each(|(n, v)| collect_places(v, below(&n.to_string()), places)),
        _ => {}
    }
    places.push(at);
}

/// Writes a value as JSON, with the keys of every map in another order.
fn shuffled_json(value: &Value, random: &mut Random) -> String {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            for last in (1..entries.len()).rev() {
                entries.swap(last, random.below(last as u64 + 1) as usize);
            }
            let entry = |(key, value): (&String, &Value)| format!("{}: {}", json!(key), shuffled_json(value, random));
            format!("{{ {} }}", entries.into_iter().map(entry).collect::<Vec<_>>().join(",\n"))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(|item| shuffled_json(item, random)).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

fn written(compiled: &Compiled, previous: &Tree) -> Option<Tree> {
    let context = Context::new(plan(compiled), &compiled.templates, previous, &compiled.sources);
    let emitted = emit::emit(&context).ok()?;
    assert_eq!((emitted.edited, emitted.reformatted), (vec![], vec![]), "nobody touched what was written");
    Some(emitted.tree)
}

fn plan(compiled: &Compiled) -> &cistern::prove::Plan {
    compiled.plan.as_ref().expect("the fleet has no fault")
}

/// Every good fleet and both examples.
fn fleets() -> BTreeMap<String, Fleet> {
    let examples = ["company", "homelab"].map(|name| (name.to_owned(), repository().join("examples").join(name)));
    let good = fs::read_dir(repository().join("tests/fleets/good")).expect("it is there").map(|entry| {
        let path = entry.expect("it can be read").path();
        (path.file_name().expect("it has a name").to_string_lossy().into_owned(), path.join("fleet"))
    });
    good.chain(examples).map(|(name, dir)| (name, Fleet::read(&dir))).collect()
}

fn for_each_fleet(law: impl Fn(&str, &Fleet) + Sync) {
    fleets().par_iter().for_each(|(name, fleet)| law(name, fleet));
}

/// The hosts whose module is not the same in two trees.
fn hosts_changed(before: &Tree, after: &Tree) -> BTreeSet<String> {
    let hosts = |tree: &Tree| tree.iter().map(|(path, _)| path.to_owned()).collect::<BTreeSet<_>>();
    let paths = hosts(before).into_iter().chain(hosts(after));
    let differ = paths.filter(|path| before.get(path) != after.get(path));
    differ.filter_map(|path| Some(path.strip_prefix("hosts/")?.strip_suffix(".nix")?.to_owned())).collect()
}

/// Fails with the first file that is not the same.
#[track_caller]
fn same(expected: &Tree, found: &Tree, what: &str) {
    let paths: BTreeSet<&str> = expected.iter().chain(found.iter()).map(|(path, _)| path).collect();
    for path in paths {
        let text = |tree: &Tree| tree.get(path).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        let (old, new) = (text(expected), text(found));
        assert!(old == new, "{what}: {path}\n{}", unified(&old.unwrap_or_default(), &new.unwrap_or_default()));
    }
}

fn unified(old: &str, new: &str) -> String {
    similar::TextDiff::from_lines(old, new).unified_diff().context_radius(3).header("expected", "found").to_string()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn keys(map: &Map<String, Value>) -> Vec<String> {
    map.keys().cloned().collect()
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Numbers that look random and are the same in every run (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn range(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low) as u64) as i64
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u64) as usize]
    }
}
