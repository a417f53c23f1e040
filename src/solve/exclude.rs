//! Why a demand cannot run on a host.

use std::fmt;

use super::{Demand, GOODS, Good, Host, Spread};

/// What keeps a demand off a host.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exclusion {
    /// It is not among the hosts to choose from.
    NoCandidate,
    /// It takes no instances at present.
    Resting,
    /// It is of another platform.
    Platform(String),
    /// It has no graphics processor.
    NoGpu,
    /// Nobody knows what it has.
    NoFacts,
    /// It has no domain to spread by.
    NoDomain(Spread),
    /// It is too small, whatever else runs there.
    TooSmall {
        /// What it has too little of.
        good: Good,
        /// What an instance takes.
        takes: u64,
        /// What it has.
        has: u64,
    },
    /// Something that is no service listens there.
    PortTaken(u16),
    /// An instance of the same is there.
    Itself,
    /// One of the two avoids the other.
    Avoids(usize),
    /// There are enough services of the kind.
    KindFull(usize),
    /// Another service listens there.
    PortClash {
        /// The port.
        port: u16,
        /// Who has it.
        demand: usize,
    },
    /// Others leave too little.
    NoRoom {
        /// What there is too little of.
        good: Good,
        /// What an instance takes.
        takes: u64,
        /// What is left.
        left: u64,
    },
    /// Another instance of the same is in its domain, on this host.
    DomainTaken(usize),
}

/// Why a demand cannot run on a host, whatever else runs there.
pub(super) fn standing(demand: &Demand, at: usize, host: &Host, without_domain: bool) -> Option<Exclusion> {
    if !host.accepting && !demand.kept.contains(&at) {
        return Some(Exclusion::Resting);
    }
    if let Some(system) = &host.system
        && !demand.systems.is_empty()
        && !demand.systems.contains(system)
    {
        return Some(Exclusion::Platform(system.clone()));
    }
    match host.capacity {
        Some(_) if demand.gpu && !host.gpu => return Some(Exclusion::NoGpu),
        None if demand.gpu_promised => return Some(Exclusion::NoFacts),
        _ => {}
    }
    if without_domain {
        return Some(Exclusion::NoDomain(demand.spread.clone().unwrap_or(Spread::Host)));
    }
    if let Some((port, _)) = host.ports.iter().find(|port| demand.ports.contains(port)) {
        return Some(Exclusion::PortTaken(*port));
    }
    let Some(has) = &host.capacity else {
        return (!demand.promised.is_empty()).then_some(Exclusion::NoFacts);
    };
    let small = |good: &&Good| demand.takes.of(**good) > has.of(**good) && known(has.of(**good), demand, **good);
    GOODS.iter().find(small).map(|good| Exclusion::TooSmall {
        good: *good,
        takes: demand.takes.of(*good),
        has: has.of(*good),
    })
}

/// Says whether so much of a good is a fact: reports may leave one out, and then only a promise asks for it.
fn known(has: u64, demand: &Demand, good: Good) -> bool {
    has > 0 || demand.promised.contains(&good)
}

impl fmt::Display for Good {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Memory => "memory",
            Self::Cpus => "processors",
            Self::Disk => "room on disks",
        })
    }
}
