//! A fleet in which everything that a definition can say has an effect, and how a text is put into one place of it.

use serde_json::{Map, Value as Json, json};

use crate::schema::{Step, shown};

pub(crate) const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPjDzGvX/3cfsR072065rAHFFNhEYxivdPUkAOgpN4a";

/// Another one.
const OTHER_KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKs/bjy+FdFVKVr4Nv4pQtk+2VLmY4XXmRqXGuza8pY9";

/// A fleet directory in memory.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    /// `fleet.yaml`.
    pub(crate) definition: Json,
    /// The front matter of the fleet's own kind `shop`.
    pub(crate) front: Json,
    /// `facts/eden.json`.
    pub(crate) facts: Option<Json>,
    /// Other files that must be there.
    pub(crate) more: Vec<(String, String)>,
}

impl Document {
    /// The fleet that texts are put into.
    pub(crate) fn new() -> Self {
        let mut eden = host(50);
        eden["profiles"] = json!(["base"]);
        eden["site"] = json!("home");
        let mut pishon = host(51);
        pishon["site"] = json!("home");
        let definition = json!({
            "version": 1,
            "fleet": { "name": "fleet", "domain": "example.org" },
            "defaults": {},
            "sites": { "home": { "subnet": "192.168.1.0/24", "gateway": "192.168.1.1" } },
            "access": { "people": {
                "ana": { "role": "admin", "keys": [KEY] },
                "bo": { "role": "operator", "keys": [OTHER_KEY] },
            } },
            "profiles": { "base": {}, "other": {} },
            "hosts": { "eden": eden, "pishon": pishon },
            "groups": { "all": { "hosts": ["eden"] } },
            "services": {
                "web": { "image": image("web"), "placement": { "hosts": ["eden"] }, "ports": { "http": 8080 } },
                "shop": { "placement": { "hosts": ["eden"] }, "settings": {} },
            },
            "secrets": { "vpn": { "hosts": "eden" } },
            "monitoring": { "hosts": ["eden"] },
        });
        let front = json!({
            "version": 1,
            "summary": "A shop",
            "ports": { "web": { "number": 8090, "option": "services.shop.ports.web" } },
            "metrics": { "port": "web" },
            "state": { "path": "/var/lib/shop", "option": "services.shop.dir" },
            "user": "shop",
            "settings": { "first": { "type": "string" } },
        });
        Self { definition, front, facts: None, more: Vec::new() }
    }

    /// The first so many hosts; those that are missing are made.
    pub(crate) fn hosts(&mut self, count: usize) -> Vec<String> {
        let name = |number: usize| match number {
            0 => "eden".to_owned(),
            1 => "pishon".to_owned(),
            _ => format!("member-{number}"),
        };
        for number in 2..count {
            let mut more = host(50 + u8::try_from(number).expect("a few"));
            more["site"] = json!("home");
            self.definition["hosts"][name(number)] = more;
        }
        (0..count).map(name).collect()
    }

    /// The files, as path and text.
    pub(crate) fn files(&self) -> Vec<(String, String)> {
        let mut files = self.more.clone();
        files.push(("fleet.yaml".to_owned(), plain(&self.definition)));
        files.push(("templates/services/shop.nix.j2".to_owned(), format!("---\n{}\n---\n{BODY}", plain(&self.front))));
        files.extend(self.facts.iter().map(|facts| ("facts/eden.json".to_owned(), facts.to_string())));
        files
    }
}

/// A template that writes down everything that it is told.
const BODY: &str = "{
  services.shop = {
    ports = {
{% for name, port in ports | dictsort %}
      {{ name | attr }} = {{ port }};
{% endfor %}
    };
    dir = {{ state }};
    all = {{ [service, host, domain, aliases, address, role, ordinal, state, user, group, resources] }};
    settings = {{ settings }};
  };
}
";

/// JSON with nothing in it that YAML does not allow.
fn plain(value: &Json) -> String {
    let text = serde_json::to_string_pretty(value).expect("it is JSON");
    let escaped = |c: char| match u32::from(c) {
        code @ (0x7f..=0x9f | 0x2028 | 0x2029 | 0x202e | 0xfeff | 0xfff0..=0xffff | 0xd800..=0xf8ff) => {
            format!("\\u{code:04x}")
        }
        _ => c.to_string(),
    };
    text.chars().map(escaped).collect()
}

fn host(number: u8) -> Json {
    json!({
        "address": format!("192.168.1.{number}"),
        "system": "x86_64-linux",
        "state_version": "25.11",
        "hardware": "vm",
        "host_key": KEY,
        "filesystems": { "/": { "device": "/dev/disk/by-label/nixos", "fs_type": "ext4" } },
    })
}

pub(crate) fn image(name: &str) -> String {
    format!("registry.example.org/{name}@sha256:{}", "0".repeat(64))
}

/// Puts a value into a place; what must stand beside it comes along.
pub(crate) fn put(document: &mut Json, steps: &[Step], value: &str) {
    let mut at = document;
    for (number, step) in steps.iter().enumerate() {
        let here = shown(&steps[..number]);
        if at.is_null() || !(at.is_object() || matches!(step, Step::Item)) {
            *at = Json::Object(Map::new());
        }
        at = match step {
            Step::Key(key) => &mut at[key.as_str()],
            Step::Entry => {
                let entry = &mut at[entry(&here, steps)];
                if entry.is_null() {
                    *entry = beside(&here);
                }
                entry
            }
            Step::Name => {
                at[value] = beside(&here);
                return;
            }
            Step::Item => {
                *at = json!([null]);
                &mut at[0]
            }
        };
    }
    *at = json!(value);
}

/// The entry of a map that a text is put into.
fn entry(map: &str, steps: &[Step]) -> &'static str {
    let operators = ["account", "hosts", "sudo"].map(|key| Step::Key(key.to_owned()));
    match last(map) {
        "people" if steps.iter().any(|step| operators.contains(step)) => "bo",
        "people" => "ana",
        "escrow" => "safe",
        "failover" => "page",
        "hosts" => "eden",
        "sites" => "home",
        "profiles" => "base",
        "groups" => "all",
        "services" => "web",
        "secrets" => "vpn",
        "exporters" => "node",
        "filesystems" => "/data",
        "storage" => "disk",
        "labels" => "rack",
        "params" => "module",
        "settings" => "first",
        "alerts" => "QueueLong",
        "receivers" => "ops",
        "probes" => "page",
        "lints" => "C091",
        "members" => "member",
        "roles" => "primary",
        "ports" if map == "ports" => "web",
        "ports" => "http",
        "paths" => "nginx",
        "properties" => "inner",
        _ => panic!("say in document.rs which entry of `{map}` a text is put into"),
    }
}

/// What a new entry of a map has to say.
fn beside(map: &str) -> Json {
    match last(map) {
        "people" => json!({ "role": "admin", "keys": [OTHER_KEY] }),
        "hosts" => host(52),
        "sites" | "profiles" | "exporters" | "roles" => json!({}),
        "groups" => json!({ "hosts": ["pishon"] }),
        "services" => json!({ "image": image("other"), "placement": { "hosts": ["pishon"] } }),
        "failover" => json!({ "service": "shop", "hosts": ["eden", "pishon"] }),
        "secrets" => json!({ "hosts": "eden" }),
        "filesystems" => json!({ "device": "/dev/vdb", "fs_type": "ext4" }),
        "storage" => json!({ "device": "/dev/vdc", "mount": "/mnt", "fs_type": "ext4" }),
        "labels" => json!("x"),
        "escrow" => json!("age12lafstkhtrkgfr2d72ww8we9tr8kp22ry5kyqy0enpu6aasnxs6qhzspvs"),
        "lints" => json!({ "level": "warn", "reason": "x" }),
        "params" => json!(["x"]),
        "settings" | "properties" => json!({ "type": "string" }),
        "alerts" => json!({ "expr": "shop_queue > 10" }),
        "receivers" => json!({ "webhook": { "url": "https://hooks.example.org/" } }),
        "paths" => json!("/login"),
        "probes" => json!({ "http": "https://shop.example.org/" }),
        "members" => json!({ "kind": "jellyfin" }),
        "ports" if map == "ports" => json!({ "number": 8091, "option": "services.shop.ports.other" }),
        "ports" => json!(8081),
        _ => panic!("say in document.rs what an entry of `{map}` has to say"),
    }
}

fn last(map: &str) -> &str {
    map.rsplit('.').next().expect("there is always one")
}
