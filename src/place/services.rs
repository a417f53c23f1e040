//! Services and their instances: roles, ordinals, peers.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use serde_json::Value;

use super::plan::{DashboardsEntry, Instance, Listener, MetricsEntry, ResourcesEntry, ServiceEntry};
use super::routing;
use crate::kind::{Kind, PortDef};
use crate::load::decode::Scalar;
use crate::model::{Fleet, Service};
use crate::value::{AbsolutePath, HostName, Port, PortName, Protocol, Reach, RoleName, ServiceName, SettingName};

/// What stands for the service's name in the facts of a kind.
const SERVICE: &str = "{service}";

pub(super) fn entries(fleet: &Fleet) -> BTreeMap<ServiceName, Arc<ServiceEntry>> {
    let proxied = proxied(fleet);
    let entry = |(name, service): (&ServiceName, &Service)| {
        let kind = fleet.kinds.get(&service.kind).expect("lowering keeps services of known kinds only");
        (name.clone(), Arc::new(service_entry(fleet, &proxied, name, service, kind)))
    };
    fleet.services.iter().map(entry).collect()
}

/// The ports that proxies pass requests on to, or ask at whether somebody has logged in.
fn proxied(fleet: &Fleet) -> BTreeSet<(ServiceName, PortName)> {
    let mut found = BTreeSet::new();
    for (name, service) in &fleet.services {
        let kind = fleet.kinds.get(&service.kind).expect("lowering keeps services of known kinds only");
        let Some(route) = routing::route(fleet, name, service, kind) else { continue };
        found.insert((name.clone(), route.to.port));
        found.extend(route.failover.map(|other| (other.service, other.to.port)));
    }
    let asked = fleet.ingress.as_ref().and_then(|ingress| ingress.auth.as_ref());
    found.extend(asked.and_then(|name| {
        let kind = fleet.kinds.get(&fleet.services.get(name)?.kind)?;
        Some((name.clone(), kind.front.forward_auth.as_ref()?.port.as_ref()?.value.clone()))
    }));
    found
}

fn service_entry(
    fleet: &Fleet,
    proxied: &BTreeSet<(ServiceName, PortName)>,
    name: &ServiceName,
    service: &Service,
    kind: &Kind,
) -> ServiceEntry {
    let facts = kind.front.ports.as_ref().map(|ports| &ports.entries);
    let bound = bound_to(kind, service);
    let any = kind.front.any_ports.as_ref().is_some_and(|any| any.value);
    let watched: Vec<_> = metrics_port(kind)
        .into_iter()
        .chain(service.health_check.as_ref().and_then(|check| check.port.as_ref()))
        .collect();
    let listener = |port: &PortName, number: Port| {
        let fact = facts.and_then(|facts| facts.get(port)).map(|fact| &fact.value);
        let given = |fact: &PortDef| fact.open_with.as_ref().is_some_and(|name| is_given(service, name));
        let open = fact.map_or(any, |fact| fact.open.is_some_and(|open| open.value) || given(fact));
        // What is behind proxies is let in from them only.
        let behind = proxied.contains(&(name.clone(), port.clone()));
        let open = open && !behind;
        // Nobody gets from elsewhere to what listens on the loopback.
        let own = bound.is_some_and(|address| address.is_loopback())
            || fact.is_some_and(|fact| fact.open_with.is_some() && !given(fact));
        let watched = watched.contains(&port).then_some(Reach::Monitors);
        Listener {
            number,
            protocol: fact.and_then(|fact| fact.protocol).map_or(Protocol::Tcp, |protocol| protocol.value),
            open: open && !own,
            reach: fact.and_then(|fact| fact.reach).map(|at| at.value).or(watched).filter(|_| !open && !own),
            proxied: behind && !own,
        }
    };
    let ports = service.ports.iter().map(|(port, number)| (port.clone(), listener(port, number.value))).collect();
    let state = service.state.as_ref().map(|path| {
        AbsolutePath::read(&path.as_str().replace(SERVICE, name.as_str())).expect("a service's name is a plain word")
    });
    let metrics = kind.front.metrics.as_ref().and_then(|metrics| {
        let usual = kind.name.as_str().strip_suffix("-exporter").unwrap_or(kind.name.as_str());
        let params = metrics.params.iter().flat_map(|params| &params.entries);
        Some(MetricsEntry {
            job: metrics.job.as_ref().map_or(usual, |job| job.value.as_str()).to_owned(),
            port: metrics.port.as_ref()?.value.clone(),
            path: metrics.path.as_ref().map_or("/metrics", |path| path.value.as_str()).to_owned(),
            params: params
                .map(|(key, values)| (key.clone(), values.value.iter().map(|value| value.value.clone()).collect()))
                .collect(),
        })
    });
    ServiceEntry {
        kind: kind.name.clone(),
        image: service.image.clone(),
        ports,
        state,
        settings: service.settings.clone(),
        metrics,
        resources: resources(name, service, kind),
        owner: service.owner.clone(),
        depends_on: service.depends_on.iter().map(|at| at.value.clone()).collect(),
        health_check: service.health_check.clone(),
        ingress: routing::route(fleet, name, service, kind),
        scrape: service.scrape.clone(),
        dashboards: dashboards(service, kind),
    }
}

/// Where a service shows dashboards, when it does.
fn dashboards(service: &Service, kind: &Kind) -> Option<DashboardsEntry> {
    let shown = kind.front.dashboards.as_ref()?;
    let url = shown.url.as_ref().and_then(|setting| service.settings.get(setting.value.as_str()));
    Some(DashboardsEntry {
        port: shown.port.as_ref()?.value.clone(),
        url: url.and_then(Value::as_str).map(str::to_owned),
    })
}

/// The name of the port that answers Prometheus.
fn metrics_port(kind: &Kind) -> Option<&PortName> {
    Some(&kind.front.metrics.as_ref()?.port.as_ref()?.value)
}

/// The address that a service's listeners are bound to; none when they listen at every address.
pub fn bound_to(kind: &Kind, service: &Service) -> Option<IpAddr> {
    let setting = kind.front.bind.as_ref()?;
    let address: IpAddr = service.settings.get(setting.value.as_str())?.as_str()?.parse().ok()?;
    (!address.is_unspecified()).then_some(address)
}

/// Says whether a setting holds more than nothing: a switch is on, a list is not empty.
fn is_given(service: &Service, name: &SettingName) -> bool {
    match service.settings.get(name.as_str()) {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::Object(entries)) => !entries.is_empty(),
        Some(_) => true,
    }
}

/// What an instance may use, and the units that are held to it.
fn resources(name: &ServiceName, service: &Service, kind: &Kind) -> Option<ResourcesEntry> {
    let (memory, cpus) = (service.memory.map(|at| at.value), service.cpus.map(|at| at.value));
    if memory.is_none() && cpus.is_none() {
        return None;
    }
    let units = kind.front.units.iter().flatten();
    Some(ResourcesEntry { memory, cpus, units: units.map(|pattern| pattern.value.of(name)).collect() })
}

pub(super) fn instances(fleet: &Fleet) -> BTreeMap<HostName, BTreeMap<ServiceName, Instance>> {
    let mut instances: BTreeMap<HostName, BTreeMap<ServiceName, Instance>> = BTreeMap::new();
    for (name, service) in &fleet.services {
        let kind = fleet.kinds.get(&service.kind).expect("lowering keeps services of known kinds only");
        let roles = roles(kind, service.hosts.len());
        for (ordinal, host) in service.hosts.iter().enumerate() {
            // Only clusters know their members: every other instance stands alone, however many there are.
            let peers = match kind.front.roles {
                Some(_) => service.hosts.iter().filter(|peer| *peer != host).cloned().collect(),
                None => Vec::new(),
            };
            // A number that others shift would change hosts that have nothing to do with them.
            let ordinal = if kind.front.roles.is_some() { ordinal } else { 0 };
            let own = service.host_ports.get(host);
            let ports = own.zip(metrics_port(kind)).map(|(number, port)| (port.clone(), number.value));
            let instance = Instance {
                role: roles.get(ordinal).cloned().flatten(),
                ordinal: u32::try_from(ordinal).expect("fewer hosts than that"),
                peers,
                standby: false,
                ports: ports.into_iter().collect(),
                scrape: service.host_scrapes.get(host).cloned(),
            };
            instances.entry(host.clone()).or_default().insert(name.clone(), instance);
        }
        for host in &service.standbys {
            instances.entry(host.clone()).or_default().insert(name.clone(), prepared());
        }
    }
    instances
}

/// An instance that stands by: it has no part in a cluster.
fn prepared() -> Instance {
    Instance { role: None, ordinal: 0, peers: Vec::new(), standby: true, ports: BTreeMap::new(), scrape: None }
}

/// The roles of so many instances: each role takes as many as it counts, the one without a count the rest.
fn roles(kind: &Kind, instances: usize) -> Vec<Option<RoleName>> {
    let mut list = Vec::new();
    for (name, role) in kind.front.roles.iter().flat_map(|roles| &roles.0) {
        let wanted = role.value.count.map_or(usize::MAX, |count| count.value as usize);
        let left = instances - list.len();
        list.extend(std::iter::repeat_n(Some(name.clone()), wanted.min(left)));
    }
    list.resize(instances, None);
    list
}
