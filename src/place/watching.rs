//! Who watches the fleet: how that is decided, and what follows from it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use super::monitoring::{GroupEntry, MonitoringEntry};
use super::plan::{Entries, Instance, MetricsEntry};
use crate::model::Fleet;
use crate::value::{GroupName, HostName, Lifecycle, OnFailure, Protocol, Reach, SecretName, ServiceName};
use crate::watch::{HealthCheck, Receiver, Scrape};

/// What Prometheus asks for figures.
#[derive(Debug, Clone, Copy)]
pub struct Target<'p> {
    /// The host.
    pub host: &'p HostName,
    /// The service that answers.
    pub service: &'p ServiceName,
    /// The job, the path and the parameters.
    pub metrics: &'p MetricsEntry,
    /// The address and the port.
    pub address: SocketAddr,
    /// How it is asked, where that is not the usual way.
    pub scrape: Option<&'p Scrape>,
}

/// What is asked whether it works.
#[derive(Debug, Clone, Copy)]
pub struct Check<'p> {
    /// The host.
    pub host: &'p HostName,
    /// The service that answers.
    pub service: &'p ServiceName,
    /// In which way.
    pub check: &'p HealthCheck,
    /// The address and the port.
    pub address: SocketAddr,
}

/// Decides who watches.
pub(super) fn entry(fleet: &Fleet) -> Option<MonitoringEntry> {
    let monitoring = fleet.monitoring.as_ref()?;
    Some(MonitoringEntry {
        hosts: monitoring.hosts.iter().map(|host| host.value.clone()).collect(),
        retention: monitoring.retention.clone(),
        scrape_interval: monitoring.scrape_interval.clone(),
        discovery: monitoring.discovery,
        alerts: monitoring.alerts.iter().map(|(name, alert)| (name.clone(), alert.value.clone())).collect(),
        receivers: monitoring.receivers.iter().map(|(name, to)| (name.clone(), to.value.clone())).collect(),
        receiver: monitoring.receiver.as_ref().map(|at| at.value.clone()),
        routes: monitoring.routes.iter().map(|route| route.value.clone()).collect(),
        group_wait: monitoring.group_wait.clone(),
        group_interval: monitoring.group_interval.clone(),
        probes: monitoring.probes.iter().map(|(name, probe)| (name.clone(), probe.value.clone())).collect(),
        logs: monitoring.logs.clone(),
    })
}

/// The members of every group, where somebody watches them.
pub(super) fn groups(fleet: &Fleet) -> BTreeMap<GroupName, GroupEntry> {
    if fleet.monitoring.is_none() {
        return BTreeMap::new();
    }
    let groups = fleet.groups.iter();
    groups.map(|(name, hosts)| (name.clone(), GroupEntry { hosts: hosts.clone() })).collect()
}

impl Entries {
    /// Lists what Prometheus asks for figures, by host and service; also when there is nobody who asks.
    pub fn targets(&self) -> impl Iterator<Item = Target<'_>> {
        self.watched().filter_map(|(host, service)| {
            let metrics = self.services.get(service)?.metrics.as_ref()?;
            let port = self.port(host, service, &metrics.port)?;
            let address = SocketAddr::new(self.reached_at(host, service)?, port.0.get());
            Some(Target { host, service, metrics, address, scrape: self.scrape(host, service) })
        })
    }

    /// Lists what is asked whether it works, by host and service: what answers those who monitor.
    pub fn checks(&self) -> impl Iterator<Item = Check<'_>> {
        self.watched().filter_map(|(host, service)| {
            let entry = self.services.get(service)?;
            let check = entry.health_check.as_ref().filter(|check| check.on_failure != OnFailure::None)?;
            let asked = check.port.as_ref()?;
            let listener = entry.ports.get(asked)?;
            if !listener.open && listener.reach.is_none() {
                return None;
            }
            let port = self.port(host, service, asked)?;
            let address = SocketAddr::new(self.reached_at(host, service)?, port.0.get());
            Some(Check { host, service, check, address })
        })
    }

    /// Lists what runs on a host; what only stands by there is left out.
    pub fn running(&self, host: &HostName) -> impl Iterator<Item = (&ServiceName, &Instance)> {
        self.instances.get(host).into_iter().flatten().filter(|(_, instance)| !instance.standby)
    }

    /// Says whether a service runs on a host, and does not only stand by there.
    pub fn runs(&self, host: &HostName, service: &ServiceName) -> bool {
        self.instances.get(host).and_then(|services| services.get(service)).is_some_and(|instance| !instance.standby)
    }

    /// Lists every instance that runs on a host that is not switched off.
    fn watched(&self) -> impl Iterator<Item = (&HostName, &ServiceName)> {
        let on = |host: &HostName| self.hosts.get(host).is_some_and(|entry| entry.lifecycle != Lifecycle::Inactive);
        let hosts = self.instances.keys().filter(move |host| on(host));
        hosts.flat_map(|host| self.running(host).map(move |(service, _)| (host, service)))
    }

    /// Where a service of a host answers: at the address that moves, where it runs nowhere else.
    fn reached_at(&self, host: &HostName, service: &ServiceName) -> Option<IpAddr> {
        match self.moving_address(service) {
            Some(vip) => Some(vip.address().0),
            None => Some(self.hosts.get(host)?.address.0),
        }
    }

    fn scrape(&self, host: &HostName, service: &ServiceName) -> Option<&Scrape> {
        let own = self.instances.get(host)?.get(service)?.scrape.as_ref();
        own.or_else(|| self.services.get(service)?.scrape.as_ref())
    }

    /// Lists the hosts that get to the ports of [`Reach::Monitors`]: those that monitor, and those that show dashboards.
    pub fn watchers(&self) -> BTreeSet<&HostName> {
        let Some(monitoring) = &self.monitoring else { return BTreeSet::new() };
        monitoring.hosts.iter().chain(self.dashboards().map(|(host, _)| host)).collect()
    }

    /// Lists the hosts that show dashboards, and the URL at which each does.
    pub fn dashboards(&self) -> impl Iterator<Item = (&HostName, String)> {
        let hosts = self.instances.keys();
        let services = hosts.flat_map(|host| self.running(host).map(move |(service, _)| (host, service)));
        services.filter_map(|(host, service)| {
            let shown = self.services.get(service)?.dashboards.as_ref()?;
            let url = match &shown.url {
                Some(url) => url.trim_end_matches('/').to_owned(),
                None => {
                    let port = self.port(host, service, &shown.port)?;
                    format!("http://{}", SocketAddr::new(self.hosts.get(host)?.address.0, port.0.get()))
                }
            };
            Some((host, url))
        })
    }

    /// The URL at which people look at dashboards: that of the first host that shows some.
    pub fn dashboards_url(&self) -> Option<String> {
        self.dashboards().next().map(|(_, url)| url)
    }

    /// Lists the secrets that a service of monitoring asks or tells others with.
    pub fn credentials(&self, service: &str) -> BTreeSet<&SecretName> {
        let Some(monitoring) = &self.monitoring else { return BTreeSet::new() };
        match service {
            "alertmanager" => monitoring.receivers.values().flat_map(Receiver::secrets).collect(),
            "prometheus" => self.targets().filter_map(|target| target.scrape).flat_map(Scrape::secrets).collect(),
            _ => BTreeSet::new(),
        }
    }

    /// Where a service of monitoring finds a secret while it runs: systemd puts it there.
    pub fn credential(service: &str, secret: &SecretName) -> String {
        format!("/run/credentials/{service}.service/{secret}")
    }

    /// The ports of a host that only some get to through its firewall.
    pub fn guarded_ports(&self, host: &HostName, reach: Reach, protocol: Protocol) -> BTreeSet<u16> {
        let mut ports = BTreeSet::new();
        for (service, instance) in self.instances.get(host).into_iter().flatten() {
            for (name, listener) in &self.services[service].ports {
                if !listener.open && listener.reach == Some(reach) && listener.protocol.includes(protocol) {
                    ports.insert(instance.ports.get(name).copied().unwrap_or(listener.number).0.get());
                }
            }
        }
        ports
    }
}
