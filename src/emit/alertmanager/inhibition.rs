//! Inhibition: what nobody needs to be told of, because something else says it already.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{is, is_none_of, is_not, is_one_of};
use crate::alerts::QUIET;
use crate::place::Entries;
use crate::place::plan::Instance;
use crate::value::ServiceName;

/// While an alert fires that fits the source, those that fit the target are held back where the labels are equal.
#[derive(Clone, Serialize)]
pub(super) struct Rule {
    source_matchers: Vec<String>,
    target_matchers: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    equal: Vec<&'static str>,
}

const MAINTENANCE: &str = "HostInMaintenance";
const UNREACHABLE: &str = "HostUnreachable";

/// Fires at once where `HostUnreachable` waits, so that others of the host are held back from the beginning.
const SILENT: &str = "HostSilent";

/// Pairs of alerts: the first says all that the second says, where the labels are equal.
const STRONGER: &[(&str, &str, &[&str])] = &[
    ("HostCritical", "HostDegraded", &["host"]),
    ("HostFilesystemOutOfSpace", "HostFilesystemFull", &["host", "mountpoint"]),
    ("HostFilesystemOutOfSpace", "HostFilesystemFillsUp", &["host", "mountpoint"]),
    ("HostClockUnsynchronised", "HostClockSkew", &["host"]),
    ("CertificateLastDays", "CertificateExpiring", &["instance"]),
    ("QuorumLost", "QuorumAtRisk", &["service"]),
    ("ServiceDown", "ServiceProbeDown", &["service"]),
    ("ServiceProbeDown", "ServiceProbeSlow", &["instance"]),
    ("PrometheusDown", "AlertmanagerClusterIncomplete", &["host"]),
];

/// Alerts that say that an instance of a service does not work.
const INSTANCE_DOWN: [&str; 3] = ["ServiceProbeDown", "ExporterMissing", "DatabaseDown"];

/// Alerts that say that a service does not work anywhere.
const SERVICE_DOWN: [&str; 2] = ["ServiceDown", "QuorumLost"];

pub(super) fn rules(entries: &Entries) -> Vec<Rule> {
    let mut rules = [MAINTENANCE, UNREACHABLE, SILENT].map(over_host).to_vec();
    rules.extend(STRONGER.iter().map(|(stronger, weaker, equal)| Rule {
        source_matchers: vec![is("alertname", stronger)],
        target_matchers: vec![is("alertname", weaker)],
        equal: equal.to_vec(),
    }));
    rules.push(Rule {
        source_matchers: vec![is("severity", "critical")],
        target_matchers: vec![is("severity", "warning")],
        equal: vec!["alertname", "host", "service", "instance"],
    });
    rules.extend(dependents(entries).into_iter().flat_map(|(service, dependents)| over(entries, service, &dependents)));
    rules
}

/// An alert holds back everything else of its host, but for what is no fault, and what says that it cannot be reached.
fn over_host(alert: &str) -> Rule {
    let unreachable = (alert != MAINTENANCE).then_some(UNREACHABLE);
    Rule {
        source_matchers: vec![is("alertname", alert)],
        target_matchers: vec![is_none_of("alertname", QUIET.into_iter().chain(unreachable)), is_not("host", "")],
        equal: vec!["host"],
    }
}

/// The services that cannot work without a service, at once or over others.
fn dependents(entries: &Entries) -> BTreeMap<&ServiceName, BTreeSet<&ServiceName>> {
    let mut all: BTreeMap<&ServiceName, BTreeSet<&ServiceName>> = BTreeMap::new();
    for start in entries.services.keys() {
        let mut open = vec![start];
        while let Some(service) = open.pop() {
            for needed in entries.services.get(service).into_iter().flat_map(|entry| &entry.depends_on) {
                if needed != start && all.entry(needed).or_default().insert(start) {
                    open.push(needed);
                }
            }
        }
    }
    all
}

/// What the end of a service holds back: of those that run beside an instance of it, the alerts of the same host; of
/// the others all, when the only instance or every instance is down.
fn over(entries: &Entries, service: &ServiceName, dependents: &BTreeSet<&ServiceName>) -> Vec<Rule> {
    let beside = |name: &ServiceName| instances(entries, name).all(|services| services.contains_key(service));
    let rule = |alerts: &[&str], dependents: &[&str], equal| Rule {
        source_matchers: vec![is_one_of("alertname", alerts), is("service", service.as_str())],
        target_matchers: vec![is_one_of("service", dependents)],
        equal,
    };
    let names: Vec<_> = dependents.iter().map(|name| name.as_str()).collect();
    if instances(entries, service).count() == 1 {
        return vec![rule(&[&INSTANCE_DOWN[..], &SERVICE_DOWN].concat(), &names, Vec::new())];
    }
    let local: Vec<_> = dependents.iter().filter(|name| beside(name)).map(|name| name.as_str()).collect();
    let mut rules = vec![rule(&SERVICE_DOWN, &names, Vec::new())];
    if !local.is_empty() {
        rules.push(rule(&INSTANCE_DOWN, &local, vec!["host"]));
    }
    rules
}

/// What runs on each host of a service.
fn instances<'p>(
    entries: &'p Entries,
    service: &'p ServiceName,
) -> impl Iterator<Item = &'p BTreeMap<ServiceName, Instance>> {
    let runs = move |services: &&BTreeMap<ServiceName, Instance>| {
        services.get(service).is_some_and(|instance| !instance.standby)
    };
    entries.instances.values().filter(runs)
}
