//! A report as a program reads it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::hosts::HostChange;
use super::impact::Finding;
use super::inputs::InputChange;
use super::meaning::{Attribute, Change, Kind as Of, Rename, What};
use super::report::Report;
use super::targets::TargetChange;
use super::{File, Kind, deploy};

/// What is different between two sides.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "cistern diff")]
pub struct Document {
    /// Raised when a reader of an older version would misread this one: 1.
    version: u32,
    /// Whether nothing differs that a deployment could bring.
    same: bool,
    /// Hosts that go on under another name. They come first: everything else is told with the new names.
    renames: Vec<Rename>,
    /// Every entry of the plan that differs. Applied to the old plan they give the new one.
    entries: Vec<Entry>,
    /// What becomes of each host, by its name.
    hosts: BTreeMap<String, HostChange>,
    /// Scrape targets that come, go or have other labels.
    targets: Vec<TargetChange>,
    /// Inputs that the plan does not describe and that differ.
    inputs: Vec<InputChange>,
    /// What a deployment does.
    findings: Vec<Finding>,
    /// How to deploy exactly the hosts that are concerned.
    deploy: Deploy,
    /// The files that differ by more than their header, in the order of their paths.
    files: Vec<FileEntry>,
    /// How many there are of each.
    summary: Summary,
    /// What Nix says of the systems, when it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    evaluation: Option<Value>,
}

/// An entry of the plan that differs.
#[derive(Debug, Serialize, JsonSchema)]
struct Entry {
    /// What it is about.
    kind: Of,
    /// Its name.
    name: String,
    /// The host of an instance.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schemars(default)]
    host: String,
    /// `created`, `removed`, `changed` or `moved`.
    change: &'static str,
    /// The host that a moved instance left.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// The whole value of what is new, or was there of what is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
    /// The places that differ, of what changed or moved.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    attributes: Vec<Place>,
}

/// A place in an entry that differs.
#[derive(Debug, Serialize, JsonSchema)]
struct Place {
    /// The keys that lead to it.
    path: Vec<String>,
    /// What was there; absent where it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<Value>,
    /// What is there; absent where it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<Value>,
}

/// How to deploy.
#[derive(Debug, Serialize, JsonSchema)]
struct Deploy {
    /// What follows `deploy -s --targets`.
    targets: Vec<String>,
    /// The whole command; absent when no host has to be deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<String>,
}

/// One file that is different.
#[derive(Debug, Serialize, JsonSchema)]
struct FileEntry {
    /// The `/`-separated path below `generated/`.
    path: String,
    /// `created`, `removed` or `changed`.
    change: &'static str,
    /// The host whose own file this is.
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    /// Lines that are in the new file only.
    added: usize,
    /// Lines that are in the old file only.
    removed: usize,
    /// Whether a side is something else than text: then no lines are counted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schemars(default)]
    binary: bool,
}

/// The counts of a whole comparison.
#[derive(Debug, Serialize, JsonSchema)]
struct Summary {
    /// Hosts that have to be deployed because their files differ.
    hosts: usize,
    /// Hosts that are new.
    hosts_created: usize,
    /// Hosts that are gone.
    hosts_removed: usize,
    /// Hosts that are called otherwise.
    hosts_renamed: usize,
    /// Hosts that an input may concern.
    hosts_possible: usize,
    /// Files that are in the new tree only.
    files_created: usize,
    /// Files that are in the old tree only.
    files_removed: usize,
    /// Files that are in both and differ by more than their header.
    files_changed: usize,
    /// Files that differ in the hashes of their header only; they are not among `files`.
    header_only: usize,
    /// Lines that differ in hashes only.
    lines_normalised: usize,
    /// The sum of `added`.
    lines_added: usize,
    /// The sum of `removed`.
    lines_removed: usize,
}

impl Document {
    /// Puts a report into the form that programs read; `evaluation` is what Nix said of the systems.
    pub fn new(report: &Report<'_>, evaluation: Option<Value>) -> Self {
        let of = |kind: &str| report.hosts.values().filter(|host| host.change == kind).count();
        let files = report.files.files();
        let summary = Summary {
            hosts: report.hosts.values().filter(|host| host.deploys).count(),
            hosts_created: of("created"),
            hosts_removed: of("removed"),
            hosts_renamed: of("renamed"),
            hosts_possible: report.possible().len(),
            files_created: report.files.count(Kind::Created),
            files_removed: report.files.count(Kind::Removed),
            files_changed: report.files.count(Kind::Changed),
            header_only: report.files.header_only(),
            lines_normalised: report.files.normalised(),
            lines_added: files.iter().map(File::added).sum(),
            lines_removed: files.iter().map(File::removed).sum(),
        };
        Self {
            version: 1,
            same: report.is_same(),
            renames: report.sides.meaning.renames.clone(),
            entries: report.sides.meaning.changes.iter().map(Entry::of).collect(),
            hosts: report.hosts.clone(),
            targets: report.targets.clone(),
            inputs: report.inputs.clone(),
            findings: report.findings.clone(),
            deploy: Deploy { targets: deploy::targets(report), command: deploy::command(report) },
            files: files.iter().map(FileEntry::of).collect(),
            summary,
            evaluation,
        }
    }
}

/// Writes a report as one JSON document, whose form is [`schema`]'s.
pub fn json(report: &Report<'_>, evaluation: Option<Value>) -> String {
    serde_json::to_string_pretty(&Document::new(report, evaluation)).expect("text, numbers, lists and maps")
}

/// The JSON Schema of the document.
pub fn schema() -> Value {
    schemars::schema_for!(Document).to_value()
}

impl Entry {
    fn of(change: &Change) -> Self {
        let (word, from, value, attributes) = match &change.what {
            What::Created(value) => ("created", None, Some(value), &[][..]),
            What::Removed(value) => ("removed", None, Some(value), &[][..]),
            What::Changed(attributes) => ("changed", None, None, &attributes[..]),
            What::Moved { from, attributes } => ("moved", Some(from), None, &attributes[..]),
        };
        Self {
            kind: change.key.kind,
            name: change.key.name.clone(),
            host: change.key.host.clone(),
            change: word,
            from: from.cloned(),
            value: value.cloned(),
            attributes: attributes.iter().map(Place::of).collect(),
        }
    }
}

impl Place {
    fn of(attribute: &Attribute) -> Self {
        Self { path: attribute.path.clone(), old: attribute.old.clone(), new: attribute.new.clone() }
    }
}

impl FileEntry {
    fn of(file: &File) -> Self {
        Self {
            path: file.path().to_owned(),
            change: file.kind().word(),
            host: file.host().map(str::to_owned),
            added: file.added(),
            removed: file.removed(),
            binary: file.is_binary(),
        }
    }
}
