//! Jobs that ask whether something works, as its users would: through the blackbox exporter of the host that asks.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::configuration::{Labels, Relabel, Targets};
use super::jobs::Job;
use super::labels;
use crate::emit::blackbox::{self, Way};
use crate::place::Check;
use crate::place::Entries;
use crate::value::{Duration, Lifecycle};
use crate::watch::{Manner, Probe};

/// The label that becomes the exporter's parameter of that name.
const MODULE: &str = "__param_module";

/// The labels by which a target says how often it is asked, and how long that may take.
const INTERVAL: (&str, &str) = ("__scrape_interval__", "__scrape_timeout__");

/// What the blackbox exporter takes off the time that it is given, in seconds, rounded up.
const MARGIN: i64 = 1;

/// A question.
struct Question<'a> {
    way: Way<'a>,
    timeout: Option<&'a Duration>,
    target: String,
    labels: Labels<'a>,
}

/// Lists the jobs, one per sort of question.
pub(super) fn jobs(entries: &Entries) -> Vec<Job<'_>> {
    let Some(exporter) = blackbox::place(entries) else { return Vec::new() };
    let mut jobs: BTreeMap<&'static str, Job<'_>> = BTreeMap::new();
    let all = hosts(entries).chain(services(entries)).chain(outside(entries)).chain(names(entries));
    for Question { way, timeout, target, mut labels } in all {
        labels.insert(MODULE, way.module(timeout).into());
        let job = jobs.entry(way.sort()).or_insert_with(|| job(way.sort(), &exporter));
        job.targets.push(Targets { targets: [target], labels });
    }
    jobs.into_values().collect()
}

fn hosts(entries: &Entries) -> impl Iterator<Item = Question<'_>> {
    let hosts = entries.hosts.iter().filter(|(_, entry)| entry.lifecycle != Lifecycle::Inactive);
    hosts.map(|(host, entry)| Question {
        way: Way::Icmp,
        timeout: None,
        target: entry.address.to_string(),
        labels: labels::of_host(entries, host),
    })
}

fn services(entries: &Entries) -> impl Iterator<Item = Question<'_>> {
    entries.checks().filter_map(|check| {
        let mut labels = labels::of_service(entries, check.host, check.service);
        if let Some(interval) = &check.check.interval {
            let within = (check.check.timeout_seconds() + MARGIN).min(interval.seconds());
            labels.insert(INTERVAL.0, interval.as_str().into());
            labels.insert(INTERVAL.1, format!("{within}s").into());
        }
        Some(Question {
            way: Way::of_check(check.check)?,
            timeout: check.check.timeout.as_ref(),
            target: answering(&check),
            labels,
        })
    })
}

fn outside(entries: &Entries) -> impl Iterator<Item = Question<'_>> {
    let probes = entries.monitoring.iter().flat_map(|monitoring| &monitoring.probes);
    probes.map(|(name, probe)| Question {
        way: Way::of_probe(probe),
        timeout: None,
        target: elsewhere(probe),
        labels: Labels::from([("probe", Cow::from(name.as_str()))]),
    })
}

/// The names that clients reach services by: the proxies answer, with a certificate that holds.
fn names(entries: &Entries) -> impl Iterator<Item = Question<'_>> {
    let port = entries.ingress_port();
    Way::of_names(entries).into_iter().flat_map(move |way| {
        blackbox::public(entries).flat_map(move |route| {
            route.names.iter().map(move |name| {
                let path = route.path.as_ref().map_or("/", |path| path.as_str());
                let target = match port {
                    443 => format!("https://{name}{path}"),
                    other => format!("https://{name}:{other}{path}"),
                };
                let probe = Cow::from(format!("{name}{}", path.trim_end_matches('/')));
                Question { way, timeout: None, target, labels: Labels::from([("probe", probe)]) }
            })
        })
    })
}

/// What of a service is asked.
fn answering(check: &Check<'_>) -> String {
    match &check.check.manner {
        Manner::Http { scheme, path, .. } => format!("{scheme}://{}{path}", check.address),
        Manner::Tcp | Manner::Tls | Manner::Dns { .. } | Manner::Exec(_) => check.address.to_string(),
    }
}

/// What outside of the fleet is asked.
fn elsewhere(probe: &Probe) -> String {
    match probe {
        Probe::Http { url, .. } => url.to_string(),
        Probe::Tcp(endpoint) | Probe::Tls(endpoint) => endpoint.to_string(),
        Probe::Icmp(host) | Probe::Dns { server: host, .. } => host.to_string(),
    }
}

fn job<'a>(sort: &str, exporter: &str) -> Job<'a> {
    let from = |source, target_label| Relabel { source_labels: Some([source]), target_label, replacement: None };
    Job {
        name: format!("probe-{sort}"),
        path: "/probe",
        scheme: None,
        params: None,
        basic_auth: None,
        tls: None,
        relabel: vec![
            from("__address__", "__param_target"),
            from("__param_target", "instance"),
            Relabel { source_labels: None, target_label: "__address__", replacement: Some(exporter.to_owned()) },
        ],
        targets: Vec::new(),
    }
}
