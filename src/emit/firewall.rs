//! Ports that a host's firewall opens to some addresses only.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Context;
use crate::value::{Address, HostName, Protocol, Reach};

/// Ports, and who gets to them.
#[derive(Serialize)]
pub(super) struct Allowed {
    from: BTreeSet<Address>,
    tcp: BTreeSet<u16>,
    udp: BTreeSet<u16>,
}

/// The ports of a host that only some get to. What comes from the host itself passes any firewall.
pub(super) fn allowed(context: &Context<'_>, host: &HostName) -> Vec<Allowed> {
    let rows = [(Reach::Monitors, &context.places().watchers), (Reach::Fleet, &context.places().fleet)];
    let rows = rows.into_iter().filter_map(|(reach, hosts)| {
        let ports = |protocol| context.entries().guarded_ports(host, reach, protocol);
        let (tcp, udp) = (ports(Protocol::Tcp), ports(Protocol::Udp));
        if tcp.is_empty() && udp.is_empty() {
            return None;
        }
        let others = hosts.iter().filter(|(other, _)| other != host);
        let from: BTreeSet<_> = others.map(|(_, address)| *address).collect();
        (!from.is_empty()).then_some(Allowed { from, tcp, udp })
    });
    rows.chain(behind_proxies(context, host)).collect()
}

/// The ports of a host that proxies get to.
fn behind_proxies(context: &Context<'_>, host: &HostName) -> Option<Allowed> {
    let entries = context.entries();
    let ports = |protocol| entries.proxied_ports(host, protocol);
    let (tcp, udp) = (ports(Protocol::Tcp), ports(Protocol::Udp));
    let mut from = context.places().proxies.clone();
    from.remove(&entries.hosts[host].address);
    (!(from.is_empty() || tcp.is_empty() && udp.is_empty())).then_some(Allowed { from, tcp, udp })
}
