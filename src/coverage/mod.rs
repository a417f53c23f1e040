//! What watches every host and every service, and who would be told: a question to the plan alone.
//!
//! A service is watched when somebody would see it fail: Prometheus asks it for figures or whether it works, or sees its
//! systemd units through the node exporter of the host.

mod document;
mod routes;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::alerts;
use crate::kind::Kinds;
use crate::load::decode::Scalar;
use crate::place::Entries;
use crate::place::plan::{HostEntry, MonitoringEntry, ServiceEntry};
use crate::schema;
use crate::value::{AlertName, HostName, Lifecycle, ReceiverName, ServiceName, Urgency};

pub use document::{Coverage, Gap, HostCoverage, ServiceCoverage, Summary};
pub use routes::{Told, receivers};
pub use table::{summary, table};

/// The job of the exporter that sees systemd units.
const NODE: &str = "node";

/// The label that says who answers for a host.
const OWNER: &str = "owner";

/// The alerts that tell of a host that does not answer, and of one that says it is not well.
const OF_HOSTS: [&str; 1] = ["HostUnreachable"];
const OF_NODES: [&str; 4] = ["HostCritical", "HostDegraded", "HostFilesystemFull", "HostUnitFailed"];

/// The alerts that tell of a service: that it does not answer, that its figures are missing, that a unit failed.
const OF_PROBES: [&str; 1] = ["ServiceProbeDown"];
const OF_REPLICAS: [&str; 1] = ["ServiceDown"];
const OF_FIGURES: [&str; 1] = ["ExporterMissing"];
const OF_UNITS: [&str; 2] = ["HostUnitCrashLoop", "HostUnitFailed"];

/// Says what watches the fleet.
pub fn coverage(entries: &Entries, kinds: &Kinds) -> Coverage {
    let watch = Watch::new(entries, kinds);
    let hosts: Vec<_> = entries.hosts.iter().map(|(name, entry)| watch.host(name, entry)).collect();
    let services: Vec<_> = entries.services.iter().map(|(name, entry)| watch.service(name, entry)).collect();
    let active = hosts.iter().filter(|host| !host.inactive);
    let summary = Summary {
        hosts: active.clone().count(),
        hosts_covered: active.filter(|host| host.gaps.is_empty()).count(),
        services: services.len(),
        services_covered: services.iter().filter(|service| service.gaps.is_empty()).count(),
        gaps: hosts
            .iter()
            .map(|host| &host.gaps)
            .chain(services.iter().map(|service| &service.gaps))
            .map(BTreeSet::len)
            .sum(),
    };
    Coverage {
        version: 1,
        fleet: entries.name.clone(),
        monitors: entries.monitoring.iter().flat_map(|monitoring| &monitoring.hosts).cloned().collect(),
        hosts,
        services,
        summary,
    }
}

/// Writes it as one JSON document; [`json_schema`] says what stands in it.
pub fn json(coverage: &Coverage) -> String {
    serde_json::to_string_pretty(coverage).expect("a document holds nothing but text and numbers")
}

/// The JSON Schema of that document.
pub fn json_schema() -> Value {
    schema::finished(schemars::schema_for!(Coverage).to_value(), "cistern coverage --format json")
}

/// What is asked of the fleet, gathered once.
struct Watch<'p> {
    entries: &'p Entries,
    kinds: &'p Kinds,
    monitoring: Option<&'p MonitoringEntry>,
    /// The jobs that ask each host.
    jobs: BTreeMap<&'p HostName, BTreeSet<&'p str>>,
    /// The hosts on which each service is asked for figures, and whether it works.
    scraped: BTreeMap<&'p ServiceName, BTreeSet<&'p HostName>>,
    probed: BTreeMap<&'p ServiceName, BTreeSet<&'p HostName>>,
    /// The hosts on which each service runs, those left out that are switched off.
    placed: BTreeMap<&'p ServiceName, BTreeSet<&'p HostName>>,
    has_dashboards: bool,
}

impl<'p> Watch<'p> {
    fn new(entries: &'p Entries, kinds: &'p Kinds) -> Self {
        let mut watch = Self {
            entries,
            kinds,
            monitoring: entries.monitoring.as_ref(),
            jobs: BTreeMap::new(),
            scraped: BTreeMap::new(),
            probed: BTreeMap::new(),
            placed: BTreeMap::new(),
            has_dashboards: entries.dashboards().next().is_some(),
        };
        let active =
            |host: &HostName| entries.hosts.get(host).is_some_and(|entry| entry.lifecycle != Lifecycle::Inactive);
        for host in entries.instances.keys().filter(|host| active(host)) {
            for (service, _) in entries.running(host) {
                watch.placed.entry(service).or_default().insert(host);
            }
        }
        if watch.monitoring.is_some() {
            for target in entries.targets() {
                watch.jobs.entry(target.host).or_default().insert(&target.metrics.job);
                watch.scraped.entry(target.service).or_default().insert(target.host);
            }
            for check in entries.checks() {
                watch.probed.entry(check.service).or_default().insert(check.host);
            }
        }
        watch
    }

    fn host(&self, name: &HostName, entry: &HostEntry) -> HostCoverage {
        let inactive = entry.lifecycle == Lifecycle::Inactive;
        let watched = self.monitoring.is_some() && !inactive;
        let jobs = self.jobs.get(name).cloned().unwrap_or_default();
        let mut telling = Vec::new();
        if watched {
            telling.extend(OF_HOSTS);
        }
        if jobs.contains(NODE) {
            telling.extend(OF_NODES);
        }
        let owner = entry.labels.get(OWNER).map(String::as_str);
        let (alerts, receivers, untold) = self.alerts(&telling, &[name], owner);
        let mut gaps = BTreeSet::new();
        if !inactive {
            gaps.extend(missing(&telling, &alerts, untold));
        }
        HostCoverage {
            name: name.clone(),
            inactive,
            jobs: jobs.into_iter().map(str::to_owned).collect(),
            pinged: watched,
            alerts,
            dashboard: (self.has_dashboards && watched).then(|| format!("/d/cistern-host?var-host={name}")),
            receivers,
            gaps,
        }
    }

    fn service(&self, name: &ServiceName, entry: &ServiceEntry) -> ServiceCoverage {
        let on = |map: &BTreeMap<&ServiceName, BTreeSet<&'p HostName>>| map.get(name).cloned().unwrap_or_default();
        let (placed, scraped, probed) = (on(&self.placed), on(&self.scraped), on(&self.probed));
        let has_units = self.kinds.get(&entry.kind).is_some_and(|kind| kind.front.units.is_some());
        let seen = |host: &&HostName| has_units && self.jobs.get(host).is_some_and(|jobs| jobs.contains(NODE));
        let units: BTreeSet<_> = placed.iter().copied().filter(seen).collect();
        let mut telling = Vec::new();
        for (hosts, names) in [(&probed, &OF_PROBES[..]), (&scraped, &OF_FIGURES), (&units, &OF_UNITS)] {
            if !hosts.is_empty() {
                telling.extend(names);
            }
        }
        if probed.len() > 1 {
            telling.extend(OF_REPLICAS);
        }
        let hosts: Vec<_> = placed.iter().copied().collect();
        let (alerts, receivers, untold) = self.alerts(&telling, &hosts, entry.owner.as_deref());
        let mut gaps = BTreeSet::new();
        if !placed.is_empty() {
            gaps.extend(missing(&telling, &alerts, untold));
            let watched =
                placed.iter().filter(|host| [&scraped, &probed, &units].iter().any(|set| set.contains(*host)));
            if !telling.is_empty() && watched.count() < placed.len() {
                gaps.insert(Gap::PartlyWatched);
            }
        }
        let shown = !scraped.is_empty() || !probed.is_empty();
        if self.has_dashboards && !shown && !placed.is_empty() && units.is_empty() {
            gaps.insert(Gap::NoDashboard);
        }
        ServiceCoverage {
            name: name.clone(),
            kind: entry.kind.clone(),
            instances: placed.len(),
            scraped: scraped.len(),
            probed: probed.len(),
            units: units.len(),
            alerts,
            dashboard: (self.has_dashboards && shown).then(|| format!("/d/cistern-service?var-service={name}")),
            receivers,
            gaps,
        }
    }

    /// The alerts that are on, who is told of them, and whether nobody is told of one of them for some host.
    fn alerts(
        &self,
        names: &[&str],
        hosts: &[&HostName],
        owner: Option<&str>,
    ) -> (BTreeSet<AlertName>, BTreeSet<ReceiverName>, bool) {
        let (mut on, mut told, mut untold) = (BTreeSet::new(), BTreeSet::new(), false);
        let Some(monitoring) = self.monitoring else { return (on, told, untold) };
        for name in names {
            let Some((name, severity)) = self.alert(name, monitoring) else { continue };
            for host in hosts {
                let own = || self.entries.hosts[*host].labels.get(OWNER).map(String::as_str);
                let alert = Told { alert: &name, severity, host: Some(host), owner: owner.or_else(own) };
                let found = receivers(self.entries, monitoring, &alert);
                untold |= found.iter().all(|name| monitoring.receivers.get(*name).is_none_or(|to| to.is_empty()));
                told.extend(found.into_iter().cloned());
            }
            on.insert(name);
        }
        (on, told, untold)
    }

    /// An alert of Cistern's by its name, unless it is switched off.
    fn alert(&self, name: &str, monitoring: &MonitoringEntry) -> Option<(AlertName, Urgency)> {
        let built_in = alerts::find(name).expect("coverage names alerts that are there");
        let said = monitoring.alerts.get(name);
        if said.is_some_and(|alert| alert.disabled) {
            return None;
        }
        let severity = said.and_then(|alert| alert.severity).unwrap_or(built_in.severity);
        Some((AlertName::read(name).expect("a plain name"), severity))
    }
}

/// What is missing where these alerts should tell, and those are on.
fn missing(telling: &[&str], on: &BTreeSet<AlertName>, untold: bool) -> Option<Gap> {
    match (telling.is_empty(), on.is_empty()) {
        (true, _) => Some(Gap::Unwatched),
        (false, true) => Some(Gap::NoAlert),
        (false, false) => untold.then_some(Gap::NobodyTold),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerts_that_are_named_here_exist() {
        let names =
            OF_HOSTS.iter().chain(&OF_NODES).chain(&OF_PROBES).chain(&OF_REPLICAS).chain(&OF_FIGURES).chain(&OF_UNITS);
        for name in names {
            assert!(alerts::find(name).is_some(), "{name}");
        }
    }
}
