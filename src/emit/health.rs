//! What a host's module says of checks: who is asked how, what restarts, and who waits for whom.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use serde::Serialize;
use serde_json::Value;

use super::Context;
use crate::place::Entries;
use crate::place::plan::ServiceEntry;
use crate::value::{Address, HostName, Lifecycle, OnFailure, Port, Reach, ServiceName, UnitName};
use crate::watch::{HealthCheck, Manner};

/// A check that a host asks of itself.
#[derive(Serialize)]
pub(super) struct Check<'a> {
    name: &'a ServiceName,
    #[serde(flatten)]
    way: Way<'a>,
    interval: i64,
    retries: u32,
    start_period: i64,
    restart: bool,
    units: Vec<UnitName>,
}

/// Units that wait for a service of other hosts.
#[derive(Serialize)]
pub(super) struct Wait<'a> {
    name: &'a ServiceName,
    any_of: Vec<Way<'a>>,
    units: BTreeSet<UnitName>,
}

/// How something is asked; what does not belong to it is nothing.
#[derive(Serialize)]
pub(super) struct Way<'a> {
    sort: &'static str,
    url: Option<String>,
    status: &'a BTreeSet<u16>,
    address: Option<Address>,
    port: Option<Port>,
    domain: Option<&'a str>,
    words: &'a [String],
    timeout: i64,
}

/// The checks of a host: of what is restarted, and of what moves.
pub(super) fn checks<'a>(context: &Context<'a>, host: &HostName) -> Vec<Check<'a>> {
    let entries = context.entries();
    let instances = entries.instances.get(host).into_iter().flat_map(BTreeMap::keys);
    let one = |name: &'a ServiceName| {
        let service = &entries.services[name];
        let check = service.health_check.as_ref()?;
        let restart = check.on_failure == OnFailure::Restart;
        let moves = entries.failover_of(name).is_some_and(|(_, failover)| failover.hosts.contains(host));
        if !restart && !moves {
            return None;
        }
        let address = answers_at(context, host, service, check);
        Some(Check {
            name,
            way: way(entries, host, name, check, address)?,
            interval: check.interval_seconds(),
            retries: check.failures(),
            start_period: check.start_seconds(),
            restart,
            units: units(context, name),
        })
    };
    instances.filter_map(one).collect()
}

/// What units of a host wait for: services of other hosts that theirs cannot work without, and that can be asked.
pub(super) fn waits<'a>(context: &Context<'a>, host: &HostName) -> Vec<Wait<'a>> {
    let entries = context.entries();
    let mut waits: BTreeMap<&'a ServiceName, Wait<'a>> = BTreeMap::new();
    for (service, needed) in needed(entries, host) {
        let own = units(context, service);
        if own.is_empty() || runs_on(entries, host, needed) {
            continue;
        }
        let any_of = elsewhere(entries, needed);
        if !any_of.is_empty() {
            let wait = waits.entry(needed).or_insert_with(|| Wait { name: needed, any_of, units: BTreeSet::new() });
            wait.units.extend(own);
        }
    }
    waits.into_values().collect()
}

/// The units of a host that start after others of it, each with those.
pub(super) fn order(context: &Context<'_>, host: &HostName) -> BTreeMap<UnitName, BTreeSet<UnitName>> {
    let entries = context.entries();
    let mut order: BTreeMap<UnitName, BTreeSet<UnitName>> = BTreeMap::new();
    for (service, needed) in needed(entries, host) {
        if runs_on(entries, host, needed) {
            let before = units(context, needed);
            for unit in units(context, service).into_iter().filter(|_| !before.is_empty()) {
                order.entry(unit).or_default().extend(before.iter().cloned());
            }
        }
    }
    // What shares a unit needs no order.
    for (unit, before) in &mut order {
        before.remove(unit);
    }
    order.retain(|_, before| !before.is_empty());
    order
}

/// The units that do the work of a service.
pub(super) fn units(context: &Context<'_>, service: &ServiceName) -> Vec<UnitName> {
    let kind = context.plan.kinds().get(&context.entries().services[service].kind);
    let units = kind.into_iter().flat_map(|kind| kind.front.units.iter().flatten());
    units.map(|unit| unit.value.of(service)).collect()
}

/// What runs on a host, each with what it cannot work without.
fn needed<'a>(entries: &'a Entries, host: &HostName) -> impl Iterator<Item = (&'a ServiceName, &'a ServiceName)> {
    let instances = entries.instances.get(host).into_iter().flat_map(BTreeMap::keys);
    instances.flat_map(|service| entries.services[service].depends_on.iter().map(move |needed| (service, needed)))
}

/// Says whether a service is at work on a host: not only standing by, and not moving to others.
fn runs_on(entries: &Entries, host: &HostName, service: &ServiceName) -> bool {
    let instance = entries.instances.get(host).and_then(|services| services.get(service));
    let moves = entries.failover_of(service).is_some_and(|(_, failover)| entries.moves(failover));
    instance.is_some_and(|instance| !instance.standby) && !moves
}

/// The ways to ask the instances of a service from another host.
fn elsewhere<'a>(entries: &'a Entries, service: &'a ServiceName) -> Vec<Way<'a>> {
    let entry = &entries.services[service];
    let Some(check) = &entry.health_check else { return Vec::new() };
    let is_open = |port| entry.ports.get(port).is_some_and(|port| port.open || port.reach == Some(Reach::Fleet));
    if !check.port.as_ref().is_some_and(is_open) {
        return Vec::new();
    }
    let works = |host: &HostName| entries.hosts[host].lifecycle != Lifecycle::Inactive;
    let moving = entries.moving_address(service);
    // What follows a lease is on any of its hosts.
    let leased = entries.failover_of(service).is_some_and(|(_, failover)| failover.lease.is_some());
    let on = entries.instances.iter().filter(|(host, services)| {
        works(host) && services.get(service).is_some_and(|instance| !instance.standby || leased)
    });
    let mut ways: Vec<_> = on
        .filter_map(|(host, _)| {
            let address = moving.map_or(entries.hosts[host].address, |vip| vip.address());
            way(entries, host, service, check, address.0)
        })
        .collect();
    ways.truncate(if moving.is_some() { 1 } else { ways.len() });
    ways
}

/// How an instance is asked at an address.
fn way<'a>(
    entries: &Entries,
    host: &HostName,
    service: &ServiceName,
    check: &'a HealthCheck,
    address: IpAddr,
) -> Option<Way<'a>> {
    const ANY: &BTreeSet<u16> = &BTreeSet::new();
    let port = check.port.as_ref().map(|port| entries.port(host, service, port));
    let plain = |sort| Way {
        sort,
        url: None,
        status: ANY,
        address: Some(Address(address)),
        port: port.flatten(),
        domain: None,
        words: &[],
        timeout: check.timeout_seconds(),
    };
    Some(match &check.manner {
        Manner::Http { scheme, path, status } => {
            let place = SocketAddr::new(address, port??.0.get());
            Way { url: Some(format!("{scheme}://{place}{path}")), status, address: None, port: None, ..plain("http") }
        }
        Manner::Tcp => plain("tcp"),
        Manner::Tls => plain("tls"),
        Manner::Dns { name } => Way { domain: Some(name.as_str()), ..plain("dns") },
        Manner::Exec(words) => Way { words, address: None, port: None, ..plain("exec") },
    })
}

/// The address at which a service answers its own host: where others ask it, unless it listens to nobody else.
fn answers_at(context: &Context<'_>, host: &HostName, service: &ServiceEntry, check: &HealthCheck) -> IpAddr {
    let listener = check.port.as_ref().and_then(|port| service.ports.get(port));
    let others = listener.is_none_or(|listener| listener.open || listener.reach.is_some());
    let usual = if others { context.entries().hosts[host].address.0 } else { Ipv4Addr::LOCALHOST.into() };
    bound_to(context, service).unwrap_or(usual)
}

/// The address that a service listens at, where its settings say one.
fn bound_to(context: &Context<'_>, service: &ServiceEntry) -> Option<IpAddr> {
    let setting = context.plan.kinds().get(&service.kind)?.front.bind.as_ref()?;
    let address: IpAddr = service.settings.get(setting.value.as_str()).and_then(Value::as_str)?.parse().ok()?;
    (!address.is_unspecified()).then_some(address)
}
