//! What became of every host in the eyes of one demand.

use std::collections::BTreeSet;

use super::choose::{crowd, distance, keep};
use super::ground::Ground;
use super::state::State;
use super::{Exclusion, Part, Problem, Solution};

/// What became of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The host.
    pub host: usize,
    /// What became of it.
    pub outcome: Outcome,
}

/// Whether a host was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The definition names it.
    Fixed(Part),
    /// It was chosen.
    Chosen {
        /// Whether it runs there or stands by.
        part: Part,
        /// Whether it was there before.
        held: bool,
        /// How much of the host is in use, in ten-thousandths.
        share: u64,
    },
    /// It could have been chosen, and others are better.
    Possible {
        /// How many instances of the same are in its domain.
        crowd: usize,
        /// How far it is from the neighbour: 0 on its host, 1 at its site, 2 elsewhere.
        distance: u8,
        /// How much of the host would be in use, in ten-thousandths.
        share: u64,
    },
    /// It cannot run there.
    Excluded(Exclusion),
}

/// Says of every host that a demand may run on, in the order of names, what became of it.
pub fn explain(problem: &Problem, solution: &Solution, demand: usize) -> Vec<Verdict> {
    let ground = Ground::of(problem);
    let state = filled(&ground, solution);
    let own = ground.demand(demand);
    let lacks_running = state.missing(demand, Part::Running) > 0;
    let part = if own.standbys > 0 && !lacks_running { Part::Standby } else { Part::Running };
    let mut hosts: Vec<usize> = own.fixed.iter().chain(&own.fixed_standbys).chain(&own.candidates).copied().collect();
    hosts.sort_by_key(|host| &ground.host(*host).name);
    hosts.dedup();
    hosts.into_iter().map(|host| Verdict { host, outcome: outcome(&state, demand, host, part) }).collect()
}

fn outcome(state: &State<'_>, demand: usize, host: usize, part: Part) -> Outcome {
    let own = state.ground.demand(demand);
    if let Some((_, part)) = state.chosen(demand).iter().find(|(chosen, _)| *chosen == host) {
        let held = match part {
            Part::Running => own.held.contains(&host),
            Part::Standby => own.held_standbys.contains(&host),
        };
        return match is_fixed(state.ground, demand, host) {
            true => Outcome::Fixed(*part),
            false => Outcome::Chosen { part: *part, held, share: state.share(host) },
        };
    }
    match state.ground.standing(demand, host).or_else(|| state.hindrance(demand, host, part)) {
        Some(exclusion) => Outcome::Excluded(exclusion),
        None => Outcome::Possible {
            crowd: crowd(state, demand, host),
            distance: distance(state, demand, host),
            share: state.share_with(host, demand),
        },
    }
}

/// Lists the hosts that a demand was on and had to leave, each with why; none where fewer instances are wanted.
pub fn lost(problem: &Problem, solution: &Solution, demand: usize) -> Vec<(usize, Option<Exclusion>)> {
    let ground = Ground::of(problem);
    let own = ground.demand(demand);
    let placed = &solution.placed[demand];
    let gone = own.held.iter().chain(&own.held_standbys);
    let gone = gone.filter(|host| !placed.hosts.contains(host) && !placed.standbys.contains(host));
    let mut state = State::new(&ground);
    keep(&mut state, &BTreeSet::new());
    let why = |host: usize| match own.candidates.contains(&host) {
        true => ground.standing(demand, host).or_else(|| state.hindrance(demand, host, Part::Running)),
        false => Some(Exclusion::NoCandidate),
    };
    gone.map(|host| (*host, why(*host))).collect()
}

/// Says of hosts on which demands run in any case why those could not be chosen for them: the demand, the host, why.
pub fn fixed_exclusions(problem: &Problem, solution: &Solution, demands: &[usize]) -> Vec<(usize, usize, Exclusion)> {
    let ground = Ground::of(problem);
    let mut state = filled(&ground, solution);
    let mut found = Vec::new();
    for demand in demands.iter().copied() {
        let own = ground.demand(demand);
        let places = own.fixed.iter().map(|host| (*host, Part::Running));
        for (host, part) in places.chain(own.fixed_standbys.iter().map(|host| (*host, Part::Standby))) {
            state.take(demand, host);
            let why = ground.standing(demand, host).filter(|why| *why != Exclusion::Resting);
            found.extend(why.or_else(|| state.hindrance(demand, host, part)).map(|why| (demand, host, why)));
            state.put(demand, host, part);
        }
    }
    found
}

/// Lists the demands of which two instances share a domain although there are enough of them, with those two hosts.
pub fn together(problem: &Problem, solution: &Solution) -> Vec<(usize, usize, usize)> {
    let ground = Ground::of(problem);
    let state = filled(&ground, solution);
    let found = ground.in_order().filter_map(|demand| {
        let own = ground.demand(demand);
        let chosen = state.chosen(demand).iter().filter(|(host, _)| own.candidates.contains(host));
        let mut taken = chosen.filter_map(|(host, part)| Some((*host, state.domain_taken(demand, *host, *part)?)));
        taken.next().map(|(host, other)| (demand, other, host))
    });
    found.collect()
}

fn is_fixed(ground: &Ground<'_>, demand: usize, host: usize) -> bool {
    let own = ground.demand(demand);
    own.fixed.contains(&host) || own.fixed_standbys.contains(&host)
}

/// The state that a solution describes.
fn filled<'g>(ground: &'g Ground<'g>, solution: &Solution) -> State<'g> {
    let mut state = State::new(ground);
    for (other, placed) in solution.placed.iter().enumerate() {
        for (hosts, part) in [(&placed.hosts, Part::Running), (&placed.standbys, Part::Standby)] {
            for host in hosts.iter().filter(|host| !is_fixed(ground, other, **host)) {
                state.put(other, *host, part);
            }
        }
    }
    state
}
