//! Deploys two test hosts with the real deploy-rs, from a node set that Cistern generated.

#![expect(clippy::disallowed_methods, reason = "runs deploy-rs on test hosts")]

mod common;
#[path = "common/hosts.rs"]
mod hosts;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::{Lab, everything, require, run, skip, temp_dir};
use hosts::{Host, Switch, new_key, obstacle};
use tempfile::TempDir;

#[test]
fn both_hosts_activate_and_are_confirmed() {
    let Some(fleet) = Fleet::new() else { return };
    let output = fleet.deploy();
    assert_eq!(output.status.code(), Some(0), "{}", everything(&output));
    assert_eq!(everything(&output).matches("Deployment confirmed.").count(), 2, "{}", everything(&output));
    for host in &fleet.hosts {
        let system = host.active().expect("a system is active");
        assert!(system.to_string_lossy().ends_with(&format!("-{}", host.name)), "{system:?}");
        assert_eq!(activations(host), ["first"], "{}", host.name);
    }
}

#[test]
fn a_failed_activation_is_rolled_back() {
    let Some(fleet) = Fleet::new() else { return };
    let output = fleet.deploy();
    assert_eq!(output.status.code(), Some(0), "{}", everything(&output));
    let before: Vec<_> = fleet.hosts.iter().map(Host::active).collect();

    fleet.activation("h1", "echo second >> /nix/activations");
    fleet.activation("h2", "echo second >> /nix/activations; exit 1");
    let output = fleet.deploy();
    assert_eq!(output.status.code(), Some(1), "{}", everything(&output));
    // deploy may end before the host has rolled back.
    wait_until("h2 to be active as before", || activations(&fleet.hosts[1]) == ["first", "second", "first"]);
    assert_eq!(fleet.hosts.iter().map(Host::active).collect::<Vec<_>>(), before);
}

/// A fleet directory, the hosts that it defines, and the place to deploy from.
struct Fleet {
    lab: &'static Lab,
    hosts: Vec<Host>,
    switch: Switch,
    /// Dropped last: the hosts live in it.
    dir: TempDir,
}

impl Fleet {
    /// Starts two hosts and generates their node set, or says why the test is skipped.
    fn new() -> Option<Fleet> {
        let lab = require(&["nix", "deploy", "activate"])?;
        if let Some(obstacle) = obstacle() {
            skip(&obstacle);
            return None;
        }
        let dir = temp_dir();
        let path = dir.path();
        let admin = new_key(&path.join("admin"));
        let switch = Switch::new(&path.join("nix-switch"));
        let hosts = [("h1", "10.77.0.11"), ("h2", "10.77.0.12")]
            .map(|(name, address)| Host::new(lab, &switch, path.join(format!("nix-{name}")), name, address, &admin));

        let fleet = Fleet { lab, hosts: hosts.into(), switch, dir };
        fleet.write_definition(&admin);
        fleet.write_flake();
        fleet.write_ssh();
        node_set(&fleet.root());
        Some(fleet)
    }

    /// Returns the fleet directory.
    fn root(&self) -> PathBuf {
        self.dir.path().join("fleet")
    }

    /// Runs `deploy` on all nodes.
    fn deploy(&self) -> Output {
        let path = format!("{}:{}", self.dir.path().join("bin").display(), self.lab.variable("PATH"));
        let mut deploy = self.switch.command("timeout");
        deploy.arg("120").arg(self.lab.program("deploy")).arg(format!("path:{}", self.root().display()));
        // deploy-rs 1.0.0 takes the store to be /nix/store, so the lab's own store stays out of this.
        deploy.env_clear().env("PATH", path).env("HOME", self.dir.path());
        deploy.env("NIX_CONFIG", self.lab.variable("NIX_CONFIG")).output().expect("nsenter starts")
    }

    /// Lets the activation of a host run this shell script.
    fn activation(&self, host: &str, script: &str) {
        let directory = self.root().join("activation");
        fs::create_dir_all(&directory).expect("a directory in the fleet");
        fs::write(directory.join(host), script).expect("a file in the fleet");
    }

    /// Writes the definition that Cistern reads: both hosts, whose NixOS configuration is not Cistern's.
    fn write_definition(&self, admin: &str) {
        let mut text = format!(
            "version: 1
fleet: {{ name: lab, domain: lab.test }}
defaults:
  deploy: {{ ssh_user: root, user: root, confirm_timeout: 10, activation_timeout: 60 }}
access:
  people:
    admin: {{ keys: [{admin}], role: admin }}
hosts:
"
        );
        for Host { name, address, key, .. } in &self.hosts {
            text += &format!(
                "  {name}:
    managed: node
    address: {address}
    system: {SYSTEM}
    host_key: {key}
    tags: [web]
"
            );
        }
        fs::create_dir_all(self.root()).expect("the fleet directory");
        fs::write(self.root().join("fleet.yaml"), text).expect("the definition");
    }

    /// Writes the flake that gives each generated node a system, and what activating it does at first.
    fn write_flake(&self) {
        fs::write(self.root().join("flake.nix"), FLAKE.replace("SYSTEM", SYSTEM)).expect("the flake");
        fs::copy(self.lab.program("activate"), self.root().join("activate")).expect("the program of deploy-rs");
        for host in &self.hosts {
            self.activation(&host.name, "echo first >> /nix/activations");
        }
    }

    /// Writes an `ssh` that knows the test's key and the generated host keys, and nothing of the user's.
    fn write_ssh(&self) {
        let dir = self.dir.path().display();
        let known = self.root().join("generated/ssh_known_hosts");
        let config = format!(
            "IdentityFile {dir}/admin\nIdentitiesOnly yes\nUserKnownHostsFile {}\nGlobalKnownHostsFile none\n\
             StrictHostKeyChecking yes\n",
            known.display()
        );
        let bin = self.dir.path().join("bin");
        fs::create_dir(&bin).expect("a directory for ssh");
        fs::write(bin.join("config"), config).expect("the configuration of ssh");
        let ssh = bin.join("ssh");
        // The first directory of the path is this one; without it, `ssh` is the real one.
        let script = format!("#!/bin/sh\nPATH=${{PATH#*:}} exec ssh -F {dir}/bin/config \"$@\"\n");
        fs::write(&ssh, script).expect("ssh");
        fs::set_permissions(&ssh, fs::Permissions::from_mode(0o755)).expect("ssh is a program");
    }
}

/// Has Cistern write `generated/` into the fleet directory.
fn node_set(root: &Path) {
    run(Command::new(env!("CARGO_BIN_EXE_cistern")).args(["generate", "-C"]).arg(root));
}

/// Returns what the activations on a host have written, oldest first.
fn activations(host: &Host) -> Vec<String> {
    let text = fs::read_to_string(host.nix.join("activations")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// Waits until something holds, for 30 seconds at most.
fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(30), "waited in vain for {what}");
        sleep(Duration::from_millis(20));
    }
}

const SYSTEM: &str = if cfg!(target_arch = "aarch64") { "aarch64-linux" } else { "x86_64-linux" };

/// What `mkFleet` does for NixOS hosts, for systems that are a shell script: no nixpkgs is needed.
const FLAKE: &str = r#"{
  outputs =
    { self }:
    let
      activate = builtins.path {
        name = "activate";
        path = ./activate;
      };
      system =
        name:
        derivation {
          inherit name activate;
          system = "SYSTEM";
          script = builtins.readFile (./activation + "/${name}");
          PATH = "/usr/bin:/bin";
          builder = "/bin/sh";
          args = [
            "-euc"
            ''
              mkdir $out
              printf '#!/bin/sh
%s
' "$script" > $out/deploy-rs-activate
              printf '#!/bin/sh
exec %s "$@"
' "$activate" > $out/activate-rs
              chmod 555 $out/*
            ''
          ];
        };
      complete =
        name: node:
        node
        // {
          profiles = node.profiles // {
            system = node.profiles.system // {
              path = system name;
            };
          };
        };
    in
    {
      deploy.nodes = builtins.mapAttrs complete (import ./generated/nodes.nix);
    };
}
"#;
