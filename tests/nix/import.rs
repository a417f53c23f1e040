//! `cistern import flake` asks the real nix: of a flake that somebody wrote by hand, and of one that Cistern made.

use std::process::{Command, Output};

use crate::common::everything;
use crate::fleet::{Fleet, Nix, Program, expect_exit};

/// A flake with deploy-rs, as people have them: settings at every level, a node without a configuration, and the
/// other way round. The paths of profiles throw, because nobody may build a host for this.
const FLAKE: &str = r#"{
  outputs = _: {
    nixosConfigurations = {
      eden = {
        pkgs.stdenv.hostPlatform.system = "x86_64-linux";
        config = throw "a host is evaluated";
      };
      pishon.config.nixpkgs.hostPlatform.system = "aarch64-linux";
      gihon.pkgs.stdenv.hostPlatform.system = throw "an unfinished host";
      installer = { };
      "odd name" = { };
    };
    deploy = {
      sshUser = "deploy";
      sshOpts = [ "-A" ];
      magicRollback = true;
      autoRollback = false;
      nodes = {
        eden = {
          hostname = "192.168.1.50";
          sshOpts = [ "-p" "2222" ];
          fastConnection = true;
          profilesOrder = [ "system" "home" ];
          profiles.system = {
            user = "root";
            path = throw "a profile is evaluated";
          };
          profiles.home = {
            user = "ana";
            path = throw "a profile is evaluated";
          };
        };
        pishon = {
          hostname = "pishon.home.example.org";
          sshUser = "root";
          remoteBuild = true;
          confirmTimeout = 90;
          activationTimeout = 600;
          groups = [ "slow" ];
          profiles.system.path = throw "a profile is evaluated";
        };
        gihon = {
          hostname = "192.168.1.51";
          confirmTimeout = 100000;
          profiles.system.path = throw "a profile is evaluated";
        };
        mac = {
          hostname = "mac.home.example.org";
          profiles.system.path = throw "a profile is evaluated";
        };
      };
    };
  };
}
"#;

/// Runs `cistern import flake` with the environment of a command of nix.
fn import(nix: &Command, fleet: &Fleet, args: &[&str]) -> Output {
    fleet.known_to_git();
    let mut command = fleet.command(env!("CARGO_BIN_EXE_cistern"));
    for (name, value) in nix.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    command.args(["import", "flake"]).args(args).output().expect("the program starts")
}

#[test]
fn nodes_become_hosts() {
    let Some(nix) = Nix::new(Program::Absent) else { return };
    let flake = Fleet::new();
    flake.write("flake.nix", FLAKE);
    let output = import(
        &nix.command(&[]),
        &flake,
        &[".", "--address", "pishon=192.168.1.52", "--address", "installer=192.168.1.60"],
    );
    expect_exit(&output, 1);
    let definition = String::from_utf8(output.stdout.clone()).expect("it is text");
    let said = String::from_utf8(output.stderr.clone()).expect("it is text");
    let expected = "\
version: 1
fleet: { name: imported, domain: home.example.org }

defaults:
  system: # FILL IN: what Nix calls the machine: x86_64-linux or aarch64-linux

hosts:
  eden:
    managed: node
    address: 192.168.1.50
    system: x86_64-linux
    deploy: { port: 2222, ssh_opts: [\"-A\"], ssh_user: deploy, user: root }
  gihon: { managed: node, address: 192.168.1.51, deploy: { ssh_opts: [\"-A\"], ssh_user: deploy } }
  pishon:
    managed: node
    address: 192.168.1.52
    system: aarch64-linux
    tags: [slow]
    deploy:
      ssh_opts: [\"-A\"]
      activation_timeout: 600
      confirm_timeout: 90
      hostname: pishon.home.example.org
      remote_build: true
      ssh_user: root
  installer: { managed: node, address: 192.168.1.60 }
";
    let plain: String = definition
        .lines()
        .filter(|line| !line.trim_start().starts_with("# "))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(plain, expected, "{}", everything(&output));

    // Everything else is named, at the place where it was written.
    let lines: Vec<&str> = FLAKE.lines().collect();
    let mut named: Vec<&str> = Vec::new();
    for line in said.lines().filter(|line| line.starts_with("  flake.nix:")) {
        let (place, path) = line.trim().split_once(' ').expect("a place and a path");
        let numbers: Vec<usize> = place.split(':').skip(1).map(|number| number.parse().expect("a number")).collect();
        let key =
            path.trim_end_matches(']').rsplit(['.', '[']).find(|part| part.parse::<u32>().is_err()).expect("a key");
        let source = &lines[numbers[0] - 1][numbers[1] - 1..];
        assert!(source.starts_with(key) || source.starts_with("profiles.") && source.contains(key), "{line}: {source}");
        named.push(path);
    }
    named.sort_unstable();
    let lost = [
        "deploy.autoRollback",
        "deploy.nodes.eden.fastConnection",
        "deploy.nodes.eden.profiles.home.path",
        "deploy.nodes.eden.profiles.home.user",
        "deploy.nodes.eden.profilesOrder[0]",
        "deploy.nodes.eden.profilesOrder[1]",
        "deploy.nodes.gihon.confirmTimeout",
        "deploy.nodes.mac.hostname",
        "deploy.nodes.mac.profiles.system.path",
        "nixosConfigurations.\"odd name\"",
    ];
    assert_eq!(named, lost, "{said}");
    assert!(said.contains("nixosConfigurations.installer has no node of deploy-rs"), "{said}");
    assert!(said.ends_with("passes `cistern check` once 1 line is filled in\n"), "{said}");
    assert_eq!(flake.files().len(), 1, "nothing was written beside the flake");

    // With the system given, nix does not look for it, and the definition is whole.
    let into = ["--system", "x86_64-linux", "--domain", "home.example.org", "--output", "fleet"];
    let args: Vec<&str> = [".", "--address", "pishon=192.168.1.52", "--address", "installer=192.168.1.60"]
        .into_iter()
        .chain(into)
        .collect();
    expect_exit(&import(&nix.command(&[]), &flake, &args), 1);
    expect_exit(&flake.cistern(&["check", "-C", "fleet"]), 0);
}

#[test]
fn a_flake_of_cisterns_own_comes_back() {
    let Some(nix) = Nix::new(Program::Absent) else { return };
    let fleet = Fleet::copy("examples/homelab");
    let plan = fleet.generate();
    let with_inputs = nix.flake(&[]);
    let inputs: Vec<&str> = with_inputs.get_args().map(|arg| arg.to_str().expect("a plain path")).collect();
    // deploy-rs' hostname is the address here, so nothing is missing.
    let output = import(
        &with_inputs,
        &fleet,
        &[&[".", "--domain", "example.org", "--output", "back", "--"], inputs.as_slice()].concat(),
    );
    let said = everything(&output);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{said}");
    expect_exit(&fleet.cistern(&["generate", "-C", "back"]), 0);
    let back = crate::fleet::Plan::read(&fleet.read("back/generated/plan.jsonl"));
    let managed: Vec<&String> =
        plan.hosts.iter().filter(|(_, host)| host["managed"] != "scrape").map(|(name, _)| name).collect();
    assert_eq!(back.hosts.keys().collect::<Vec<_>>(), managed, "{said}");
    for name in managed {
        let (there, here) = (&plan.hosts[name], &back.hosts[name]);
        assert_eq!(here["managed"], "node");
        for key in ["address", "system"] {
            assert_eq!(here[key], there[key], "{name}: {key}\n{said}");
        }
        for key in ["hostname", "ssh_user", "user", "remote_build", "confirm_timeout", "activation_timeout"] {
            assert_eq!(here["deploy"][key], there["deploy"][key], "{name}: deploy.{key}\n{said}");
        }
    }
}

#[test]
fn what_is_no_flake_is_said() {
    let Some(nix) = Nix::new(Program::Absent) else { return };
    for (text, words) in [
        (
            "{ outputs = _: { packages = { }; }; }\n",
            "error[C175]: the flake has neither `deploy.nodes` nor `nixosConfigurations`",
        ),
        ("{ outputs = _: { deploy.nodes = throw \"unfinished\"; }; }\n", "unfinished"),
        ("{ outputs = _: { deploy.nodes.x = 3; nixosConfigurations.x = { }; }; }\n", "deploy.nodes.x"),
        ("{ outputs = \n", "syntax error"),
    ] {
        let flake = Fleet::new();
        flake.write("flake.nix", text);
        let output = import(&nix.command(&[]), &flake, &["."]);
        let said = everything(&output);
        assert!(said.contains(words), "{text}: {said}");
        let code = if text.contains("= 3") { 1 } else { 2 };
        assert_eq!(output.status.code(), Some(code), "{text}: {said}");
        assert!(code == 1 || output.stdout.is_empty(), "{said}");
    }
}
