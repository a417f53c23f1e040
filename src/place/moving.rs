//! What moves between hosts: how it is decided, and what follows from that.

use std::collections::BTreeMap;

use super::failover::FailoverEntry;
use super::plan::Entries;
use crate::model::{Failover, Fleet};
use crate::value::{Failback, FailoverName, HostName, Lifecycle, ServiceName, Vip};

/// The priority of the first host; each further one has one less. VRRP knows 1 to 254.
const FIRST: u8 = 250;

/// What a host in maintenance loses of its priority, which leaves it behind every other one.
const MAINTENANCE: u8 = 125;

/// Decides who takes over, and how.
pub(super) fn entries(fleet: &Fleet) -> BTreeMap<FailoverName, FailoverEntry> {
    let one = |(name, failover): (&FailoverName, &Failover)| {
        let vip = failover.vip.map(|at| at.value);
        let entry = FailoverEntry {
            service: failover.service.value.clone(),
            vip,
            lease: failover.lease.as_ref().map(|at| at.value.clone()),
            router_id: failover.router_id.map(|at| at.value).or_else(|| vip?.router_id()).filter(|_| vip.is_some()),
            hosts: failover.hosts.iter().map(|host| host.value.clone()).collect(),
            failback: failover.failback.map_or(Failback::Manual, |at| at.value),
        };
        (name.clone(), entry)
    };
    fleet.failover.iter().map(one).collect()
}

/// Says whether an address may be put on a host's interface.
pub(super) fn takes_an_address(fleet: &Fleet, host: &HostName) -> bool {
    let mut with_address = fleet.failover.values().filter(|failover| failover.vip.is_some());
    with_address.any(|failover| failover.hosts.iter().any(|known| known.value == *host))
}

impl FailoverEntry {
    /// The priority of one of its hosts: those named first come first, and hosts in maintenance last.
    pub fn priority(&self, entries: &Entries, host: &HostName) -> u8 {
        let place = self.hosts.iter().position(|known| known == host).unwrap_or_default();
        let place = u8::try_from(place).unwrap_or(u8::MAX).min(MAINTENANCE - 2);
        let works = entries.hosts.get(host).is_none_or(|entry| entry.lifecycle == Lifecycle::Active);
        FIRST - place - if works { 0 } else { MAINTENANCE }
    }
}

impl Entries {
    /// What moves a service.
    pub fn failover_of(&self, service: &ServiceName) -> Option<(&FailoverName, &FailoverEntry)> {
        self.failover.iter().find(|(_, entry)| entry.service == *service)
    }

    /// Says whether the service itself moves, and not only its address: somebody stands by.
    pub fn moves(&self, failover: &FailoverEntry) -> bool {
        let stands_by = |host: &HostName| {
            let instance = self.instances.get(host).and_then(|services| services.get(&failover.service));
            instance.is_some_and(|instance| instance.standby)
        };
        failover.hosts.iter().any(stands_by)
    }

    /// The address of a service that runs only where its address is; nothing of any other.
    pub fn moving_address(&self, service: &ServiceName) -> Option<Vip> {
        let (_, failover) = self.failover_of(service)?;
        failover.vip.filter(|_| self.moves(failover))
    }
}
