//! Who gets to ports that the firewall keeps from others, before and after: a host's file names their addresses.

use std::collections::BTreeSet;

use super::meaning::{Kind, What, texts};
use super::sides::{Sides, When};

/// What differs for hosts that are asked by others.
#[derive(Debug)]
pub(super) struct Watchers {
    /// Whether others watch than before, or from other addresses.
    others: bool,
    /// Whether the fleet has other addresses than before.
    fleet: bool,
    /// The services that those who watch get to, or that watch themselves.
    watched: BTreeSet<String>,
    /// The services that the whole fleet gets to.
    shared: BTreeSet<String>,
}

impl Watchers {
    /// Looks at both sides.
    pub(super) fn new(sides: &Sides<'_>) -> Self {
        let mut watchers = Self {
            others: watching(sides, When::Before) != watching(sides, When::After),
            fleet: has_other_addresses(sides),
            watched: BTreeSet::new(),
            shared: BTreeSet::new(),
        };
        if !watchers.others && !watchers.fleet {
            return watchers;
        }
        let brought = sides.value(When::After, Kind::Monitoring, "prometheus").is_some();
        for service in sides.names(When::After, Kind::Service) {
            let value = sides.value(When::After, Kind::Service, service).unwrap_or_default();
            let reaches = |reach: &str| {
                let mut ports = value["ports"].as_object().into_iter().flatten();
                ports.any(|(_, port)| port["reach"] == reach)
            };
            if brought || reaches("monitors") {
                watchers.watched.insert(service.to_owned());
            }
            if reaches("fleet") {
                watchers.shared.insert(service.to_owned());
            }
        }
        watchers
    }

    /// Why the file of a host differs by that, given what runs there.
    pub(super) fn reasons<'s>(&self, services: impl Iterator<Item = &'s str>) -> BTreeSet<&'static str> {
        let mut reasons = BTreeSet::new();
        for service in services {
            if self.others && self.watched.contains(service) {
                reasons.insert("who watches it");
            }
            if self.fleet && self.shared.contains(service) {
                reasons.insert("addresses of the fleet");
            }
        }
        reasons
    }
}

/// The addresses of those who watch, and where dashboards are.
fn watching(sides: &Sides<'_>, when: When) -> BTreeSet<String> {
    let Some(monitoring) = sides.value(when, Kind::Monitoring, "prometheus") else { return BTreeSet::new() };
    let mut hosts: BTreeSet<String> =
        texts(&monitoring["hosts"]).chain(texts(&monitoring["logs"]["hosts"])).map(str::to_owned).collect();
    let mut found = BTreeSet::new();
    for service in sides.names(when, Kind::Service) {
        let value = sides.value(when, Kind::Service, service).unwrap_or_default();
        if !value["dashboards"].is_null() {
            hosts.extend(sides.placed_on(when, service).map(str::to_owned));
            found.extend(value["dashboards"]["url"].as_str().map(str::to_owned));
        }
    }
    let address = |host: &String| Some(sides.value(when, Kind::Host, host)?["address"].as_str()?.to_owned());
    found.extend(hosts.iter().filter_map(address));
    found
}

/// Says whether a host came, went, or has another address.
fn has_other_addresses(sides: &Sides<'_>) -> bool {
    sides.meaning.of(Kind::Host).any(|change| match &change.what {
        What::Created(_) | What::Removed(_) => true,
        What::Changed(attributes) | What::Moved { attributes, .. } => {
            let first = |attribute: &&super::meaning::Attribute| attribute.path.len() == 1;
            attributes.iter().filter(first).any(|one| matches!(one.path[0].as_str(), "address" | "machine"))
        }
    })
}
