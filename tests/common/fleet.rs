//! Fleet directories to work in, and what the real nix says of the flakes in them.
//!
//! A flake's inputs come from GitHub; here each is replaced by a directory of `tests/nixpkgs/`, and Cistern's by
//! its own Nix files and the program that cargo has built. Nothing is fetched, and every test has a nix store of its
//! own. `CISTERN_NIXPKGS=DIR` takes the nixpkgs of that directory in the place of the stand-in (and the lab's common
//! store, because copying a nixpkgs takes a minute); then everything is evaluated and nothing built.

#![allow(dead_code, reason = "each test file uses a part of this")]

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value as Json;
use tempfile::TempDir;
use walkdir::WalkDir;

use crate::common::{Lab, everything, require, run, temp_dir};

/// A fleet directory that is deleted when dropped.
pub(crate) struct Fleet {
    home: TempDir,
    root: PathBuf,
}

impl Fleet {
    /// Makes an empty fleet directory.
    pub(crate) fn new() -> Self {
        let home = temp_dir();
        let root = home.path().canonicalize().expect("it was just made").join("fleet");
        fs::create_dir(&root).expect("the directory is ours");
        Self { home, root }
    }

    /// Copies a directory of the repository.
    pub(crate) fn copy(of: &str) -> Self {
        let fleet = Self::new();
        copy(&repository().join(of), &fleet.root);
        fleet
    }

    /// The fleet directory.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Writes a file, and the directories above it.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let file = self.root.join(path);
        fs::create_dir_all(file.parent().expect("it is below the fleet")).expect("the directory is ours");
        fs::write(file, text).expect("the directory is ours");
    }

    /// Reads a file.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Replaces a text that occurs exactly once in a file.
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert_eq!(text.matches(from).count(), 1, "{path}: `{from}` must occur once");
        self.write(path, text.replace(from, to));
    }

    /// Every file but git's by its path, with what it holds.
    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let walk = WalkDir::new(&self.root).into_iter().filter_entry(|entry| entry.file_name() != ".git");
        let files = walk.map(|entry| entry.expect("it can be read")).filter(|entry| entry.file_type().is_file());
        files
            .map(|entry| {
                let path = entry.path().strip_prefix(&self.root).expect("the walk stays below");
                let bytes = fs::read(entry.path()).expect("it can be read");
                (path.to_str().expect("a plain path").to_owned(), bytes)
            })
            .collect()
    }

    /// Returns a command that runs `program` in the fleet directory, as if nothing of this repository were above it.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("GIT_CEILING_DIRECTORIES", self.home.path()).env("NO_COLOR", "1");
        command
    }

    /// Commits everything; the first time makes it a git repository.
    pub(crate) fn committed(&self) {
        self.known_to_git();
        let who = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"];
        run(self.command("git").args(who).args(["commit", "--quiet", "--message", "x"]));
    }

    /// Makes it a git repository that knows every file. Nix takes `.` for the nearest one, which may be this project's.
    pub(crate) fn known_to_git(&self) {
        run(self.command("git").args(["init", "--quiet"]));
        run(self.command("git").args(["add", "--all"]));
    }

    /// Runs `cistern`.
    pub(crate) fn cistern(&self, args: &[&str]) -> Output {
        self.command(env!("CARGO_BIN_EXE_cistern")).args(args).output().expect("the program starts")
    }

    /// Runs `cistern generate` and returns the plan that it wrote.
    pub(crate) fn generate(&self) -> Plan {
        run(self.command(env!("CARGO_BIN_EXE_cistern")).arg("generate"));
        self.plan()
    }

    /// Returns the plan in `generated/`.
    pub(crate) fn plan(&self) -> Plan {
        Plan::read(&self.read("generated/plan.jsonl"))
    }
}

/// What `generated/plan.jsonl` says.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The first line.
    pub(crate) header: Json,
    /// Hosts by name.
    pub(crate) hosts: BTreeMap<String, Json>,
    /// Instances by host and service.
    pub(crate) instances: BTreeMap<String, BTreeMap<String, Json>>,
    /// Services by name.
    pub(crate) services: BTreeMap<String, Json>,
    /// Secrets by name.
    pub(crate) secrets: BTreeMap<String, Json>,
    /// Where Prometheus runs.
    pub(crate) monitoring: Option<Json>,
}

impl Plan {
    /// Reads it.
    pub(crate) fn read(text: &str) -> Self {
        let mut lines = text.lines().map(|line| serde_json::from_str::<Json>(line).expect("every line is JSON"));
        let header = lines.next().expect("the plan has a header");
        let (hosts, instances, services, secrets) = Default::default();
        let mut plan = Self { header, hosts, instances, services, secrets, monitoring: None };
        for line in lines {
            let name = text_of(&line["name"]);
            let value = line["value"].clone();
            match line["kind"].as_str() {
                Some("host") => drop(plan.hosts.insert(name, value)),
                Some("instance") => {
                    drop(plan.instances.entry(text_of(&line["host"])).or_default().insert(name, value));
                }
                Some("service") => drop(plan.services.insert(name, value)),
                Some("secret") => drop(plan.secrets.insert(name, value)),
                Some("monitoring") => plan.monitoring = Some(value),
                Some("dns" | "escrow" | "failover" | "group" | "ingress" | "person") => {}
                kind => panic!("the plan has a line of the unknown kind {kind:?}"),
            }
        }
        plan
    }

    /// The hosts that run services of a kind.
    pub(crate) fn running(&self, kind: &str) -> Vec<&str> {
        let is_such = |service: &String| self.services[service]["kind"] == kind;
        let running = self.instances.iter().filter(|(_, own)| own.keys().any(is_such));
        running.map(|(host, _)| host.as_str()).collect()
    }

    /// The hosts that Cistern configures, with what it writes.
    pub(crate) fn machines(&self) -> impl Iterator<Item = (&str, &Json, &Json)> {
        let full = self.hosts.iter().filter(|(_, host)| host["managed"] == "full");
        full.map(|(name, host)| (name.as_str(), host, &host["machine"]))
    }
}

/// nix, and what it takes in the place of a flake's inputs.
pub(crate) struct Nix {
    lab: &'static Lab,
    /// The store, unless the lab's is used, and Cistern's flake.
    dir: TempDir,
    nixpkgs: PathBuf,
    own_store: bool,
}

/// What stands for the program in Cistern's flake.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Program {
    /// The one that cargo has built: fifty megabytes that every check copies.
    Real,
    /// None, for tests that evaluate and build nothing.
    Absent,
}

impl Nix {
    /// Returns nix, or says why the test is skipped.
    pub(crate) fn new(program: Program) -> Option<Self> {
        let lab = require(&["nix"])?;
        let dir = temp_dir();
        let cistern = dir.path().join("cistern");
        for part in ["modules", "nix"] {
            copy(&repository().join(part), &cistern.join(part));
        }
        fs::copy(repository().join("tests/nix/prebuilt/flake.nix"), cistern.join("flake.nix")).expect("it is there");
        let stand_in = cistern.join("cistern");
        match program {
            Program::Real => drop(fs::copy(env!("CARGO_BIN_EXE_cistern"), stand_in).expect("cargo has built it")),
            Program::Absent => fs::write(stand_in, "").expect("the directory is ours"),
        }
        let real = env::var_os("CISTERN_NIXPKGS").map(PathBuf::from);
        let own_store = real.is_none();
        Some(Self { lab, dir, nixpkgs: real.unwrap_or_else(|| repository().join("tests/nixpkgs")), own_store })
    }

    /// Returns a command of nix, as in `command(&["flake", "check"])`.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = self.program(&self.lab.program("nix").display().to_string());
        command.current_dir(self.dir.path()).args(args);
        command
    }

    /// Returns a command that runs a program which may call nix.
    pub(crate) fn program(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.envs(self.lab.environment.iter().cloned());
        if self.own_store {
            let inside = |name: &str| self.dir.path().join("nix").join(name);
            command.env("NIX_STORE_DIR", inside("store")).env("NIX_STATE_DIR", inside("state"));
            command.env("NIX_LOG_DIR", inside("log")).env("NIX_CACHE_HOME", inside("cache"));
        }
        command
    }

    /// The same for a command on a fleet's flake: with everything that stands for an input of it.
    pub(crate) fn flake(&self, args: &[&str]) -> Command {
        let mut command = self.command(args);
        command.arg("--no-write-lock-file");
        for (name, directory) in self.inputs() {
            command.args(["--override-input", name]).arg(format!("path:{}", directory.display()));
        }
        command
    }

    /// What stands for the inputs of a fleet's flake, by their names.
    pub(crate) fn inputs(&self) -> [(&'static str, PathBuf); 4] {
        let stand_ins = repository().join("tests/nixpkgs");
        [
            ("nixpkgs", self.nixpkgs.clone()),
            ("agenix", stand_ins.join("agenix")),
            ("deploy-rs", stand_ins.join("deploy-rs")),
            ("cistern", self.dir.path().join("cistern")),
        ]
    }

    /// Whether checks can be built: those of the stand-in need a shell, those of a real nixpkgs a compiler and more.
    pub(crate) fn builds(&self) -> bool {
        self.own_store
    }

    /// Runs `nix flake check` on a flake, with the logs of what it builds, if it can build.
    pub(crate) fn check(&self, flake: &str) -> Output {
        let how = if self.builds() { "--print-build-logs" } else { "--no-build" };
        self.flake(&["flake", "check", flake, how]).output().expect("nix starts")
    }

    /// Evaluates an attribute of the flake in a directory, a Nix function applied to it.
    pub(crate) fn eval(&self, root: &Path, attribute: &str, apply: &str) -> Json {
        let reference = format!("path:{}#{attribute}", root.display());
        let out = run(&mut self.flake(&["eval", "--json", &reference, "--apply", apply]));
        serde_json::from_str(&out).expect("nix prints JSON")
    }

    /// Evaluates a file that depends on nothing else.
    pub(crate) fn eval_file(&self, file: &Path) -> Json {
        let out = run(self.command(&["eval", "--json", "--file"]).arg(file));
        serde_json::from_str(&out).expect("nix prints JSON")
    }
}

impl Drop for Nix {
    fn drop(&mut self) {
        // A store forbids writing to itself, and so its deletion, unless one is root.
        let _ = Command::new("chmod").args(["-R", "u+w"]).arg(self.dir.path()).status();
    }
}

/// The flake of a fleet that brings none, as `cistern init` writes it.
pub(crate) const FLAKE: &str = include_str!("../../templates/fleet/flake.nix");

/// The directory of this repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The directories in a directory of the repository, by their names.
pub(crate) fn directories(of: &str) -> Vec<String> {
    let entries = fs::read_dir(repository().join(of)).unwrap_or_else(|error| panic!("{of}: {error}"));
    let all = entries.map(|entry| entry.expect("it can be read")).filter(|entry| entry.path().is_dir());
    let mut names: Vec<_> = all.map(|entry| entry.file_name().into_string().expect("a plain name")).collect();
    names.sort();
    names
}

/// Copies a directory.
pub(crate) fn copy(from: &Path, to: &Path) {
    for entry in WalkDir::new(from).into_iter().map(|entry| entry.expect("it can be read")) {
        let target = to.join(entry.path().strip_prefix(from).expect("the walk stays below"));
        if entry.file_type().is_dir() {
            fs::create_dir_all(target).expect("the directory is ours");
        } else {
            fs::copy(entry.path(), target).expect("the directory is ours");
        }
    }
}

/// Panics with everything that a program said unless it ended with this code.
#[track_caller]
pub(crate) fn expect_exit(output: &Output, code: i32) {
    assert_eq!(output.status.code(), Some(code), "{}", everything(output));
}

/// The text in a JSON value.
#[track_caller]
pub(crate) fn text_of(value: &Json) -> String {
    value.as_str().unwrap_or_else(|| panic!("expected text, found {value}")).to_owned()
}

/// The texts in a JSON list.
#[track_caller]
pub(crate) fn texts_of(value: &Json) -> Vec<String> {
    value.as_array().unwrap_or_else(|| panic!("expected a list, found {value}")).iter().map(text_of).collect()
}
