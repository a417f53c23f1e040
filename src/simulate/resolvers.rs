//! Hosts that find no name any more.

use std::collections::BTreeSet;

use super::Down;
use super::document::{Move, MoveEffect, ResolverLoss};
use crate::place::Entries;
use crate::value::Address;

/// Lists the hosts that are up and whose name servers are all down with hosts of the fleet, or with an address that
/// nobody has.
pub(super) fn losses(entries: &Entries, moves: &[Move], down: &Down<'_>) -> Vec<ResolverLoss> {
    let of_hosts = entries.hosts.iter().filter(|(name, _)| down.all.contains(*name)).map(|(_, host)| host.address);
    let lost = moves.iter().filter(|one| one.effect == MoveEffect::Lost);
    let gone: BTreeSet<Address> = of_hosts.chain(lost.filter_map(|one| Some(one.address?.address()))).collect();
    let up = entries.hosts.iter().filter(|(name, _)| !down.all.contains(*name));
    let asked = up.filter_map(|(name, host)| Some((name, &host.machine.as_ref()?.network.dns)));
    let loses = asked.filter(|(_, servers)| !servers.is_empty() && servers.iter().all(|server| gone.contains(server)));
    loses.map(|(host, servers)| ResolverLoss { host: host.clone(), servers: servers.clone() }).collect()
}
