//! Why the file of a host differs by what proxies and name servers tell of others.

use std::collections::BTreeSet;

use serde_json::Value;

use super::meaning::{Attribute, Kind, texts};
use super::sides::{Sides, When};
use crate::model::{INGRESS, NAME_SERVER};

/// The sections that bring services, each with the service that it brings and what its hosts see of others.
const SECTIONS: &[(Kind, &str, &str)] =
    &[(Kind::Ingress, INGRESS, "what it passes on"), (Kind::Dns, NAME_SERVER, "names that it answers for")];

/// The hosts that a section brings its service to, before or after.
pub(super) fn carriers(sides: &Sides<'_>, kind: Kind) -> BTreeSet<String> {
    let Some((_, service, _)) = SECTIONS.iter().find(|(section, ..)| *section == kind) else {
        return BTreeSet::new();
    };
    let placed = [When::Before, When::After].into_iter().flat_map(|when| sides.hosts_of(when, service));
    placed.map(|host| sides.now(host).to_owned()).collect()
}

/// Says whether what differs in a section is there for hosts of a site: a name server asks those of its own.
pub(super) fn concerns(attribute: &Attribute, site: Option<&str>) -> bool {
    match attribute.path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["forward_at"] => {
            let of = |value: &Option<Value>| Some(value.as_ref()?.get(site?)?.clone());
            of(&attribute.old) != of(&attribute.new)
        }
        ["forward_at", other, ..] => site == Some(*other),
        _ => true,
    }
}

/// Why the file of a host may differ by changes of others.
pub(super) fn reasons(sides: &Sides<'_>, host: &str) -> Vec<&'static str> {
    if sides.meaning.changes.is_empty() {
        return Vec::new();
    }
    let running: BTreeSet<&str> = sides.services_on(host).collect();
    let carried = SECTIONS.iter().filter(|(_, service, _)| running.contains(service));
    let mut found: Vec<_> = carried.map(|(_, _, why)| *why).collect();
    let entry = |service: &&str| sides.value(When::After, Kind::Service, service).unwrap_or_default();
    let entries: Vec<Value> = running.iter().map(entry).collect();
    let is_proxied = |entry: &Value| {
        let mut ports = entry["ports"].as_object().into_iter().flatten();
        ports.any(|(_, port)| port["proxied"] == true)
    };
    if entries.iter().any(is_proxied) && proxies(sides, When::Before) != proxies(sides, When::After) {
        found.push("who passes requests on to it");
    }
    if sides.value(When::After, Kind::Dns, NAME_SERVER).is_some() && entries.iter().any(names_others) {
        found.push("names that it knows");
    }
    found
}

fn names_others(entry: &Value) -> bool {
    texts(&entry["depends_on"]).next().is_some() || entry["settings"].to_string().contains(".svc.")
}

/// The addresses of the proxies.
fn proxies(sides: &Sides<'_>, when: When) -> BTreeSet<String> {
    let Some(ingress) = sides.value(when, Kind::Ingress, INGRESS) else { return BTreeSet::new() };
    let address = |host: &str| Some(sides.value(when, Kind::Host, host)?["address"].as_str()?.to_owned());
    let own = texts(&ingress["hosts"]).filter_map(address);
    own.chain(texts(&ingress["external_addresses"]).map(str::to_owned)).collect()
}
