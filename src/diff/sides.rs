//! Two plans side by side: what the entries that did not change say of those that did.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::meaning::{Key, Kind, Lines, Meaning, What, texts};

/// The plans and what is different between them.
#[derive(Debug)]
pub struct Sides<'t> {
    /// What is different.
    pub meaning: Meaning,
    old: Side<'t>,
    new: Side<'t>,
}

#[derive(Debug, Default)]
struct Side<'t> {
    lines: Lines<'t>,
    /// The lines of everything but instances.
    entries: OnceCell<BTreeMap<Key, &'t str>>,
    /// The lines of the instances of each service, by their hosts.
    placed: OnceCell<BTreeMap<String, BTreeMap<String, &'t str>>>,
    /// The services of each host.
    services: OnceCell<BTreeMap<String, BTreeSet<String>>>,
}

/// Which of the two plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Before the change.
    Before,
    /// After it.
    After,
}

impl<'t> Sides<'t> {
    /// Puts two plans side by side.
    pub fn new(meaning: Meaning, old: Lines<'t>, new: Lines<'t>) -> Self {
        let side = |lines| Side { lines, ..Side::default() };
        Self { meaning, old: side(old), new: side(new) }
    }

    /// The value of an entry.
    pub fn value(&self, when: When, kind: Kind, name: &str) -> Option<Value> {
        value(self.side(when).entries().get(&Key::of(kind, name))?)
    }

    /// Says whether deploy-rs reaches a host of the new side. Every host is asked, so its line is not parsed: in the
    /// texts of a line quotes are escaped, and no other key of a host has that name.
    pub fn is_node(&self, host: &str) -> bool {
        let line = self.new.entries().get(&Key::of(Kind::Host, host));
        line.is_some_and(|line| !line.contains("\"managed\":\"scrape\""))
    }

    /// The value of an instance of the new side.
    pub fn instance(&self, host: &str, service: &str) -> Option<Value> {
        value(self.new.placed().get(service)?.get(host)?)
    }

    /// The names of all entries of a kind.
    pub fn names(&self, when: When, kind: Kind) -> impl Iterator<Item = &str> {
        self.side(when).entries().keys().filter(move |key| key.kind == kind).map(|key| key.name.as_str())
    }

    /// The hosts that a service runs on, by the names that they have there.
    pub(super) fn placed_on(&self, when: When, service: &str) -> impl Iterator<Item = &str> {
        self.side(when).placed().get(service).into_iter().flat_map(BTreeMap::keys).map(String::as_str)
    }

    /// The hosts that a service runs on; those from before by the names that they have now.
    pub fn hosts_of(&self, when: When, service: &str) -> BTreeSet<&str> {
        let hosts = self.side(when).placed().get(service).into_iter().flat_map(BTreeMap::keys);
        match when {
            When::Before => hosts.map(|host| self.now(host)).collect(),
            When::After => hosts.map(String::as_str).collect(),
        }
    }

    /// The hosts that run a service and do not only stand by; those from before by the names that they have now. Lines
    /// are not parsed: in their texts quotes are escaped.
    pub fn running_on(&self, when: When, service: &str) -> BTreeSet<&str> {
        let placed = self.side(when).placed().get(service).into_iter().flatten();
        let running = placed.filter(|(_, line)| !line.contains("\"standby\":true")).map(|(host, _)| host.as_str());
        match when {
            When::Before => running.map(|host| self.now(host)).collect(),
            When::After => running.collect(),
        }
    }

    /// The services that run on a host of the new side.
    pub fn services_on(&self, host: &str) -> impl Iterator<Item = &str> {
        let services = self.new.services.get_or_init(|| {
            let mut services: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for (service, hosts) in self.new.placed() {
                for host in hosts.keys() {
                    services.entry(host.clone()).or_default().insert(service.clone());
                }
            }
            services
        });
        services.get(host).into_iter().flatten().map(String::as_str)
    }

    /// What a host of before is called now.
    pub fn now<'s>(&'s self, host: &'s str) -> &'s str {
        self.meaning.renames.iter().find(|rename| rename.from == host).map_or(host, |rename| &rename.to)
    }

    /// The hosts that scrape, before and after.
    pub fn monitors(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for when in [When::Before, When::After] {
            let value = self.value(when, Kind::Monitoring, "prometheus").unwrap_or_default();
            found.extend(texts(&value["hosts"]).map(|host| self.now(host).to_owned()));
        }
        found
    }

    /// Says whether an entry is new.
    pub fn is_created(&self, kind: Kind, name: &str) -> bool {
        self.meaning.of(kind).any(|change| change.key.name == name && matches!(change.what, What::Created(_)))
    }

    fn side(&self, when: When) -> &Side<'t> {
        match when {
            When::Before => &self.old,
            When::After => &self.new,
        }
    }
}

impl<'t> Side<'t> {
    fn entries(&self) -> &BTreeMap<Key, &'t str> {
        self.entries.get_or_init(|| {
            let kinds = Kind::OF_LINES.into_iter().filter(|kind| *kind != Kind::Instance);
            kinds.flat_map(|kind| self.lines.keys(kind)).collect()
        })
    }

    fn placed(&self) -> &BTreeMap<String, BTreeMap<String, &'t str>> {
        self.placed.get_or_init(|| {
            let mut placed: BTreeMap<String, BTreeMap<String, &str>> = BTreeMap::new();
            for (key, line) in self.lines.keys(Kind::Instance) {
                placed.entry(key.name).or_default().insert(key.host, line);
            }
            placed
        })
    }
}

/// The value of a line.
fn value(line: &str) -> Option<Value> {
    let mut line: Value = serde_json::from_str(line).ok()?;
    Some(line.get_mut("value")?.take())
}
