//! What is said of services that found no host, and of named hosts that do not have what is asked for.

use super::{Defs, Hosts, Services};
use crate::diag::{Diagnostic, Faults, codes, counted};
use crate::model::definition::{PlacementDef, RequiresDef};
use crate::model::fleet::Service;
use crate::model::lower::Lower;
use crate::model::placing::Placing;
use crate::model::shapes::Standby;
use crate::solve::{Exclusion, Failure, fixed_exclusions, together};
use crate::source::Span;
use crate::value::{Lifecycle, ServiceName, SpreadBy};

impl Lower<'_> {
    /// Says of every service without enough hosts which constraint excluded which.
    pub(super) fn tell_failures(&self, placing: &Placing, services: &Services, defs: &Defs<'_>, faults: &mut Faults) {
        for failure in &placing.solution.failed {
            let name = &placing.services[failure.demand];
            let (Some(def), Some(service)) = (defs.get(name), services.get(name)) else { continue };
            // What has no host at all was told already.
            if !placing.problem.demands[failure.demand].candidates.is_empty() {
                faults.push(failed(placing, failure, name, def, service));
            }
        }
    }

    /// Says where a named host breaks what its services ask for.
    pub(super) fn tell_broken(&self, placing: &Placing, services: &Services, defs: &Defs<'_>, faults: &mut Faults) {
        let asks = |def: &PlacementDef| def.requires.is_some() || def.avoid.is_some() || def.max_per_host.is_some();
        let asking = defs.iter().filter(|(_, def)| asks(def)).filter_map(|(name, _)| placing.demand(name));
        let named = asking.filter(|demand| !placing.problem.demands[*demand].fixed.is_empty());
        let named: Vec<usize> = named.collect();
        if named.is_empty() {
            return;
        }
        for (demand, host, exclusion) in fixed_exclusions(&placing.problem, &placing.solution, &named) {
            let (name, host) = (&placing.services[demand], &placing.hosts[host]);
            if exclusion == Exclusion::NoFacts {
                faults.skip(format!("requires of {name} (there are no facts of {host})"));
                continue;
            }
            let Some(span) = broken(&exclusion, defs[name], &services[name]) else { continue };
            faults.push(
                Diagnostic::new(codes::PLACED_AGAINST, format!("host `{host}` does not have what `{name}` asks for"))
                    .at(span, placing.reason(&exclusion).sentence())
                    .help("give `replicas` to let Cistern choose among the hosts, or place one of them elsewhere")
                    .about("services", name)
                    .about("hosts", host),
            );
        }
    }

    /// Warns of instances that the lock keeps together.
    pub(super) fn tell_together(&self, placing: &Placing, defs: &Defs<'_>, faults: &mut Faults) {
        for (demand, one, other) in together(&placing.problem, &placing.solution) {
            let name = &placing.services[demand];
            let Some(by) = defs.get(name).and_then(|def| def.spread.as_ref()) else { continue };
            let (one, other) = (&placing.hosts[one], &placing.hosts[other]);
            let message = format!("`{name}` is on `{one}` and on `{other}`, which are in one {}", place(&by.value));
            faults.push(
                Diagnostic::new(codes::NOT_SPREAD, message)
                    .at(by.span, "there are enough for each instance to have its own")
                    .help(format!("`cistern place --rebalance {name}` moves them apart"))
                    .about("services", name),
            );
        }
    }

    /// Warns of services that are named on hosts in maintenance: those do not leave by themselves.
    pub(super) fn tell_resting(&self, hosts: &Hosts, faults: &mut Faults) {
        for (name, keyed) in self.def.services.iter().flat_map(|services| &services.entries) {
            let Some(def) = keyed.value.placement.as_ref().filter(|def| def.replicas.is_none()) else { continue };
            for at in def.hosts.iter().flatten() {
                let host = hosts.get(&at.value).filter(|host| host.lifecycle == Lifecycle::Maintenance);
                let Some(host) = host else { continue };
                faults.push(
                    Diagnostic::new(
                        codes::RESTING_HOST_NAMED,
                        format!("`{name}` runs on host `{}`, which is in maintenance", at.value),
                    )
                    .at(at.span, "named here, so it stays")
                    .at(host.span, "drained")
                    .help(format!(
                        "`cistern move {name} --from {} --to HOST` says how to move it with its data",
                        at.value
                    ))
                    .about("services", name)
                    .about("hosts", &at.value),
                );
            }
        }
    }
}

/// Where a placement asks for what a named host does not have; nothing for what the rules of every service look at.
fn broken(exclusion: &Exclusion, def: &PlacementDef, service: &Service) -> Option<Span> {
    match exclusion {
        Exclusion::TooSmall { .. } | Exclusion::NoRoom { .. } | Exclusion::NoGpu => {
            def.requires.as_ref().map(|requires| requires_span(requires, service))
        }
        Exclusion::Avoids(_) => def.avoid.iter().flatten().next().map(|at| at.span),
        Exclusion::KindFull(_) => def.max_per_host.map(|at| at.span),
        _ => None,
    }
}

fn failed(
    placing: &Placing,
    failure: &Failure,
    name: &ServiceName,
    def: &PlacementDef,
    service: &Service,
) -> Diagnostic {
    let demand = &placing.problem.demands[failure.demand];
    let (missing, of) = match failure.replicas {
        0 => (failure.standbys, counted(demand.standbys, "standby host")),
        replicas => (replicas, counted(demand.replicas, "instance")),
    };
    let mut diagnostic =
        Diagnostic::new(codes::NO_HOST_FITS, format!("`{name}` finds no host for {missing} of its {of}"))
            .at(span(failure, def, service), format!("{} to choose from", counted(demand.candidates.len(), "host")));
    for sentence in placing.exclusions(failure.demand) {
        diagnostic = diagnostic.help(sentence);
    }
    let searched = match failure.proven {
        true => "no way to place the others makes room for it",
        false => "the search was given up before every way to place the others was tried: there may be one",
    };
    diagnostic
        .help(format!("{searched}; lift one of these constraints, let it choose from more hosts, or ask for fewer"))
        .about("services", name)
}

/// What instances are kept apart by, as a noun.
fn place(by: &SpreadBy) -> String {
    match by {
        SpreadBy::Host | SpreadBy::Site | SpreadBy::Region => by.to_string(),
        SpreadBy::Label(label) => format!("place of the label `{label}`"),
    }
}

/// Where a placement says how many there are.
fn span(failure: &Failure, def: &PlacementDef, service: &Service) -> Span {
    let standby = match &def.standby {
        Some(Standby::Count(count)) => Some(count.span),
        _ => None,
    };
    let replicas = def.replicas.map(|at| at.span);
    let found = if failure.replicas == 0 { standby.or(replicas) } else { replicas.or(standby) };
    found.unwrap_or(service.span)
}

/// Where a placement says what an instance must have.
fn requires_span(requires: &RequiresDef, service: &Service) -> Span {
    let memory = requires.memory.map(|at| at.span);
    let cpus = requires.cpus.map(|at| at.span);
    let disk = requires.disk.map(|at| at.span);
    let gpu = requires.gpu.map(|at| at.span);
    memory.or(cpus).or(disk).or(gpu).unwrap_or(service.span)
}
