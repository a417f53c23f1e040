//! Services with fewer instances than before.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Effect, ServiceLoss};
use crate::kind::Kinds;
use crate::place::Entries;
use crate::place::plan::Instance;
use crate::value::{HostName, RoleName, ServiceName};

/// The instances of one service, by host.
type Members<'p> = Vec<(&'p HostName, &'p Instance)>;

/// Lists the services that have an instance on a host that is down.
pub(super) fn losses(entries: &Entries, kinds: &Kinds, down: &BTreeSet<HostName>) -> Vec<ServiceLoss> {
    let members = members(entries).into_iter();
    let affected = members.filter(|(_, members)| members.iter().any(|(host, _)| down.contains(*host)));
    affected.map(|(name, members)| loss(entries, kinds, name, &members, down)).collect()
}

fn members(entries: &Entries) -> BTreeMap<&ServiceName, Members<'_>> {
    let mut members: BTreeMap<&ServiceName, Members<'_>> = BTreeMap::new();
    for (host, instances) in &entries.instances {
        for (service, instance) in instances {
            members.entry(service).or_default().push((host, instance));
        }
    }
    members
}

fn loss(
    entries: &Entries,
    kinds: &Kinds,
    name: &ServiceName,
    members: &Members<'_>,
    down: &BTreeSet<HostName>,
) -> ServiceLoss {
    let kind = &entries.services[name].kind;
    let (gone, left): (Members<'_>, Members<'_>) = members.iter().partition(|(host, _)| down.contains(*host));
    let votes = kinds.get(kind).is_some_and(|kind| kind.front.quorum.is_some());
    let needed = votes.then(|| members.len() / 2 + 1);
    let effect = match left.len() {
        0 => Effect::Stops,
        left if needed.is_some_and(|needed| left < needed) => Effect::LosesQuorum,
        _ => Effect::LosesRedundancy,
    };
    let remaining = roles(&left);
    ServiceLoss {
        name: name.clone(),
        kind: kind.clone(),
        effect,
        before: members.len(),
        left: left.len(),
        needed,
        roles_gone: roles(&gone).difference(&remaining).map(|role| (*role).clone()).collect(),
        down: hosts(&gone),
        up: hosts(&left),
    }
}

fn roles<'p>(members: &Members<'p>) -> BTreeSet<&'p RoleName> {
    members.iter().filter_map(|(_, instance)| instance.role.as_ref()).collect()
}

fn hosts(members: &Members<'_>) -> Vec<HostName> {
    members.iter().map(|(host, _)| (*host).clone()).collect()
}
