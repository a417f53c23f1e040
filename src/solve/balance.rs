//! Moving instances to where there is more left, when somebody asks for it.

use std::collections::BTreeSet;

use super::Part;
use super::choose::{crowd, distance};
use super::state::State;

/// The move of one instance.
struct Move {
    demand: usize,
    from: usize,
    to: usize,
    part: Part,
}

/// Moves instances of these demands from hosts with a high load to those with a low one, as long as the higher of the
/// two loads falls. Where a new host is the emptiest, everything that moves goes there.
pub(super) fn balance(state: &mut State<'_>, demands: &BTreeSet<usize>) {
    // Each move lowers the load of the fuller host below what it was: that ends, and long before this.
    for _ in 0..demands.len() * state.ground.problem.hosts.len().max(4) {
        let Some(Move { demand, from, to, part }) = best_move(state, demands) else { return };
        state.take(demand, from);
        state.put(demand, to, part);
    }
}

/// The move away from the fullest host that leaves the least load where it goes.
fn best_move(state: &mut State<'_>, demands: &BTreeSet<usize>) -> Option<Move> {
    let ground = state.ground;
    let mut sources: Vec<usize> = (0..ground.problem.hosts.len()).filter(|host| !state.on(*host).is_empty()).collect();
    sources.sort_by_cached_key(|host| (u64::MAX - state.share(*host), ground.host(*host).name.clone()));
    for from in sources {
        let mut here: Vec<usize> = state.on(from).iter().copied().filter(|demand| demands.contains(demand)).collect();
        here.sort_by_key(|demand| &ground.demand(*demand).name);
        let moves = here.into_iter().filter_map(|demand| away(state, demand, from));
        // Of those that leave the same load, the first by name.
        let moves: Vec<(u64, Move)> = moves.collect();
        if let Some((_, found)) = moves.into_iter().min_by_key(|(share, _)| *share) {
            return Some(found);
        }
    }
    None
}

/// The best host for an instance that leaves one, where the load falls by that.
fn away(state: &mut State<'_>, demand: usize, from: usize) -> Option<(u64, Move)> {
    let ground = state.ground;
    let own = ground.demand(demand);
    if own.fixed.contains(&from) || own.fixed_standbys.contains(&from) {
        return None;
    }
    let part = state.chosen(demand).iter().find(|(host, _)| *host == from)?.1;
    let full = state.share(from);
    let rank = (crowd(state, demand, from), distance(state, demand, from));
    state.take(demand, from);
    let better = |host: &usize| {
        *host != from
            && state.share_with(*host, demand) < full
            && (crowd(state, demand, *host), distance(state, demand, *host)) <= rank
            && state.fits(demand, *host, part)
    };
    let best = ground.eligible[demand].iter().copied().filter(better);
    let best = best.map(|host| (state.share_with(host, demand), &ground.host(host).name, host)).min();
    state.put(demand, from, part);
    best.map(|(share, _, to)| (share, Move { demand, from, to, part }))
}
