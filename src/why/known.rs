//! A definition as far as it was understood: what questions about it are answered from.
//!
//! A question about one host needs little of a large fleet. [`Known::about`] leaves the other hosts out before they are
//! even decoded, but for those that the host works with; so their faults do not matter either.

use std::collections::BTreeSet;

use crate::diag::{Faults, nearest};
use crate::kind;
use crate::load::{self, Raw};
use crate::model::{Definition, Fleet};
use crate::nix::Templates;
use crate::source::Sources;
use crate::value::KnownHosts;

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
        let others = start.raw.take("hosts", |name| name != host);
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
        if wanted == Some(KnownHosts::All) {
            return Some(Company::Everyone);
        }
        self.clusters_on(host).next().map(|_| Company::Cluster)
    }

    /// The hosts that run a cluster with this one.
    fn members_with(&self, host: &str) -> BTreeSet<String> {
        self.clusters_on(host).flat_map(|service| &service.hosts).map(ToString::to_string).collect()
    }

    fn clusters_on<'k>(&'k self, host: &'k str) -> impl Iterator<Item = &'k crate::model::Service> {
        let services = self.fleet.services.values();
        services.filter(move |service| {
            let here = service.hosts.iter().any(|name| name.as_str() == host);
            here && self.fleet.kinds.get(&service.kind).is_some_and(|kind| kind.front.roles.is_some())
        })
    }
}

/// The other hosts that a host's module depends on.
enum Company {
    /// The members of its clusters.
    Cluster,
    /// All of them: it knows everybody's key.
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
