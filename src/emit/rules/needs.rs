//! Which of Cistern's alerts can have series in a fleet.

use std::collections::BTreeMap;

use crate::alerts::Needs;
use crate::kind::Kinds;
use crate::place::Entries;
use crate::value::{Lifecycle, Scheme, ServiceName};
use crate::watch::{Manner, Probe};

/// A cluster that needs a majority.
pub(super) struct Cluster<'p> {
    pub(super) service: &'p ServiceName,
    /// How many members it has.
    pub(super) members: usize,
}

impl Cluster<'_> {
    /// How many members make a majority.
    pub(super) fn majority(&self) -> usize {
        self.members / 2 + 1
    }

    /// How many must be up, so that it can lose one; all, where it cannot lose any.
    pub(super) fn safe(&self) -> usize {
        (self.majority() + 1).min(self.members)
    }
}

/// Says whether a fleet has what an alert needs.
pub(super) fn are_met(needs: Needs, entries: &Entries, kinds: &Kinds) -> bool {
    let monitors = entries.monitoring.as_ref().map_or(0, |monitoring| monitoring.hosts.len());
    match needs {
        Needs::Nothing => true,
        Needs::Jobs(jobs) => entries.targets().any(|target| jobs.contains(&target.metrics.job.as_str())),
        Needs::Managed => entries.hosts.values().any(|host| host.machine.is_some()),
        Needs::Maintenance => entries.hosts.values().any(|host| host.lifecycle == Lifecycle::Maintenance),
        Needs::Probes => entries.checks().next().is_some() || probes(entries).next().is_some(),
        Needs::Certificates => {
            entries.checks().any(|check| shows_certificate(&check.check.manner)) || probes(entries).any(is_encrypted)
        }
        Needs::Replicas => replicas(entries).values().any(|count| *count > 1),
        Needs::Quorum => !clusters(entries, kinds).is_empty(),
        Needs::RotatedSecrets => some_secret_ages(entries),
        Needs::TwoMonitors => monitors > 1,
    }
}

/// Says whether some secret may not grow old.
pub(super) fn some_secret_ages(entries: &Entries) -> bool {
    entries.secrets.values().any(|secret| secret.rotate_every.is_some())
}

fn probes(entries: &Entries) -> impl Iterator<Item = &Probe> {
    entries.monitoring.iter().flat_map(|monitoring| monitoring.probes.values())
}

fn shows_certificate(manner: &Manner) -> bool {
    matches!(manner, Manner::Tls | Manner::Http { scheme: Scheme::Https, .. })
}

fn is_encrypted(probe: &Probe) -> bool {
    match probe {
        Probe::Tls(_) => true,
        Probe::Http { url, .. } => url.as_str().starts_with("https:"),
        _ => false,
    }
}

/// How many instances of each service are asked whether they work.
fn replicas(entries: &Entries) -> BTreeMap<&ServiceName, usize> {
    let mut counts = BTreeMap::new();
    for check in entries.checks() {
        *counts.entry(check.service).or_default() += 1;
    }
    counts
}

/// Lists the services whose kind says what a quorum is, and whose members can be told to be up.
pub(super) fn clusters<'p>(entries: &'p Entries, kinds: &Kinds) -> Vec<Cluster<'p>> {
    let mut clusters = Vec::new();
    for (service, entry) in &entries.services {
        let counted = kinds.get(&entry.kind).is_some_and(|kind| kind.front.quorum.is_some());
        // There are many instances, and few clusters.
        let is_seen = || {
            entries.checks().any(|check| check.service == service)
                || entries.targets().any(|target| target.service == service)
        };
        if counted && is_seen() {
            let members = entries.instances.values().filter(|instances| instances.contains_key(service)).count();
            clusters.push(Cluster { service, members });
        }
    }
    clusters
}
