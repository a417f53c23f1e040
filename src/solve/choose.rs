//! The best host for each instance, one after the other.

use std::cmp::Ordering;

use super::Part;
use super::state::State;

/// How good a host is, the least first: how many instances share its domain, how far it is from its neighbour, how much
/// of it would be in use.
type Score = (usize, u8, u64);

/// Keeps what was placed before and is legal.
pub(super) fn keep(state: &mut State<'_>) {
    let ground = state.ground;
    for part in [Part::Running, Part::Standby] {
        for demand in ground.in_order() {
            let own = ground.demand(demand);
            let held = match part {
                Part::Running => &own.held,
                Part::Standby => &own.held_standbys,
            };
            for host in held {
                let eligible = own.candidates.contains(host) && ground.standing(demand, *host).is_none();
                if eligible && state.missing(demand, part) > 0 && state.fits(demand, *host, part) {
                    state.put(demand, *host, part);
                }
            }
        }
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
    for host in state.ground.eligible[demand].iter().copied().filter(|host| state.fits(demand, *host, part)) {
        let score = score(state, demand, host);
        let is_better = best.is_none_or(|(least, other)| {
            score < least || score == least && drawn(state, demand, host) < drawn(state, demand, other)
        });
        if is_better {
            best = Some((score, host));
        }
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
