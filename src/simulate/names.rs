//! Names that clients reach services by, while some hosts are down.

use std::collections::BTreeSet;

use super::document::{NameEffect, NameLoss};
use super::{Down, moves};
use crate::place::Entries;
use crate::place::ingress::{Destination, IngressEntry, RouteEntry};
use crate::value::{HostName, IngressAuth, ServiceName};

/// Lists the names that are not answered as before, by service.
pub(super) fn losses(entries: &Entries, down: &Down<'_>) -> Vec<NameLoss> {
    let Some(ingress) = &entries.ingress else { return Vec::new() };
    entries.routed().flat_map(|(service, route)| of_route(entries, ingress, service, route, down)).collect()
}

fn of_route(
    entries: &Entries,
    ingress: &IngressEntry,
    service: &ServiceName,
    route: &RouteEntry,
    down: &Down<'_>,
) -> Vec<NameLoss> {
    // A proxy leaves out those whose weight is 0 where it stands.
    let places: Vec<_> = ingress.hosts.iter().map(Some).chain(ingress.external.then_some(None)).collect();
    let is_up = |host: &HostName| !down.all.contains(host);
    let answering = |service: &ServiceName, to: &Destination, from: &[Option<&HostName>]| -> Vec<HostName> {
        let seen = from.iter().flat_map(|near| entries.backends(service, to, route.weights, *near));
        let hosts: BTreeSet<_> = seen.map(|backend| backend.host.clone()).collect();
        hosts.into_iter().collect()
    };
    let working: Vec<_> = places.iter().filter(|place| place.is_none_or(is_up)).copied().collect();
    let working = if working.is_empty() { places.clone() } else { working };
    let proxies: Vec<HostName> = ingress.hosts.iter().filter(|host| is_up(host)).cloned().collect();
    // What moves is on one of its hosts, before and after.
    let moves = entries.failover_of(service).is_some_and(|(_, failover)| entries.moves(failover));
    let before = answering(service, &route.to, &places);
    let own: Vec<HostName> = match moves {
        true => moves::taken_over(entries, service, &down.all).into_iter().cloned().collect(),
        false => answering(service, &route.to, &working).into_iter().filter(is_up).collect(),
    };
    let instead = route.failover.as_ref().filter(|_| own.is_empty()).and_then(|other| {
        let mut hosts = answering(&other.service, &other.to, &working);
        hosts.retain(is_up);
        (!hosts.is_empty()).then(|| (other.service.clone(), hosts))
    });
    let on = ingress.hosts.iter().filter(|host| !down.off.contains(*host)).count();
    let is_asked = route.auth == IngressAuth::Forward;
    let answers = |login: &&ServiceName| entries.working(login).any(|(host, _)| is_up(host));
    let login = ingress.auth.as_ref().filter(|login| is_asked && !answers(login));
    let nobody_passes_on = proxies.is_empty() && !ingress.external || login.is_some();
    let effect = match &instead {
        _ if nobody_passes_on => NameEffect::Unreachable,
        Some(_) => NameEffect::FailsOver,
        None if own.is_empty() => NameEffect::Unreachable,
        None if !moves && own.len() < before.len() || proxies.len() < on => NameEffect::LosesRedundancy,
        None => return Vec::new(),
    };
    let (takes_over, answering) = match instead {
        Some((service, hosts)) => (Some(service), hosts),
        None => (None, own),
    };
    let path = route.path.as_ref().map_or("", |path| path.as_str());
    let loss = |name: &crate::value::DnsName| NameLoss {
        name: format!("{name}{path}"),
        service: service.clone(),
        effect,
        takes_over: takes_over.clone(),
        login: login.cloned(),
        proxies: proxies.clone(),
        answering: answering.clone(),
    };
    route.names.iter().map(loss).collect()
}
