//! Where services run that leave something to be chosen: asks the solver, and says what it could not do.
//!
//! A service is solved when its placement gives `replicas`, or the number of its standbys. All others run where they are
//! named or match, and take room there.

mod able;
mod demands;
mod neighbours;
mod standing;
mod told;

use std::collections::{BTreeMap, BTreeSet};

use super::Lower;
use crate::diag::{Diagnostic, Faults, codes};
use crate::kind::Kinds;
use crate::model::definition::PlacementDef;
use crate::model::fleet::{Host, Service};
use crate::model::placing::Placing;
use crate::placement_lock::{self, LockedPlaces, PlacementLock};
use crate::solve::{Placed, solve};
use crate::source::{Sources, Span};
use crate::value::{HostName, ServiceName};

type Hosts = BTreeMap<HostName, Host>;
type Services = BTreeMap<ServiceName, Service>;
type Defs<'d> = BTreeMap<ServiceName, &'d PlacementDef>;

impl Lower<'_> {
    /// Chooses hosts for every service that leaves them to be chosen.
    pub(super) fn placed(&self, kinds: &Kinds, hosts: &Hosts, services: &mut Services, faults: &mut Faults) -> Placing {
        self.tell_resting(hosts, faults);
        let before = lock(self.sources, faults);
        let defs = self.placements(services);
        if !defs.values().any(|def| says_more(def)) {
            return Placing { before, ..Placing::default() };
        }
        let mut placing = self.problem(kinds, hosts, services, &defs, before, faults);
        placing.solution = solve(&placing.problem);
        write_back(&mut placing, services);
        if !self.names.hosts_are_uncertain() {
            self.tell_failures(&placing, services, &defs, faults);
            self.tell_broken(&placing, services, &defs, faults);
            self.tell_together(&placing, &defs, faults);
        }
        placing
    }

    /// The placements of services that could be read.
    fn placements(&self, services: &Services) -> Defs<'_> {
        let entries = self.def.services.iter().flat_map(|services| &services.entries);
        let entries = entries.filter(|(name, _)| services.get(*name).is_some_and(|service| !service.poisoned));
        entries.filter_map(|(name, def)| Some((name.clone(), def.value.placement.as_ref()?))).collect()
    }
}

/// Says whether a placement gives more than a list or a selector.
fn says_more(def: &PlacementDef) -> bool {
    let PlacementDef {
        hosts: _,
        selector: _,
        replicas,
        standby,
        spread,
        max_per_host,
        avoid,
        near,
        requires,
        poisoned,
    } = def;
    let said = replicas.is_some() || standby.is_some() || spread.is_some() || max_per_host.is_some();
    !poisoned && (said || avoid.is_some() || near.is_some() || requires.is_some())
}

/// What `placement.lock` says; nothing where there is none.
fn lock(sources: &Sources, faults: &mut Faults) -> PlacementLock {
    let Some(id) = sources.find(placement_lock::PATH) else { return PlacementLock::default() };
    let text = &sources.file(id).text;
    PlacementLock::read(text).unwrap_or_else(|error| {
        let start = text.split_inclusive('\n').take(error.line).map(str::len).sum::<usize>();
        let end = start + text[start..].find('\n').unwrap_or(text.len() - start);
        faults.push(
            Diagnostic::new(codes::BAD_PLACEMENT_LOCK, format!("`{}` cannot be read", placement_lock::PATH))
                .at(Span::new(id, start, end), error.why)
                .help("take the file from git; after a conflict keep one line of each service, and run `cistern generate`"),
        );
        PlacementLock::default()
    })
}

/// Gives services the hosts that were chosen, and notes them.
fn write_back(placing: &mut Placing, services: &mut Services) {
    let failed: BTreeSet<usize> = placing.solution.failed.iter().map(|failure| failure.demand).collect();
    let Placing { services: names, hosts, solved, solution, before, after, problem } = placing;
    let named = |places: &[usize]| -> Vec<HostName> { places.iter().map(|host| hosts[*host].clone()).collect() };
    for (demand, name) in names.iter().enumerate() {
        let Some(service) = services.get_mut(name) else { continue };
        let Placed { hosts: running, standbys } = &solution.placed[demand];
        service.standbys = named(standbys);
        if !solved.contains(name) {
            continue;
        }
        service.hosts = named(running);
        service.poisoned |= failed.contains(&demand);
        let kept = before.services.get(name).map(|places| places.kept.clone()).unwrap_or_default();
        let resting = |host: &HostName| hosts.binary_search(host).is_ok_and(|at| !problem.hosts[at].accepting);
        let kept = kept.into_iter().filter(|host| service.places().any(|own| own == host) && resting(host)).collect();
        let places = LockedPlaces { hosts: service.hosts.clone(), standbys: service.standbys.clone(), kept };
        after.services.insert(name.clone(), places);
    }
}
