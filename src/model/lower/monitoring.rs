//! Who watches the fleet: what the definition says of it, and the services that it brings.

use std::collections::{BTreeMap, BTreeSet};

use super::Lower;
use super::plain::plain;
use crate::diag::{Diagnostic, Faults, codes};
use crate::kind::{Kind, Kinds};
use crate::load::decode::{At, Keyed, Scalar};
use crate::model::fleet::{Host, Monitoring, Service};
use crate::source::Span;
use crate::value::{Discovery, Duration, HostName, KindName, Managed, SecretName, ServiceName};
use crate::watch::definition::{LogsDef, MonitoringDef};
use crate::watch::{Alert, Logs, Probe, Receiver, Route};

type Hosts = BTreeMap<HostName, Host>;

/// How long logs are kept, unless the definition says otherwise.
const LOG_RETENTION: &str = "30d";

/// The services that monitoring brings, each of the kind of its name.
pub const BROUGHT: &[&str] = &["prometheus", "alertmanager", "blackbox-exporter", "loki", "alloy"];

impl Lower<'_> {
    pub(super) fn monitoring(&self, faults: &mut Faults) -> Option<Monitoring> {
        let def = self.def.monitoring.as_ref()?;
        let hosts = self.hosts_named(def.hosts.as_ref(), faults);
        if def.hosts.is_none() && !def.poisoned {
            self.missing("monitoring.hosts", "name the hosts that run Prometheus", faults);
        }
        self.brought_ports(def, faults);
        for group in def.routes.iter().flatten().filter_map(|route| route.value.group.as_ref()) {
            self.names.group(group, faults);
        }
        let logs = def.logs.as_ref().map(|logs| self.logs(logs, &hosts, faults));
        let alerts = def.alerts.iter().flat_map(|alerts| &alerts.entries);
        let receivers = def.receivers.iter().flat_map(|receivers| &receivers.entries);
        let probes = def.probes.iter().flat_map(|probes| &probes.entries);
        let keyed = |key: Span| move |value| Keyed { key, value };
        Some(Monitoring {
            hosts,
            retention: def.retention.as_ref().map(|at| at.value.clone()),
            scrape_interval: def.scrape_interval.as_ref().map(|at| at.value.clone()),
            discovery: def.discovery.map_or(Discovery::Static, |at| at.value),
            alerts: alerts
                .map(|(name, alert)| (name.clone(), Keyed { key: alert.key, value: Alert::read(&alert.value) }))
                .collect(),
            receivers: receivers
                .map(|(name, receiver)| {
                    let value = Receiver::read(&receiver.value, receiver.key, faults);
                    (name.clone(), Keyed { key: receiver.key, value })
                })
                .collect(),
            receiver: def.receiver.clone(),
            routes: def
                .routes
                .iter()
                .flatten()
                .filter_map(|route| {
                    let value = Route::read(&route.value, route.span, faults)?;
                    Some(At { value, span: route.span })
                })
                .collect(),
            group_wait: def.group_wait.as_ref().map(|at| at.value.clone()),
            group_interval: def.group_interval.as_ref().map(|at| at.value.clone()),
            probes: probes
                .filter_map(|(name, probe)| {
                    let read = Probe::read(&probe.value, probe.key, faults);
                    Some((name.clone(), read.map(keyed(probe.key))?))
                })
                .collect(),
            logs,
            written: def.clone(),
        })
    }

    fn logs(&self, def: &LogsDef, monitors: &[At<HostName>], faults: &mut Faults) -> Logs {
        let named = def.hosts.as_ref().map(|_| self.hosts_named(def.hosts.as_ref(), faults));
        let alerts = def.alerts.iter().flat_map(|alerts| &alerts.entries);
        Logs {
            hosts: named.as_deref().unwrap_or(monitors).iter().map(|host| host.value.clone()).collect(),
            retention: def
                .retention
                .as_ref()
                .map_or_else(|| Duration::read(LOG_RETENTION).expect("a duration"), |at| at.value.clone()),
            alerts: alerts.map(|(name, alert)| (name.clone(), Alert::read(&alert.value))).collect(),
        }
    }

    pub(super) fn hosts_named(&self, list: Option<&Vec<At<HostName>>>, faults: &mut Faults) -> Vec<At<HostName>> {
        list.into_iter().flatten().filter(|name| self.names.host(name, faults)).cloned().collect()
    }

    /// `ports` names services that monitoring brings.
    fn brought_ports(&self, def: &MonitoringDef, faults: &mut Faults) {
        for (name, port) in def.ports.iter().flat_map(|ports| &ports.entries) {
            if !BROUGHT.contains(&name.as_str()) {
                let known: Vec<_> = BROUGHT.iter().map(|name| format!("`{name}`")).collect();
                faults.push(
                    Diagnostic::new(codes::UNKNOWN_NAME, format!("monitoring brings no service `{name}`"))
                        .at(port.key, "its port would be nobody's")
                        .help(format!("it brings {}", crate::diag::listed(&known)))
                        .nearest(name.as_str(), BROUGHT.iter().copied()),
                );
            }
        }
    }

    /// Adds the services that monitoring brings.
    pub(super) fn brought_services(
        &self,
        monitoring: Option<&Monitoring>,
        kinds: &Kinds,
        hosts: &Hosts,
        services: &mut BTreeMap<ServiceName, Service>,
        faults: &mut Faults,
    ) {
        let Some(monitoring) = monitoring else { return };
        let named: BTreeSet<_> = monitoring.hosts.iter().map(|host| &host.value).collect();
        let place = monitoring.hosts.first().map_or(self.top, |host| host.span);
        for name in BROUGHT {
            let kind = KindName::read(name).ok().and_then(|kind| kinds.get(&kind));
            let (Some(kind), Ok(name)) = (kind, ServiceName::read(name)) else { continue };
            let wanted = |host: &HostName| match (name.as_str(), &monitoring.logs) {
                ("loki", logs) => logs.as_ref().is_some_and(|logs| logs.hosts.contains(host)),
                ("alloy", logs) => logs.is_some(),
                _ => named.contains(host),
            };
            let full = hosts.values().filter(|host| host.managed == Managed::Full);
            let on: Vec<_> = full.map(|host| host.name.clone()).filter(wanted).collect();
            if on.is_empty() {
                continue;
            }
            if let Some(own) = self.def.services.as_ref().and_then(|services| services.entries.get(&name)) {
                faults.push(
                    Diagnostic::new(codes::SPLIT_TWICE, format!("`{name}` comes with monitoring and is a service"))
                        .at(own.key, "as a service")
                        .at(place, "monitoring brings it")
                        .help("remove the service; `monitoring` says where it runs and at which port"),
                );
                services.remove(&name);
            }
            let secrets = self.credentials(name.as_str(), monitoring, services, faults);
            let service = brought(&name, kind, monitoring, place, on, secrets);
            services.insert(name, service);
        }
    }

    /// The secrets that a service of monitoring asks or tells others with.
    fn credentials(
        &self,
        name: &str,
        monitoring: &Monitoring,
        services: &BTreeMap<ServiceName, Service>,
        faults: &mut Faults,
    ) -> BTreeSet<SecretName> {
        match name {
            "alertmanager" => {
                let named = monitoring.written.secrets().into_iter();
                named.filter(|name| self.names.secret(name, faults)).map(|name| name.value.clone()).collect()
            }
            "prometheus" => {
                let scrapes =
                    services.values().flat_map(|service| service.scrape.iter().chain(service.host_scrapes.values()));
                scrapes.flat_map(crate::watch::Scrape::secrets).cloned().collect()
            }
            _ => BTreeSet::new(),
        }
    }
}

fn brought(
    name: &ServiceName,
    kind: &Kind,
    monitoring: &Monitoring,
    span: Span,
    hosts: Vec<HostName>,
    secrets: BTreeSet<SecretName>,
) -> Service {
    let mut service = Service { is_brought: true, secrets, ..plain(kind, span, hosts) };
    let given = monitoring.written.ports.as_ref().and_then(|ports| ports.entries.get(name));
    let port = kind.front.metrics.as_ref().and_then(|metrics| metrics.port.as_ref());
    if let (Some(given), Some(port)) = (given, port) {
        service.ports.insert(port.value.clone(), given.value);
    }
    service
}
