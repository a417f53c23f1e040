//! The hosts of `tests/fleets/good/lease`, booted, and the marks that the service leaves on whichever of them it runs.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::Value as Json;
use tempfile::TempDir;

use crate::booted::{self, Booted, Store};
use crate::common::{everything, require, run, skip, temp_dir};
use crate::fleet::{Fleet, repository, text_of, texts_of};
use crate::hosts::{Switch, new_key};

/// The unit that asks for the lease.
pub(crate) const KEEPER: &str = "cistern-lease-updater.service";

/// The hosts that ask for the lease; `four` is no member of etcd.
pub(crate) const ASKING: [&str; 3] = ["one", "two", "four"];

/// The members of etcd.
pub(crate) const MEMBERS: [&str; 3] = ["one", "two", "three"];

/// All of them; the one in maintenance stays off.
const NAMES: [&str; 4] = ["one", "two", "three", "four"];

/// The booted hosts, on one switch.
pub(crate) struct Stage {
    hosts: [Booted; 4],
    switch: Switch,
    fleet: Fleet,
    shared: TempDir,
    _nix: TempDir,
    _store: Store,
}

/// What the service said at a moment: nanoseconds since the machine started, where, and what.
pub(crate) type Mark = (u64, String, String);

impl Stage {
    /// Makes the secrets, evaluates and boots the hosts, unless the machine cannot. `more` is of their modules.
    pub(crate) fn new(more: &str) -> Option<Self> {
        let lab = require(&["nix", "age", "etcd", "etcdctl"])?;
        if let Some(reason) = booted::obstacle() {
            skip(&reason);
            return None;
        }
        let (fleet, shared) = (Fleet::copy("tests/fleets/good/lease/fleet"), temp_dir());
        fs::remove_dir_all(fleet.root().join("secrets")).expect("its secrets are examples");
        let key = shared.path().join("ana");
        let text = fleet.read("fleet.yaml");
        let (before, rest) = text.split_once("keys: [").expect("ana has a key");
        let (_, after) = rest.split_once(']').expect("the list ends");
        fleet.write("fleet.yaml", format!("{before}keys: [{}]{after}", new_key(&key)));
        run(fleet.command(env!("CARGO_BIN_EXE_cistern")).args(["secrets", "create", "--missing"]));
        let plan = fleet.generate();
        for name in NAMES {
            let own = shared.path().join("secrets").join(name);
            fs::create_dir_all(&own).expect("the directory is ours");
            for (secret, value) in &plan.secrets {
                if !texts_of(&value["hosts"]).iter().any(|host| host == name) {
                    continue;
                }
                let of_host = if value["per_host"] == true { format!("{name}/{secret}") } else { secret.clone() };
                let mut age = lab.command("age");
                age.arg("--decrypt").arg("-i").arg(&key).arg(fleet.root().join(format!("secrets/{of_host}.age")));
                fs::write(own.join(secret), run(&mut age)).expect("the directory is ours");
            }
        }
        for file in ["unit.py", "strike.sh"] {
            fs::copy(repository().join("tests/lease").join(file), shared.path().join(file)).expect("it is there");
        }
        // Checks ask as an account of their own.
        fs::set_permissions(shared.path(), Permissions::from_mode(0o755)).expect("the directory is ours");

        let modules = shared.path().join("more.nix");
        let imported = repository().join("tests/lease/hosts.nix");
        fs::write(&modules, format!("{{ config, lib, ... }}: {{ imports = [ {} ]; {more} }}", imported.display()))
            .expect("the directory is ours");
        let (store, nix) = (Store::new(lab), temp_dir());
        let switch = Switch::new(nix.path());
        let mut hosts = NAMES.map(|name| {
            let generated = fleet.root().join(format!("generated/hosts/{name}.nix"));
            let system = store.system(repository(), &generated, &modules);
            let host = Booted::new(&store, name, &system, &[(shared.path(), "/shared")]);
            host.plug(&switch, &text_of(&plan.hosts[name]["address"]));
            host
        });
        for host in &mut hosts {
            host.boot();
        }
        Some(Self { hosts, switch, fleet, shared, _nix: nix, _store: store })
    }

    /// A host.
    pub(crate) fn host(&self, name: &str) -> &Booted {
        self.hosts.iter().find(|host| host.name == name).expect("it is one of them")
    }

    /// Strikes on a host, as `tests/lease/strike.sh` says; whether it hit anything.
    pub(crate) fn strike(&self, host: &str, how: &str) -> bool {
        let output = self.host(host).command("bash").args(["/shared/strike.sh", how]).output();
        output.expect("nsenter starts").status.success()
    }

    /// Pulls the cable of a host, or plugs it in again.
    pub(crate) fn connect(&self, host: &str, connected: bool) {
        self.host(host).connect(&self.switch, connected);
    }

    /// What `cistern simulate` says of the lease while hosts are down: its effect, and who may have it.
    pub(crate) fn foreseen(&self, down: &[&str]) -> (String, Vec<String>) {
        let output = self.fleet.cistern(&["simulate", "--exit-zero", "--format", "json", "--down", &down.join(",")]);
        let document: Json =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", everything(&output)));
        let moves = document["moves"].as_array().expect("a list");
        let entry = moves.iter().find(|entry| entry["name"] == "updater").expect("it is short of a host");
        (text_of(&entry["effect"]), texts_of(&entry["to"]))
    }

    /// Tells the service on a host to be `sick` or `deaf`, or no longer.
    pub(crate) fn tell(&self, host: &str, what: &str, is_so: bool) {
        let file = self.shared.path().join(format!("{host}.{what}"));
        if is_so {
            fs::write(file, "").expect("the directory is ours");
        } else if file.exists() {
            fs::remove_file(file).expect("the directory is ours");
        }
    }

    /// All marks, as they came.
    pub(crate) fn marks(&self) -> Vec<Mark> {
        let text = fs::read_to_string(self.marks_file()).unwrap_or_default();
        let whole = text.lines().filter_map(|line| {
            let mut words = line.split(' ');
            Some((words.next()?.parse().ok()?, words.next()?.to_owned(), words.next()?.to_owned()))
        });
        whole.collect()
    }

    /// Where the service runs, by the last mark, if that is not older than a tenth of a second.
    pub(crate) fn holder(&self) -> Option<String> {
        let (at, host, what) = self.marks().pop()?;
        (what != "end" && now() < at + 100_000_000).then_some(host)
    }

    /// Waits until the service runs on another host than these, and returns that one and how long it took.
    pub(crate) fn comes_elsewhere(&self, not: &[&str], within: Duration) -> (String, Duration) {
        let began = Instant::now();
        loop {
            if let Some(host) = self.holder().filter(|host| !not.contains(&host.as_str())) {
                return (host, began.elapsed());
            }
            if began.elapsed() > within {
                let said = ASKING.map(|host| self.said(host));
                for member in MEMBERS {
                    let lines = self.host(member).journal("etcd.service");
                    let last = lines.iter().rev().take(12).rev();
                    eprintln!("{member}:\n{}", last.map(|(at, line)| format!("{at} {line}\n")).collect::<String>());
                }
                panic!("it runs nowhere but on {not:?} within {within:?}\n{}", said.join("\n"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What the lease's unit said on a host.
    pub(crate) fn said(&self, host: &str) -> String {
        let lines = self.host(host).journal(KEEPER).into_iter().map(|(at, line)| format!("{at} {line}\n"));
        format!("{host}:\n{}", lines.collect::<String>())
    }

    fn marks_file(&self) -> PathBuf {
        self.shared.path().join("marks")
    }
}

/// Nanoseconds since the machine started, as the service counts them.
pub(crate) fn now() -> u64 {
    let text = fs::read_to_string("/proc/uptime").expect("Linux has it");
    let (seconds, _) = text.split_once(' ').expect("two numbers");
    let (whole, hundredths) = seconds.split_once('.').expect("a decimal");
    let number = |text: &str| text.parse::<u64>().expect("digits");
    number(whole) * 1_000_000_000 + number(hundredths) * 10_000_000
}
