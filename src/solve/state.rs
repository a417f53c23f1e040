//! What is placed where so far, and whether one more instance fits.

use super::exclude::Exclusion;
use super::ground::Ground;
use super::{Amounts, GOODS, Good, Listen, Part, Placed};

/// A placement while it is made.
#[derive(Debug, Clone)]
pub(super) struct State<'g> {
    pub(super) ground: &'g Ground<'g>,
    hosts: Vec<Load>,
    chosen: Vec<Vec<(usize, Part)>>,
    /// Whether the search ended before every combination was tried.
    pub(super) gave_up: bool,
}

/// What a host is loaded with.
#[derive(Debug, Clone, Default)]
struct Load {
    demands: Vec<usize>,
    takes: Amounts,
    weight: Amounts,
    ports: Vec<(Listen, usize)>,
    /// How many instances have each good promised.
    promised: [u32; 3],
}

impl<'g> State<'g> {
    /// Begins with what is fixed.
    pub(super) fn new(ground: &'g Ground<'g>) -> Self {
        let hosts = vec![Load::default(); ground.problem.hosts.len()];
        let chosen = vec![Vec::new(); ground.problem.demands.len()];
        let mut state = Self { ground, hosts, chosen, gave_up: false };
        for demand in ground.in_order() {
            let own = ground.demand(demand);
            own.fixed.iter().for_each(|host| state.put(demand, *host, Part::Running));
            own.fixed_standbys.iter().for_each(|host| state.put(demand, *host, Part::Standby));
        }
        state
    }

    /// Lists the hosts of a demand.
    pub(super) fn chosen(&self, demand: usize) -> &[(usize, Part)] {
        &self.chosen[demand]
    }

    /// Lists the demands on a host.
    pub(super) fn on(&self, host: usize) -> &[usize] {
        &self.hosts[host].demands
    }

    /// How many instances are still missing.
    pub(super) fn missing(&self, demand: usize, part: Part) -> usize {
        let own = self.ground.demand(demand);
        let wanted = match part {
            Part::Running => own.replicas,
            Part::Standby => own.standbys,
        };
        wanted.saturating_sub(self.chosen[demand].iter().filter(|(_, own)| *own == part).count())
    }

    pub(super) fn put(&mut self, demand: usize, host: usize, part: Part) {
        let own = self.ground.demand(demand);
        let load = &mut self.hosts[host];
        load.demands.push(demand);
        load.takes.add(&own.takes);
        load.weight.add(&self.ground.weight(demand));
        load.ports.extend(own.ports.iter().map(|port| (*port, demand)));
        own.promised.iter().for_each(|good| load.promised[*good as usize] += 1);
        self.chosen[demand].push((host, part));
    }

    pub(super) fn take(&mut self, demand: usize, host: usize) {
        let own = self.ground.demand(demand);
        let load = &mut self.hosts[host];
        load.demands.retain(|other| *other != demand);
        load.takes.subtract(&own.takes);
        load.weight.subtract(&self.ground.weight(demand));
        load.ports.retain(|(_, other)| *other != demand);
        own.promised.iter().for_each(|good| load.promised[*good as usize] -= 1);
        self.chosen[demand].retain(|(own, _)| *own != host);
    }

    /// Takes away what is not fixed of a demand.
    pub(super) fn free(&mut self, demand: usize) {
        let own = self.ground.demand(demand);
        let fixed = |host: &usize| own.fixed.contains(host) || own.fixed_standbys.contains(host);
        let chosen: Vec<usize> =
            self.chosen[demand].iter().map(|(host, _)| *host).filter(|host| !fixed(host)).collect();
        chosen.into_iter().for_each(|host| self.take(demand, host));
    }

    /// Says whether one more instance fits on a host that is eligible.
    pub(super) fn fits(&self, demand: usize, host: usize, part: Part) -> bool {
        self.hindrance(demand, host, part).is_none()
    }

    /// Why one more instance does not fit on a host, because of what is placed.
    pub(super) fn hindrance(&self, demand: usize, host: usize, part: Part) -> Option<Exclusion> {
        let (own, load) = (self.ground.demand(demand), &self.hosts[host]);
        if self.chosen[demand].iter().any(|(own, _)| *own == host) {
            return Some(Exclusion::Itself);
        }
        if let Some(other) = load.demands.iter().find(|other| self.ground.avoided[demand].contains(other)) {
            return Some(Exclusion::Avoids(*other));
        }
        if let Some(other) = self.full_of_kind(demand, host) {
            return Some(Exclusion::KindFull(other));
        }
        if let Some(((port, _), other)) = load.ports.iter().find(|(port, _)| own.ports.contains(port)) {
            return Some(Exclusion::PortClash { port: *port, demand: *other });
        }
        self.no_room(demand, host).or_else(|| self.domain_taken(demand, host, part).map(Exclusion::DomainTaken))
    }

    /// A service of the same kind, where a host takes no more of them.
    fn full_of_kind(&self, demand: usize, host: usize) -> Option<usize> {
        let kinds = &self.ground.kinds;
        let same = || self.hosts[host].demands.iter().copied().filter(|other| kinds[*other] == kinds[demand]);
        let most = same().chain([demand]).filter_map(|other| self.ground.demand(other).most_of_kind).min()?;
        same().next().filter(|_| same().count() >= most)
    }

    fn no_room(&self, demand: usize, host: usize) -> Option<Exclusion> {
        let (own, load) = (self.ground.demand(demand), &self.hosts[host]);
        let has = self.ground.host(host).capacity.as_ref()?;
        let full = |good: &&Good| {
            let promised = load.promised[**good as usize] > 0 || own.promised.contains(good);
            promised && load.takes.of(**good).saturating_add(own.takes.of(**good)) > has.of(**good)
        };
        GOODS.iter().find(full).map(|good| Exclusion::NoRoom {
            good: *good,
            takes: own.takes.of(*good),
            left: has.of(*good).saturating_sub(load.takes.of(*good)),
        })
    }

    /// The host of another instance that this one is to be kept apart from, in the domain of a host.
    pub(super) fn domain_taken(&self, demand: usize, host: usize, part: Part) -> Option<usize> {
        let domain = self.ground.domain(demand, host)?;
        let taken = |(other, its): &&(usize, Part)| {
            *other != host
                && self.ground.keeps_apart(demand, part, *its)
                && self.ground.domain(demand, *other) == Some(domain)
        };
        self.chosen[demand].iter().find(taken).map(|(other, _)| *other)
    }

    /// The share of a host that is in use, with one more instance of a demand.
    pub(super) fn share_with(&self, host: usize, demand: usize) -> u64 {
        let mut used = self.hosts[host].weight;
        used.add(&self.ground.weight(demand));
        self.ground.share(host, &used)
    }

    /// The share of a host that is in use.
    pub(super) fn share(&self, host: usize) -> u64 {
        self.ground.share(host, &self.hosts[host].weight)
    }

    /// The hosts of a demand: those of before first, in their order.
    pub(super) fn placed(&self, demand: usize) -> Placed {
        let own = self.ground.demand(demand);
        let list = |part: Part, fixed: &[usize], held: &[usize]| {
            let chosen = self.chosen[demand].iter().filter(|(_, own)| *own == part).map(|(host, _)| *host);
            let mut hosts: Vec<usize> = chosen.collect();
            let rank = |host: &usize| fixed.iter().chain(held).position(|other| other == host).unwrap_or(usize::MAX);
            hosts.sort_by_key(rank);
            hosts
        };
        Placed {
            hosts: list(Part::Running, &own.fixed, &own.held),
            standbys: list(Part::Standby, &own.fixed_standbys, &own.held_standbys),
        }
    }
}
