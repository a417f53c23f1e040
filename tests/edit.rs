//! Edits of a definition through the built program: what is meant changes, and nothing else.
//!
//! A directory is a test. `tests/edit/<case>/command` is a shell script that runs `cistern` in a copy of the fleet:
//! `before.yaml` is its `fleet.yaml`, or `before/` all of its files. What comes out is `after.yaml`, or `after/`, byte
//! by byte, and `said.txt` is what the program said. `CISTERN_BLESS=1` rewrites what is expected.

#![expect(clippy::disallowed_methods, reason = "runs the program on copies of fleets")]

mod common;

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::temp_dir;
use rayon::prelude::*;
use walkdir::WalkDir;

type Files = BTreeMap<String, Vec<u8>>;

#[test]
fn every_case_comes_out_as_expected() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/edit");
    let mut cases: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 30, "{} cases", cases.len());
    let wrong: Vec<_> = cases.par_iter().filter_map(|case| judge(case).err()).collect();
    assert!(wrong.is_empty(), "{} wrong (CISTERN_BLESS=1 accepts what is found):\n{}", wrong.len(), wrong.join("\n"));
}

/// Runs one case.
fn judge(case: &Path) -> Result<(), String> {
    let name = case.file_name().unwrap().to_str().unwrap();
    let (single, many) = (case.join("before.yaml"), case.join("before"));
    let fleet = Fleet::new();
    match fs::read(&single) {
        Ok(bytes) => fleet.write("fleet.yaml", bytes),
        Err(_) => files(&many).into_iter().for_each(|(path, bytes)| fleet.write(&path, bytes)),
    }
    let output = fleet.shell(&fs::read_to_string(case.join("command")).unwrap());
    let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
    let _ = writeln!(said, "{}-- exit {} --", String::from_utf8_lossy(&output.stderr), output.status.code().unwrap());
    let check = fleet.cistern(&["check", "-q"]);
    if !check.status.success() {
        return Err(format!("{name}: what came out is no fleet: {}", String::from_utf8_lossy(&check.stdout)));
    }
    let found = files(&fleet.root);
    let (after, expected) = if single.exists() {
        let only = found.get("fleet.yaml").unwrap().clone();
        (case.join("after.yaml"), Files::from([(String::new(), only)]))
    } else {
        (case.join("after"), found.clone())
    };
    if env::var_os("CISTERN_BLESS").is_some_and(|value| value == "1") {
        let _ = fs::remove_dir_all(case.join("after"));
        for (path, bytes) in &expected {
            let file = if path.is_empty() { after.clone() } else { after.join(path) };
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, bytes).unwrap();
        }
        fs::write(case.join("said.txt"), &said).unwrap();
    }
    let written = if after.is_dir() {
        files(&after)
    } else {
        Files::from([(String::new(), fs::read(&after).map_err(|error| format!("{name}: {error}"))?)])
    };
    if written != expected {
        let show = |files: &Files| files.values().map(|bytes| String::from_utf8_lossy(bytes)).collect::<String>();
        return Err(format!("{name}: expected\n{}\nfound\n{}", show(&written), show(&expected)));
    }
    let remembered = fs::read_to_string(case.join("said.txt")).unwrap_or_default();
    if remembered != said { Err(format!("{name}: says\n{said}\nand not\n{remembered}")) } else { Ok(()) }
}

/// A fleet directory that is deleted when dropped.
struct Fleet {
    root: PathBuf,
    home: tempfile::TempDir,
}

impl Fleet {
    fn new() -> Self {
        let home = temp_dir();
        let root = home.path().canonicalize().unwrap().join("fleet");
        fs::create_dir(&root).unwrap();
        fs::create_dir(home.path().join("bin")).unwrap();
        symlink(env!("CARGO_BIN_EXE_cistern"), home.path().join("bin/cistern")).unwrap();
        Self { root, home }
    }

    fn of(text: &str) -> Self {
        let fleet = Self::new();
        fleet.write("fleet.yaml", text);
        fleet
    }

    fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let file = self.root.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }

    fn text(&self) -> String {
        fs::read_to_string(self.root.join("fleet.yaml")).unwrap()
    }

    fn shell(&self, script: &str) -> Output {
        self.run(Command::new("sh").args(["-euc", script]))
    }

    fn cistern(&self, args: &[&str]) -> Output {
        self.run(Command::new("cistern").args(args))
    }

    fn run(&self, command: &mut Command) -> Output {
        let path = env::var("PATH").unwrap();
        command
            .current_dir(&self.root)
            .env_clear()
            .env("GIT_CEILING_DIRECTORIES", self.home.path())
            .env("HOME", self.home.path())
            .env("NO_COLOR", "1")
            .env("PATH", format!("{}/bin:{path}", self.home.path().display()))
            .output()
            .unwrap()
    }
}

fn files(root: &Path) -> Files {
    let walk = WalkDir::new(root).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    let path = |file: &Path| file.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
    walk.map(|entry| (path(entry.path()), fs::read(entry.path()).unwrap())).collect()
}
