//! Addresses in settings that lead from one service to another, as far as the plan tells.
//!
//! Nothing is known of kinds here: a text that is a URL leads to the service that listens there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::document::{BrokenRoute, Cause, Effect, ServiceLoss};
use crate::place::Entries;
use crate::value::{HostName, ServiceName};

/// Ports of schemes, for addresses that name none.
const USUAL_PORTS: &[(&str, u16)] = &[("http", 80), ("https", 443), ("postgresql", 5432), ("redis", 6379)];

/// An address in the settings of a service that leads to another one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route<'p> {
    /// The service that leads there.
    pub through: &'p ServiceName,
    /// The setting that holds the address, its keys with dots between them.
    pub setting: String,
    /// The address.
    pub url: &'p str,
    /// The service that is reached by it.
    pub service: &'p ServiceName,
    /// The host of that service.
    pub host: &'p HostName,
}

/// Lists the addresses that lead from one service to another, in the order of the services' names.
pub fn routes(entries: &Entries) -> Vec<Route<'_>> {
    let names = names(entries);
    let mut routes = Vec::new();
    for (through, service) in &entries.services {
        for (setting, url) in service.settings.iter().flat_map(|(name, value)| texts(name, value)) {
            let Some((host, port)) = destination(url) else { continue };
            let Some(host) = names.get(host).copied() else { continue };
            let found = listening(entries, host, port);
            routes.extend(found.map(|service| Route { through, setting: setting.clone(), url, service, host }));
        }
    }
    routes
}

/// Lists the addresses that lead nowhere any more: those of services that stop, and those of hosts that are down.
pub(super) fn broken(entries: &Entries, losses: &[ServiceLoss], down: &BTreeSet<HostName>) -> Vec<BrokenRoute> {
    let stopped: BTreeSet<_> =
        losses.iter().filter(|loss| loss.effect == Effect::Stops).map(|loss| &loss.name).collect();
    let broken = |route: Route<'_>| {
        let cause = cause(stopped.contains(route.through), down.contains(route.host))?;
        Some(BrokenRoute {
            through: route.through.clone(),
            setting: route.setting,
            url: route.url.to_owned(),
            service: route.service.clone(),
            host: route.host.clone(),
            cause,
        })
    };
    routes(entries).into_iter().filter_map(broken).collect()
}

fn cause(entrance_stops: bool, target_is_down: bool) -> Option<Cause> {
    match (entrance_stops, target_is_down) {
        (true, true) => Some(Cause::Both),
        (true, false) => Some(Cause::Entrance),
        (false, true) => Some(Cause::Target),
        (false, false) => None,
    }
}

/// The hosts by every name and address that they are known by.
fn names(entries: &Entries) -> BTreeMap<String, &HostName> {
    let hosts = entries.hosts.iter();
    hosts
        .flat_map(|(name, entry)| entry.names(name, &entries.domain).into_iter().map(move |word| (word, name)))
        .collect()
}

/// The services of a host that listen at a port.
fn listening<'p>(entries: &'p Entries, host: &'p HostName, port: u16) -> impl Iterator<Item = &'p ServiceName> {
    let services = entries.running(host).map(|(service, _)| service);
    services.filter(move |service| {
        let mut ports = entries.services[*service].ports.keys();
        ports.any(|name| entries.port(host, service, name).is_some_and(|number| number.0.get() == port))
    })
}

/// Every text below a setting, with its keys.
fn texts<'v>(name: &str, value: &'v Value) -> Vec<(String, &'v str)> {
    match value {
        Value::String(text) => vec![(name.to_owned(), text)],
        Value::Array(items) => items.iter().flat_map(|item| texts(name, item)).collect(),
        Value::Object(map) => map.iter().flat_map(|(key, value)| texts(&format!("{name}.{key}"), value)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

/// The host and the port of a URL.
fn destination(text: &str) -> Option<(&str, u16)> {
    let (scheme, rest) = text.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map(|(host, port)| (host, port.strip_prefix(':')))?,
        None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
    };
    let usual = || USUAL_PORTS.iter().find(|(name, _)| *name == scheme).map(|(_, port)| *port);
    Some((host, port.map_or_else(usual, |port| port.parse().ok())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_a_host_and_a_port() {
        for (text, expected) in [
            ("http://10.20.0.11:8080", Some(("10.20.0.11", 8080))),
            ("https://app-1.example.org/a:b?c", Some(("app-1.example.org", 443))),
            ("http://me:word@app-1:81/", Some(("app-1", 81))),
            ("redis://[fd00::1]:6380/0", Some(("fd00::1", 6380))),
            ("http://[fd00::1]", Some(("fd00::1", 80))),
            ("unknown://app-1", None),
            ("http://app-1:port", None),
            ("app-1:8080", None),
            ("", None),
        ] {
            assert_eq!(destination(text), expected, "{text}");
        }
    }

    #[test]
    fn texts_are_found_with_their_keys() {
        let value = serde_json::json!({ "a": { "b": ["x", "y"], "c": 1 }, "d": "z" });
        let found = texts("s", &value);
        assert_eq!(found, [("s.a.b".to_owned(), "x"), ("s.a.b".to_owned(), "y"), ("s.d".to_owned(), "z")]);
    }
}
