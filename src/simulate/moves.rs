//! What other hosts take over while some are down.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::Down;
use super::document::{Move, MoveEffect};
use crate::place::{Entries, FailoverEntry};
use crate::value::{HostName, Lifecycle, ServiceName};

/// Lists the entries of `failover` that are short of a host, or of the majority that grants their lease, in the order of
/// their names.
pub(super) fn moves(entries: &Entries, down: &Down<'_>) -> Vec<Move> {
    let falls = |host: &HostName| down.asked.contains(host) && !down.off.contains(host);
    let is_short = |one: &FailoverEntry| one.hosts.iter().any(falls) || !is_granted(entries, one, &down.all);
    let told = entries.failover.iter().filter(|(_, one)| is_short(one)).map(|(name, one)| {
        let from = holders(entries, one, &down.off);
        let to = holders(entries, one, &down.all);
        let effect = match to.as_slice() {
            [] => MoveEffect::Lost,
            to if one.lease.is_none() && to == from => MoveEffect::LosesRedundancy,
            _ => MoveEffect::Moves,
        };
        Move {
            name: name.clone(),
            service: one.service.clone(),
            address: one.vip,
            lease: one.lease.clone(),
            effect,
            from: from.into_iter().cloned().collect(),
            to: to.into_iter().cloned().collect(),
            failback: one.failback,
            left: one.hosts.iter().filter(|host| !down.all.contains(*host)).cloned().collect(),
        }
    });
    told.collect()
}

/// The hosts of which one starts a service that stops where it was.
pub(super) fn taken_over<'p>(
    entries: &'p Entries,
    service: &ServiceName,
    down: &BTreeSet<HostName>,
) -> Vec<&'p HostName> {
    let moving = entries.failover_of(service).filter(|(_, failover)| entries.moves(failover));
    moving.map_or_else(Vec::new, |(_, failover)| holders(entries, failover, down))
}

/// Says whether a service stops everywhere, because nobody grants the lease that it runs under.
pub(super) fn is_stopped(entries: &Entries, service: &ServiceName, down: &BTreeSet<HostName>) -> bool {
    entries.failover_of(service).is_some_and(|(_, failover)| !is_granted(entries, failover, down))
}

/// Who has it while these hosts are down: of those that are up, the one of the highest priority. A lease is anybody's.
fn holders<'p>(entries: &Entries, failover: &'p FailoverEntry, down: &BTreeSet<HostName>) -> Vec<&'p HostName> {
    let up = failover.hosts.iter().filter(|host| !down.contains(*host) && is_granted(entries, failover, down));
    let is_working = |host: &&HostName| entries.hosts[*host].lifecycle == Lifecycle::Active;
    match failover.lease {
        Some(_) => up.filter(is_working).collect(),
        None => up.min_by_key(|host| Reverse(failover.priority(entries, host))).into_iter().collect(),
    }
}

/// Says whether it takes no lease, or most members of those that grant it are up.
fn is_granted(entries: &Entries, failover: &FailoverEntry, down: &BTreeSet<HostName>) -> bool {
    let Some(lease) = &failover.lease else { return true };
    let members: Vec<_> = entries.instances.iter().filter(|(_, own)| own.contains_key(lease)).collect();
    members.iter().filter(|(host, _)| !down.contains(*host)).count() > members.len() / 2
}
