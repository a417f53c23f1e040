//! A definition as far as it was understood: what questions about it are answered from.
//!
//! A question about one host needs little of a large fleet. [`Known::about`] leaves the other hosts out before they are
//! even decoded, but for those that the host works with; so their faults do not matter either.

use std::collections::BTreeSet;

use crate::check::service_names;
use crate::diag::{Faults, nearest};
use crate::kind::{self, Front};
use crate::load::{self, Body, Raw};
use crate::model::{Definition, Fleet, INGRESS, NAME_SERVER, Service};
use crate::nix::Templates;
use crate::source::Sources;
use crate::value::{KnownHosts, Reach, ServiceName};

/// A definition, read and lowered; no rule has looked at it.
#[derive(Debug)]
pub struct Known {
    /// The files.
    pub sources: Sources,
    /// The definition as a tree.
    pub raw: Raw,
    /// The definition as typed values.
    pub definition: Definition,
    /// What it means.
    pub fleet: Fleet,
    /// The templates of `.nix` files.
    pub templates: Templates,
    /// The faults that were found so far.
    pub faults: Faults,
}

/// Why there is nothing to be said of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Absent {
    /// There is no host of that name; perhaps another one was meant.
    Unknown(Option<String>),
    /// Its entry, or the whole definition, cannot be read.
    Unreadable,
}

/// What was read before anything was decoded.
struct Start {
    sources: Sources,
    raw: Raw,
    templates: Templates,
    faults: Faults,
}

impl Known {
    /// Reads and lowers a whole definition; [`kind::add_built_in`] was called on the files.
    pub fn read(sources: Sources) -> Self {
        Start::read(sources).lowered()
    }

    /// Reads a definition as far as it concerns one host.
    ///
    /// # Errors
    /// There is no such host, or it cannot be read; the second part then holds the whole definition.
    pub fn about(sources: Sources, host: &str) -> Result<Self, (Absent, Box<Self>)> {
        let mut start = Start::read(sources);
        let mut others = start.raw.take("hosts", |name| name != host);
        if start.raw.root.at(&["hosts", host]).is_none() {
            let raw = &mut start.raw;
            let unreadable = raw.incomplete || raw.unreadable.contains("hosts");
            let named: Vec<_> = others.iter().map(|entry| &*entry.key).collect();
            let absent = match raw.poisoned.get("hosts").is_some_and(|poisoned| poisoned.contains(host)) {
                false if !unreadable => Absent::Unknown(nearest(host, named).map(str::to_owned)),
                _ => Absent::Unreadable,
            };
            raw.put("hosts", others);
            return Err((absent, Box::new(start.lowered())));
        }
        let found = start.faults.clone();
        let alone = start.lowered();
        if !alone.fleet.hosts.contains_key(host) {
            return Err((Absent::Unreadable, Box::new(alone)));
        }
        let Some(company) = alone.company(host) else { return Ok(alone) };
        let mut start = alone.back(found.clone());
        if let Company::Named(names) = &company {
            others.retain(|entry| names.contains(&*entry.key));
        }
        start.raw.put("hosts", others);
        let whole = start.lowered();
        let Company::Cluster = company else { return Ok(whole) };
        let members = whole.members_with(host);
        let mut start = whole.back(found);
        start.raw.take("hosts", |name| name != host && !members.contains(name));
        Ok(start.lowered())
    }

    fn back(self, faults: Faults) -> Start {
        Start { sources: self.sources, raw: self.raw, templates: self.templates, faults }
    }

    /// The other hosts that a host's module depends on.
    fn company(&self, host: &str) -> Option<Company> {
        let found = self.fleet.hosts.get(host)?;
        let wanted = found.layer.ssh.as_ref().and_then(|ssh| ssh.known_hosts).map(|at| at.value);
        if self.leaves_a_choice()
            || wanted == Some(KnownHosts::All)
            || self.fronts_on(host).any(|(_, front)| meets_everybody(front))
            || self.is_routed(host)
        {
            return Some(Company::Everyone);
        }
        if self.clusters_on(host).next().is_some() || self.needs_others(host) {
            return Some(Company::Cluster);
        }
        if !self.is_watched(host) {
            return None;
        }
        Some(self.watchers_named().map_or(Company::Cluster, Company::Named))
    }

    /// Says whether some placement leaves a choice, which takes all hosts to make.
    fn leaves_a_choice(&self) -> bool {
        let services = self.definition.def().services.iter().flat_map(|services| services.entries.values());
        let mut placements = services.filter_map(|service| service.value.placement.as_ref());
        placements.any(|placement| placement.replicas.is_some() || placement.standby.is_some())
    }

    /// The hosts that run a cluster with this one, and those that watch it.
    fn members_with(&self, host: &str) -> BTreeSet<String> {
        let mut members: BTreeSet<_> =
            self.clusters_on(host).flat_map(|service| &service.hosts).map(ToString::to_string).collect();
        let named: BTreeSet<String> = self.fronts_on(host).flat_map(|(service, _)| self.named_by(service)).collect();
        let moved = self.fleet.failover.values().filter(|moved| {
            let takes_over = moved.hosts.iter().any(|at| at.value.as_str() == host);
            takes_over || named.contains(moved.service.value.as_str())
        });
        for moved in moved {
            members.extend(moved.hosts.iter().map(|at| at.value.to_string()));
            let keeper = moved.lease.as_ref().and_then(|lease| self.fleet.services.get(&lease.value));
            members.extend(keeper.into_iter().flat_map(|keeper| &keeper.hosts).map(ToString::to_string));
        }
        let needed = named.iter().filter_map(|needed| self.fleet.services.get(needed.as_str()));
        members.extend(needed.flat_map(Service::places).map(ToString::to_string));
        if self.is_watched(host) {
            let shown = self.showing().flat_map(|(_, service)| &service.hosts);
            let watching = self.fleet.monitoring.iter().flat_map(|monitoring| &monitoring.hosts);
            members.extend(watching.map(|host| &host.value).chain(shown).map(ToString::to_string));
        }
        members
    }

    /// Says whether a host waits for services of others, or takes something over from them.
    fn needs_others(&self, host: &str) -> bool {
        let def = self.definition.def();
        self.fronts_on(host).any(|(service, _)| !self.named_by(service).is_empty())
            || def.failover.as_ref().is_some_and(|moved| !moved.entries.is_empty() || !moved.poisoned.is_empty())
    }

    /// Says whether a host passes requests on or gets them passed on, answers for names or knows some.
    fn is_routed(&self, host: &str) -> bool {
        let passed_on = |service: &Service| self.fleet.ingress.is_some() && service.ingress.is_some();
        let knows = |service: &Service| self.fleet.dns.is_some() && !self.named_by(service).is_empty();
        self.carries(host) || self.fronts_on(host).any(|(service, _)| passed_on(service) || knows(service))
    }

    /// Says whether a proxy or a name server of the fleet runs on a host: they know every service.
    pub(super) fn carries(&self, host: &str) -> bool {
        let brought = [INGRESS, NAME_SERVER].into_iter().filter_map(|name| self.fleet.services.get(name));
        brought.flat_map(Service::places).any(|place| place.as_str() == host)
    }

    /// The services that another one names: what it needs, what takes its place, and what its settings lead to.
    pub(super) fn named_by(&self, service: &Service) -> BTreeSet<String> {
        let front = self.fleet.kinds.get(&service.kind).map(|kind| &kind.front);
        let settings = front.and_then(|front| front.settings.as_ref()).into_iter().flat_map(|known| &known.entries);
        let naming = settings.filter(|(_, setting)| setting.value.names_a_service());
        let used = naming.filter_map(|(setting, _)| match &service.given.get(setting.as_str())?.body {
            Body::Text(scalar) => Some(scalar.text.to_string()),
            _ => None,
        });
        let domain = self.fleet.domain.as_ref().map_or("", |domain| domain.as_str());
        let asked = service_names::names(service, domain).into_iter().map(|(name, _)| name);
        let instead = service.ingress.as_ref().and_then(|route| route.value.failover.as_ref());
        let needed = service.depends_on.iter().chain(instead).map(|needed| needed.value.to_string());
        needed.chain(used).chain(asked).collect()
    }

    /// Says whether those who watch ask something of a host that its firewall keeps from others.
    fn is_watched(&self, host: &str) -> bool {
        let asked = |front: &Front| front.metrics.is_some() || front.health_check.is_some() || reaches(front, |_| true);
        let own = |service: &Service| service.health_check.is_some();
        self.fleet.monitoring.is_some() && self.fronts_on(host).any(|(service, front)| asked(front) || own(service))
    }

    /// The hosts that watch, as far as their names stand in the definition; nothing where it takes all hosts to tell.
    fn watchers_named(&self) -> Option<BTreeSet<String>> {
        let def = self.definition.def();
        let mut names: BTreeSet<String> = BTreeSet::new();
        let listed = def.monitoring.as_ref()?.hosts.iter().flatten();
        names.extend(listed.map(|host| host.value.to_string()));
        for (name, _) in self.showing() {
            let placement = def.services.as_ref()?.entries.get(name)?.value.placement.as_ref()?;
            names.extend(placement.hosts.as_ref()?.iter().map(|host| host.value.to_string()));
        }
        Some(names)
    }

    /// The services that show dashboards.
    fn showing(&self) -> impl Iterator<Item = (&ServiceName, &Service)> {
        self.fleet.services.iter().filter(|(_, service)| {
            self.fleet.kinds.get(&service.kind).is_some_and(|kind| kind.front.dashboards.is_some())
        })
    }

    fn clusters_on<'k>(&'k self, host: &'k str) -> impl Iterator<Item = &'k Service> {
        self.fronts_on(host).filter(|(_, front)| front.roles.is_some()).map(|(service, _)| service)
    }

    /// What runs on a host, and the facts of its kind.
    fn fronts_on<'k>(&'k self, host: &'k str) -> impl Iterator<Item = (&'k Service, &'k Front)> {
        let here = move |service: &&Service| service.places().any(|name| name.as_str() == host);
        let services = self.fleet.services.values().filter(here);
        services.filter_map(|service| Some((service, &self.fleet.kinds.get(&service.kind)?.front)))
    }
}

/// Says whether services of a kind know every host of the fleet, or are known to each.
fn meets_everybody(front: &Front) -> bool {
    front.reads_monitoring.as_ref().is_some_and(|at| at.value) || reaches(front, |reach| reach == Reach::Fleet)
}

fn reaches(front: &Front, wanted: impl Fn(Reach) -> bool) -> bool {
    let mut ports = front.ports.iter().flat_map(|ports| ports.entries.values());
    ports.any(|port| port.value.reach.is_some_and(|reach| wanted(reach.value)))
}

/// The other hosts that a host's module depends on.
enum Company {
    /// These.
    Named(BTreeSet<String>),
    /// The members of its clusters and those that watch it: it takes all hosts to tell.
    Cluster,
    /// All of them: it knows everybody's key, or everybody's address.
    Everyone,
}

impl Start {
    fn read(sources: Sources) -> Self {
        let ((raw, mut faults), (templates, found)) = rayon::join(
            || load::load(&sources),
            || {
                let mut faults = Faults::default();
                (kind::templates(&sources, &mut faults), faults)
            },
        );
        faults.append(found);
        Self { sources, raw, templates, faults }
    }

    fn lowered(self) -> Known {
        let Self { sources, raw, templates, mut faults } = self;
        let definition = Definition::read(&raw, &mut faults);
        let fleet = definition.lower(&sources, &mut faults);
        Known { sources, raw, definition, fleet, templates, faults }
    }
}
