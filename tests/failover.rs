//! Addresses that move for real: the generated configuration, under the real keepalived, each host in namespaces.
//!
//! nixpkgs renders keepalived's file; `tests/failover/keepalived.nix` restates that. systemd is not there: what would be
//! started and stopped is written down by a program in the place of `systemctl`.

#![expect(clippy::disallowed_methods, reason = "runs the real keepalived on test hosts")]

mod common;
#[path = "common/fleet.rs"]
mod fleet;

#[path = "failover/checked.rs"]
mod checked;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use common::{Lab, everything, require, run, skip};
use fleet::{Fleet, repository};
use serde_json::{Value as Json, json};

/// The longest that an address may be without a host, in milliseconds.
const LONGEST: u64 = 5_000;

/// Where the page runs on all hosts, and only its address moves.
const EVERYWHERE: &str = "tests/fleets/good/moving/fleet";

/// Where it runs only on the host that has the address.
const STANDING: &str = "tests/fleets/good/standing/fleet";

#[test]
fn an_address_leaves_a_host_whose_check_fails() {
    let Some(told) = played("check", &Fleet::copy(EVERYWHERE)) else { return };
    told.came("check fails", "bee");
    assert_eq!(told.step("then"), "bee", "one host has it");
    assert_eq!(told.step("works again"), "bee", "it stays until somebody moves it");
}

#[test]
fn an_address_goes_back_where_that_is_wanted() {
    let fleet = Fleet::copy(EVERYWHERE);
    fleet.edit("fleet.yaml", "service: page }", "service: page, failback: auto }");
    let Some(told) = played("check", &fleet) else { return };
    assert_eq!(foreseen(&fleet, "ant")["failback"], "auto");
    told.came("check fails", "bee");
    assert_eq!(told.step("works again"), "ant", "the preferred host has it again");
}

#[test]
fn an_address_leaves_a_host_that_is_cut_off() {
    let fleet = Fleet::copy(EVERYWHERE);
    let Some(told) = played("link", &fleet) else { return };
    let foreseen = foreseen(&fleet, "ant");
    assert_eq!(foreseen["failback"], "manual");
    told.came("link is cut", foreseen["to"][0].as_str().expect("a host"));
    assert_eq!(told.step("plugged in again"), foreseen["to"][0], "one host has it, and it stays there");
}

#[test]
fn an_address_leaves_a_host_whose_keepalived_is_killed() {
    let fleet = Fleet::copy(EVERYWHERE);
    let Some(told) = played("dies", &fleet) else { return };
    told.came("keepalived is killed", foreseen(&fleet, "ant")["to"][0].as_str().expect("a host"));
}

#[test]
fn units_run_where_the_address_is() {
    let fleet = Fleet::copy(STANDING);
    let Some(told) = played("check", &fleet) else { return };
    let to = foreseen(&fleet, "ant")["to"][0].clone();
    told.came("check fails", to.as_str().expect("a host"));
    // It failed there, so it rests, though its server answers again.
    assert_eq!(told.step("works again"), "bee");
    let target = "--no-block -- cistern-failover-home.target";
    let last = |host: &str| told.all(host).last().cloned().unwrap_or_default();
    assert!(told.all("ant").contains(&format!("start {target}")), "{told:?}");
    assert_eq!(last("ant"), format!("stop {target}"), "{told:?}");
    assert_eq!(last("bee"), format!("start {target}"), "{told:?}");
}

/// What `cistern simulate` says of the address while a host is down.
fn foreseen(fleet: &Fleet, down: &str) -> Json {
    let output = fleet.cistern(&["simulate", "--down", down, "--exit-zero", "--format", "json"]);
    let mut told: Json = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", everything(&output)));
    let entry = told["moves"].as_array_mut().expect("a list").remove(0);
    assert_eq!((&entry["name"], &entry["effect"], &entry["from"]), (&json!("home"), &json!("moves"), &json!([down])));
    entry
}

/// What a run told: the lines of each step.
#[derive(Debug)]
struct Told(BTreeMap<String, Vec<String>>);

impl Told {
    fn all(&self, step: &str) -> &[String] {
        self.0.get(step).map_or(&[], Vec::as_slice)
    }

    fn step(&self, step: &str) -> &str {
        self.all(step).first().unwrap_or_else(|| panic!("no `{step}` in {self:?}")).trim()
    }

    /// The address came to a host in time.
    fn came(&self, step: &str, host: &str) {
        let (at, milliseconds) = self.step(step).split_once(' ').expect("a host and a number");
        let milliseconds: u64 = milliseconds.parse().expect("a number");
        eprintln!("{step}: {milliseconds} ms");
        assert_eq!(at, host);
        assert!(milliseconds < LONGEST, "{step}: {milliseconds} ms");
    }
}

/// Plays a scenario between two hosts of the fleet; nothing where that is not possible.
fn played(scenario: &str, fleet: &Fleet) -> Option<Told> {
    let lab = require(&["nix", "keepalived"])?;
    if !can_unshare() {
        return None;
    }
    fleet.generate();
    let file = |host| configuration(lab, &fleet.root().join(format!("generated/hosts/{host}.nix")));
    let files = ["ant", "bee"].map(file);
    let output = apart(lab, "hosts.sh").arg(scenario).args(files).output().expect("unshare starts");
    assert!(output.status.success(), "{}", everything(&output));
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (step, what) in String::from_utf8_lossy(&output.stdout).lines().filter_map(|line| line.split_once(": ")) {
        told.entry(step.to_owned()).or_default().push(what.to_owned());
    }
    Some(Told(told))
}

/// Whether namespaces can be made; says so where they cannot.
fn can_unshare() -> bool {
    let namespaces = Command::new("unshare").args(["--net", "--mount", "--pid", "--fork", "true"]).output();
    let can = namespaces.is_ok_and(|output| output.status.success());
    if !can {
        skip("network namespaces need root");
    }
    can
}

/// A command that runs a script of `tests/failover/` in namespaces of its own.
fn apart(lab: &Lab, script: &str) -> Command {
    let mut command = Command::new("unshare");
    command.envs(lab.environment.iter().cloned()).stdin(Stdio::null());
    command.args(["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "bash"]);
    command.arg(repository().join("tests/failover").join(script));
    command
}

/// The file that keepalived reads on a host, in the store.
fn configuration(lab: &Lab, host: &Path) -> String {
    let mut nix = lab.command("nix-build");
    nix.args(["--no-out-link"]).arg(repository().join("tests/failover/keepalived.nix"));
    nix.args(["--arg", "root"]).arg(repository()).args(["--arg", "host"]).arg(host);
    run(&mut nix).trim().to_owned()
}
