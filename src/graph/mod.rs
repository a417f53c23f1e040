//! A picture of the fleet: what stands where, and what needs what. A question to the plan alone.

mod dot;
mod impact;
mod mermaid;
mod model;
mod svg;

use std::collections::{BTreeMap, BTreeSet};

use crate::model::INGRESS;
use crate::place::Entries;
use crate::place::plan::HostEntry;
use crate::simulate::routes;
use crate::value::{HostName, KindName, RoleName, ServiceName};

/// What the names of kinds end with that only answer Prometheus.
const EXPORTER: &str = "-exporter";

/// What an instance is called that is only prepared.
const STANDBY: &str = "standby";

pub use dot::dot;
pub use impact::{Down, Hit, Impact, impact, summary};
pub use mermaid::mermaid;
pub use model::{Chip, Edge, Graph, Host, Node, Site, Why};
pub use svg::svg;

/// Puts together the picture of some hosts; `monitoring` adds who watches whom.
pub fn graph<'p>(entries: &'p Entries, hosts: &BTreeSet<HostName>, monitoring: bool) -> Graph<'p> {
    let mut edges: BTreeSet<Edge<'p>> =
        dependencies(entries).chain(addresses(entries)).chain(passes_on(entries)).collect();
    if monitoring {
        edges.extend(watches(entries));
    }
    edges.retain(|edge| hosts.contains(edge.from.host()) && hosts.contains(edge.to.host()));
    Graph { fleet: &entries.name, sites: sites(entries, hosts), edges, impact: None }
}

/// The sites in the order of their names; hosts that stand in none come last.
fn sites<'p>(entries: &'p Entries, hosts: &BTreeSet<HostName>) -> Vec<Site<'p>> {
    let mut sites: BTreeMap<_, Site<'p>> = BTreeMap::new();
    for (name, entry) in entries.hosts.iter().filter(|(name, _)| hosts.contains(*name)) {
        let site = sites.entry((entry.site.is_none(), &entry.site)).or_insert_with(|| Site {
            name: entry.site.as_ref(),
            region: entry.region.as_deref(),
            hosts: Vec::new(),
        });
        site.hosts.push(host(entries, name, entry));
    }
    sites.into_values().collect()
}

fn host<'p>(entries: &'p Entries, name: &'p HostName, entry: &'p HostEntry) -> Host<'p> {
    let instances = entries.instances.get(name).into_iter().flatten();
    let mut chips: Vec<_> = instances
        .map(|(service, instance)| {
            let entry = &entries.services[service];
            let role = instance.role.as_ref().map(RoleName::as_str).or(instance.standby.then_some(STANDBY));
            Chip { service, kind: &entry.kind, role, only_watches: only_watches(&entry.kind) }
        })
        .collect();
    chips.sort_by_key(|chip| (chip.only_watches, chip.service));
    Host { name, entry, chips }
}

/// Whether a service does nothing but answer Prometheus: so exporters are called, of which each kind has its own.
fn only_watches(kind: &KindName) -> bool {
    kind.as_str().ends_with(EXPORTER)
}

/// From each instance to what it needs: the instance on the same host where there is one, else every one.
fn dependencies(entries: &Entries) -> impl Iterator<Item = Edge<'_>> {
    let needs = entries.services.iter().flat_map(|(name, service)| {
        let lease = entries.failover_of(name).and_then(|(_, failover)| failover.lease.as_ref());
        let needed = service.depends_on.iter().chain(lease);
        let known = needed.filter_map(|needed| entries.services.get_key_value(needed));
        known.map(move |(needed, _)| (name, needed))
    });
    needs.flat_map(|(name, needed)| {
        let everywhere = places(entries, needed);
        places(entries, name).into_iter().flat_map(move |host| {
            let hosts = if everywhere.contains(&host) { vec![host] } else { everywhere.clone() };
            let from = Node::Instance(host, name);
            hosts.into_iter().map(move |host| Edge { from, to: Node::Instance(host, needed), why: Why::DependsOn })
        })
    })
}

/// From each instance to those that addresses in its settings lead to.
fn addresses(entries: &Entries) -> impl Iterator<Item = Edge<'_>> {
    routes(entries).into_iter().filter(|route| route.through != route.service).flat_map(|route| {
        let to = Node::Instance(route.host, route.service);
        let from = places(entries, route.through).into_iter().map(move |host| Node::Instance(host, route.through));
        from.map(move |from| Edge { from, to, why: Why::Address })
    })
}

/// From each proxy to the instances that it passes requests on to.
fn passes_on(entries: &Entries) -> impl Iterator<Item = Edge<'_>> {
    let proxy = entries.services.get_key_value(INGRESS).map(|(name, _)| name);
    let proxies = proxy.into_iter().flat_map(|name| places(entries, name).into_iter().map(move |host| (host, name)));
    proxies.flat_map(move |(host, name)| {
        let from = Node::Instance(host, name);
        entries.routed().flat_map(move |(service, route)| {
            let backends = entries.backends(service, &route.to, route.weights, Some(host));
            backends.into_iter().map(move |backend| Edge {
                from,
                to: Node::Instance(backend.host, service),
                why: Why::Address,
            })
        })
    })
}

/// From each monitoring host to those that it asks.
fn watches(entries: &Entries) -> impl Iterator<Item = Edge<'_>> {
    let monitors = entries.monitoring.iter().flat_map(|monitoring| &monitoring.hosts);
    let asked: BTreeSet<_> = entries.targets().map(|target| target.host).collect();
    monitors.flat_map(move |monitor| {
        let others: Vec<_> = asked.iter().copied().filter(|host| *host != monitor).collect();
        others.into_iter().map(move |host| Edge { from: Node::Host(monitor), to: Node::Host(host), why: Why::Watches })
    })
}

/// The hosts that run a service.
fn places<'p>(entries: &'p Entries, service: &ServiceName) -> Vec<&'p HostName> {
    entries.instances.keys().filter(|host| entries.runs(host, service)).collect()
}
