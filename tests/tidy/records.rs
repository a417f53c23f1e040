//! Records: what is in the program stands in the tests and the documents, and the other way round.

use std::collections::BTreeSet;

use cistern::diag::codes::{CODES, Code, Stage};
use cistern::kind::{add_built_in, embedded_files};
use cistern::source::Sources;
use cistern::{load, model};

use crate::files::{Files, Finding, places};

const BAD_FLEETS: &str = "tests/fleets/bad/";
const PAIRS: &str = "tests/fleets/diff/";
const DEPENDENCIES: &str = "docs/dependencies.md";
const KINDS: &str = "templates/services/";

/// Every diagnostic has a fleet that provokes it, and every such fleet a diagnostic.
pub(crate) fn codes(files: &Files) -> Vec<Finding> {
    let provoked: BTreeSet<&str> =
        files.like(BAD_FLEETS, "").filter_map(|file| Some(file.path[BAD_FLEETS.len()..].split_once('/')?.0)).collect();
    let table = files.find("src/diag/codes.rs");
    let mut findings = Vec::new();
    // What a change does is told of pairs of fleets.
    let told = |code: &Code| {
        let shown = format!("[{}]", code.id);
        files.like(PAIRS, "human.txt").any(|file| file.text.contains(&shown))
    };
    let is_told = |code: &Code| code.stage == Stage::Change && told(code);
    for code in CODES.iter().filter(|code| !provoked.contains(code.id) && !is_told(code)) {
        let row = format!(" = \"{}\" ", code.id);
        let line = table.and_then(|table| table.lines().find(|(_, line)| line.contains(&row)));
        let message = format!("nothing provokes {}; add a fleet as {BAD_FLEETS}{}/", code.id, code.id);
        findings.push(Finding::new("src/diag/codes.rs", line.map_or(1, |(number, _)| number), message));
    }
    for directory in provoked.iter().filter(|directory| !CODES.iter().any(|code| code.id == **directory)) {
        let message = "there is no such code; name the directory by the code that it provokes, or remove it";
        findings.push(Finding::new(&format!("{BAD_FLEETS}{directory}"), 1, message));
    }
    findings
}

/// Every kind that comes with Cistern stands in a fleet that compiles: a test's or an example.
pub(crate) fn kinds(files: &Files) -> Vec<Finding> {
    let used = used_kinds(files);
    let mut findings = Vec::new();
    for (path, _) in embedded_files() {
        let Some(kind) = path.strip_prefix("services/").and_then(|file| file.strip_suffix(".nix.j2")) else { continue };
        if !used.contains(kind) {
            let message =
                format!("no fleet has the kind `{kind}`; use it in one below tests/fleets/good/ or examples/");
            findings.push(Finding::new(&format!("{KINDS}{kind}.nix.j2"), 1, message));
        }
    }
    findings
}

/// Every dependency has a row that explains it, and every row a dependency.
pub(crate) fn dependencies(files: &Files) -> Vec<Finding> {
    let text = |path| files.find(path).map_or("", |file| file.text.as_str());
    let needed = manifest_dependencies(text("Cargo.toml"));
    let rows = table_rows(text(DEPENDENCIES));
    let mut findings = Vec::new();
    for (line, name) in &needed {
        if !rows.iter().any(|(_, row)| row == name) {
            let message =
                format!("`{name}` is not explained; add a row that begins with \"| `{name}` |\" to {DEPENDENCIES}");
            findings.push(Finding::new("Cargo.toml", *line, message));
        }
    }
    for (line, row) in &rows {
        if !needed.iter().any(|(_, name)| name == row) {
            let message = format!(
                "`{row}` is no dependency of Cargo.toml; remove the row, or move it to what was tried and left"
            );
            findings.push(Finding::new(DEPENDENCIES, *line, message));
        }
    }
    findings
}

/// The changelog has a place for what comes next.
pub(crate) fn changelog(files: &Files) -> Vec<Finding> {
    let open = files.find("CHANGELOG.md").is_some_and(|file| file.lines().any(|(_, line)| line == "## Unreleased"));
    let message = "has no line `## Unreleased`; add it above the newest release";
    if open { Vec::new() } else { vec![Finding::new("CHANGELOG.md", 1, message)] }
}

/// The built-in kinds of all services of all fleets, as the compiler sees them.
fn used_kinds(files: &Files) -> BTreeSet<String> {
    let definitions = files.like("tests/fleets/good/", "/fleet.yaml").chain(files.like("examples/", "/fleet.yaml"));
    let mut used = BTreeSet::new();
    for definition in definitions {
        let root = definition.path.strip_suffix("fleet.yaml").expect("it was looked for");
        let mut sources = Sources::default();
        for file in files.like(root, "") {
            sources.add(&file.path[root.len()..], file.text.as_str());
        }
        add_built_in(&mut sources);
        let (raw, _) = load::load(&sources);
        let (fleet, _) = model::lower(raw, &sources);
        let built_in = |kind: &&cistern::value::KindName| fleet.kinds.get(kind).is_some_and(|kind| !kind.own);
        used.extend(fleet.services.values().map(|service| &service.kind).filter(built_in).map(ToString::to_string));
    }
    used
}

/// The names in the dependency tables of a manifest, with their lines.
fn manifest_dependencies(manifest: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut inside = false;
    for (at, line) in manifest.lines().enumerate() {
        if let Some(table) = line.strip_prefix('[') {
            let table = table.split(']').next().unwrap_or_default();
            inside = table.ends_with("dependencies");
            // `[dependencies.name]`
            if let Some((_, name)) = table.split_once("dependencies.") {
                found.push((at + 1, name));
            }
        } else if let (true, Some((name, _))) = (inside, line.split_once(['=', '.'])) {
            found.push((at + 1, name.trim()));
        }
    }
    found
}

/// The names in the first cells of tables, with their lines.
fn table_rows<'a>(text: &'a str) -> Vec<(usize, &'a str)> {
    let row = |(at, line): (usize, &'a str)| Some((at + 1, line.strip_prefix("| `")?.split_once("` |")?.0));
    text.lines().enumerate().filter_map(row).collect()
}

#[test]
fn a_code_without_a_fleet_is_found() {
    let files = Files::sample(&[("tests/fleets/bad/C001/x/fleet.yaml", ""), ("tests/fleets/bad/C999/fleet.yaml", "")]);
    let found = codes(&files);
    assert_eq!(found.len(), CODES.len());
    assert!(!found.iter().any(|finding| finding.to_string().contains("C001")));
    assert_eq!(found.last().map(Finding::place), Some("tests/fleets/bad/C999:1".to_owned()));
}

#[test]
fn a_kind_without_a_fleet_is_found() {
    let text = "services: { tv: { kind: jellyfin }, redis: {}, mine: {} }\nhosts: { a: { exporters: { node: {} } } }\n";
    let own = "---\nversion: 1\nsummary: x\n---\n{ }\n";
    let files = Files::sample(&[
        ("examples/a/fleet.yaml", text),
        ("tests/fleets/bad/C001/fleet.yaml", "services: { nginx: {} }\n"),
        ("tests/fleets/good/b/fleet.yaml", "services: { grafana: {} }\n"),
        ("tests/fleets/good/b/templates/services/grafana.nix.j2", own),
    ]);
    let found = places(&kinds(&files));
    let kind = |name: &str| found.contains(&format!("{KINDS}{name}.nix.j2:1"));
    assert!(kind("nginx"), "a bad fleet does not count");
    assert!(kind("grafana"), "a kind of the fleet's own does not count");
    assert!(!kind("jellyfin") && !kind("redis") && !kind("node-exporter"), "{found:?}");
}

#[test]
fn an_unexplained_dependency_is_found() {
    let manifest = "[package]\nname = \"x\"\n[dependencies]\na = \"1\"\nb.workspace = true\n\n[dev-dependencies]\nc = { version = \"1\" }\n[target.'cfg(unix)'.dependencies.d]\nversion = \"1\"\n[lints.rust]\ne = \"warn\"\n";
    let text = "| crate | for |\n|---|---|\n| `a` | x |\n| `c` | x |\n| `z` | x |\n";
    let files = Files::sample(&[("Cargo.toml", manifest), ("docs/dependencies.md", text)]);
    assert_eq!(places(&dependencies(&files)), ["Cargo.toml:5", "Cargo.toml:9", "docs/dependencies.md:5"]);
}

#[test]
fn a_closed_changelog_is_found() {
    let open = Files::sample(&[("CHANGELOG.md", "# Changelog\n\n## Unreleased\n")]);
    assert_eq!(changelog(&open), []);
    assert_eq!(changelog(&Files::sample(&[("CHANGELOG.md", "## 1.0.0\n")])).len(), 1);
}
