//! Others give way: a bounded search through the combinations, when some instance has found no host.

use std::collections::BTreeSet;

use super::Part;
use super::choose::compare;
use super::state::State;

/// How many times a host is looked at before the search is given up.
const PATIENCE: usize = 1_000_000;

/// Finds a host for what has none: for all that lack one together, else for each by itself.
pub(super) fn search(state: &mut State<'_>) {
    let lacking: BTreeSet<usize> = state.ground.in_order().filter(|demand| lacks(state, *demand)).collect();
    if lacking.is_empty() || widen(state, lacking.clone(), &BTreeSet::new()) || lacking.len() == 1 {
        return;
    }
    let gave_up = state.gave_up;
    for demand in state.ground.in_order().filter(|demand| lacking.contains(demand)).collect::<Vec<_>>() {
        let others = lacking.iter().copied().filter(|other| *other != demand).collect();
        widen(state, BTreeSet::from([demand]), &others);
    }
    // It was the first search that tried all of them.
    state.gave_up |= gave_up;
}

/// Frees those that lack a host, then those that are in their way, then those in theirs; `still` never moves.
fn widen(state: &mut State<'_>, mut free: BTreeSet<usize>, still: &BTreeSet<usize>) -> bool {
    loop {
        let movable = |demand: &usize| !state.ground.demand(*demand).candidates.is_empty() && !still.contains(demand);
        let wider: BTreeSet<usize> = (&free | &in_the_way(state, &free)).into_iter().filter(movable).collect();
        // When nobody else is in the way, nobody else can help: this round is the last one.
        let last = wider == free;
        free = wider;
        let mut attempt = state.clone();
        free.iter().for_each(|demand| attempt.free(*demand));
        let in_order = state.ground.in_order().filter(|demand| free.contains(demand)).collect();
        let mut descent = Descent { free: in_order, banned: BTreeSet::new(), patience: PATIENCE };
        if descent.descend(&mut attempt) {
            *state = attempt;
            return true;
        }
        if last {
            state.gave_up |= descent.patience == 0;
            return false;
        }
    }
}

fn lacks(state: &State<'_>, demand: usize) -> bool {
    state.missing(demand, Part::Running) + state.missing(demand, Part::Standby) > 0
}

/// The demands on the hosts that others could take.
fn in_the_way(state: &State<'_>, free: &BTreeSet<usize>) -> BTreeSet<usize> {
    let hosts: BTreeSet<usize> =
        free.iter().flat_map(|demand| state.ground.eligible[*demand].iter().copied()).collect();
    hosts.into_iter().flat_map(|host| state.on(host).iter().copied()).collect()
}

struct Descent {
    free: Vec<usize>,
    /// What was tried in vain above.
    banned: BTreeSet<(usize, Part, usize)>,
    patience: usize,
}

/// What has the least choice, and the hosts that it can take.
struct Tightest {
    choice: usize,
    demand: usize,
    part: Part,
    hosts: Vec<usize>,
}

impl Descent {
    /// Places everything that is missing; leaves the state as it was when that cannot be done.
    fn descend(&mut self, state: &mut State<'_>) -> bool {
        let mut tightest: Option<Tightest> = None;
        for demand in self.free.clone() {
            // Those that stand by come after those that run.
            let parts = [Part::Running, Part::Standby].into_iter();
            let Some(part) = parts.into_iter().find(|part| state.missing(demand, *part) > 0) else { continue };
            let hosts = self.fitting(state, demand, part);
            let Some(choice) = hosts.len().checked_sub(state.missing(demand, part)) else { return false };
            if tightest.as_ref().is_none_or(|tightest| choice < tightest.choice) {
                tightest = Some(Tightest { choice, demand, part, hosts });
            }
        }
        let Some(Tightest { demand, part, hosts, .. }) = tightest else { return true };
        let mut tried = Vec::new();
        let mut found = false;
        for host in preferred(state, demand, part, hosts) {
            if self.patience == 0 {
                break;
            }
            state.put(demand, host, part);
            if self.descend(state) {
                found = true;
                break;
            }
            state.take(demand, host);
            if self.banned.insert((demand, part, host)) {
                tried.push((demand, part, host));
            }
        }
        for ban in &tried {
            self.banned.remove(ban);
        }
        found
    }

    fn fitting(&mut self, state: &State<'_>, demand: usize, part: Part) -> Vec<usize> {
        let eligible = &state.ground.eligible[demand];
        self.patience = self.patience.saturating_sub(eligible.len());
        if self.patience == 0 {
            return Vec::new();
        }
        let open = eligible.iter().copied().filter(|host| !self.banned.contains(&(demand, part, *host)));
        open.filter(|host| state.fits(demand, *host, part)).collect()
    }
}

/// The hosts in the order in which they are tried: where it was before, then the best.
fn preferred(state: &State<'_>, demand: usize, part: Part, mut hosts: Vec<usize>) -> Vec<usize> {
    let own = state.ground.demand(demand);
    let held = match part {
        Part::Running => &own.held,
        Part::Standby => &own.held_standbys,
    };
    hosts.sort_by(|one, other| {
        let held = held.contains(other).cmp(&held.contains(one));
        held.then_with(|| compare(state, demand, *one, *other))
    });
    hosts
}
