//! Hosts that are booted with a real systemd, each in namespaces of its own; `tests/booted/boot.sh` says how.
//!
//! A host lasts until its [`Booted`] is dropped or the test dies, however it dies, and leaves nothing behind. Its systemd
//! is the machine's, its units are those that the modules and the generated files evaluate to: [`Store::system`].

#![allow(dead_code, reason = "each test file uses a part of this")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::common::{Lab, everything, run, temp_dir};
use crate::hosts::Switch;

/// Says why this machine cannot boot hosts, if it cannot.
pub(crate) fn obstacle() -> Option<String> {
    for program in ["/usr/lib/systemd/systemd", "/usr/lib/systemd/systemd-journald", "/usr/bin/python3"] {
        if !Path::new(program).exists() {
            return Some(format!("booted hosts need {program}"));
        }
    }
    let mut boot = Command::new("unshare");
    boot.args(["--mount", "--net", "bash"]).arg(script()).arg("possible");
    let possible = boot.output().is_ok_and(|output| output.status.success());
    (!possible).then(|| "booted hosts need root, namespaces and control groups of version 2".to_owned())
}

/// A nix store that programs know as /nix/store, because what is below /root is hidden from most units.
pub(crate) struct Store {
    lab: &'static Lab,
    dir: TempDir,
}

impl Store {
    /// Makes an empty one.
    pub(crate) fn new(lab: &'static Lab) -> Self {
        let store = Self { lab, dir: temp_dir() };
        fs::create_dir(store.path()).expect("the directory is ours");
        fs::create_dir_all("/nix").expect("root may make /nix");
        store
    }

    /// What stands for /nix.
    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().join("nix")
    }

    /// Builds what a host boots with, and returns it as the host sees it: `host` is its generated module, `more` another.
    pub(crate) fn system(&self, repository: &Path, host: &Path, more: &Path) -> PathBuf {
        let mut build = Command::new("unshare");
        build.args(["--mount", "sh", "-euc", "mount --bind \"$0\" /nix; exec nix-build \"$@\""]).arg(self.path());
        build.envs(self.lab.environment.iter().cloned());
        for (name, directory) in [("STORE", "store"), ("STATE", "state"), ("LOG", "log")] {
            build.env(format!("NIX_{name}_DIR"), format!("/nix/{directory}"));
        }
        build.env("NIX_CACHE_HOME", "/nix/cache").arg("--no-out-link");
        build.arg(repository.join("tests/booted/system.nix")).arg("--arg").arg("root").arg(repository);
        build.arg("--arg").arg("host").arg(host).arg("--arg").arg("more").arg(more);
        run(&mut build).trim().into()
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // A store forbids writing to itself, and so its deletion, unless one is root.
        let _ = Command::new("chmod").args(["-R", "u+w"]).arg(self.dir.path()).status();
    }
}

/// A host with a systemd of its own.
pub(crate) struct Booted {
    /// What it is called.
    pub(crate) name: String,
    dir: TempDir,
    place: Child,
    said: BufReader<ChildStdout>,
    /// The process that is the first of the host, by the machine's number.
    first: u32,
}

impl Booted {
    /// Makes a host that is off. What it boots with comes from [`Store::system`]; each of `shared` is a directory of the
    /// machine and where the host has it, to be written to.
    pub(crate) fn new(store: &Store, name: &str, system: &Path, shared: &[(&Path, &str)]) -> Self {
        let dir = temp_dir();
        let lab = store.lab.variable("CISTERN_LAB");
        let mut place = Command::new("unshare");
        place.args(["--mount", "--net", "bash"]).arg(script());
        place.arg("place").arg(dir.path()).arg(name).arg(system);
        place.arg(format!("ro:{}:/nix", store.path().display())).arg(format!("ro:{lab}:{lab}"));
        place.args(shared.iter().map(|(from, to)| format!("rw:{}:{to}", from.display())));
        // Whoever kills the test's group of processes leaves it the time to clear up.
        place.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut place = place.spawn().expect("unshare starts");
        let said = BufReader::new(place.stdout.take().expect("stdout is a pipe"));
        let mut host = Self { name: name.to_owned(), dir, place, said, first: 0 };
        assert_eq!(host.line(), "ready", "{name} has no place");
        host
    }

    /// Plugs it in and gives it an address. Possible before it is booted.
    pub(crate) fn plug(&self, switch: &Switch, address: &str) {
        switch.plug_into(&self.name, self.place.id(), address);
    }

    /// Pulls the cable, or plugs it in again.
    pub(crate) fn connect(&self, switch: &Switch, connected: bool) {
        let state = if connected { "up" } else { "down" };
        run(switch.command("ip").args(["link", "set", &self.name, state]));
    }

    /// Switches it on, and waits until systemd takes orders; what starts at boot goes on starting.
    pub(crate) fn boot(&mut self) {
        self.place.stdin.as_mut().expect("stdin is a pipe").write_all(b"boot\n").expect("the place listens");
        let line = self.line();
        let first = line.strip_prefix("first ").and_then(|first| first.parse().ok());
        self.first = first.unwrap_or_else(|| panic!("{} does not boot: {line}", self.name));
        let what = format!("{} takes orders", self.name);
        until(&what, Duration::from_secs(20), || self.systemctl(&["show", "--property=Version"]).status.success());
    }

    /// Returns a command that runs on the host, as root.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--target", &self.first.to_string()]);
        command.args(["--mount", "--net", "--pid", "--ipc", "--uts", "--cgroup", "--"]).arg(program.as_ref());
        command.env("PATH", "/usr/sbin:/usr/bin");
        command
    }

    /// Runs systemctl on the host.
    pub(crate) fn systemctl(&self, args: &[&str]) -> Output {
        self.command("systemctl").args(args).output().expect("nsenter starts")
    }

    /// One property of a unit.
    pub(crate) fn property(&self, unit: &str, property: &str) -> String {
        let property = format!("--property={property}");
        let output = self.systemctl(&["show", "--value", &property, "--", unit]);
        assert!(output.status.success(), "{}", everything(&output));
        String::from_utf8(output.stdout).expect("systemctl prints UTF-8").trim().to_owned()
    }

    /// Waits until a unit is `active`, `inactive`, `failed`, …
    pub(crate) fn reaches(&self, unit: &str, state: &str, within: Duration) {
        let began = Instant::now();
        while self.property(unit, "ActiveState") != state {
            let journal = || self.journal(unit).iter().map(|(at, line)| format!("{at} {line}\n")).collect::<String>();
            assert!(began.elapsed() < within, "{unit} is not {state} within {within:?}:\n{}", journal());
            sleep(Duration::from_millis(50));
        }
    }

    /// What a unit said and what systemd said of it, each with the seconds since the machine started.
    pub(crate) fn journal(&self, unit: &str) -> Vec<(f64, String)> {
        let args = ["--quiet", "--no-pager", "--output=short-monotonic", "--unit", unit];
        let said = run(self.command("journalctl").args(args));
        let lines = said.lines().filter_map(|line| line.trim_start_matches(['[', ' ']).split_once("] "));
        lines.map(|(at, text)| (at.parse().expect("seconds"), text.to_owned())).collect()
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).expect("it speaks UTF-8");
        line.trim().to_owned()
    }
}

impl Drop for Booted {
    fn drop(&mut self) {
        // This closes the pipe; everything that runs on the host is gone before `wait` returns.
        let _ = self.place.wait();
    }
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/booted/boot.sh")
}

/// Waits until something holds; panics with its words after the time.
pub(crate) fn until(what: &str, within: Duration, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < within, "not within {within:?}: {what}");
        sleep(Duration::from_millis(50));
    }
}
