//! What becomes of the monitoring: who asks, and which targets are asked by nobody.

use std::collections::BTreeSet;

use super::document::{Target, Watch};
use crate::place::Entries;
use crate::value::HostName;

/// Says what becomes of the monitoring; nothing for a fleet without one.
pub(super) fn watch(entries: &Entries, down: &BTreeSet<HostName>) -> Option<Watch> {
    let monitors = &entries.monitoring.as_ref()?.hosts;
    let (targets_down, targets_up): (Vec<_>, Vec<_>) =
        targets(entries).into_iter().partition(|target| down.contains(&target.host));
    // Every monitoring host asks every target.
    let watched = !monitors.is_subset(down);
    Some(Watch {
        down: monitors.intersection(down).cloned().collect(),
        up: monitors.difference(down).cloned().collect(),
        targets_down,
        targets_unwatched: if watched { Vec::new() } else { targets_up },
    })
}

fn targets(entries: &Entries) -> Vec<Target> {
    let one = |target: crate::place::Target<'_>| Target {
        job: target.metrics.job.clone(),
        host: target.host.clone(),
        service: target.service.clone(),
        address: target.address.to_string(),
    };
    let mut targets: Vec<_> = entries.targets().map(one).collect();
    targets.sort();
    targets
}
