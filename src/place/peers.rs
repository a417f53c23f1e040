//! What the templates of kinds see of instances: of the other members of a cluster, and of services that settings name.

use std::collections::BTreeMap;

use serde::Serialize;

use super::plan::{Entries, Instance, ServiceEntry};
use crate::value::{Address, HostName, Port, PortName, RoleName, ServiceName};

/// An instance as others see it; the names are those of docs/kinds.md.
#[derive(Debug, Serialize)]
pub struct Peer<'a> {
    host: &'a HostName,
    address: Address,
    role: Option<&'a RoleName>,
    ordinal: u32,
    ports: BTreeMap<&'a PortName, Port>,
}

impl Entries {
    /// What others see of an instance.
    pub fn peer<'a>(&'a self, host: &'a HostName, service: &'a ServiceName) -> Option<Peer<'a>> {
        let instance = self.instances.get(host)?.get(service)?;
        Some(Peer {
            host,
            address: self.hosts[host].address,
            role: instance.role.as_ref(),
            ordinal: instance.ordinal,
            ports: self.services.get(service)?.ports_of(instance),
        })
    }

    /// Every instance of a service, in the order of their numbers, else of their hosts.
    pub fn instances_of<'a>(&'a self, service: &'a ServiceName) -> Vec<Peer<'a>> {
        let mut all: Vec<_> = self.instances.keys().filter_map(|host| self.peer(host, service)).collect();
        all.sort_by_key(|peer| peer.ordinal);
        all
    }
}

impl ServiceEntry {
    /// The ports of an instance.
    pub fn ports_of<'a>(&'a self, instance: &Instance) -> BTreeMap<&'a PortName, Port> {
        let number = |name: &PortName, usual: Port| instance.ports.get(name).copied().unwrap_or(usual);
        self.ports.iter().map(|(name, listener)| (name, number(name, listener.number))).collect()
    }
}
