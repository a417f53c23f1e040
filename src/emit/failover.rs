//! What a host's module says of what moves: the address or the lease, who else may have it, and what runs where it is.

use std::net::SocketAddr;

use serde::Serialize;
use serde_json::Value;

use super::Context;
use super::health::units;
use crate::load::decode::Scalar as _;
use crate::place::Entries;
use crate::value::{
    Address, Failback, FailoverName, HostName, InterfaceName, Lifecycle, PortName, RouterId, ServiceName, UnitName, Vip,
};

/// What a host takes over, or gives away.
#[derive(Serialize)]
pub(super) struct Failover<'a> {
    name: &'a FailoverName,
    check: Option<&'a ServiceName>,
    vip: Option<Vip>,
    interface: Option<&'a InterfaceName>,
    router_id: Option<RouterId>,
    source: Address,
    peers: Vec<Address>,
    priority: u8,
    preempt: bool,
    lease: Option<Lease<'a>>,
    units: Vec<UnitName>,
}

/// The lease that says where something runs, and how a host asks for it.
#[derive(Serialize)]
struct Lease<'a> {
    endpoints: Vec<String>,
    authority: &'a Value,
    certificate: &'a Value,
    asks: bool,
}

/// What a host takes over from others.
pub(super) fn failovers<'a>(context: &Context<'a>, host: &HostName) -> Vec<Failover<'a>> {
    let entries = context.entries();
    let on = entries.failover.iter().filter(|(_, failover)| failover.hosts.contains(host));
    on.map(|(name, failover)| {
        let machine = entries.hosts[host].machine.as_deref();
        let interface = machine.and_then(|machine| machine.network.interface.as_ref());
        let others = failover.hosts.iter().filter(|other| *other != host);
        Failover {
            name,
            check: entries.services[&failover.service].health_check.as_ref().map(|_| &failover.service),
            vip: failover.vip,
            interface: interface.filter(|_| failover.vip.is_some()),
            router_id: failover.router_id,
            source: entries.hosts[host].address,
            peers: others.map(|other| entries.hosts[other].address).collect(),
            priority: failover.priority(entries, host),
            preempt: failover.failback == Failback::Auto,
            lease: failover.lease.as_ref().map(|keeper| lease(entries, keeper, host)),
            units: if entries.moves(failover) { units(context, &failover.service) } else { Vec::new() },
        }
    })
    .collect()
}

/// How a host asks the members of a cluster for a lease.
fn lease<'a>(entries: &'a Entries, keeper: &ServiceName, host: &HostName) -> Lease<'a> {
    let client = PortName::read("client").expect("a plain word");
    let members = entries.instances.keys().filter(|member| entries.runs(member, keeper));
    let at = |member: &HostName| {
        let port = entries.port(member, keeper, &client)?;
        Some(SocketAddr::new(entries.hosts[member].address.0, port.0.get()))
    };
    let settings = &entries.services[keeper].settings;
    Lease {
        endpoints: members.filter_map(at).map(|place| format!("https://{place}")).collect(),
        authority: &settings["authority"],
        certificate: &settings["certificate"],
        asks: entries.hosts[host].lifecycle == Lifecycle::Active,
    }
}
