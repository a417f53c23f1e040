//! Option names: the table of every option that Cistern's templates emit, and `cistern check --options`.
//!
//! `tests/nixpkgs/options.tsv` holds path, type and template. It was written from what nixpkgs declares, not from the
//! templates; `tests/nix/kinds.rs` looks for each row in an evaluated host.

#![expect(clippy::disallowed_methods, reason = "reads the table and runs the program")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use cistern::kind::embedded_files;
use cistern::nix::{Assigned, Literal, outline};
use common::{everything, temp_dir};
use table::{Row, list, table};
use tempfile::TempDir;

#[path = "common/options.rs"]
mod table;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every option that a template may set, as the names of its path: none where one is computed, `*` for items of a list.
fn emitted() -> BTreeSet<(String, Vec<Option<String>>)> {
    let modules = embedded_files().filter_map(|(path, bytes)| {
        let name = path.strip_suffix(".nix.j2")?.trim_start_matches("services/");
        // These three are read by mkFleet and agenix: no modules.
        (!matches!(name, "hosts" | "nodes" | "secrets")).then_some((name, bytes))
    });
    let mut found = BTreeSet::new();
    for (name, bytes) in modules {
        let text = std::str::from_utf8(bytes).expect("templates are UTF-8");
        let mut paths = Vec::new();
        outline(text).assigned.iter().for_each(|one| add(&[], one, &mut paths));
        found.extend(paths.into_iter().map(|path| (name.to_owned(), path)));
    }
    found
}

fn add(base: &[Option<String>], one: &Assigned, paths: &mut Vec<Vec<Option<String>>>) {
    let mut path = base.to_vec();
    path.extend(one.path.iter().map(|segment| segment.name.clone()));
    paths.push(path.clone());
    let Literal::List(items) = &one.value else { return };
    path.push(Some("*".to_owned()));
    for item in items {
        if let Literal::Set(entries) = item {
            entries.iter().for_each(|entry| add(&path, entry, paths));
        }
    }
}

/// Whether a row is what a path of a template can be.
fn is_same(names: &[&str], path: &[Option<String>]) -> bool {
    let same = |(name, own): (&&str, &Option<String>)| {
        let (before, wild) = name.split_once('<').map_or((*name, false), |(before, _)| (before, true));
        own.as_deref().is_none_or(|own| if wild { own.starts_with(before) } else { own == *name })
    };
    names.len() == path.len() && names.iter().zip(path).all(same)
}

#[test]
fn the_table_holds_what_templates_emit() {
    let rows = table();
    let emitted = emitted();
    assert!(emitted.len() > 200, "{} options", emitted.len());
    let shown = |path: &[Option<String>]| {
        path.iter().map(|name| name.as_deref().unwrap_or("<name>")).collect::<Vec<_>>().join(".")
    };
    let is_listed = |(template, path): &&(String, Vec<Option<String>>)| {
        rows.iter().any(|row| row.template == *template && is_same(&row.names(), path))
    };
    let missing = emitted.iter().filter(|one| !is_listed(one));
    let mut faults: Vec<_> =
        missing.map(|(template, path)| format!("no row: {}\t?\t{template}", shown(path))).collect();
    let is_emitted =
        |row: &&Row| emitted.iter().any(|(template, path)| row.template == *template && is_same(&row.names(), path));
    let idle = rows.iter().filter(|row| !is_emitted(row));
    faults.extend(idle.map(|row| format!("nothing emits: {}\t{}\t{}", row.option, row.takes, row.template)));
    assert!(faults.is_empty(), "{} faults of tests/nixpkgs/options.tsv:\n{}", faults.len(), faults.join("\n"));
}

/// A list in a directory that is deleted when dropped.
fn written(list: &serde_json::Value) -> (TempDir, PathBuf) {
    let home = temp_dir();
    let file = home.path().join("options.json");
    fs::write(&file, list.to_string()).expect("the directory is ours");
    (home, file)
}

fn check(fleet: &Path, list: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cistern"));
    command.args(["check", "-C"]).arg(fleet).arg("--options").arg(list).env("NO_COLOR", "1");
    command.output().expect("the program starts")
}

/// The fleets of the repository that have no fault.
fn fleets() -> Vec<PathBuf> {
    let below = |directory: &str| {
        let entries = fs::read_dir(repository().join(directory)).expect("it is there");
        entries.map(|entry| entry.expect("it can be read").path()).collect::<Vec<_>>()
    };
    let good = below("tests/fleets/good").into_iter().map(|directory| directory.join("fleet"));
    let mut all: Vec<_> = below("examples").into_iter().chain(good).collect();
    all.sort();
    assert!(all.len() > 10, "{all:?}");
    all
}

/// What the modules and kinds of the fleets themselves set besides.
const THEIRS: &[(&str, &str)] = &[
    ("boot.binfmt.emulatedSystems", "listOf str"),
    ("hardware.graphics.enable", "bool"),
    ("hardware.graphics.extraPackages", "listOf package"),
    ("networking.bridges.<name>.interfaces", "listOf str"),
    ("services.postgresqlBackup.compression", "enum [ \"none\" \"gzip\" \"zstd\" ]"),
    ("services.postgresqlBackup.enable", "bool"),
    ("services.postgresqlBackup.startAt", "either (listOf str) str"),
    ("services.printing.enable", "bool"),
    ("services.restic.backups.<name>.exclude", "listOf str"),
    ("services.restic.backups.<name>.initialize", "bool"),
    ("services.restic.backups.<name>.passwordFile", "str"),
    ("services.restic.backups.<name>.paths", "nullOr (listOf str)"),
    ("services.restic.backups.<name>.repository", "nullOr str"),
    ("services.restic.backups.<name>.repositoryFile", "nullOr path"),
    ("services.restic.backups.<name>.timerConfig", "nullOr attrs"),
    ("services.restic.server.appendOnly", "bool"),
    ("services.restic.server.dataDir", "path"),
    ("services.restic.server.enable", "bool"),
    ("services.restic.server.extraFlags", "listOf str"),
    ("services.restic.server.listenAddress", "str"),
    ("services.restic.server.prometheus", "bool"),
    ("systemd.services.<name>.environment.<name>", "nullOr (oneOf [ str path package ])"),
    ("systemd.services.<name>.serviceConfig.<name>", "systemd unit option"),
    ("systemd.services.<name>.unitConfig.<name>", "systemd unit option"),
    ("systemd.services.<name>.wantedBy", "listOf str"),
    ("systemd.tmpfiles.rules", "listOf str"),
    ("users.users.<name>.group", "str"),
    ("users.users.<name>.home", "path"),
    ("users.users.<name>.isSystemUser", "bool"),
];

/// The table, with what fleets set by themselves.
fn whole_table() -> Vec<Row> {
    let theirs = THEIRS.iter().map(|(option, takes)| Row {
        option: (*option).to_owned(),
        takes: (*takes).to_owned(),
        template: String::new(),
    });
    table().into_iter().chain(theirs).collect()
}

#[test]
fn fleets_set_what_there_is() {
    let (_home, file) = written(&list(&whole_table()));
    for fleet in fleets() {
        let output = check(&fleet, &file);
        let said = everything(&output);
        assert_eq!(output.status.code(), Some(0), "{}: {said}", fleet.display());
        // The modules of the fleets of tests set options that are nobody's here; those of the examples are all known.
        let alarms = ["[C160]", "[C161]", "[C162]", "[C163]"].map(|code| said.contains(code));
        assert_eq!(alarms, [false; 4], "{}: {said}", fleet.display());
        let example = fleet.components().any(|part| part.as_os_str() == "examples");
        assert!(!example || output.stdout.is_empty(), "{}: {said}", fleet.display());
    }
}

#[test]
fn every_row_is_needed() {
    let rows = whole_table();
    for option in ["services.jellyfin.dataDir", "services.openssh.ports", "services.redis.servers.<name>.port"] {
        let fewer: Vec<_> = rows.iter().filter(|row| row.option != option).cloned().collect();
        assert!(fewer.len() < rows.len());
        let (_home, file) = written(&list(&fewer));
        let mut found = fleets().into_iter().map(|fleet| everything(&check(&fleet, &file)));
        assert!(found.any(|said| said.contains("error[C160]")), "{option} can be left out");
    }
}
