//! A fleet with every kind twice, with the least and with everything that can be said of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use cistern::diag::Faults;
use cistern::kind::setting::{SettingDef, SettingType};
use cistern::kind::{Front, Kinds, add_built_in};
use cistern::source::Sources;
use serde_json::{Map, Value as Json, json};

use crate::fleet::{FLAKE, Fleet, directories, repository, text_of};

/// A shape of an age file that evaluates; nothing here decrypts it.
const AGE: &str = "age-encryption.org/v1\n";

const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPjDzGvX/3cfsR072065rAHFFNhEYxivdPUkAOgpN4a";

/// The kinds that are there because of `monitoring`, and cannot be placed.
const BROUGHT: &[&str] = &["alertmanager", "alloy", "blackbox-exporter", "loki", "prometheus"];

/// The hosts that have them.
const MONITORS: &[&str] = &["monitor-1", "monitor-2"];

/// A service of the bench.
pub(crate) struct Placed {
    pub(crate) kind: String,
    pub(crate) service: String,
    pub(crate) hosts: Vec<String>,
    /// Ports that are not the usual ones.
    pub(crate) ports: BTreeMap<String, u16>,
    /// A state directory that is not the usual one.
    pub(crate) state: Option<String>,
}

/// A fleet with every kind twice, each on hosts of its own, and with every hardware profile.
pub(crate) struct Bench {
    pub(crate) fleet: Fleet,
    pub(crate) fronts: BTreeMap<String, Front>,
    /// The kinds of the examples.
    pub(crate) own: BTreeSet<String>,
    pub(crate) placed: Vec<Placed>,
}

impl Bench {
    /// Writes and generates it.
    pub(crate) fn new() -> Self {
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
                if let Some(image) = &front.image {
                    entry["image"] = json!(format!("{}@sha256:{}", image.value, "a".repeat(64)));
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
        let unfree = self.fronts.values().flat_map(|front| front.unfree.iter().flatten());
        let unfree: BTreeSet<_> = unfree.map(|package| package.value.to_string()).collect();
        let definition = json!({
            "version": 1,
            "fleet": { "name": "bench", "domain": "example.org" },
            "defaults": { "allow_unfree": unfree },
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
    if let Some(kind) = setting.kinds.iter().flatten().next() {
        let (_, variant) = service.rsplit_once('-').expect("the least of a kind, or the most");
        return json!(format!("{}-{variant}", kind.value));
    }
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
