//! Kinds: the options that their front matter names are the options that they set, in every good fleet and in one that
//! has each kind twice, with the least and with everything that can be said of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use cistern::diag::Faults;
use cistern::kind::setting::{SettingDef, SettingType};
use cistern::kind::{Front, Kinds, add_built_in};
use cistern::source::Sources;
use serde_json::{Map, Value as Json, json};

use crate::DRV_PATHS;
use crate::common::run;
use crate::fleet::{FLAKE, Fleet, Nix, Plan, Program, copy, directories, repository, text_of, texts_of};

/// A shape of an age file that evaluates; nothing here decrypts it.
const AGE: &str = "age-encryption.org/v1\n";

const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPjDzGvX/3cfsR072065rAHFFNhEYxivdPUkAOgpN4a";

#[test]
fn good_fleets_evaluate() {
    let Some(nix) = Nix::new(Program::Absent) else { return };
    let names = directories("tests/fleets/good");
    let all = Fleet::new();
    let mut together = Vec::new();
    for name in &names {
        let root = all.root().join("fleets").join(name);
        copy(&repository().join("tests/fleets/good").join(name).join("fleet"), &root);
        run(all.command(env!("CARGO_BIN_EXE_cistern")).args(["generate", "-C"]).arg(&root));
        if root.join("flake.nix").exists() {
            nix.eval(&root, "nixosConfigurations", DRV_PATHS);
        } else {
            let plan = Plan::read(&fs::read_to_string(root.join("generated/plan.jsonl")).expect("it was generated"));
            together.push((name, plan));
        }
    }
    // One evaluation for all that bring no flake; inputs that their modules name are made up.
    let entries: String = together.iter().map(|(name, plan)| entry(name, plan)).collect();
    all.write("flake.nix", flake_of(&entries));
    let found = nix.eval(all.root(), "fleets", &format!("builtins.mapAttrs (_: {DRV_PATHS})"));
    for (name, plan) in &together {
        let hosts: Vec<_> = found[name.as_str()].as_object().expect("a map of hosts").keys().collect();
        assert_eq!(hosts, plan.machines().map(|(host, ..)| host).collect::<Vec<_>>(), "{name}");
    }
}

/// A fleet in the flake of all fleets, with made-up inputs for the modules that it takes from other flakes, and a
/// package of the name of each kind of its own.
fn entry(name: &str, plan: &Plan) -> String {
    let mut inputs = BTreeSet::new();
    for module in plan.machines().flat_map(|(_, _, machine)| machine["modules"].as_array().expect("a list")) {
        if let Some(flake) = module.get("flake") {
            let path: String = texts_of(&flake["attributes"]).iter().map(|name| format!(".{name:?}")).collect();
            inputs.insert(format!("{0}{path} = madeUp {0};", flake["input"]));
        }
    }
    let kinds: BTreeSet<String> = plan.services.values().map(|service| service["kind"].to_string()).collect();
    let kinds = kinds.into_iter().collect::<Vec<_>>().join(" ");
    format!("{name:?} = fleet ./fleets/{name} {{ {} }} [ {kinds} ];\n", inputs.into_iter().collect::<String>())
}

/// Inputs as in any fleet's flake, and all the fleets as its one output.
fn flake_of(entries: &str) -> String {
    let (inputs, _) = FLAKE.split_once("  outputs =").expect("the template has outputs");
    format!("{inputs}  outputs = inputs: let {MADE_UP} in {{ fleets = {{ {entries} }}; }};\n}}\n")
}

/// A module of another flake has options of its own; disko's stand below `disko`, and mount the root.
const MADE_UP: &str = r#"
  madeUp = name: { lib, ... }: {
    key = "the input ${name}";
    options.${name} = lib.mkOption { type = lib.types.attrs; default = { }; };
    config.fileSystems = lib.mkIf (name == "disko") { "/".device = "/dev/made-up"; };
  };
  package = previous: name: {
    inherit name;
    value = previous.${name} or (previous.runCommand name { } "mkdir $out");
  };
  fleet = root: more: kinds: (inputs.cistern.lib.mkFleet {
    inherit root;
    inputs = inputs // more;
    overlays = [ (_: previous: builtins.listToAttrs (map (package previous) kinds)) ];
  }).nixosConfigurations;
"#;

#[test]
fn ports_and_state_are_set_where_kinds_say() {
    let Some(nix) = Nix::new(Program::Absent) else { return };
    let bench = Bench::new();
    let mut questions = Vec::new();
    for placed in &bench.placed {
        let front = &bench.fronts[&placed.kind];
        let option = |option: &str| option.replace("{service}", &placed.service);
        for (name, port) in front.ports.iter().flat_map(|ports| &ports.entries) {
            let number = placed.ports.get(name.as_str()).copied();
            let number = number.unwrap_or_else(|| port.value.number.as_ref().expect("it is required").value.0.get());
            let fixed = port.value.fixed.as_ref().is_some_and(|fixed| fixed.value);
            match &port.value.option {
                Some(at) => questions.push((placed, option(&at.value), json!(number))),
                None => assert!(fixed, "kind {}: port {name} has no option and is not fixed", placed.kind),
            }
        }
        let limited = placed.service.ends_with("-most") && !placed.kind.ends_with("-exporter");
        for unit in front.units.iter().flatten().filter(|_| limited) {
            let unit = option(unit.value.as_str());
            questions.push((placed, format!("systemd.services.{unit}.serviceConfig.CPUQuota"), json!("100%")));
            questions.push((placed, format!("systemd.services.{unit}.serviceConfig.MemoryMax"), json!("1G")));
        }
        let Some(state) = &front.state else { continue };
        let usual = state.path.as_ref().map(|path| option(path.value.as_str()));
        match (&state.option, placed.state.clone().or(usual)) {
            (Some(at), Some(path)) => questions.push((placed, option(&at.value), json!(path))),
            (None, _) => assert!(state.fixed.is_some(), "kind {}: its state has no option", placed.kind),
            (_, None) => panic!("kind {}: its state has no path", placed.kind),
        }
    }
    let asked: Vec<_> = questions.iter().map(|(placed, option, _)| json!([placed.hosts[0], split(option)])).collect();
    let apply = format!(
        "hosts: map (q: builtins.foldl' (set: name: set.${{name}} or {{ none = true; }})
            hosts.${{builtins.head q}}.config (builtins.elemAt q 1)) (builtins.fromJSON ''{}'')",
        json!(asked)
    );
    let found = nix.eval(bench.fleet.root(), "nixosConfigurations", &apply);
    let faults: Vec<_> = questions
        .iter()
        .zip(found.as_array().expect("a list of answers"))
        .filter(|((_, _, expected), found)| !is_same(found, expected))
        .map(|((placed, option, expected), found)| {
            format!("kind {} ({}): {option} is {found}, not {expected}", placed.kind, placed.service)
        })
        .collect();
    assert!(questions.len() >= 30, "{} questions only", questions.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Options hold a port as a number, as text behind an address, or somewhere in flags or in a whole configuration.
fn is_same(found: &Json, expected: &Json) -> bool {
    let number = expected.to_string();
    let behind =
        |word: &str| word == number || word.ends_with(&format!(":{number}")) || word.ends_with(&format!("={number}"));
    let within = |found: &Json| found.as_str().is_some_and(|text| text.split_whitespace().any(behind));
    found == expected
        || expected.is_number() && (within(found) || found.as_array().is_some_and(|flags| flags.iter().any(within)))
}

/// The names of an option's path; none of them has a dot.
fn split(option: &str) -> Vec<&str> {
    option.split('.').collect()
}

#[test]
fn listed_options_exist() {
    let Some(nix) = Nix::new(Program::Absent) else { return };
    let bench = Bench::new();
    let list = fs::read_to_string(repository().join("tests/options.tsv")).expect("the list is there");
    let rows: Vec<Vec<&str>> = list.lines().map(|line| line.split('\t').collect()).collect();
    let mut told = BTreeSet::new();
    let (mut asked, mut looked_for) = (Vec::new(), Vec::new());
    for row in &rows {
        let [option, _, source] = row[..] else { panic!("tests/options.tsv: {row:?} has not three fields") };
        told.insert(source);
        // What stands in every host is looked for in the list of options (`options.rs`).
        if source == "host" {
            continue;
        }
        looked_for.push(row);
        let hosts: Vec<&str> = match source.strip_prefix("hardware/") {
            Some(profile) => vec![profile],
            None => {
                let placed = bench.placed.iter().filter(|placed| placed.kind == source);
                placed.flat_map(|placed| &placed.hosts).map(String::as_str).collect()
            }
        };
        assert!(!hosts.is_empty(), "tests/options.tsv: there is no kind {source}");
        asked.push(json!([hosts, split(option)]));
    }
    for kind in bench.fronts.keys().filter(|kind| !bench.own.contains(*kind)) {
        assert!(told.contains(kind.as_str()), "tests/options.tsv lists no option of the kind {kind}");
    }
    let found =
        nix.eval(bench.fleet.root(), "nixosConfigurations", &EXISTS.replace("@ASKED@", &json!(asked).to_string()));
    let found = found.as_array().expect("a list of answers");
    let absent: Vec<_> =
        looked_for.iter().zip(found).filter(|(_, found)| **found != true).map(|(row, _)| row.join(" ")).collect();
    assert!(absent.is_empty(), "no host has these:\n{}", absent.join("\n"));
}

/// Says of each `[[host] [name]]` whether one of the hosts has such an option; `<word>` in a name is any text, `*` an
/// item of a list.
const EXISTS: &str = r#"hosts:
let
  has = set: path: path == [ ] || (if builtins.head path == "*" then
    builtins.isList set && builtins.any (item: has item (builtins.tail path)) set
  else builtins.isAttrs set) && (builtins.isList set || (
    let
      parts = builtins.split "<[a-z]+>" (builtins.head path);
      prefix = builtins.head parts;
      names = if builtins.length parts == 1 then [ prefix ] else builtins.filter
        (name: builtins.substring 0 (builtins.stringLength prefix) name == prefix) (builtins.attrNames set);
    in
    builtins.any (name: set ? ${name} && has set.${name} (builtins.tail path)) names
  ));
in
map (q: builtins.any (host: has hosts.${host}.config (builtins.elemAt q 1)) (builtins.head q))
  (builtins.fromJSON ''@ASKED@'')"#;

/// The kinds that are there because of `monitoring`, and cannot be placed.
const BROUGHT: &[&str] = &["alertmanager", "alloy", "blackbox-exporter", "loki", "prometheus"];

/// The hosts that have them.
const MONITORS: &[&str] = &["monitor-1", "monitor-2"];

/// A service of the bench.
struct Placed {
    kind: String,
    service: String,
    hosts: Vec<String>,
    /// Ports that are not the usual ones.
    ports: BTreeMap<String, u16>,
    /// A state directory that is not the usual one.
    state: Option<String>,
}

/// A fleet with every kind twice, each on hosts of its own, and with every hardware profile.
struct Bench {
    fleet: Fleet,
    fronts: BTreeMap<String, Front>,
    /// The kinds of the examples.
    own: BTreeSet<String>,
    placed: Vec<Placed>,
}

impl Bench {
    fn new() -> Self {
        let fleet = Fleet::new();
        let mut own = BTreeSet::new();
        for example in directories("examples") {
            let directory = repository().join("examples").join(example).join("templates/services");
            for file in fs::read_dir(directory).into_iter().flatten() {
                let file = file.expect("it can be read");
                let name = file.file_name().into_string().expect("a plain name");
                fleet.write(&format!("templates/services/{name}"), fs::read(file.path()).expect("it can be read"));
                own.insert(name.trim_end_matches(".nix.j2").to_owned());
            }
        }
        let mut bench = Self { fronts: fronts(&fleet), fleet, own, placed: Vec::new() };
        assert!(bench.fronts.len() >= 15 && !bench.own.is_empty());
        bench.write();
        bench
    }

    fn write(&mut self) {
        let (mut hosts, mut services, mut secrets) = (Map::new(), Map::new(), Map::new());
        for profile in ["generic-bios", "generic-efi", "raspberry-pi-4", "vm"] {
            add_host(&mut hosts, profile.to_owned(), profile);
        }
        let one_disk = json!({ "version": 1, "system": "x86_64-linux", "uefi": { "supported": true },
            "hardware": { "disk": [{ "unix_device_names": ["/dev/disk/by-id/one"], "driver_modules": ["ahci"] }] } });
        self.fleet.write("facts/generic-bios.json", one_disk.to_string().replace("true", "false"));
        self.fleet.write("facts/generic-efi.json", one_disk.to_string());

        for name in MONITORS {
            add_host(&mut hosts, (*name).to_owned(), "vm");
        }
        let monitors: Vec<_> = MONITORS.iter().map(|name| (*name).to_owned()).collect();
        let mut next = 20_000;
        for (kind, front) in &self.fronts {
            if BROUGHT.contains(&kind.as_str()) {
                let (ports, hosts) = (BTreeMap::new(), monitors.clone());
                self.placed.push(Placed { kind: kind.clone(), service: kind.clone(), hosts, ports, state: None });
                continue;
            }
            for variant in ["least", "most"] {
                let service = format!("{kind}-{variant}");
                let names: Vec<_> = (0..members(front)).map(|n| format!("{service}-{n}")).collect();
                for name in &names {
                    add_host(&mut hosts, name.clone(), "vm");
                }
                let most = variant == "most";
                let mut placed =
                    Placed { kind: kind.clone(), service, hosts: names, ports: BTreeMap::new(), state: None };
                let mut entry = json!({ "kind": kind, "placement": { "hosts": placed.hosts } });
                if most {
                    for (name, port) in front.ports.iter().flat_map(|ports| &ports.entries) {
                        if !port.value.fixed.as_ref().is_some_and(|fixed| fixed.value) {
                            next += 1;
                            placed.ports.insert(name.to_string(), next);
                        }
                    }
                    let free = front.state.as_ref().is_some_and(|state| state.option.is_some());
                    placed.state = free.then(|| format!("/srv/{kind}"));
                }
                entry["ports"] = json!(placed.ports);
                if most && front.units.is_some() && !kind.ends_with("-exporter") {
                    entry["resources"] = json!({ "memory": "1G", "cpus": 1 });
                }
                if let Some(state) = &placed.state {
                    entry["state"] = json!({ "path": state });
                }
                if kind == "container" {
                    entry["image"] = json!(format!("registry.example.org/a@sha256:{}", "a".repeat(64)));
                    if most {
                        entry["accept"] = json!([{ "code": "C114", "reason": "privileged, like everything here" }]);
                        entry["ports"] = json!({ "web": 8080 });
                        entry["state"] = json!({ "path": "/srv/container" });
                    }
                }
                entry["settings"] = settings(front, most, &placed.service, &mut secrets);
                if most && kind == "node-exporter" {
                    entry["scrape"] =
                        json!({ "scheme": "https", "username": "prometheus", "password": { "secret": "figures" } });
                }
                services.insert(placed.service.clone(), entry);
                self.placed.push(placed);
            }
        }
        secrets.insert("figures".to_owned(), json!({}));
        secrets.insert("messages".to_owned(), json!({}));
        for name in secrets.keys() {
            self.fleet.write(&format!("secrets/{name}.age"), AGE);
        }
        let definition = json!({
            "version": 1,
            "fleet": { "name": "bench", "domain": "example.org" },
            "access": { "people": { "ana": { "role": "admin", "keys": [KEY] } } },
            "hosts": hosts,
            "services": services,
            "secrets": secrets,
            "monitoring": {
                "hosts": monitors,
                "retention": "30d",
                "scrape_interval": "30s",
                "discovery": "files",
                "receivers": { "ops": { "webhook": { "url": { "secret": "messages" } } } },
                "receiver": "ops",
                "logs": {},
            },
        });
        self.fleet.write("fleet.yaml", serde_json::to_string_pretty(&definition).expect("it is JSON"));
        self.fleet.write("flake.nix", FLAKE);
        let plan = self.fleet.generate();
        assert_eq!(plan.hosts.len(), hosts_of(&definition));
    }
}

fn hosts_of(definition: &Json) -> usize {
    definition["hosts"].as_object().expect("a map of hosts").len()
}

fn add_host(hosts: &mut Map<String, Json>, name: String, hardware: &str) {
    let number = hosts.len() + 1;
    let system = if hardware == "raspberry-pi-4" { "aarch64-linux" } else { "x86_64-linux" };
    let mut host = json!({
        "address": format!("10.0.{}.{}", number / 250, number % 250 + 1),
        "system": system,
        "state_version": "25.11",
        "hardware": hardware,
        "host_key": KEY,
        "filesystems": { "/": { "device": "/dev/disk/by-label/nixos", "fs_type": "ext4" } },
    });
    if hardware == "generic-efi" {
        host["filesystems"]["/boot"] = json!({ "device": "/dev/disk/by-label/ESP", "fs_type": "vfat" });
    }
    if hardware.starts_with("generic-") {
        // Those have a report, which says so.
        host.as_object_mut().expect("it is one").remove("system");
    }
    hosts.insert(name, host);
}

/// The kinds that Cistern has and those of a fleet.
fn fronts(fleet: &Fleet) -> BTreeMap<String, Front> {
    let mut sources = Sources::read(fleet.root()).expect("it can be read");
    add_built_in(&mut sources);
    let mut faults = Faults::default();
    let kinds = Kinds::read(&sources, &mut faults);
    assert!(faults.is_empty(), "{faults:?}");
    kinds.iter().map(|kind| (kind.name.to_string(), kind.front.clone())).collect()
}

/// How many hosts a kind needs.
fn members(front: &Front) -> u32 {
    let roles = front.roles.iter().flat_map(|roles| &roles.0);
    let counted: u32 = roles.map(|(_, role)| role.value.count.as_ref().map_or(1, |count| count.value)).sum();
    let least = front.quorum.as_ref().and_then(|quorum| quorum.at_least.as_ref()).map_or(1, |least| least.value);
    counted.max(least).max(1) | 1
}

/// Settings of a service: those that it must have, or all that there are.
fn settings(front: &Front, most: bool, service: &str, secrets: &mut Map<String, Json>) -> Json {
    let mut values = Map::new();
    for (name, setting) in front.settings.iter().flat_map(|settings| &settings.entries) {
        if most || setting.value.required.as_ref().is_some_and(|required| required.value) {
            let value = sample(&setting.value, service, name.as_str());
            name_secrets(&value, secrets);
            values.insert(name.to_string(), value);
        }
    }
    Json::Object(values)
}

/// A value that a setting takes.
fn sample(setting: &SettingDef, service: &str, name: &str) -> Json {
    let number = setting.minimum.as_ref().map_or(1, |least| least.value);
    let allowed = setting.r#enum.iter().flatten().map(|value| value.value.0.to_json()).next_back();
    let example = setting.example.as_ref().map(|example| example.0.to_json());
    let kind = setting.r#type.as_ref().map_or(SettingType::String, |kind| kind.value);
    allowed.or(example).unwrap_or_else(|| match kind {
        SettingType::String => json!(format!("/srv/{name}")),
        SettingType::Integer | SettingType::Number => json!(number),
        SettingType::Boolean => json!(setting.default.as_ref().is_none_or(|default| default.0.to_json() != true)),
        SettingType::Array => json!([inner(&setting.items, service, name)]),
        SettingType::Object => json!({ "key": inner(&setting.values, service, name) }),
        SettingType::Secret => json!({ "secret": format!("{service}.{name}") }),
    })
}

fn inner(of: &Option<cistern::kind::setting::Boxed>, service: &str, name: &str) -> Json {
    of.as_ref().map_or(json!("text"), |of| sample(&of.0, service, name))
}

/// Defines the secrets that a value names.
fn name_secrets(value: &Json, secrets: &mut Map<String, Json>) {
    match value {
        Json::Object(map) if map.len() == 1 && map.contains_key("secret") => {
            secrets.insert(text_of(&map["secret"]), json!({}));
        }
        Json::Object(map) => map.values().for_each(|value| name_secrets(value, secrets)),
        Json::Array(list) => list.iter().for_each(|value| name_secrets(value, secrets)),
        _ => {}
    }
}
