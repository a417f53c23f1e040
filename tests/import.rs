//! `cistern import`: a directory is a test.
//!
//! `tests/import/<format>/<case>/` holds the files that are imported, and `command`, the arguments as a shell reads
//! them. What comes out is `expected/fleet.yaml`, and what is said beside `expected.txt`. `CISTERN_BLESS=1` rewrites
//! both. Secrets in the files hold the word `Sentinel`, which must stand nowhere in what comes out.

#![expect(clippy::disallowed_methods, reason = "runs the program on copies of files, and reads them")]

mod common;

#[path = "import/hostile.rs"]
mod hostile;
#[path = "import/leaves.rs"]
mod leaves;
#[path = "import/round.rs"]
mod round;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::temp_dir;
use similar::TextDiff;
use tempfile::TempDir;
use walkdir::WalkDir;

/// The formats with cases; flakes are made by `tests/nix/import.rs`.
const FORMATS: &[&str] = &["ansible", "cistern-inventory", "compose"];

/// What stands in the place of a value that somebody has to fill in, by the key.
const FILLED: &[(&str, &str)] = &[
    ("EFI", "/dev/disk/by-label/BOOT"),
    ("device", "/dev/disk/by-label/nixos"),
    ("domain", "example.org"),
    ("fs_type", "ext4"),
    ("hardware", "vm"),
    ("host_key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEVTj+NcnDyhvjiQTHKbH7DE+jWXt5yozZTpN4/87bM1"),
    ("image", "docker.io/a/b@sha256:5be1ecc7935f1dd85635d4feedaf660594030253cc97c9e9ca3819ffeac36b65"),
    ("keys", "[ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF ana]"),
    ("state_version", "\"25.11\""),
    ("system", "x86_64-linux"),
];

/// A case and what the program made of it.
struct Case {
    /// `compose/shop`.
    name: String,
    dir: PathBuf,
    /// The copy that the program ran in.
    _home: TempDir,
    output: Output,
}

impl Case {
    fn run(name: String, dir: PathBuf) -> Self {
        let home = temp_dir();
        copy(&dir, home.path());
        let command = fs::read_to_string(dir.join("command")).unwrap_or_else(|error| panic!("{name}: {error}"));
        let line = format!("\"$CISTERN\" import {}", command.replace('\n', " "));
        let output = bare(Command::new("sh").args(["-euc", &line]), home.path()).output().expect("a shell is there");
        Self { name, dir, _home: home, output }
    }

    fn definition(&self) -> String {
        String::from_utf8(self.output.stdout.clone()).expect("a definition is UTF-8")
    }

    fn said(&self) -> String {
        String::from_utf8(self.output.stderr.clone()).expect("what is said is UTF-8")
    }

    /// The definition with every line filled in.
    fn filled(&self) -> String {
        let mut addresses = 0;
        let fill = |line: &str| {
            let Some((before, needs)) = line.split_once(" # FILL IN: ") else { return format!("{line}\n") };
            let key = if needs.starts_with("the EFI partition") { "EFI" } else { before.trim().trim_end_matches(':') };
            let value = FILLED.iter().find(|(known, _)| *known == key).map(|(_, value)| (*value).to_owned());
            let value = value.unwrap_or_else(|| {
                assert_eq!(key, "address", "{}: nothing fills in `{line}`", self.name);
                addresses += 1;
                format!("10.30.0.{}", 100 + addresses)
            });
            format!("{before} {value}\n")
        };
        self.definition().lines().map(fill).collect()
    }

    /// The files that were imported.
    fn files(&self) -> BTreeMap<String, String> {
        let walk = WalkDir::new(&self.dir).into_iter().map(|entry| entry.expect("it can be read"));
        let files = walk.filter(|entry| entry.file_type().is_file()).map(|entry| {
            let path = entry.path().strip_prefix(&self.dir).expect("below").to_str().expect("plain").to_owned();
            (path, fs::read_to_string(entry.path()).expect("it is text"))
        });
        files
            .filter(|(path, _)| {
                !path.starts_with("expected") && path != "command" && !path.ends_with(".pub") && !path.ends_with(".md")
            })
            .collect()
    }
}

/// Every case, each run once.
fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import");
    let mut cases = Vec::new();
    for format in FORMATS {
        let mut dirs: Vec<_> = fs::read_dir(root.join(format))
            .expect("it is there")
            .map(|entry| entry.expect("it can be read").path())
            .collect();
        dirs.sort();
        assert!(dirs.len() >= 3, "{format}: three files at least");
        let name = |dir: &Path| format!("{format}/{}", dir.file_name().expect("it has a name").to_string_lossy());
        cases.extend(dirs.into_iter().map(|dir| Case::run(name(&dir), dir)));
    }
    cases
}

#[test]
fn cases_come_out_as_expected() {
    let mut faults = Vec::new();
    for case in cases() {
        let exit = case.output.status.code().expect("it ended by itself");
        let found = [
            ("expected/fleet.yaml", case.definition()),
            ("expected.txt", format!("{}-- exit {exit} --\n", case.said())),
        ];
        for (path, text) in found {
            let file = case.dir.join(path);
            if env::var_os("CISTERN_BLESS").is_some_and(|bless| bless == "1") {
                fs::create_dir_all(file.parent().expect("below the case")).expect("the repository can be written");
                fs::write(&file, &text).expect("the repository can be written");
            }
            let expected = fs::read_to_string(&file).unwrap_or_default();
            if text != expected {
                let diff =
                    TextDiff::from_lines(&expected, &text).unified_diff().header("expected", "found").to_string();
                faults.push(format!("{}: {path} differs\n{diff}", case.name));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_comes_out_passes_check() {
    for case in cases() {
        let said = case.said();
        let home = temp_dir();
        fs::write(home.path().join("fleet.yaml"), case.filled()).expect("the directory is ours");
        let check = bare(Command::new(env!("CARGO_BIN_EXE_cistern")).arg("check"), home.path())
            .output()
            .expect("the program starts");
        let told = common::everything(&check);
        assert_eq!(check.status.code(), Some(0), "{}\n{told}\n{}", case.name, case.filled());
        // What is claimed is what is true.
        let holes = case.definition().matches(" # FILL IN: ").count();
        let claim = match holes {
            0 => "; passes `cistern check`\n".to_owned(),
            1 => "; passes `cistern check` once 1 line is filled in\n".to_owned(),
            many => format!("; passes `cistern check` once {many} lines are filled in\n"),
        };
        assert!(said.ends_with(&claim), "{}: {said}", case.name);
        fs::write(home.path().join("fleet.yaml"), case.definition()).expect("the directory is ours");
        let check = bare(Command::new(env!("CARGO_BIN_EXE_cistern")).arg("check"), home.path())
            .output()
            .expect("the program starts");
        assert_eq!(
            check.status.code(),
            Some(if holes == 0 { 0 } else { 2 }),
            "{}: a line to fill in is no error",
            case.name
        );
        let whole = holes == 0 && said.contains(" carried, 0 not; ");
        assert_eq!(case.output.status.code(), Some(i32::from(!whole)), "{}", case.name);
    }
}

#[test]
fn no_secret_comes_out() {
    for case in cases() {
        let files = case.files();
        for text in [case.definition(), case.said()] {
            assert!(!text.contains("Sentinel"), "{}: a secret came out\n{text}", case.name);
        }
        // A case that holds secrets says where they go.
        let held = files.values().any(|text| text.contains("Sentinel"));
        let told = case.said().contains("to store: ")
            || case.said().contains("never with a password")
            || case.said().contains("it seems to hold a secret");
        assert!(!held || told, "{}: nothing is said of its secrets", case.name);
    }
}

#[test]
fn nothing_is_overwritten() {
    let case = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import").join(name);
    let home = temp_dir();
    copy(&case("ansible/plain"), home.path());
    let import = |into: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cistern"));
        bare(command.args(["import", "ansible", "inventory", "--output", into]), home.path())
            .output()
            .expect("the program starts")
    };
    let output = import("new/fleet");
    assert_eq!(output.status.code(), Some(1), "{}", common::everything(&output));
    assert!(output.stdout.is_empty(), "a definition that is written is not printed too");
    let written = home.path().join("new/fleet");
    let text = fs::read_to_string(written.join("fleet.yaml")).expect("it was written");
    assert!(text.contains("  edge1:") && text.contains("# FILL IN: "), "{text}");
    assert_eq!(fs::read_dir(&written).expect("it was made").count(), 1, "nothing else was left behind");

    let output = import("new/fleet");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nothing was written"), "{}", common::everything(&output));
    for name in ["fleet.yaml", "fleet.yml"] {
        let mine = home.path().join(name);
        fs::create_dir_all(&mine).expect("the directory is ours");
        let own = mine.join(name);
        fs::write(&own, "mine: true\n").expect("the directory is ours");
        assert_eq!(import(name).status.code(), Some(1));
        assert_eq!(fs::read_to_string(&own).expect("it is there"), "mine: true\n");
        assert_eq!(fs::read_dir(&mine).expect("it is there").count(), 1);
    }
    assert_eq!(fs::read_to_string(written.join("fleet.yaml")).expect("it is there"), text);
}

#[test]
fn answers_are_checked() {
    let home = temp_dir();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import/ansible/plain"), home.path());
    fs::write(home.path().join("private"), "-----BEGIN OPENSSH PRIVATE KEY-----\nSentinel\n")
        .expect("the directory is ours");
    for (option, value) in [
        ("--state-version", "25"),
        ("--domain", "Example"),
        ("--address", "edge1"),
        ("--address", "edge1=10.0.0"),
        ("--host-key", "edge1=ssh-ed25519 x"),
        ("--hardware", "pc"),
        ("--admin-key", "private"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cistern"));
        let output = bare(command.args(["import", "ansible", "inventory", option, value]), home.path())
            .output()
            .expect("the program starts");
        let told = common::everything(&output);
        assert_eq!(output.status.code(), Some(2), "{option} {value}: {told}");
        assert!(told.contains(option) && !told.contains("Sentinel"), "{told}");
    }
}

/// A command in a directory, with nothing of this machine's around it.
fn bare<'c>(command: &'c mut Command, dir: &Path) -> &'c mut Command {
    command
        .current_dir(dir)
        .env_clear()
        .env("CISTERN", env!("CARGO_BIN_EXE_cistern"))
        .env("LC_ALL", "C.UTF-8")
        .env("NO_COLOR", "1")
        .env("PATH", env::var_os("PATH").expect("there is a PATH"))
}

fn copy(from: &Path, to: &Path) {
    for entry in WalkDir::new(from).into_iter().map(|entry| entry.expect("it can be read")) {
        let target = to.join(entry.path().strip_prefix(from).expect("the walk stays below"));
        if entry.file_type().is_dir() {
            fs::create_dir_all(target).expect("the directory is ours");
        } else {
            fs::copy(entry.path(), target).expect("the directory is ours");
        }
    }
}
