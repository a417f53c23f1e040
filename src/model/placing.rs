//! How services were placed: what was asked of the solver, what it found, and how that is told.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{counted, listed};
use crate::placement_lock::PlacementLock;
use crate::solve::{Exclusion, Good, Outcome, Problem, Solution, Spread, explain};
use crate::value::{HostName, ServiceName, Size};

/// How many hosts a sentence names.
const NAMED: usize = 8;

/// Every placement of a fleet.
#[derive(Debug, Clone, Default)]
pub struct Placing {
    /// What was asked; empty where no placement leaves anything to be chosen.
    pub problem: Problem,
    /// What was found.
    pub solution: Solution,
    /// The hosts of the problem.
    pub hosts: Vec<HostName>,
    /// The services of the problem.
    pub services: Vec<ServiceName>,
    /// The services of which something was chosen.
    pub solved: BTreeSet<ServiceName>,
    /// What `placement.lock` says.
    pub before: PlacementLock,
    /// What it should say.
    pub after: PlacementLock,
}

/// Why a host is excluded, in words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    /// The constraint, as the definition calls it.
    pub constraint: String,
    /// What it is about hosts that it excludes.
    pub why: String,
    /// A figure of this host.
    pub figure: Option<String>,
}

impl Reason {
    /// Says why, with the figure of the host.
    pub fn sentence(&self) -> String {
        let figure = self.figure.as_ref().map_or_else(String::new, |figure| format!(" ({figure})"));
        format!("{}{figure}", self.why)
    }
}

impl Placing {
    /// Finds a service in the problem.
    pub fn demand(&self, service: &ServiceName) -> Option<usize> {
        self.services.iter().position(|known| known == service)
    }

    /// Finds a host in the problem.
    pub fn host(&self, host: &HostName) -> Option<usize> {
        self.hosts.binary_search(host).ok()
    }

    /// Finds many hosts in the problem, at no cost for one that follows the one before in it.
    pub fn places<'h>(&self, hosts: impl IntoIterator<Item = &'h HostName>) -> Vec<usize> {
        let mut next = 0;
        let place = |host: &'h HostName| {
            let place = if self.hosts.get(next) == Some(host) { next } else { self.host(host)? };
            next = place + 1;
            Some(place)
        };
        hosts.into_iter().filter_map(place).collect()
    }

    /// Says which constraint excludes which hosts of a service, one sentence a constraint.
    pub fn exclusions(&self, demand: usize) -> Vec<String> {
        let mut groups: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        for verdict in explain(&self.problem, &self.solution, demand) {
            let Outcome::Excluded(exclusion) = &verdict.outcome else { continue };
            let Reason { constraint, why, figure } = self.reason(exclusion);
            let host = &self.hosts[verdict.host];
            let named = figure.map_or_else(|| host.to_string(), |figure| format!("{host} ({figure})"));
            groups.entry((constraint, why)).or_default().push(named);
        }
        let sentence = |((constraint, why), hosts): ((String, String), Vec<String>)| {
            let verb = if hosts.len() == 1 { "is" } else { "are" };
            let count = counted(hosts.len(), "host");
            format!("{count} {verb} excluded by {constraint}, {why}: {}", few(&hosts))
        };
        groups.into_iter().map(sentence).collect()
    }

    /// Says why a host is excluded.
    pub fn reason(&self, exclusion: &Exclusion) -> Reason {
        let service = |demand: &usize| Some(format!("`{}`", self.services[*demand]));
        let reason = |constraint: &str, why: &str, figure: Option<String>| Reason {
            constraint: constraint.to_owned(),
            why: why.to_owned(),
            figure,
        };
        match exclusion {
            Exclusion::NoCandidate => reason("`placement`", "it is not among the hosts to choose from", None),
            Exclusion::Resting => reason("`lifecycle`", "which lets it take nothing new", None),
            Exclusion::Platform(system) => reason("platform", "the kind is for others", Some(system.clone())),
            Exclusion::NoGpu => reason("`gpu`", "it has no graphics processor", None),
            Exclusion::NoFacts => reason("`requires`", "no facts/HOST.json tells what it has", None),
            Exclusion::NoDomain(spread) => reason("`spread`", &lacks(spread), None),
            Exclusion::TooSmall { good, takes, has } => {
                let why = format!("an instance takes {} of {good}", amount(*good, *takes));
                reason("size", &why, Some(format!("has {}", amount(*good, *has))))
            }
            Exclusion::PortTaken(port) => reason(&format!("port {port}"), "its SSH server has it", None),
            Exclusion::Itself => reason("itself", "it has an instance already", None),
            Exclusion::Avoids(other) => reason("`avoid`", "it has what is to be avoided", service(other)),
            Exclusion::KindFull(other) => reason("kind", "it takes no more services of that", service(other)),
            Exclusion::PortClash { port, demand } => {
                reason(&format!("port {port}"), "another service has it", service(demand))
            }
            Exclusion::NoRoom { good, takes, left } => {
                let why = format!("an instance takes {} of {good}, and others leave less", amount(*good, *takes));
                reason("`requires`", &why, Some(format!("{} left", amount(*good, *left))))
            }
            Exclusion::DomainTaken(host) => {
                let why = format!("an instance is in the same place, on {}", self.hosts[*host]);
                reason("`spread`", &why, None)
            }
        }
    }
}

/// What a host lacks that instances are spread by.
fn lacks(spread: &Spread) -> String {
    match spread {
        Spread::Host => "it has no name".to_owned(),
        Spread::Site => "it stands in no site".to_owned(),
        Spread::Label(label) if label == "region" => "its site has no region".to_owned(),
        Spread::Label(label) => format!("it has no label `{label}`"),
    }
}

/// Shows so much of a good.
fn amount(good: Good, amount: u64) -> String {
    match good {
        Good::Cpus => match (amount / 100, amount % 100) {
            (whole, 0) => whole.to_string(),
            (whole, part) => format!("{whole}.{part:02}").trim_end_matches('0').to_owned(),
        },
        Good::Memory | Good::Disk if amount == 0 => "0".to_owned(),
        Good::Memory | Good::Disk => Size::rounded(amount).to_string(),
    }
}

/// Names a few.
fn few(names: &[String]) -> String {
    if names.len() <= NAMED {
        return listed(names);
    }
    format!("{} and {} more", names[..NAMED].join(", "), names.len() - NAMED)
}
