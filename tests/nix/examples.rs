//! The examples: `nix flake check` accepts them, every host is what the plan says, and no host answers for another.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::DRV_PATHS;
use crate::common::{everything, run};
use crate::fleet::{Fleet, Nix, Program, expect_exit, repository, text_of};
use crate::plan::compare;

const EXAMPLES: &[&str] = &["company", "homelab", "services"];

#[test]
fn committed_trees_are_fresh() {
    for example in EXAMPLES {
        let fleet = Fleet::new();
        let directory = repository().join("examples").join(example);
        let mut cistern = fleet.command(env!("CARGO_BIN_EXE_cistern"));
        let output = cistern.args(["generate", "--check", "-C"]).arg(directory).output().expect("the program starts");
        expect_exit(&output, 0);
    }
}

#[test]
fn nix_flake_check_accepts_homelab() {
    flake_check("homelab", ("retention: 90d", "retention: 91d"), "generated/hosts/gihon.nix");
}

#[test]
fn nix_flake_check_accepts_company() {
    flake_check("company", ("max_memory: 1gb", "max_memory: 2gb"), "generated/hosts/cache-2.nix");
}

#[test]
fn nix_flake_check_accepts_services() {
    flake_check("services", ("replicas: 2, spread: site", "replicas: 3, spread: site"), "generated/hosts/app-2.nix");
}

/// Has an example checked as it stands, after an edit of the definition, and after `generate`.
fn flake_check(example: &str, (from, to): (&str, &str), stale: &str) {
    let Some(nix) = Nix::new(Program::Real) else { return };
    let fleet = Fleet::copy(&format!("examples/{example}"));
    let flake = format!("path:{}", fleet.root().display());
    let accepted = || {
        let output = nix.check(&flake);
        expect_exit(&output, 0);
        let said = everything(&output);
        for host in fleet.plan().machines().map(|(host, ..)| host) {
            assert!(said.contains(&format!("'nixosConfigurations.{host}'")), "{host} was not looked at\n{said}");
        }
        assert!(said.contains("-cistern-fresh.drv"), "freshness was not looked at\n{said}");
    };
    accepted();
    if !nix.builds() {
        return;
    }

    // The program is asked where the check is built.
    fleet.edit("fleet.yaml", from, to);
    let output = nix.check(&flake);
    let said = everything(&output);
    assert!(!output.status.success(), "a stale tree was accepted\n{said}");
    for words in [stale, "generated/ is not what the definition says. Run: cistern generate"] {
        assert!(said.contains(words), "`{words}` is missing in\n{said}");
    }
    let line = said.lines().find(|line| line.contains(stale)).expect("it was found above");
    assert!(line.contains("stale "), "{line}");

    fleet.generate();
    accepted();
}

#[test]
fn hosts_of_homelab_are_what_the_plan_says() {
    hosts_are_as_planned("homelab", &[]);
}

#[test]
fn hosts_of_company_are_what_the_plan_says() {
    // modules/printing.nix opens a port of its own.
    hosts_are_as_planned("company", &[("print", 631)]);
}

#[test]
fn hosts_of_services_are_what_the_plan_says() {
    hosts_are_as_planned("services", &[]);
}

/// Evaluates every host of an example and compares it with the plan; `by_hand` are ports that the user's modules open.
fn hosts_are_as_planned(example: &str, by_hand: &[(&str, u64)]) {
    let Some(nix) = Nix::new(Program::Absent) else { return };
    let fleet = Fleet::copy(&format!("examples/{example}"));
    let plan = fleet.plan();
    let found = nix.eval(fleet.root(), "nixosConfigurations", include_str!("selected.nix"));
    let managed = plan.hosts.iter().filter(|(_, host)| host["managed"] != "scrape");
    let managed: Vec<&String> = managed.map(|(name, _)| name).collect();
    assert_eq!(keys(&found), managed);

    let scrape = fleet.root().join("generated/prometheus/scrape.json");
    let jobs = serde_json::from_slice(&std::fs::read(scrape).expect("it was generated")).expect("it is JSON");
    let faults = compare(&plan, &found, &jobs, by_hand);
    assert!(faults.is_empty(), "{} differences:\n{}", faults.len(), faults.join("\n"));

    // The same hosts as deploy-rs sees them: the hand-written one too.
    let nodes = "deploy: builtins.mapAttrs (_: node: {
        inherit (node) hostname;
        inherit (node.profiles.system) user;
        inherit (node.profiles.system.path) drvPath system;
    }) deploy.nodes";
    let nodes = nix.eval(fleet.root(), "deploy", nodes);
    assert_eq!(keys(&nodes), managed);
    for (name, node) in nodes.as_object().expect("a map of nodes") {
        let host = &plan.hosts[name];
        assert_eq!(node["hostname"], host["deploy"]["hostname"], "{name}");
        assert_eq!(node["user"], host["deploy"]["user"], "{name}");
        assert_eq!(node["system"], host["system"], "{name}");
    }
}

#[test]
fn another_host_leaves_the_others_untouched() {
    let Some(nix) = Nix::new(Program::Absent) else { return };
    let fleet = Fleet::copy("examples/company");
    let systems = || {
        let found = nix.eval(fleet.root(), "nixosConfigurations", DRV_PATHS);
        let found = found.as_object().expect("a map of hosts").clone();
        found.into_iter().map(|(name, path)| (name, text_of(&path))).collect::<BTreeMap<_, _>>()
    };
    let before = systems();

    // Without a key nobody knows it; `monitor` pings it, and lets it send its journal.
    fleet.write(
        "hosts/silent.yaml",
        "{ address: 10.30.0.30, site: office, state_version: \"25.11\", system: x86_64-linux, hardware: vm,\n\
         filesystems: { /: { device: /dev/vda1, fs_type: ext4 } } }\n",
    );
    fleet.generate();
    let mut after = systems();
    assert!(after.remove("silent").is_some());
    assert_eq!(changed(&before, &after), ["monitor"]);

    // This one is scraped by `monitor`, and `bastion` knows every host.
    let key = fleet.read("hosts/lab-2.yaml");
    let key = key.lines().find(|line| line.starts_with("host_key: ")).expect("lab-2 has a key");
    fleet.write(
        "hosts/talking.yaml",
        format!("address: 10.30.0.31\nsite: office\nstate_version: \"25.11\"\nprofiles: [vm]\n{key}\n"),
    );
    fleet.generate();
    let mut after = systems();
    assert!(after.remove("silent").is_some() && after.remove("talking").is_some());
    assert_eq!(changed(&before, &after), ["bastion", "monitor"]);
}

fn changed<'a>(before: &'a BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<&'a str> {
    assert!(before.keys().eq(after.keys()));
    before.iter().filter(|(name, path)| after[*name] != **path).map(|(name, _)| name.as_str()).collect()
}

fn keys(map: &Json) -> Vec<&String> {
    map.as_object().expect("a map").keys().collect()
}

#[test]
fn the_program_reads_what_nix_copies() {
    // In a store, every file is read-only and as old as 1970, and there is no git.
    let Some(nix) = Nix::new(Program::Absent) else { return };
    let fleet = Fleet::copy("examples/homelab");
    let added = run(nix.command(&["store", "add", "--name", "fleet"]).arg(fleet.root()));
    let output = fleet.cistern(&["generate", "--check", "-C", added.trim()]);
    expect_exit(&output, 0);
}
