//! Changes host by host: in a few words for a line, and attribute by attribute.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::meaning::{Attribute, Change, Kind, What, shown, texts};
use super::routed;
use super::sides::{Sides, When};
use super::targets::TargetChange;
use super::waits;
use super::watchers::Watchers;
use crate::diag::counted;

/// What becomes of one host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct HostChange {
    /// `created`, `removed`, `changed` or `renamed`.
    pub change: &'static str,
    /// What it was called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Whether what is generated for it differs, so that it has to be deployed.
    pub deploys: bool,
    /// What is different, in a few words each: `address`, `+ jellyfin`, `> redis from eden`.
    pub what: Vec<String>,
    /// The attributes that differ, of the host and of what runs on it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub attributes: Vec<Detail>,
}

/// An attribute that differs, as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Detail {
    /// Whose it is, and which: `network.gateway`, `redis.ports.redis.number`.
    pub name: String,
    /// The old value; nothing where there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// The new value; nothing where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
}

impl Detail {
    fn of(prefix: &str, attribute: &Attribute) -> Self {
        let path = match attribute.path.first().map(String::as_str) {
            Some("machine") if attribute.path.len() > 1 => attribute.path[1..].join("."),
            _ => attribute.dotted(),
        };
        let name = [prefix, &path].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".");
        Self { name, old: attribute.old.as_ref().map(shown), new: attribute.new.as_ref().map(shown) }
    }
}

/// The changes of every host that the plans or the files tell of.
///
/// `files` says of each host whose files differ whether they are new, gone or changed.
pub(super) fn hosts(
    sides: &Sides<'_>,
    files: &BTreeMap<String, super::Kind>,
    targets: &[TargetChange],
) -> BTreeMap<String, HostChange> {
    let mut table = Table { sides, hosts: BTreeMap::new(), watchers: OnceCell::new() };
    for rename in &sides.meaning.renames {
        let host = table.host(&rename.to);
        (host.change, host.from) = ("renamed", Some(rename.from.clone()));
    }
    for change in &sides.meaning.changes {
        match change.key.kind {
            Kind::Host => table.of_host(change),
            Kind::Instance => table.of_instance(change),
            Kind::Service => table.of_service(change),
            Kind::Monitoring => table.of_section(change, "monitoring", sides.monitors()),
            Kind::Dns | Kind::Ingress => {
                table.of_section(change, change.key.kind.word(), routed::carriers(sides, change.key.kind));
            }
            Kind::Escrow | Kind::Failover | Kind::Fleet | Kind::Group | Kind::Person | Kind::Secret => {}
        }
    }
    if !targets.is_empty() {
        let words = super::targets::sentence(targets);
        for host in sides.monitors() {
            if sides.value(When::After, Kind::Host, &host).is_some() {
                table.host(&host).what.push(words.clone());
            }
        }
    }
    for (host, kind) in files {
        let now = sides.now(host).to_owned();
        if table.host(&now).what.is_empty() {
            table.host(&now).what = table.indirect(&now);
        }
        table.host(&now).deploys = *kind != super::Kind::Removed;
    }
    for host in table.hosts.values_mut() {
        let mut seen = BTreeSet::new();
        host.what.retain(|words| seen.insert(words.clone()));
    }
    table.hosts
}

struct Table<'a, 't> {
    sides: &'a Sides<'t>,
    hosts: BTreeMap<String, HostChange>,
    watchers: OnceCell<Watchers>,
}

impl Table<'_, '_> {
    fn host(&mut self, name: &str) -> &mut HostChange {
        self.hosts.entry(name.to_owned()).or_insert_with(|| HostChange {
            change: "changed",
            from: None,
            deploys: false,
            what: Vec::new(),
            attributes: Vec::new(),
        })
    }

    fn of_host(&mut self, change: &Change) {
        let host = self.host(&change.key.name);
        let machine = |value: &Value| {
            let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
            let parts = [text("system"), text("address")];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>()
        };
        match &change.what {
            What::Created(value) => {
                host.change = "created";
                host.what.extend(machine(value));
            }
            What::Removed(value) => {
                host.change = "removed";
                host.what.extend(machine(value));
            }
            What::Changed(attributes) | What::Moved { attributes, .. } => {
                host.what.extend(attributes.iter().map(words));
                host.attributes.extend(attributes.iter().map(|one| Detail::of("", one)));
            }
        }
    }

    fn of_instance(&mut self, change: &Change) {
        let service = &change.key.name;
        match &change.what {
            What::Created(_) => self.host(&change.key.host).what.push(format!("+ {service}")),
            What::Removed(_) => self.host(&change.key.host).what.push(format!("- {service}")),
            What::Changed(attributes) => self.attributes(&change.key.host, service, attributes),
            What::Moved { from, attributes } => {
                self.host(from).what.push(format!("> {service} to {}", change.key.host));
                let host = self.host(&change.key.host);
                host.what.push(format!("> {service} from {from}"));
                host.attributes.extend(attributes.iter().map(|one| Detail::of(service, one)));
            }
        }
    }

    fn of_service(&mut self, change: &Change) {
        let What::Changed(attributes) = &change.what else { return };
        let service = change.key.name.as_str();
        let (old, new) = (self.sides.hosts_of(When::Before, service), self.sides.hosts_of(When::After, service));
        let both: Vec<String> = old.intersection(&new).map(|host| (*host).to_owned()).collect();
        for host in both {
            self.attributes(&host, service, attributes);
        }
    }

    fn of_section(&mut self, change: &Change, section: &str, hosts: BTreeSet<String>) {
        let others: Vec<_> = change.attributes().iter().filter(|one| one.path != ["hosts"]).cloned().collect();
        for host in hosts {
            if let Some(value) = self.sides.value(When::After, Kind::Host, &host) {
                let site = value["site"].as_str();
                let own: Vec<_> = others.iter().filter(|one| routed::concerns(one, site)).cloned().collect();
                self.attributes(&host, section, &own);
            }
        }
    }

    fn attributes(&mut self, host: &str, service: &str, attributes: &[Attribute]) {
        if attributes.is_empty() {
            return;
        }
        let mut names: Vec<&str> = attributes.iter().filter_map(|one| one.path.first().map(String::as_str)).collect();
        names.dedup();
        let host = self.host(host);
        host.what.push(format!("~ {service} ({})", names.join(", ")));
        host.attributes.extend(attributes.iter().map(|one| Detail::of(service, one)));
    }

    /// Why the files of a host may differ by changes of others.
    fn indirect(&self, host: &str) -> Vec<String> {
        let sides = self.sides;
        let mut found = Vec::new();
        if sides.meaning.of(Kind::Fleet).next().is_some() {
            found.push("name or domain of the fleet".to_owned());
        }
        if let Some(from) = self.hosts.get(host).and_then(|own| own.from.as_deref()) {
            found.push(format!("was {from}"));
        }
        let value = sides.value(When::After, Kind::Host, host).unwrap_or_default();
        let known: BTreeSet<&str> = texts(&value["machine"]["known_hosts"]).collect();
        let renamed: Vec<&str> = sides.meaning.renames.iter().map(|rename| rename.to.as_str()).collect();
        let others = |seen: &[&str]| -> Vec<&str> {
            let is_seen = |one: &Attribute| one.path.first().is_some_and(|first| seen.contains(&first.as_str()));
            let changed = sides.meaning.of(Kind::Host).filter(|change| change.attributes().iter().any(is_seen));
            changed.map(|change| change.key.name.as_str()).chain(renamed.iter().copied()).collect()
        };
        let seen = others(&["address", "aliases", "host_key"]);
        found.extend(seen.iter().filter(|other| known.contains(*other)).map(|other| format!("{other} as it knows it")));
        let moved = others(&["address"]);
        for service in sides.services_on(host) {
            let Some(instance) = sides.instance(host, service) else { continue };
            let peers: BTreeSet<&str> = texts(&instance["peers"]).collect();
            let their = moved.iter().filter(|other| peers.contains(*other));
            found.extend(their.map(|other| format!("{service}'s peer {other}")));
            let peer = |change: &&Change| change.key.name == service && peers.contains(change.key.host.as_str());
            if sides.meaning.of(Kind::Instance).any(|change| peer(&change)) {
                found.push(format!("peers of {service}"));
            }
        }
        let watchers = self.watchers.get_or_init(|| Watchers::new(sides));
        found.extend(watchers.reasons(sides.services_on(host)).into_iter().map(str::to_owned));
        found.extend(waits::reasons(sides, host, &others(&["address", "lifecycle"])));
        if found.is_empty() {
            found.extend(routed::reasons(sides, host).into_iter().map(str::to_owned));
        }
        // Rules and routes follow from the whole fleet.
        if found.is_empty() && !sides.meaning.changes.is_empty() && sides.monitors().contains(host) {
            found.push("what it watches".to_owned());
        }
        found
    }
}

/// An attribute of a host in a few words.
fn words(attribute: &Attribute) -> String {
    let path: Vec<&str> = attribute.path.iter().map(String::as_str).collect();
    let sign = match (&attribute.old, &attribute.new) {
        (None, Some(_)) => "+ ",
        (Some(_), None) => "- ",
        _ => "",
    };
    match path.as_slice() {
        ["machine", "filesystems", place, ..] => format!("{sign}mount {place}"),
        ["machine", "secrets", secret] => format!("{sign}secret {secret}"),
        ["machine", "secrets", secret, ..] => format!("secret {secret}"),
        ["machine", "accounts", account] => format!("{sign}account {account}"),
        ["machine", "accounts", account, ..] => format!("account {account}"),
        ["machine", "root_keys"] => "keys of administrators".to_owned(),
        ["machine", "known_hosts"] => "hosts that it knows".to_owned(),
        ["machine", "network", what, ..] | ["machine", what, ..] | ["deploy", what, ..] => what.replace('_', " "),
        [what, ..] => what.replace('_', " "),
        [] => "everything".to_owned(),
    }
}

impl HostChange {
    /// What is different, in one line; a host that is new or gone counts its services.
    pub fn line(&self) -> String {
        let (services, mut parts): (Vec<_>, Vec<_>) =
            self.what.iter().partition(|words| self.change != "changed" && words.starts_with(['+', '-']));
        let count = (!services.is_empty()).then(|| counted(services.len(), "service"));
        let from = self.from.as_ref().map(|from| format!("was {from}"));
        parts.retain(|words| Some(*words) != from.as_ref());
        let all: Vec<&str> = from.iter().chain(parts).chain(&count).map(String::as_str).collect();
        all.join("; ")
    }
}
