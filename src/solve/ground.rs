//! What is known before anything is placed: who may run where, who avoids whom, and which hosts share a domain.

use std::collections::{BTreeMap, BTreeSet};

use super::exclude::{Exclusion, standing};
use super::{Amounts, Demand, Host, Part, Problem, Spread};

/// What an instance counts for in the balance when nobody says what it takes.
const USUAL: Amounts = Amounts { memory: 128 << 20, cpus: 10, disk: 0 };

/// What a host counts for in the balance when nobody says what it has.
const UNKNOWN: Amounts = Amounts { memory: 4 << 30, cpus: 200, disk: 0 };

/// A problem and what follows from it alone.
#[derive(Debug)]
pub(super) struct Ground<'p> {
    pub(super) problem: &'p Problem,
    /// The demands in the order of their names.
    order: Vec<usize>,
    /// The hosts that a demand may run on as far as only the two are concerned.
    pub(super) eligible: Vec<Vec<usize>>,
    /// The demands that each never meets.
    pub(super) avoided: Vec<BTreeSet<usize>>,
    /// The domain of every host, for each way to spread.
    domains: Vec<Vec<Option<usize>>>,
    /// The way in which each demand is spread.
    ways: Vec<Option<usize>>,
    /// The kind of each demand, as a number.
    pub(super) kinds: Vec<usize>,
    /// How far a demand keeps its instances in different domains.
    apart: Vec<Apart>,
}

/// Which instances of a demand never share a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Apart {
    /// There are too few domains: they are spread as evenly as can be.
    Evenly,
    /// Those that run.
    Running,
    /// All of them.
    All,
}

impl<'p> Ground<'p> {
    pub(super) fn of(problem: &'p Problem) -> Self {
        let demands = &problem.demands;
        let mut order: Vec<usize> = (0..demands.len()).collect();
        order.sort_by_key(|demand| &demands[*demand].name);
        let mut avoided: Vec<BTreeSet<usize>> = demands.iter().map(|demand| demand.avoid.clone()).collect();
        for (at, demand) in demands.iter().enumerate() {
            for other in &demand.avoid {
                avoided[*other].insert(at);
            }
        }
        let spreads: BTreeSet<&Spread> = demands.iter().filter_map(|demand| demand.spread.as_ref()).collect();
        let spreads: Vec<&Spread> = spreads.into_iter().collect();
        let domains = spreads.iter().map(|spread| domains(spread, &problem.hosts)).collect();
        let way = |demand: &Demand| spreads.binary_search(&demand.spread.as_ref()?).ok();
        let ways = demands.iter().map(way).collect();
        let mut names: BTreeMap<&str, usize> = BTreeMap::new();
        let kinds = demands.iter().map(|demand| {
            let next = names.len();
            *names.entry(demand.kind.as_str()).or_insert(next)
        });
        let kinds = kinds.collect();
        let mut ground =
            Self { problem, order, eligible: Vec::new(), avoided, domains, ways, kinds, apart: Vec::new() };
        ground.eligible = (0..demands.len()).map(|demand| ground.eligible_of(demand)).collect();
        ground.apart = (0..demands.len()).map(|demand| ground.apart_of(demand)).collect();
        ground
    }

    pub(super) fn demand(&self, demand: usize) -> &'p Demand {
        &self.problem.demands[demand]
    }

    pub(super) fn host(&self, host: usize) -> &'p Host {
        &self.problem.hosts[host]
    }

    /// Lists the demands in the order of their names.
    pub(super) fn in_order(&self) -> impl Iterator<Item = usize> + '_ {
        self.order.iter().copied()
    }

    /// The domain of a host in the eyes of a demand.
    pub(super) fn domain(&self, demand: usize, host: usize) -> Option<usize> {
        self.domains[self.ways[demand]?][host]
    }

    /// Why a demand cannot run on a host, whatever else runs there.
    pub(super) fn standing(&self, demand: usize, host: usize) -> Option<Exclusion> {
        let without_domain = self.demand(demand).spread.is_some() && self.domain(demand, host).is_none();
        standing(self.demand(demand), host, self.host(host), without_domain)
    }

    /// Says whether two instances of a demand may not share a domain.
    pub(super) fn keeps_apart(&self, demand: usize, one: Part, other: Part) -> bool {
        match self.apart[demand] {
            Apart::Evenly => false,
            Apart::Running => one == Part::Running && other == Part::Running,
            Apart::All => true,
        }
    }

    /// What an instance counts for in the balance.
    pub(super) fn weight(&self, demand: usize) -> Amounts {
        let takes = self.demand(demand).takes;
        let or = |own: u64, usual: u64| if own == 0 { usual } else { own };
        Amounts { memory: or(takes.memory, USUAL.memory), cpus: or(takes.cpus, USUAL.cpus), disk: 0 }
    }

    /// The share of a host that is in use, in ten-thousandths: of memory or of processors, whichever is larger.
    pub(super) fn share(&self, host: usize, used: &Amounts) -> u64 {
        let has = self.host(host).capacity.unwrap_or(UNKNOWN);
        let share = |used: u64, has: u64| match used.checked_mul(10_000) {
            Some(parts) => parts / has.max(1),
            None => used / (has / 10_000).max(1),
        };
        share(used.memory, has.memory).max(share(used.cpus, has.cpus))
    }

    fn eligible_of(&self, demand: usize) -> Vec<usize> {
        let candidates = self.demand(demand).candidates.iter().copied();
        candidates.filter(|host| self.standing(demand, *host).is_none()).collect()
    }

    fn apart_of(&self, demand: usize) -> Apart {
        let Demand { replicas, standbys, fixed, fixed_standbys, .. } = self.demand(demand);
        let hosts = self.eligible[demand].iter().chain(fixed).chain(fixed_standbys);
        let domains: BTreeSet<_> = hosts.filter_map(|host| self.domain(demand, *host)).collect();
        match domains.len() {
            many if many >= replicas + standbys => Apart::All,
            many if many >= *replicas => Apart::Running,
            _ => Apart::Evenly,
        }
    }
}

/// The domain of each host, as a number; none where it has none.
fn domains(spread: &Spread, hosts: &[Host]) -> Vec<Option<usize>> {
    let value = |host: &Host| match spread {
        Spread::Host => Some(host.name.clone()),
        Spread::Site => host.site.clone(),
        Spread::Label(label) => host.labels.get(label).cloned(),
    };
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut number = |name: String| {
        let next = numbers.len();
        *numbers.entry(name).or_insert(next)
    };
    hosts.iter().map(|host| value(host).map(&mut number)).collect()
}
