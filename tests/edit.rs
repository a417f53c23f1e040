//! Edits of a definition through the built program: what is meant changes, and nothing else.
//!
//! A directory is a test. `tests/edit/<case>/command` is a shell script that runs `cistern` in a copy of the fleet:
//! `before.yaml` is its `fleet.yaml`, or `before/` all of its files. What comes out is `after.yaml`, or `after/`, byte
//! by byte, and `said.txt` is what the program said. `CISTERN_BLESS=1` rewrites what is expected.

#![expect(clippy::disallowed_methods, reason = "runs the program on copies of fleets")]
#![expect(clippy::unwrap_used, reason = "what cannot be read or written fails the test")]

mod common;

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::Instant;

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

const LAB: &str = "version: 1
fleet: { name: lab, domain: example.org }
hosts:
  # At the door.
  router: { managed: scrape, address: 10.0.0.1, exporters: { node: {} } } # LAN
";

#[test]
fn a_dry_run_shows_the_difference_and_writes_nothing() {
    let fleet = Fleet::of(LAB);
    let args = ["host", "set", "router", "--address", "10.0.0.2", "--dry-run"];
    let output = fleet.cistern(&args);
    let diff = "\
--- a/fleet.yaml
+++ b/fleet.yaml
@@ -2,4 +2,4 @@
 fleet: { name: lab, domain: example.org }
 hosts:
   # At the door.
-  router: { managed: scrape, address: 10.0.0.1, exporters: { node: {} } } # LAN
+  router: { managed: scrape, address: 10.0.0.2, exporters: { node: {} } } # LAN
";
    assert_eq!(String::from_utf8_lossy(&output.stdout), diff);
    assert!(String::from_utf8_lossy(&output.stderr).contains("1 changed; nothing was written"));
    assert_eq!(output.status.code(), Some(0));
    let colored = fleet.cistern(&[&args[..], &["--color", "always"]].concat());
    assert!(String::from_utf8_lossy(&colored.stdout).contains("\u{1b}[32m+  router"));
    let new = fleet.cistern(&[
        "host",
        "add",
        "x",
        "--managed",
        "scrape",
        "--address",
        "10.0.0.3",
        "--set",
        "exporters.node={}",
        "--split",
        "--dry-run",
    ]);
    assert!(
        String::from_utf8_lossy(&new.stdout)
            .starts_with("--- /dev/null\n+++ b/hosts/x.yaml\n@@ -0,0 +1,3 @@\n+managed: scrape\n")
    );
    assert_eq!(files(&fleet.root), Files::from([("fleet.yaml".to_owned(), LAB.as_bytes().to_vec())]));
}

#[test]
fn what_breaks_a_rule_is_shown_in_the_text_that_it_would_be_in_and_not_written() {
    let fleet = Fleet::of(LAB);
    let output = fleet.cistern(&["host", "set", "router", "--address", "10.0.0.300"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("error[C022]") && said.contains("fleet.yaml:5:39"), "{said}");
    assert!(said.contains("address: 10.0.0.300,"), "{said}");
    assert!(said.contains("nothing was written: 1 error that the edit would bring"), "{said}");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fleet.text(), LAB);
}

#[test]
fn faults_that_were_there_before_are_no_reason_to_refuse() {
    let broken = LAB.replace("address: 10.0.0.1", "address: nowhere, site: nothing");
    let fleet = Fleet::of(&broken);
    let output = fleet.cistern(&["host", "set", "router", "--address", "10.0.0.1"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("Edited fleet.yaml: 1 changed; 1 error as before, see `cistern check`"), "{said}");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(fleet.text(), LAB.replace("10.0.0.1", "10.0.0.1, site: nothing"));
}

#[test]
fn a_host_that_is_named_elsewhere_stays() {
    let fleet = Fleet::example();
    let before = files(&fleet.root);
    let output = fleet.cistern(&["host", "rm", "gihon"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("`gihon` is still named in 3 places"), "{said}");
    assert!(said.contains("cistern service move"), "{said}");
    assert!(said.contains("placement: { hosts: [gihon] }") && said.contains("  hosts: [gihon]"), "{said}");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(files(&fleet.root), before);

    // As the hint says.
    fleet.shell("cistern service move prowlarr --to eden; cistern service move grafana --to eden; sed -i 's/^  hosts: .gihon./  hosts: [eden]/' fleet.yaml");
    let output = fleet.cistern(&["host", "rm", "gihon"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("Left facts/gihon.json") && said.contains("Left secrets/gihon/"), "{said}");
}

#[test]
fn where_nothing_can_be_written_the_old_text_stays() {
    let fleet = Fleet::of(LAB);
    // No file may grow, as on a disk that is full; this holds for root too.
    let set = "cistern host set router --address 10.0.0.2";
    let output = fleet.shell(&format!("trap '' XFSZ; ulimit -f 0; {set}"));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains(".fleet.yaml.new: "), "{said}");
    assert_eq!(files(&fleet.root), Files::from([("fleet.yaml".to_owned(), LAB.as_bytes().to_vec())]));

    fs::set_permissions(&fleet.root, fs::Permissions::from_mode(0o555)).unwrap();
    let may_write = fs::write(fleet.root.join("probe"), "").is_ok();
    let output = fleet.shell(set);
    fs::set_permissions(&fleet.root, fs::Permissions::from_mode(0o755)).unwrap();
    // Nothing is read-only to root.
    if !may_write {
        assert_eq!(output.status.code(), Some(3));
        assert_eq!(fleet.text(), LAB);
    }
}

#[test]
fn permissions_stay() {
    let fleet = Fleet::of(LAB);
    let file = fleet.root.join("fleet.yaml");
    for mode in [0o600, 0o664, 0o440] {
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let output = fleet.cistern(&["host", "set", "router", "--label", &format!("mode=m{mode}")]);
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, mode);
    }
}

#[test]
fn killed_at_random_points() {
    let fleet = Fleet::of(LAB);
    let other = LAB.replace("10.0.0.1", "10.0.0.2");
    let begin = Instant::now();
    assert!(fleet.cistern(&["host", "set", "router", "--address", "10.0.0.2"]).status.success());
    let longest = begin.elapsed();
    assert_eq!(fleet.text(), other);
    let mut cut = 0;
    for round in 0..120_u32 {
        let address = if round % 2 == 0 { "10.0.0.1" } else { "10.0.0.2" };
        let mut command = Command::new(env!("CARGO_BIN_EXE_cistern"));
        command.args(["-q", "host", "set", "router", "--address", address]).current_dir(&fleet.root);
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        // Every fraction of the time that it takes, in no order.
        sleep(longest.mul_f64(f64::from(round * 37 % 120) / 100.0));
        let _ = child.kill();
        cut += u32::from(!child.wait().unwrap().success());
        let text = fleet.text();
        assert!(text == LAB || text == other, "round {round}: neither the old text nor the new one\n{text}");
    }
    assert!(cut > 20, "only {cut} of 120 runs were cut short");
    assert!(fleet.cistern(&["host", "set", "router", "--label", "a=b"]).status.success());
    let left: Vec<_> = files(&fleet.root).into_keys().collect();
    assert_eq!(left, ["fleet.yaml"]);
}

#[test]
fn a_new_file_that_git_does_not_know_is_told() {
    let fleet = Fleet::of(LAB);
    fleet.shell("git init -q && git add .");
    let output = fleet.cistern(&[
        "host",
        "add",
        "x",
        "--managed",
        "scrape",
        "--address",
        "10.0.0.3",
        "--set",
        "exporters.node={}",
        "--split",
    ]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("`hosts/x.yaml` is not known to git") && said.contains("git add -N hosts/x.yaml"), "{said}");
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    let fleet = Fleet::of(LAB);
    fleet.write("hosts/x.yaml", b"address: \xff");
    for args in [&["host", "set", "x", "--address", "10.0.0.3"][..], &["host", "rm", "x"], &["host", "add", "x"]] {
        let output = fleet.cistern(args);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("error[C002]: `hosts/x.yaml` is not UTF-8"), "{said}");
        assert_eq!(output.status.code(), Some(2));
    }
    assert_eq!(fs::read(fleet.root.join("hosts/x.yaml")).unwrap(), b"address: \xff");
}

#[test]
fn nothing_to_do_is_a_usage_fault() {
    let fleet = Fleet::of(LAB);
    for args in [
        &["host", "set", "router"][..],
        &["host", "set", "router", "--set", "address"],
        &["host", "set", "router", "--set", "a..b=c"],
        &["host", "set", "router", "--label", "x"],
        &["host", "set", "router", "--managed", "half"],
        &["host", "set", "router", "--unset", "address=x"],
        &["host", "add", "../x", "--address", "10.0.0.3"],
        &["service", "move", "nothing"],
    ] {
        let output = fleet.cistern(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(!output.stderr.is_empty(), "{args:?}");
    }
    assert_eq!(files(&fleet.root).len(), 1);
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

    fn example() -> Self {
        let fleet = Self::new();
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/homelab");
        files(&example).into_iter().for_each(|(path, bytes)| fleet.write(&path, bytes));
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
