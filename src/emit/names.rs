//! The names of services: what name servers answer, and what other hosts know without asking.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Context;
use crate::model::NAME_SERVER;
use crate::place::Entries;
use crate::value::{Address, HostName, ServiceName};

/// The variable `names`.
#[derive(Serialize)]
pub(super) struct Names {
    /// The zone of all of them.
    zone: String,
    /// Every service with its addresses, those of the site first.
    services: Vec<Known>,
    /// Who is asked for everything else; the root servers where there is nobody.
    forward: Vec<Address>,
    /// Who may ask: the networks of the sites, and the hosts that stand in none.
    clients: BTreeSet<String>,
}

/// A name that is known.
#[derive(Serialize)]
struct Known {
    name: String,
    addresses: Vec<Address>,
}

/// An address with the names of the services that answer there.
#[derive(Serialize)]
pub(super) struct KnownAddress {
    address: Address,
    names: Vec<String>,
}

impl Names {
    /// What the name server of a host sees; nothing for a service that is not the one that `dns` brings.
    pub(super) fn new(context: &Context<'_>, host: &HostName, service: &ServiceName) -> Option<Self> {
        let entries = context.entries();
        let dns = entries.dns.as_ref().filter(|_| service.as_str() == NAME_SERVER)?;
        let site = entries.hosts.get(host)?.site.as_ref();
        let known = |service: &ServiceName| {
            let addresses = entries.addresses(service, site);
            (!addresses.is_empty()).then(|| Known { name: entries.internal_name(service), addresses })
        };
        let prefix = |address: Address| format!("{address}/{}", if address.0.is_ipv4() { 32 } else { 128 });
        let elsewhere = |address: &Address| !dns.clients.iter().any(|network| network.0.contains(&address.0));
        let hosts = entries.hosts.values().map(|entry| entry.address).filter(elsewhere).map(prefix);
        let networks = dns.clients.iter().map(|network| network.0.to_string());
        let at_site = site.and_then(|site| dns.forward_at.get(site));
        Some(Self {
            zone: format!("svc.{}", entries.domain),
            services: entries.services.keys().filter(|name| !is_exporter(entries, name)).filter_map(known).collect(),
            forward: at_site.unwrap_or(&dns.forward).clone(),
            clients: networks.chain(hosts).collect(),
        })
    }
}

/// Every host may have its own, so the name would stand for no place.
fn is_exporter(entries: &Entries, service: &ServiceName) -> bool {
    entries.services[service].kind.as_str().ends_with("-exporter")
}

/// Lists the addresses whose names a host knows without asking: those of the services that its own need.
pub(super) fn known_to(context: &Context<'_>, host: &HostName) -> Vec<KnownAddress> {
    let entries = context.entries();
    if entries.dns.is_none() {
        return Vec::new();
    }
    let site = entries.hosts[host].site.as_ref();
    let mut by_address: BTreeMap<Address, Vec<String>> = BTreeMap::new();
    for service in entries.needed_names(host) {
        for address in entries.addresses(service, site) {
            by_address.entry(address).or_default().push(entries.internal_name(service));
        }
    }
    by_address.into_iter().map(|(address, names)| KnownAddress { address, names }).collect()
}
