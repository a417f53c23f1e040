//! What the templates of kinds that monitor see of the fleet: where files lie, and who listens where.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Context;
use super::rules;
use crate::nix::RelativePath;
use crate::place::Entries;
use crate::value::{Address, Discovery, Duration, HostName, SecretName, ServiceName};

/// The variable `monitoring`.
#[derive(Serialize)]
pub(super) struct Monitoring<'a> {
    /// Who is scraped.
    scrape: RelativePath,
    /// Rules of Prometheus.
    rules: Vec<RelativePath>,
    /// The configuration of Alertmanager.
    alertmanager: RelativePath,
    /// The configuration of the blackbox exporter.
    blackbox: RelativePath,
    /// The directory of targets, where Prometheus reads them from files.
    targets: Option<RelativePath>,
    /// The data sources of dashboards.
    datasources: RelativePath,
    /// Where dashboards are taken from.
    provider: RelativePath,
    /// The directory of dashboards.
    dashboards: RelativePath,
    /// The configuration of Loki.
    loki: Option<RelativePath>,
    /// The directory of Loki's rules.
    loki_rules: Option<RelativePath>,
    /// The configuration of Alloy.
    alloy: Option<RelativePath>,
    /// Every Alertmanager: address and port.
    alertmanagers: &'a [String],
    /// The addresses of the other monitoring hosts.
    peers: Vec<Address>,
    /// The URL of every Prometheus.
    prometheus: &'a [String],
    /// The URL of every Loki.
    loki_urls: &'a [String],
    retention: Option<&'a Duration>,
    scrape_interval: Option<&'a Duration>,
    log_retention: Option<&'a Duration>,
    /// What this service reads while it runs.
    credentials: Vec<Credential<'a>>,
    external_labels: BTreeMap<&'static str, &'a str>,
    dashboards_url: Option<&'a str>,
}

/// A secret that a unit loads.
#[derive(Serialize)]
struct Credential<'a> {
    name: &'a SecretName,
    /// Where agenix puts it.
    path: String,
}

impl<'a> Monitoring<'a> {
    /// What a service of a host sees; nothing in a fleet that nobody watches.
    pub(super) fn new(context: &'a Context<'_>, host: &HostName, service: &ServiceName) -> Option<Self> {
        let entries = context.entries();
        let places = context.places();
        let monitoring = entries.monitoring.as_ref()?;
        let logs = monitoring.logs.as_ref();
        let others = monitoring.hosts.iter().filter(|other| *other != host);
        Some(Self {
            scrape: file("prometheus/scrape.json"),
            rules: rules::files(entries).into_iter().map(file).collect(),
            alertmanager: file("prometheus/alertmanager.yml"),
            blackbox: file("prometheus/blackbox.yml"),
            targets: (monitoring.discovery == Discovery::Files).then(|| file("prometheus/targets")),
            datasources: file("grafana/datasources.json"),
            provider: file("grafana/provider.json"),
            dashboards: file("grafana/dashboards"),
            loki: logs.map(|_| file("loki/loki.yml")),
            loki_rules: logs.map(|_| file("loki/rules")),
            alloy: logs.map(|_| file("alloy/config.alloy")),
            alertmanagers: &places.alertmanagers,
            peers: others.map(|other| entries.hosts[other].address).collect(),
            prometheus: &places.prometheus,
            loki_urls: &places.loki,
            retention: monitoring.retention.as_ref(),
            scrape_interval: monitoring.scrape_interval.as_ref(),
            log_retention: logs.map(|logs| &logs.retention),
            credentials: credentials(entries, host, service),
            external_labels: BTreeMap::from([("fleet", entries.name.as_str())]),
            dashboards_url: places.dashboards.as_deref(),
        })
    }
}

fn credentials<'a>(entries: &'a Entries, host: &HostName, service: &ServiceName) -> Vec<Credential<'a>> {
    let credential = |name| Credential { name, path: secret_path(entries, host, name) };
    entries.credentials(service.as_str()).into_iter().map(credential).collect()
}

/// Where agenix puts a secret on a host.
pub(super) fn secret_path(entries: &Entries, host: &HostName, name: &SecretName) -> String {
    let machine = entries.hosts.get(host).and_then(|entry| entry.machine.as_ref());
    let own = machine.and_then(|machine| machine.secrets.get(name)?.path.as_ref());
    own.map_or_else(|| format!("/run/agenix/{name}"), ToString::to_string)
}

/// Who listens where, looked up once for all hosts.
pub(super) struct Places {
    /// Every Alertmanager: address and port.
    pub(super) alertmanagers: Vec<String>,
    /// The URL of every Prometheus.
    prometheus: Vec<String>,
    /// The URL of every Loki.
    loki: Vec<String>,
    /// The URL at which people look at dashboards.
    dashboards: Option<String>,
    /// The hosts that get to what only those who watch get to.
    pub(super) watchers: Vec<(HostName, Address)>,
    /// The hosts that get to what only the fleet's own get to.
    pub(super) fleet: Vec<(HostName, Address)>,
    /// The addresses of proxies, which get to what is behind them.
    pub(super) proxies: BTreeSet<Address>,
}

impl Places {
    /// Looks them up.
    pub(super) fn new(entries: &Entries) -> Self {
        let own = entries.hosts.iter().filter(|(_, entry)| entry.machine.is_some());
        let named = |host: &HostName| (host.clone(), entries.hosts[host].address);
        Self {
            alertmanagers: places(entries, "alertmanager"),
            prometheus: urls(entries, "prometheus"),
            loki: urls(entries, "loki"),
            dashboards: entries.dashboards_url(),
            watchers: entries.watchers().into_iter().map(named).collect(),
            fleet: own.map(|(host, _)| named(host)).collect(),
            proxies: entries.proxies(),
        }
    }
}

/// The places where a service of monitoring answers: address and port, by host.
fn places(entries: &Entries, service: &str) -> Vec<String> {
    let targets = entries.targets().filter(|target| target.service.as_str() == service);
    targets.map(|target| target.address.to_string()).collect()
}

/// The URLs at which a service of monitoring answers, by host.
pub(super) fn urls(entries: &Entries, service: &str) -> Vec<String> {
    places(entries, service).into_iter().map(|place| format!("http://{place}")).collect()
}

/// A file of `generated/`, as one in `generated/hosts/` sees it.
fn file(path: &str) -> RelativePath {
    RelativePath::new(&format!("../{path}")).expect("a plain path")
}
