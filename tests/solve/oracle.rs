//! The constraints, written down apart from the solver, and a search that tries every placement.

use std::collections::BTreeSet;

use cistern::solve::{Amounts, GOODS, Good, Placed, Problem, Spread};

/// Says what is illegal about a placement, or nothing. Written down apart from the solver.
pub(crate) fn broken(problem: &Problem, placed: &[Placed]) -> Option<String> {
    for (at, demand) in problem.demands.iter().enumerate() {
        let hosts: Vec<usize> = places(&placed[at]).collect();
        if hosts.iter().collect::<BTreeSet<_>>().len() != hosts.len() {
            return Some(format!("{} is twice on a host", demand.name));
        }
        for host in hosts.into_iter().filter(|host| !demand.fixed.contains(host)) {
            if let Some(why) = alone(problem, at, host).or_else(|| beside(problem, placed, at, host)) {
                return Some(format!("{} on {}: {why}", demand.name, problem.hosts[host].name));
            }
        }
        if crowded(problem, at, &placed[at]) {
            return Some(format!("{} is crowded", demand.name));
        }
    }
    None
}

fn places(placed: &Placed) -> impl Iterator<Item = usize> {
    placed.hosts.iter().chain(&placed.standbys).copied()
}

/// What keeps a demand off a host, whatever else runs there.
fn alone(problem: &Problem, at: usize, host: usize) -> Option<&'static str> {
    let (demand, known) = (&problem.demands[at], &problem.hosts[host]);
    let told = |has: &Amounts, good: &Good| has.of(*good) > 0 || demand.promised.contains(good);
    let small = |has: &Amounts| GOODS.iter().any(|good| told(has, good) && demand.takes.of(*good) > has.of(*good));
    let foreign = |own: &String| !demand.systems.is_empty() && !demand.systems.contains(own);
    match () {
        () if !demand.candidates.contains(&host) => Some("no candidate"),
        () if !known.accepting && !demand.kept.contains(&host) => Some("drained"),
        () if known.system.as_ref().is_some_and(foreign) => Some("platform"),
        () if known.capacity.is_none() && (demand.gpu_promised || !demand.promised.is_empty()) => Some("no facts"),
        () if known.capacity.is_some() && demand.gpu && !known.gpu => Some("no graphics processor"),
        () if demand.spread.is_some() && domain(problem, at, host).is_none() => Some("no domain"),
        () if known.capacity.as_ref().is_some_and(small) => Some("too small"),
        () => None,
    }
}

/// What is wrong about a demand and the others on a host.
fn beside(problem: &Problem, placed: &[Placed], at: usize, host: usize) -> Option<&'static str> {
    let demand = &problem.demands[at];
    let here: Vec<usize> = (0..placed.len()).filter(|other| places(&placed[*other]).any(|own| own == host)).collect();
    for other in here.iter().filter(|other| **other != at) {
        let that = &problem.demands[*other];
        if demand.avoid.contains(other) || that.avoid.contains(&at) {
            return Some("avoids");
        }
        if !demand.ports.is_disjoint(&that.ports) {
            return Some("port");
        }
    }
    let of_kind: Vec<_> = here.iter().filter(|other| problem.demands[**other].kind == demand.kind).collect();
    let most = of_kind.iter().filter_map(|other| problem.demands[**other].most_of_kind).min();
    if most.is_some_and(|most| of_kind.len() > most) {
        return Some("kind");
    }
    for good in GOODS {
        let promised = here.iter().any(|other| problem.demands[*other].promised.contains(&good));
        let sum: u64 = here.iter().map(|other| problem.demands[*other].takes.of(good)).sum();
        if promised && problem.hosts[host].capacity.is_some_and(|has| sum > has.of(good)) {
            return Some("room");
        }
    }
    None
}

fn domain(problem: &Problem, demand: usize, host: usize) -> Option<String> {
    match problem.demands[demand].spread.as_ref()? {
        Spread::Host => Some(problem.hosts[host].name.clone()),
        Spread::Site => problem.hosts[host].site.clone(),
        Spread::Label(label) => problem.hosts[host].labels.get(label).cloned(),
    }
}

/// Says whether instances share a domain although there are enough, and not because they did before.
fn crowded(problem: &Problem, at: usize, placed: &Placed) -> bool {
    let demand = &problem.demands[at];
    if demand.spread.is_none() {
        return false;
    }
    let usable = demand.candidates.iter().filter(|host| alone(problem, at, **host).is_none());
    let there = usable.filter_map(|host| domain(problem, at, *host)).collect::<BTreeSet<_>>().len();
    let before = |host: &usize| demand.held.contains(host) || demand.held_standbys.contains(host);
    let distinct = |hosts: Vec<usize>| {
        let mut pairs =
            hosts.iter().enumerate().flat_map(|(at, one)| hosts[..at].iter().map(move |other| (one, other)));
        pairs.all(|(one, other)| {
            before(one) && before(other) || domain(problem, at, *one) != domain(problem, at, *other)
        })
    };
    let running = there < demand.replicas || distinct(placed.hosts.clone());
    let all = there < demand.replicas + demand.standbys || distinct(places(placed).collect());
    !(running && all)
}

/// Every choice of so many hosts.
fn choices(count: usize, among: &[usize]) -> Vec<Vec<usize>> {
    let masks = (0_u32..1 << among.len()).filter(|mask| mask.count_ones() as usize == count);
    masks.map(|mask| (0..among.len()).filter(|bit| mask >> bit & 1 == 1).map(|bit| among[bit]).collect()).collect()
}

/// Whether there is any placement at all, by trying every one; those behind `at` are not placed yet.
pub(crate) fn exists(problem: &Problem, placed: &mut Vec<Placed>, at: usize) -> bool {
    let Some(demand) = problem.demands.get(at) else { return broken(problem, placed).is_none() };
    let fixed = placed[at].clone();
    for running in choices(demand.replicas - demand.fixed.len(), &demand.candidates) {
        let rest: Vec<usize> = demand.candidates.iter().copied().filter(|host| !running.contains(host)).collect();
        for standbys in choices(demand.standbys, &rest) {
            placed[at] = Placed { hosts: [demand.fixed.clone(), running.clone()].concat(), standbys };
            // What is wrong already does not get right by more.
            if broken(problem, placed).is_none() && exists(problem, placed, at + 1) {
                return true;
            }
        }
    }
    placed[at] = fixed;
    false
}
