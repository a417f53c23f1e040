//! The systemd units of every kind, before systemd itself: what it would ignore at run time is a fault here.
//!
//! nixpkgs renders units; this restates that rendering as far as kinds use it.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use serde_json::{Map, Value as Json};

use crate::bench::Bench;
use crate::common::{everything, temp_dir};
use crate::fleet::{Nix, Program};

/// The services of every host that kinds say something of, each with what stands in its file.
const SERVICES: &str = r#"builtins.mapAttrs (_: host: builtins.mapAttrs
  (_: unit: {
    inherit (unit) after before bindsTo conflicts description onFailure partOf requires wants unitConfig serviceConfig;
    environment = builtins.mapAttrs (_: value: "${toString value}") unit.environment;
    runs = unit.script != "";
  })
  host.config.systemd.services)"#;

/// What systemd says of a unit that stands alone, and that is no fault of it.
const NOISE: &[&str] = &["is not executable", "not found", "Failed to create", "Cannot add dependency"];

#[test]
fn systemd_reads_every_unit() {
    let Some(nix) = Nix::new(Program::Absent) else { return };
    let bench = Bench::new();
    let hosts = nix.eval(bench.fleet.root(), "nixosConfigurations", SERVICES);
    let directory = temp_dir();
    let mut files = Vec::new();
    for (host, units) in object(&hosts) {
        for (name, unit) in object(units) {
            let file = directory.path().join(format!("{host}.{name}.service"));
            fs::write(&file, rendered(unit)).expect("the directory is ours");
            files.push(file);
        }
    }
    assert!(files.len() > 40, "{} units", files.len());
    let mut command = Command::new("systemd-analyze");
    command.args(["verify", "--man=no", "--recursive-errors=no"]).args(&files);
    let output = command.env("SYSTEMD_LOG_COLOR", "0").output().expect("systemd-analyze starts");
    // Its exit code is 0 for keys that it does not know, and not 0 for programs that are not there.
    let said = everything(&output);
    let faults: Vec<_> =
        said.lines().filter(|line| !line.is_empty() && !NOISE.iter().any(|noise| line.contains(noise))).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_key_that_systemd_ignores_is_noticed() {
    let directory = temp_dir();
    let file = directory.path().join("wrong.service");
    fs::write(&file, "[Service]\nExecStart=/bin/true\nRestrat=always\n").expect("the directory is ours");
    let output = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&file).output();
    let said = everything(&output.expect("systemd-analyze starts"));
    assert!(said.contains("Restrat") && !NOISE.iter().any(|noise| said.contains(noise)), "{said}");
}

/// The text of a unit.
fn rendered(unit: &Json) -> String {
    let mut text = String::from("[Unit]\n");
    for (key, name) in [
        ("after", "After"),
        ("before", "Before"),
        ("bindsTo", "BindsTo"),
        ("conflicts", "Conflicts"),
        ("onFailure", "OnFailure"),
        ("partOf", "PartOf"),
        ("requires", "Requires"),
        ("wants", "Wants"),
    ] {
        for other in unit[key].as_array().expect("a list of units") {
            writeln!(text, "{name}={}", other.as_str().expect("a name")).expect("text can be written");
        }
    }
    section(&unit["unitConfig"], &mut text);
    text.push_str("\n[Service]\n");
    for (name, value) in object(&unit["environment"]) {
        let value = format!("{name}={}", value.as_str().expect("a text"));
        writeln!(text, "Environment={}", quoted(&value)).expect("text can be written");
    }
    let config = object(&unit["serviceConfig"]);
    // nixpkgs makes a program of a script; of a unit that only adds to another's, the other part is not here.
    if unit["runs"] == true || !config.contains_key("ExecStart") {
        text.push_str("ExecStart=/bin/true\n");
    }
    section(&unit["serviceConfig"], &mut text);
    text
}

fn section(settings: &Json, text: &mut String) {
    for (name, value) in object(settings) {
        let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
        for value in values {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            writeln!(text, "{name}={value}").expect("text can be written");
        }
    }
}

fn object(value: &Json) -> &Map<String, Json> {
    value.as_object().expect("a set")
}

/// A word in a unit's file.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%"))
}
