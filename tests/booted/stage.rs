//! The hosts of `tests/booted/fleet.yaml`, and how their services are told to behave.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;

use crate::booted::{self, Booted, Store, until};
use crate::common::{require, run, skip, temp_dir};
use crate::fleet::{Fleet, repository};
use crate::hosts::Switch;

/// Hosts on one switch, that are off.
pub(crate) struct Stage<const N: usize> {
    pub(crate) hosts: [Host; N],
    _switch: Switch,
    _nix: TempDir,
    _store: Store,
}

/// A host, and the directory by which its services are told how to behave.
pub(crate) struct Host {
    pub(crate) machine: Booted,
    shared: TempDir,
}

impl<const N: usize> Stage<N> {
    /// Evaluates and builds the hosts, unless the machine cannot boot any.
    pub(crate) fn new(names: [&str; N]) -> Option<Self> {
        let lab = require(&["nix"])?;
        if let Some(reason) = booted::obstacle() {
            skip(&reason);
            return None;
        }
        let fleet = Fleet::new();
        fleet.write("fleet.yaml", include_str!("fleet.yaml"));
        let plan = fleet.generate();
        let (store, nix) = (Store::new(lab), temp_dir());
        let switch = Switch::new(nix.path());
        let services = repository().join("tests/booted/services.nix");
        let hosts = names.map(|name| {
            let generated = fleet.root().join(format!("generated/hosts/{name}.nix"));
            let system = store.system(repository(), &generated, &services);
            let shared = temp_dir();
            let service = shared.path().join("service.py");
            fs::copy(repository().join("tests/booted/service.py"), service).expect("the directory is ours");
            let machine = Booted::new(&store, name, &system, &[(shared.path(), "/shared")]);
            machine.plug(&switch, plan.hosts[name]["address"].as_str().expect("a host with an address"));
            // Checks ask as accounts of their own.
            fs::set_permissions(shared.path(), Permissions::from_mode(0o755)).expect("the directory is ours");
            Host { machine, shared }
        });
        Some(Self { hosts, _switch: switch, _nix: nix, _store: store })
    }
}

impl Host {
    /// Tells a service to be `sick` or `deaf`, as in `page.sick`.
    pub(crate) fn tell(&self, what: &str) {
        fs::write(self.file(what), "").expect("the directory is ours");
    }

    /// Takes that back.
    pub(crate) fn untell(&self, what: &str) {
        fs::remove_file(self.file(what)).expect("it was told so");
    }

    /// When a service started, in seconds since the machine did.
    pub(crate) fn starts(&self, service: &str) -> Vec<f64> {
        let starts = fs::read_to_string(self.file("starts")).unwrap_or_default();
        let lines = starts.lines().filter_map(|line| line.split_once(' ')).filter(|(name, _)| *name == service);
        lines.map(|(_, at)| at.parse().expect("seconds")).collect()
    }

    /// Waits until a service has started so often.
    pub(crate) fn comes_to_start(&self, service: &str, times: usize, within: Duration) {
        until(&format!("{service} started {times} times"), within, || self.starts(service).len() >= times);
    }

    /// Waits until the check of a service is asked once more, and passes.
    pub(crate) fn comes_to_pass(&self, service: &str) {
        let unit = format!("cistern-health-{service}.service");
        let began = self.uptime();
        until(&format!("{unit} passes"), Duration::from_secs(15), || {
            let ended: u64 = self.property(&unit, "ExecMainExitTimestampMonotonic").parse().expect("microseconds");
            Duration::from_micros(ended).as_secs_f64() > began && self.property(&unit, "ExecMainStatus") == "0"
        });
    }

    /// What a unit said that has a text in it.
    pub(crate) fn said(&self, unit: &str, text: &str) -> Vec<String> {
        let lines = self.machine.journal(unit).into_iter().map(|(_, line)| line);
        lines.filter(|line| line.contains(text)).collect()
    }

    /// Waits until a unit said something.
    pub(crate) fn comes_to_say(&self, unit: &str, text: &str, within: Duration) {
        until(&format!("{unit} says `{text}`"), within, || !self.said(unit, text).is_empty());
    }

    /// Waits until a unit is `active`, `inactive`, `failed`, …
    pub(crate) fn reaches(&self, unit: &str, state: &str, within: u64) {
        self.machine.reaches(unit, state, Duration::from_secs(within));
    }

    pub(crate) fn property(&self, unit: &str, property: &str) -> String {
        self.machine.property(unit, property)
    }

    /// The units that failed, as an alert sees them.
    pub(crate) fn failed(&self) -> Vec<String> {
        let args = ["list-units", "--failed", "--plain", "--no-legend", "--no-pager"];
        let said = run(self.machine.command("systemctl").args(args));
        said.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
    }

    /// Runs a command line of the shell on the host, as root.
    pub(crate) fn shell(&self, line: &str) -> String {
        run(self.machine.command("sh").args(["-euc", line]))
    }

    /// Seconds since the machine started, by the clock of the journal.
    pub(crate) fn uptime(&self) -> f64 {
        self.shell("python3 -c 'import time; print(time.monotonic())'").trim().parse().expect("seconds")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.shared.path().join(name)
    }
}
