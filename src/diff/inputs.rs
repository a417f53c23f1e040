//! Inputs that the plan does not describe: the lock file, flake.nix, hand-written modules, reports, encrypted files.
//!
//! They are compared by their hashes. What follows from a difference is not known, but whom it may concern is.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::impact::Finding;
use super::meaning::{Kind, texts};
use super::sides::{Sides, When};
use crate::diag::{codes, counted, listed};
use crate::model::Modules;

/// The files below these directories may be read by a module, whatever they are.
const OF_MODULES: &[&str] = &["hardware/", "modules/"];

/// Files in Nix that no host is made of.
const OF_NO_HOST: &[&str] = &["secrets.nix", "secrets/secrets.nix", "shell.nix"];

/// Seconds.
const DAY: i64 = 24 * 60 * 60;

/// Digits of a revision that are shown.
const SHORT_ID: usize = 7;

/// A file that is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// The `/`-separated path below the fleet directory.
    pub path: String,
    /// The old one's git blob id, when there is one.
    pub old: Option<String>,
    /// The new one's.
    pub new: Option<String>,
}

/// The input files in which two sides differ, and both lock files when they do.
#[derive(Debug, Clone, Default)]
pub struct InputFiles {
    /// In the order of their paths.
    pub files: Vec<InputFile>,
    /// The text of `flake.lock`, old and new; empty where there is none.
    pub locks: Option<(String, String)>,
}

/// An input that has changed, and whom it may concern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct InputChange {
    /// The `/`-separated path below the fleet directory.
    pub path: String,
    /// `created`, `removed` or `changed`.
    pub change: &'static str,
    /// The flake's inputs that moved, of `flake.lock`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub moved: Vec<Moved>,
    /// The hosts that it may concern.
    pub reach: Reach,
}

/// An input of the flake that is locked to something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Moved {
    /// Its name; one of an input's own with a slash between them.
    pub name: String,
    /// The old revision or hash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// Whom an input may concern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Every host.
    All,
    /// These.
    Hosts(BTreeSet<String>),
}

/// Says whether a file is an input of the flake beside the definition.
pub fn is_input(path: &str) -> bool {
    let nix = path.ends_with(".nix") && !path.starts_with("generated/");
    let kept = path.ends_with(".age") || path.starts_with("facts/") && path.ends_with(".json");
    path == "flake.lock" || nix || kept || OF_MODULES.iter().any(|directory| path.starts_with(directory))
}

/// Says what the differing files may concern. `modules` gives those of the new side, when they are at hand.
pub fn inputs(files: &InputFiles, sides: &Sides<'_>, modules: Option<&dyn Fn() -> Modules>) -> Vec<InputChange> {
    let mut readers = Readers { sides, read: modules, modules: None, named: None };
    let one = |file: &InputFile| {
        let moved = match &files.locks {
            Some((old, new)) if file.path == "flake.lock" => moved(old, new),
            _ => Vec::new(),
        };
        let change = match (&file.old, &file.new) {
            (None, _) => "created",
            (_, None) => "removed",
            _ => "changed",
        };
        // A lock file that says the same in other words locks the same.
        let is_same = file.path == "flake.lock" && change == "changed" && moved.is_empty();
        let reach = readers.of(&file.path)?;
        (!is_same).then(|| InputChange { path: file.path.clone(), change, moved, reach })
    };
    files.files.iter().filter_map(one).collect()
}

/// Says whether two hosts have the same hardware report, by the files that differ.
pub fn same_facts(files: &InputFiles, old: &str, new: &str) -> bool {
    let find = |host: &str| files.files.iter().find(|file| file.path == format!("facts/{host}.json"));
    let (gone, come) = (find(old).and_then(|file| file.old.as_ref()), find(new).and_then(|file| file.new.as_ref()));
    gone.is_some() && gone == come
}

/// One finding for each input that changed.
pub fn findings<'i>(inputs: impl Iterator<Item = &'i InputChange>, all: usize) -> Vec<Finding> {
    let one = |input: &InputChange| {
        let hosts: Vec<String> = match &input.reach {
            Reach::All => Vec::new(),
            Reach::Hosts(hosts) => hosts.iter().cloned().collect(),
        };
        Finding::new(
            codes::INPUT_MOVED,
            hosts,
            sentence(input, all),
            "`cistern diff --eval` tells which systems differ",
        )
    };
    inputs.map(one).collect()
}

/// What changed, and whom of all hosts it may concern.
pub(super) fn sentence(input: &InputChange, all: usize) -> String {
    let whom = match &input.reach {
        Reach::All if all == 1 => "the only host".to_owned(),
        Reach::All => format!("all {all} hosts"),
        Reach::Hosts(hosts) => names(hosts),
    };
    let what = match input.moved.as_slice() {
        [] if input.change == "changed" => format!("{} changes", input.path),
        [] => format!("{} is {}", input.path, if input.change == "created" { "new" } else { "gone" }),
        moved => listed(&moved.iter().map(Moved::sentence).collect::<Vec<_>>()),
    };
    format!("{what}, and may concern {whom}")
}

impl Moved {
    /// What became of it, in a few words.
    pub fn sentence(&self) -> String {
        match (&self.from, &self.to) {
            (Some(from), Some(to)) => format!("{} moves from {from} to {to}", self.name),
            (None, Some(to)) => format!("{} is new ({to})", self.name),
            _ => format!("{} is gone", self.name),
        }
    }
}

/// A few names, and how many more.
fn names(hosts: &BTreeSet<String>) -> String {
    let all: Vec<&str> = hosts.iter().map(String::as_str).collect();
    match all.as_slice() {
        [a, b, c, rest @ ..] if rest.len() > 1 => format!("{a}, {b}, {c} and {} more", counted(rest.len(), "host")),
        _ => listed(&all),
    }
}

/// Who reads which file.
struct Readers<'a, 't> {
    sides: &'a Sides<'t>,
    read: Option<&'a dyn Fn() -> Modules>,
    modules: Option<Modules>,
    /// The files that each host names, in either plan.
    named: Option<BTreeMap<String, BTreeSet<String>>>,
}

impl Readers<'_, '_> {
    /// The hosts that a file may concern; nothing for a file that no host is made of.
    fn of(&mut self, path: &str) -> Option<Reach> {
        if OF_NO_HOST.contains(&path) {
            return None;
        }
        if path == "flake.nix" || path == "flake.lock" {
            return Some(Reach::All);
        }
        if let Some(host) = path.strip_prefix("facts/").and_then(|rest| rest.strip_suffix(".json")) {
            self.name();
            let named = self.named.as_ref().and_then(|named| named.get(host)).is_some_and(|files| files.contains(path));
            return named.then(|| Reach::Hosts(BTreeSet::from([host.to_owned()])));
        }
        let found = match path.strip_prefix("secrets/").and_then(|rest| rest.strip_suffix(".age")) {
            Some(secret) => self.readers(secret),
            None => self.importers(path),
        };
        Some(if found.is_empty() { Reach::All } else { Reach::Hosts(found) })
    }

    fn readers(&self, secret: &str) -> BTreeSet<String> {
        let hosts = |when: When, secret: &str| -> BTreeSet<String> {
            let value = self.sides.value(when, Kind::Secret, secret).unwrap_or_default();
            texts(&value["hosts"]).map(str::to_owned).collect()
        };
        let sides = [When::Before, When::After];
        if let Some((host, own)) = secret.split_once('/')
            && sides.into_iter().any(|when| hosts(when, own).contains(host))
        {
            return BTreeSet::from([self.sides.now(host).to_owned()]);
        }
        sides.into_iter().flat_map(|when| hosts(when, secret)).map(|host| self.sides.now(&host).to_owned()).collect()
    }

    /// The hosts that take a module in, by its path or through another one.
    fn importers(&mut self, path: &str) -> BTreeSet<String> {
        if self.modules.is_none() {
            self.modules = self.read.map(|read| read());
        }
        self.name();
        let modules = self.modules.as_ref();
        let directory = path.strip_suffix("/default.nix").unwrap_or(path).to_owned();
        let reads = |files: &BTreeSet<String>| {
            let imported =
                |modules: &Modules| modules.reached(files.iter().map(String::as_str)).list.contains_key(path);
            files.contains(path) || files.contains(&directory) || modules.is_some_and(imported)
        };
        self.named.iter().flatten().filter(|(_, files)| reads(files)).map(|(host, _)| host.clone()).collect()
    }

    /// Reads which files each host names, once.
    fn name(&mut self) {
        let sides = self.sides;
        self.named.get_or_insert_with(|| {
            let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for when in [When::Before, When::After] {
                for host in sides.names(when, Kind::Host) {
                    let value = sides.value(when, Kind::Host, host).unwrap_or_default();
                    let machine = &value["machine"];
                    let modules = machine["modules"].as_array().into_iter().flatten().map(|module| &module["file"]);
                    let others = [&machine["hardware"]["file"], &machine["facts"]];
                    let files = modules.chain(others).filter_map(Value::as_str).map(str::to_owned);
                    named.entry(sides.now(host).to_owned()).or_default().extend(files);
                }
            }
            named
        });
    }
}

/// The flake's inputs that two lock files lock to different things.
fn moved(old: &str, new: &str) -> Vec<Moved> {
    let (old, new) = (locked(old), locked(new));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let differs = names.into_iter().filter(|name| old.get(*name) != new.get(*name));
    differs
        .map(|name| {
            let shown = |side: &BTreeMap<String, Value>| side.get(name).map(short);
            Moved { name: name.clone(), from: shown(&old), to: shown(&new) }
        })
        .collect()
}

/// What each input is locked to, by the names that lead to it; those that follow another are that other.
fn locked(text: &str) -> BTreeMap<String, Value> {
    let lock: Value = serde_json::from_str(text).unwrap_or_default();
    let mut found = BTreeMap::new();
    let mut open = vec![(String::new(), lock["root"].as_str().unwrap_or("root").to_owned())];
    let mut seen = BTreeSet::new();
    while let Some((path, node)) = open.pop() {
        if !seen.insert(node.clone()) {
            continue;
        }
        let value = &lock["nodes"][&node];
        if !path.is_empty() {
            found.insert(path.clone(), value["locked"].clone());
        }
        let inputs = value["inputs"].as_object().into_iter().flatten();
        for (name, target) in inputs.filter_map(|(name, target)| Some((name, target.as_str()?))) {
            let below = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
            open.push((below, target.to_owned()));
        }
    }
    found
}

/// The revision, else the hash, and the day.
fn short(locked: &Value) -> String {
    let text = |key: &str| locked[key].as_str().map(str::to_owned);
    let id = text("rev").map(|rev| rev.chars().take(SHORT_ID).collect());
    let path = || text("path").or_else(|| text("url"));
    let id: String = id.or_else(|| text("narHash")).or_else(path).unwrap_or_else(|| "something else".to_owned());
    let day = locked["lastModified"].as_i64().map(|seconds| crate::value::Date::from_days(seconds.div_euclid(DAY)));
    day.map_or_else(|| id.clone(), |day| format!("{id} ({day})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moved_is_named() {
        let lock = |rev: &str, date: i64| {
            serde_json::json!({ "version": 7, "root": "root", "nodes": {
                "root": { "inputs": { "nixpkgs": "nixpkgs_2", "cistern": "cistern" } },
                "cistern": { "inputs": { "nixpkgs": ["nixpkgs"] }, "locked": { "narHash": "sha256-x" } },
                "nixpkgs_2": { "locked": { "rev": rev, "lastModified": date } },
            } })
            .to_string()
        };
        let found = moved(&lock("1a2b3c4d5e6f", 1_790_000_000), &lock("ffffffffffff", 1_795_000_000));
        let sentences: Vec<_> = found.iter().map(Moved::sentence).collect();
        assert_eq!(sentences, ["nixpkgs moves from 1a2b3c4 (2026-09-21) to fffffff (2026-11-18)"]);
        assert!(moved("{}", "{}").is_empty());
    }
}
