//! Jobs that ask for figures: one per exporter and per kind with metrics, and per way of asking.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::configuration::{BasicAuth, Relabel, Targets, TlsConfig};
use super::labels;
use crate::place::Entries;
use crate::place::Target;
use crate::place::plan::MetricsEntry;
use crate::value::{LabelName, Scheme};
use crate::watch::Scrape;

/// The service that asks, whose unit is given the passwords.
const PROMETHEUS: &str = "prometheus";

/// A job and its targets.
pub(super) struct Job<'a> {
    pub(super) name: String,
    pub(super) path: &'a str,
    pub(super) scheme: Option<Scheme>,
    pub(super) params: Option<&'a BTreeMap<LabelName, Vec<String>>>,
    pub(super) basic_auth: Option<BasicAuth>,
    pub(super) tls: Option<TlsConfig>,
    pub(super) relabel: Vec<Relabel>,
    pub(super) targets: Vec<Targets<'a>>,
}

/// What targets of one job have in common.
type Key<'a> = (&'a str, &'a str, &'a BTreeMap<LabelName, Vec<String>>, Option<&'a Scrape>);

/// Lists the jobs.
pub(super) fn jobs(entries: &Entries) -> Vec<Job<'_>> {
    let mut jobs: BTreeMap<Key<'_>, Job<'_>> = BTreeMap::new();
    for target in entries.targets() {
        let metrics = target.metrics;
        let key = (metrics.job.as_str(), metrics.path.as_str(), &metrics.params, target.scrape);
        let job = jobs.entry(key).or_insert_with(|| job(metrics, target.scrape));
        job.targets.push(targets(entries, target));
    }
    let mut names = BTreeSet::new();
    for ((name, ..), job) in &mut jobs {
        named_apart(job, name, &mut names);
    }
    jobs.into_values().collect()
}

fn targets<'a>(entries: &'a Entries, target: Target<'a>) -> Targets<'a> {
    let labels = labels::of_service(entries, target.host, target.service);
    Targets { targets: [target.address.to_string()], labels }
}

fn job<'a>(metrics: &'a MetricsEntry, scrape: Option<&Scrape>) -> Job<'a> {
    Job {
        name: metrics.job.clone(),
        path: &metrics.path,
        scheme: scrape.and_then(|scrape| scrape.scheme).filter(|scheme| *scheme != Scheme::Http),
        params: (!metrics.params.is_empty()).then_some(&metrics.params),
        basic_auth: scrape.and_then(basic_auth),
        tls: scrape.and_then(tls),
        relabel: Vec::new(),
        targets: Vec::new(),
    }
}

fn basic_auth(scrape: &Scrape) -> Option<BasicAuth> {
    let password_file = scrape.password.as_ref().map(|secret| Entries::credential(PROMETHEUS, secret));
    let auth = BasicAuth { username: scrape.username.clone(), password_file };
    (auth.username.is_some() || auth.password_file.is_some()).then_some(auth)
}

fn tls(scrape: &Scrape) -> Option<TlsConfig> {
    let ca_file = scrape.ca.as_ref().map(|secret| Entries::credential(PROMETHEUS, secret));
    let tls = TlsConfig { ca_file, server_name: scrape.server_name.clone(), insecure_skip_verify: scrape.insecure };
    (tls.ca_file.is_some() || tls.server_name.is_some() || tls.insecure_skip_verify).then_some(tls)
}

/// Prometheus refuses two jobs of one name. Whoever is asked in another way has a job of another name, and keeps the
/// label: rules know no difference.
fn named_apart<'a>(job: &mut Job<'a>, name: &'a str, names: &mut BTreeSet<String>) {
    if names.insert(name.to_owned()) {
        return;
    }
    let by_scheme = job.scheme.map(|scheme| format!("{name}-{scheme}"));
    let by_path = format!("{name}{}", job.path.replace('/', "-"));
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    let free = by_scheme.into_iter().chain([by_path]).chain(numbered).find(|one| !names.contains(one));
    job.name = free.expect("numbers do not end");
    names.insert(job.name.clone());
    for target in &mut job.targets {
        target.labels.insert("job", Cow::from(name));
    }
}
