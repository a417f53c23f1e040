//! The picture as plain data.

use std::collections::{BTreeMap, BTreeSet};

use super::impact::{Hit, Impact};
use crate::place::plan::HostEntry;
use crate::value::{FleetName, HostName, KindName, Lifecycle, ServiceName, SiteName};

/// A fleet, or a part of it.
#[derive(Debug, Clone)]
pub struct Graph<'p> {
    /// The fleet.
    pub fleet: &'p FleetName,
    /// Its sites.
    pub sites: Vec<Site<'p>>,
    /// What leads from one to another.
    pub edges: BTreeSet<Edge<'p>>,
    /// What is affected when something is down.
    pub impact: Option<Impact>,
}

/// A site and the hosts in it.
#[derive(Debug, Clone)]
pub struct Site<'p> {
    /// The site; none for hosts that stand in no site.
    pub name: Option<&'p SiteName>,
    /// Its region.
    pub region: Option<&'p str>,
    /// The hosts, in the order of their names.
    pub hosts: Vec<Host<'p>>,
}

/// A host and what runs on it.
#[derive(Debug, Clone)]
pub struct Host<'p> {
    /// The host.
    pub name: &'p HostName,
    /// What the plan says of it.
    pub entry: &'p HostEntry,
    /// What runs on it: first what does the work, then what only watches.
    pub chips: Vec<Chip<'p>>,
}

/// A service on a host.
#[derive(Debug, Clone)]
pub struct Chip<'p> {
    /// The service.
    pub service: &'p ServiceName,
    /// Its kind.
    pub kind: &'p KindName,
    /// The part that it plays in a cluster, or that it stands by.
    pub role: Option<&'p str>,
    /// Whether it does nothing but answer Prometheus.
    pub only_watches: bool,
}

/// An end of an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Node<'p> {
    /// A host.
    Host(&'p HostName),
    /// A service on a host.
    Instance(&'p HostName, &'p ServiceName),
}

/// Something that leads from one to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge<'p> {
    /// Who needs, or watches.
    pub from: Node<'p>,
    /// Who is needed, or watched.
    pub to: Node<'p>,
    /// Why.
    pub why: Why,
}

/// Why something leads from one to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The definition says that one needs the other.
    DependsOn,
    /// A setting of one holds the address of the other.
    Address,
    /// Prometheus on one host asks the other.
    Watches,
}

impl Host<'_> {
    /// What is done with it at present, unless it is in use.
    pub fn resting(&self) -> Option<&'static str> {
        match self.entry.lifecycle {
            Lifecycle::Active => None,
            Lifecycle::Maintenance => Some("in maintenance"),
            Lifecycle::Inactive => Some("inactive"),
        }
    }
}

impl<'p> Node<'p> {
    /// The host that it is, or stands on.
    pub fn host(self) -> &'p HostName {
        match self {
            Self::Host(host) | Self::Instance(host, _) => host,
        }
    }
}

impl Why {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::DependsOn, Self::Address, Self::Watches];

    /// Its words.
    pub fn words(self) -> &'static str {
        match self {
            Self::DependsOn => "depends on",
            Self::Address => "has the address of",
            Self::Watches => "watches",
        }
    }
}

impl<'p> Graph<'p> {
    /// Every host.
    pub fn hosts(&self) -> impl Iterator<Item = &Host<'p>> {
        self.sites.iter().flat_map(|site| &site.hosts)
    }

    /// What becomes of a service on a host.
    pub fn hit(&self, host: &HostName, service: &ServiceName) -> Option<Hit> {
        self.impact.as_ref()?.of(host, service)
    }

    /// What is shown of that: those of another host are no reserve for what only answers Prometheus.
    pub fn shown(&self, host: &HostName, chip: &Chip<'_>) -> Option<Hit> {
        self.hit(host, chip.service).filter(|hit| !chip.only_watches || *hit != Hit::LosesRedundancy)
    }

    /// Whether a host is down itself.
    pub fn is_down(&self, host: &HostName) -> bool {
        self.impact.as_ref().is_some_and(|impact| impact.hosts.contains(host))
    }

    /// Whether an edge leads to what is down or affected, from what it takes along.
    pub fn is_hit(&self, edge: &Edge<'_>) -> bool {
        let hit = |node: Node<'_>| match node {
            Node::Host(host) => self.is_down(host).then_some(Hit::Stops),
            Node::Instance(host, service) => self.hit(host, service),
        };
        match edge.why {
            Why::Watches => hit(edge.from).is_some() || hit(edge.to).is_some(),
            _ => {
                hit(edge.from).is_some()
                    && hit(edge.to).is_some_and(|hit| hit != Hit::LosesRedundancy || self.is_down(edge.to.host()))
            }
        }
    }

    /// The services that do more than watch, each with its number in the order of their names.
    pub fn numbered(&self) -> BTreeMap<&'p ServiceName, usize> {
        let chips = self.hosts().flat_map(|host| &host.chips).filter(|chip| !chip.only_watches);
        let names: BTreeSet<_> = chips.map(|chip| chip.service).collect();
        names.into_iter().enumerate().map(|(number, name)| (name, number)).collect()
    }

    /// `3 sites, 25 hosts, 14 services`.
    pub fn counts(&self) -> String {
        use crate::diag::counted;
        let sites = self.sites.iter().filter(|site| site.name.is_some()).count();
        let chips: Vec<_> = self.hosts().flat_map(|host| &host.chips).map(|chip| chip.service).collect();
        let services = chips.iter().collect::<BTreeSet<_>>().len();
        format!(
            "{}, {}, {} in {}",
            counted(sites, "site"),
            counted(self.hosts().count(), "host"),
            counted(services, "service"),
            counted(chips.len(), "instance")
        )
    }
}
