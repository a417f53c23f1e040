//! Services with fewer instances than before.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Effect, ServiceLoss};
use super::{Down, moves};
use crate::kind::Kinds;
use crate::place::Entries;
use crate::place::plan::Instance;
use crate::value::{HostName, RoleName, ServiceName};

/// The instances of one service, by host.
type Members<'p> = Vec<(&'p HostName, &'p Instance)>;

/// Lists the services that have an instance on a host that is down.
pub(super) fn losses(entries: &Entries, kinds: &Kinds, down: &Down<'_>) -> Vec<ServiceLoss> {
    let members = members(entries).into_iter();
    let falls = |host: &HostName| down.asked.contains(host) && !down.off.contains(host);
    let affected = members.filter(|(name, members)| {
        let is_stopped = |gone| moves::is_stopped(entries, name, gone);
        members.iter().any(|(host, _)| falls(host)) || is_stopped(&down.all) && !is_stopped(&down.off)
    });
    affected.map(|(name, members)| loss(entries, kinds, name, &members, down)).collect()
}

fn members(entries: &Entries) -> BTreeMap<&ServiceName, Members<'_>> {
    let mut members: BTreeMap<&ServiceName, Members<'_>> = BTreeMap::new();
    for host in entries.instances.keys() {
        for (service, instance) in entries.running(host) {
            members.entry(service).or_default().push((host, instance));
        }
    }
    members
}

fn loss(entries: &Entries, kinds: &Kinds, name: &ServiceName, members: &Members<'_>, down: &Down<'_>) -> ServiceLoss {
    let kind = &entries.services[name].kind;
    let stopped = moves::is_stopped(entries, name, &down.all);
    let is_gone = |host: &HostName| stopped || down.all.contains(host);
    let before = members.iter().filter(|(host, _)| !down.off.contains(*host));
    let (gone, left): (Members<'_>, Members<'_>) = before.partition(|(host, _)| is_gone(host));
    let votes = kinds.get(kind).is_some_and(|kind| kind.front.quorum.is_some());
    let needed = votes.then(|| members.len() / 2 + 1);
    let taken_over_by = if left.is_empty() { moves::taken_over(entries, name, &down.all) } else { Vec::new() };
    let effect = match left.len() {
        0 if !taken_over_by.is_empty() => Effect::Moves,
        0 => Effect::Stops,
        left if needed.is_some_and(|needed| left < needed) => Effect::LosesQuorum,
        _ => Effect::LosesRedundancy,
    };
    let remaining = roles(&left);
    ServiceLoss {
        name: name.clone(),
        kind: kind.clone(),
        effect,
        before: gone.len() + left.len(),
        left: left.len(),
        needed,
        roles_gone: roles(&gone).difference(&remaining).map(|role| (*role).clone()).collect(),
        down: hosts(&gone),
        up: hosts(&left),
        standbys: standbys(entries, name, &down.all),
        taken_over_by: taken_over_by.into_iter().cloned().collect(),
    }
}

/// The hosts that are up and stand by: without `failover` nothing starts it there by itself.
fn standbys(entries: &Entries, name: &ServiceName, down: &BTreeSet<HostName>) -> Vec<HostName> {
    let up = entries.instances.iter().filter(|(host, _)| !down.contains(*host));
    let standing = up.filter(|(_, services)| services.get(name).is_some_and(|instance| instance.standby));
    standing.map(|(host, _)| host.clone()).collect()
}

fn roles<'p>(members: &Members<'p>) -> BTreeSet<&'p RoleName> {
    members.iter().filter_map(|(_, instance)| instance.role.as_ref()).collect()
}

fn hosts(members: &Members<'_>) -> Vec<HostName> {
    members.iter().map(|(host, _)| (*host).clone()).collect()
}
