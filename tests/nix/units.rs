//! The units of every kind, and of what is generated for hosts besides, before systemd itself: what it would ignore at run
//! time is a fault here.
//!
//! nixpkgs renders units; this restates that rendering as far as kinds and modules use it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value as Json};

use crate::bench::Bench;
use crate::common::{everything, skip, temp_dir};
use crate::fleet::{Nix, Program};
use crate::good_fleets::GoodFleets;

/// The units of a host by their types, each with what stands in its file, and what it mounts.
const UNITS: &str = r#"(host:
  let
    inherit (host.config) fileSystems systemd;
    unit = section: settings: one: {
      inherit (one) after before bindsTo conflicts onFailure onSuccess partOf requires requisite unitConfig upholds wants;
      sections.${section} = settings;
    };
    each = section: builtins.mapAttrs (_: one: unit section one."${section}Config" one);
    calendar = builtins.filter (name: systemd.services.${name}.startAt != [ ]) (builtins.attrNames systemd.services);
    scheduled = name: { inherit name; value.sections.timer.OnCalendar = systemd.services.${name}.startAt; };
  in
  {
    units = {
      path = each "path" systemd.paths;
      service = builtins.mapAttrs (_: one: unit "service" one.serviceConfig one // {
        environment = builtins.mapAttrs (_: value: "${toString value}") one.environment;
        runs = one.script != "";
      }) systemd.services;
      slice = each "slice" systemd.slices;
      socket = builtins.mapAttrs (_: one: unit "socket" (one.socketConfig // {
        ListenStream = one.listenStreams;
      }) one) systemd.sockets;
      target = builtins.mapAttrs (_: unit "target" { }) systemd.targets;
      timer = builtins.listToAttrs (map scheduled calendar) // each "timer" systemd.timers;
    };
    # These are named after the place where they mount, and nothing of Cistern defines one.
    mounts = map (one: one.where) (systemd.mounts ++ systemd.automounts);
    table = builtins.mapAttrs (_: one: { inherit (one) device fsType options; }) fileSystems;
  })"#;

/// The good fleets whose units belong to no kind: health checks, waits, and failover by address and by lease.
const FLEETS: &[&str] = &["lease", "moving", "standing"];

/// Some of these.
const EXPECTED: &[&str] = &[
    "lease.one.cistern-failover-updater.target",
    "lease.one.cistern-lease-updater.service",
    "lease.one.podman-updater.service",
    "lease.two.cistern-lease-ddns.service",
    "lease.three.cistern-ready-updater.service",
    "moving.ant.cistern-health-page.service",
    "moving.ant.cistern-health-page.timer",
    "moving.ant.keepalived.service",
    "moving.dog.cistern-health-cache.timer",
    "moving.dog.cistern-ready-page.service",
    "standing.ant.cistern-failover-home.target",
    "standing.bee.keepalived.service",
    "standing.bee.podman-page.service",
    "standing.cow.cistern-ready-page.service",
];

/// What systemd says of a unit that stands alone, and that is no fault of it.
const NOISE: &[&str] = &["is not executable", "not found", "Failed to create", "Cannot add dependency"];

#[test]
fn systemd_reads_every_unit() {
    let Some(nix) = Nix::new(Program::Absent) else { return };
    let directory = temp_dir();
    let hosts = hosts(&nix);
    let mut files = BTreeSet::new();
    for (host, found) in &hosts {
        let mut names = BTreeSet::new();
        for (of, units) in object(&found["units"]) {
            for (name, unit) in object(units) {
                let file = format!("{host}.{name}.{of}");
                fs::write(directory.path().join(&file), rendered(of, unit)).expect("the directory is ours");
                files.insert(file);
                names.insert(format!("{name}.{of}"));
            }
        }
        // Whom systemd does not find, it leaves out without a word. Cistern's own are on the host.
        for (unit, other) in object(&found["units"]).values().flat_map(object).flat_map(|(unit, one)| others(unit, one))
        {
            assert!(!other.starts_with("cistern-") || names.contains(&other), "{host}: {unit} names {other}");
        }
        assert!(!nix.builds() || found["mounts"].as_array().is_some_and(Vec::is_empty), "{host}: {}", found["mounts"]);
    }
    for name in EXPECTED {
        assert!(files.contains(*name), "{name} is not among {files:?}");
    }
    let of = |of: &str| files.iter().filter(|name| name.starts_with("bench.") && name.ends_with(of)).count();
    assert!(of(".service") > 40 && of(".timer") > 0, "{files:?}");
    let faults = faults(directory.path(), files.iter().map(String::as_str));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    mounts_from_the_network(&hosts);
}

#[test]
fn what_systemd_ignores_is_noticed() {
    for (name, text, told) in [
        ("wrong.service", "[Service]\nExecStart=/bin/true\nRestrat=always\n", "Restrat"),
        ("wrong.timer", "[Timer]\nOnActiveSec=5\nOnUnitInactivSec=5\n", "OnUnitInactivSec"),
        ("wrong.timer", "[Timer]\nOnCalendar=*-*-* 25:00\n", "calendar specification"),
        ("wrong.timer", "[Timer]\nAccuracySec=5s\n", "lacks value setting"),
        ("wrong.target", "[Unit]\nWant=other.service\n", "Want"),
    ] {
        let directory = temp_dir();
        let write =
            |name: &str, text: &str| fs::write(directory.path().join(name), text).expect("the directory is ours");
        write("wrong.service", "[Service]\nExecStart=/bin/true\n");
        write(name, text);
        let said = faults(directory.path(), [name].into_iter());
        assert!(said.iter().any(|line| line.contains(told)), "{text}: {said:?}");
    }
}

/// Has systemd make units of what hosts mount from the network, and look at these.
fn mounts_from_the_network(hosts: &Map<String, Json>) {
    const GENERATOR: &str = "/usr/lib/systemd/system-generators/systemd-fstab-generator";
    if !Path::new(GENERATOR).exists() {
        skip(&format!("there is no {GENERATOR}"));
        return;
    }
    let mut mounted = 0;
    for (host, found) in hosts {
        let table: String = object(&found["table"]).iter().filter_map(|(place, mount)| line(place, mount)).collect();
        if table.is_empty() {
            continue;
        }
        let units = mounts(GENERATOR, &table);
        let files =
            || fs::read_dir(units.path().join("normal")).expect("it was made").map(|file| file.expect("it is read"));
        let names: Vec<_> = files().filter(|file| file.path().is_file()).map(|file| file.file_name()).collect();
        let names: Vec<_> = names.iter().map(|name| name.to_str().expect("a plain name")).collect();
        assert!(
            ["mount", "automount"].iter().all(|of| names.iter().any(|name| name.ends_with(of))),
            "{host}: {names:?}"
        );
        let faults = faults(&units.path().join("normal"), names.into_iter());
        assert!(faults.is_empty(), "{host}: {}\n{table}", faults.join("\n"));
        mounted += 1;
    }
    assert!(mounted >= 2, "hosts of kind nfs-mount are not there");
}

/// The hosts of the bench and of some good fleets, each as `FLEET.HOST`.
fn hosts(nix: &Nix) -> Map<String, Json> {
    let (bench, good) = (Bench::new(), GoodFleets::new());
    let each = format!("builtins.mapAttrs (_: {UNITS})");
    let mut found = Map::new();
    let mut add = |fleet: &str, hosts: &Json| {
        found.extend(object(hosts).iter().map(|(host, units)| (format!("{fleet}.{host}"), units.clone())));
    };
    add("bench", &nix.eval(bench.fleet.root(), "nixosConfigurations", &each));
    let apply = format!("fleets: builtins.mapAttrs (_: {each}) {{ inherit (fleets) {}; }}", FLEETS.join(" "));
    object(&nix.eval(good.all.root(), "fleets", &apply)).iter().for_each(|(fleet, hosts)| add(fleet, hosts));
    found
}

/// What systemd finds wrong with units of a directory.
fn faults<'n>(directory: &Path, names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let mut command = Command::new("systemd-analyze");
    command.args(["verify", "--man=no", "--recursive-errors=no"]).args(names.map(|name| directory.join(name)));
    let output = command.env("SYSTEMD_LOG_COLOR", "0").output().expect("systemd-analyze starts");
    // Its exit code is 0 for keys that it does not know, and not 0 for programs that are not there.
    let said = everything(&output);
    let faults = said.lines().filter(|line| !line.is_empty() && !NOISE.iter().any(|noise| line.contains(noise)));
    faults.map(str::to_owned).collect()
}

/// The units that a unit names, each after the name of the unit.
fn others<'u>(unit: &'u str, one: &'u Json) -> impl Iterator<Item = (&'u str, String)> {
    let lists = RELATIONS.iter().filter_map(|(key, _)| one[key].as_array()).flatten();
    lists.map(move |other| (unit, other.as_str().expect("a name").to_owned()))
}

/// A line of the table of file systems, of one that comes from the network.
fn line(place: &str, mount: &Json) -> Option<String> {
    let text = |key: &str| mount[key].as_str().unwrap_or_default().to_owned();
    let options: Vec<_> = mount["options"].as_array()?.iter().filter_map(Json::as_str).collect();
    let remote = text("fsType").starts_with("nfs");
    remote.then(|| format!("{} {place} {} {} 0 0\n", text("device"), text("fsType"), options.join(",")))
}

/// The units that systemd makes of a table of file systems, below a directory.
fn mounts(generator: &str, table: &str) -> tempfile::TempDir {
    let directory = temp_dir();
    let inside = |name: &str| -> PathBuf { directory.path().join(name) };
    fs::write(inside("fstab"), table).expect("the directory is ours");
    let places = ["normal", "early", "late"].map(inside);
    places.iter().for_each(|place| fs::create_dir(place).expect("the directory is ours"));
    let mut command = Command::new(generator);
    command.args(places).env("SYSTEMD_FSTAB", inside("fstab"));
    let output = command.env("SYSTEMD_LOG_TARGET", "console").output().expect("the generator starts");
    let said = everything(&output);
    assert!(output.status.success() && said.is_empty(), "{said}\n{table}");
    directory
}

/// How a unit names others, in nixpkgs' words and in systemd's.
const RELATIONS: &[(&str, &str)] = &[
    ("after", "After"),
    ("before", "Before"),
    ("bindsTo", "BindsTo"),
    ("conflicts", "Conflicts"),
    ("onFailure", "OnFailure"),
    ("onSuccess", "OnSuccess"),
    ("partOf", "PartOf"),
    ("requires", "Requires"),
    ("requisite", "Requisite"),
    ("upholds", "Upholds"),
    ("wants", "Wants"),
];

/// The text of a unit of a type.
fn rendered(of: &str, unit: &Json) -> String {
    let mut text = String::from("[Unit]\n");
    for (key, name) in RELATIONS {
        for other in unit[key].as_array().into_iter().flatten() {
            writeln!(text, "{name}={}", other.as_str().expect("a name")).expect("text can be written");
        }
    }
    section(&unit["unitConfig"], &mut text);
    let config = &unit["sections"][of];
    let has_section = of != "target";
    if has_section {
        writeln!(text, "\n[{}{}]", of[..1].to_uppercase(), &of[1..]).expect("text can be written");
    }
    for (name, value) in unit["environment"].as_object().into_iter().flatten() {
        let value = format!("{name}={}", value.as_str().expect("a text"));
        writeln!(text, "Environment={}", quoted(&value)).expect("text can be written");
    }
    // nixpkgs makes a program of a script; of a unit that only adds to another's, the other part is not here.
    if of == "service" && (unit["runs"] == true || !object(config).contains_key("ExecStart")) {
        text.push_str("ExecStart=/bin/true\n");
    }
    section(config, &mut text);
    text
}

fn section(settings: &Json, text: &mut String) {
    for (name, value) in settings.as_object().into_iter().flatten() {
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
