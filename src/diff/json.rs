//! Changes as a program reads them.

use serde::Serialize;

use super::{Changes, File, Kind};

/// The document.
#[derive(Serialize)]
struct Document<'a> {
    /// Raised when a reader of an older version would misread this one.
    version: u32,
    /// Whether nothing differs, but for hashes in headers.
    same: bool,
    /// The hosts whose own file was created, removed or changed, in the order of their names.
    hosts: Vec<&'a str>,
    /// The files that differ by more than their header, in the order of their paths.
    files: Vec<Entry<'a>>,
    /// How many there are of each.
    summary: Summary,
}

/// One file that is different.
#[derive(Serialize)]
struct Entry<'a> {
    /// The `/`-separated path below `generated/`.
    path: &'a str,
    /// `created`, `removed` or `changed`.
    change: &'a str,
    /// The host whose own file this is.
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<&'a str>,
    /// Lines that are in the new file only.
    added: usize,
    /// Lines that are in the old file only.
    removed: usize,
    /// Whether a side is something else than text: then no lines are counted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    binary: bool,
}

/// The counts of a whole comparison.
#[derive(Serialize)]
struct Summary {
    /// Hosts whose own file differs, new and removed ones included.
    hosts: usize,
    /// Hosts that are new.
    hosts_created: usize,
    /// Hosts that are gone.
    hosts_removed: usize,
    /// Files that are in the new tree only.
    files_created: usize,
    /// Files that are in the old tree only.
    files_removed: usize,
    /// Files that are in both and differ by more than their header.
    files_changed: usize,
    /// Files that differ in the hashes of their header only; they are not among `files`.
    header_only: usize,
    /// The sum of `added`.
    lines_added: usize,
    /// The sum of `removed`.
    lines_removed: usize,
}

/// Writes changes as one JSON document: `{version, same, hosts, files, summary}`.
///
/// `version` is 1. `same` says whether nothing differs, but for hashes in headers. `hosts` names the hosts whose own
/// file differs. Each of `files` is `{path, change, host?, added, removed, binary?}`, where `change` is `created`,
/// `removed` or `changed` and `added` and `removed` count lines. `summary` counts hosts, files and lines.
pub fn json(changes: &Changes) -> String {
    let hosts = changes.hosts();
    let of = |kind| hosts.values().filter(|found| **found == kind).count();
    let summary = Summary {
        hosts: hosts.len(),
        hosts_created: of(Kind::Created),
        hosts_removed: of(Kind::Removed),
        files_created: changes.count(Kind::Created),
        files_removed: changes.count(Kind::Removed),
        files_changed: changes.count(Kind::Changed),
        header_only: changes.header_only(),
        lines_added: changes.files().iter().map(File::added).sum(),
        lines_removed: changes.files().iter().map(File::removed).sum(),
    };
    let document = Document {
        version: 1,
        same: changes.is_same(),
        hosts: hosts.keys().copied().collect(),
        files: changes.files().iter().map(entry).collect(),
        summary,
    };
    serde_json::to_string_pretty(&document).expect("a document holds nothing but text and numbers")
}

fn entry(file: &File) -> Entry<'_> {
    Entry {
        path: file.path(),
        change: file.kind().word(),
        host: file.host(),
        added: file.added(),
        removed: file.removed(),
        binary: file.is_binary(),
    }
}
