//! The best host for each instance, one after the other.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::state::State;
use super::{Exclusion, Part};

/// How good a host is, the least first: how many instances share its domain, how far it is from its neighbour, how much
/// of it would be in use.
type Score = (usize, u8, u64);

/// Keeps what was placed before and is legal. Instances may go on to share a domain, also where there are enough by now,
/// but for those of the demands in `anew`. Where an instance lost its host, one that stood by runs instead.
pub(super) fn keep(state: &mut State<'_>, anew: &BTreeSet<usize>) {
    let ground = state.ground;
    let keep = |state: &mut State<'_>, demand: usize, part: Part, hosts: &[usize]| {
        for host in hosts {
            let is_candidate = ground.demand(demand).candidates.contains(host);
            let eligible = is_candidate && ground.standing(demand, *host).is_none();
            if eligible && state.missing(demand, part) > 0 && may_stay(state, demand, *host, part, anew) {
                state.put(demand, *host, part);
            }
        }
    };
    for demand in ground.in_order() {
        keep(state, demand, Part::Running, &ground.demand(demand).held);
    }
    for demand in ground.in_order() {
        let own = ground.demand(demand);
        let stays = |host: &&usize| state.chosen(demand).iter().any(|(other, _)| other == *host);
        let lost = own.gone + own.held.iter().filter(|host| !stays(host)).count();
        let spare = state.missing(demand, Part::Running).saturating_sub(lost);
        for host in &own.held_standbys {
            if state.missing(demand, Part::Running) > spare {
                keep(state, demand, Part::Running, std::slice::from_ref(host));
            }
        }
    }
    for demand in ground.in_order() {
        keep(state, demand, Part::Standby, &ground.demand(demand).held_standbys);
    }
}

fn may_stay(state: &State<'_>, demand: usize, host: usize, part: Part, anew: &BTreeSet<usize>) -> bool {
    match state.hindrance(demand, host, part) {
        Some(Exclusion::DomainTaken(_)) => !anew.contains(&demand),
        hindrance => hindrance.is_none(),
    }
}

/// Gives every missing instance the best host, those with the least choice first.
pub(super) fn fill(state: &mut State<'_>) {
    for part in [Part::Running, Part::Standby] {
        for demand in order(state) {
            while state.missing(demand, part) > 0 {
                let Some(host) = best(state, demand, part) else { break };
                state.put(demand, host, part);
            }
        }
    }
}

/// The demands in the order in which they choose: neighbours before those who want to be near them, then the ones with
/// the least choice, then the largest.
fn order(state: &State<'_>) -> Vec<usize> {
    let ground = state.ground;
    let mut order: Vec<usize> = ground.in_order().collect();
    order.sort_by_cached_key(|demand| {
        let own = ground.demand(*demand);
        let choice = ground.eligible[*demand].len().saturating_sub(own.replicas + own.standbys);
        (depth(state, *demand), choice, u64::MAX - own.takes.memory, u64::MAX - own.takes.cpus, &own.name)
    });
    order
}

/// How many demands lead from one neighbour to the next.
fn depth(state: &State<'_>, demand: usize) -> usize {
    let all = state.ground.problem.demands.len();
    std::iter::successors(state.ground.demand(demand).near, |next| state.ground.demand(*next).near).take(all).count()
}

fn best(state: &State<'_>, demand: usize, part: Part) -> Option<usize> {
    let mut best: Option<(Score, usize)> = None;
    // Lots are drawn for the first time when two are equal, and once for each.
    let mut least_drawn = None;
    for host in state.ground.eligible[demand].iter().copied().filter(|host| state.fits(demand, *host, part)) {
        let score = score(state, demand, host);
        match best {
            Some((least, _)) if score > least => continue,
            Some((least, other)) if score == least => {
                let own = drawn(state, demand, host);
                if own >= *least_drawn.get_or_insert_with(|| drawn(state, demand, other)) {
                    continue;
                }
                least_drawn = Some(own);
            }
            _ => least_drawn = None,
        }
        best = Some((score, host));
    }
    best.map(|(_, host)| host)
}

/// Says which of two hosts comes first for one more instance.
pub(super) fn compare(state: &State<'_>, demand: usize, one: usize, other: usize) -> Ordering {
    let scores = score(state, demand, one).cmp(&score(state, demand, other));
    scores.then_with(|| drawn(state, demand, one).cmp(&drawn(state, demand, other)))
}

/// How good a host is for one more instance.
fn score(state: &State<'_>, demand: usize, host: usize) -> Score {
    (crowd(state, demand, host), distance(state, demand, host), state.share_with(host, demand))
}

/// What decides between equals: a hash that does not care which other hosts there are, and the name.
fn drawn<'p>(state: &State<'p>, demand: usize, host: usize) -> (u64, &'p str) {
    (lot(state, demand, host), &state.ground.host(host).name)
}

/// How many instances of a demand are in the domain of a host.
pub(super) fn crowd(state: &State<'_>, demand: usize, host: usize) -> usize {
    let ground = state.ground;
    let Some(domain) = ground.domain(demand, host) else { return 0 };
    let others = state.chosen(demand).iter().filter(|(other, _)| *other != host);
    others.filter(|(other, _)| ground.domain(demand, *other) == Some(domain)).count()
}

/// How far a host is from those of its neighbour: 0 on one of them, 1 at the same site, 2 elsewhere.
pub(super) fn distance(state: &State<'_>, demand: usize, host: usize) -> u8 {
    let ground = state.ground;
    let Some(near) = ground.demand(demand).near else { return 0 };
    let running = || state.chosen(near).iter().filter(|(_, part)| *part == Part::Running).map(|(host, _)| *host);
    let site = &ground.host(host).site;
    if running().any(|other| other == host) {
        0
    } else if site.is_some() && running().any(|other| ground.host(other).site == *site) {
        1
    } else {
        2
    }
}

/// A number that a service and a host always give, whatever else there is.
fn lot(state: &State<'_>, demand: usize, host: usize) -> u64 {
    let (demand, host) = (&state.ground.demand(demand).name, &state.ground.host(host).name);
    let bytes = demand.bytes().chain([0]).chain(host.bytes());
    let sum = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    let mixed = (sum ^ (sum >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed ^ (mixed >> 33)
}
