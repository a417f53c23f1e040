//! The solver against the constraints, against brute force on small fleets, and its laws: what is listed in another
//! order changes nothing, what was placed stays, a new host takes no more than its share.

use std::cell::Cell;
use std::collections::BTreeSet;

use cistern::solve::{Amounts, Demand, GOODS, Good, Host, Placed, Problem, Solution, Spread, rebalance, solve};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

const SITES: [&str; 3] = ["home", "cloud", "attic"];

/// Problems are the same in every run.
fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

fn host() -> impl Strategy<Value = Host> {
    let capacity = prop::option::weighted(0.8, (2_u64..9, 1_u64..5));
    let site = prop::option::weighted(0.95, 0..3_usize);
    (site, capacity, prop::bool::weighted(0.2), prop::bool::weighted(0.95), 0..3_usize).prop_map(
        |(site, capacity, arm, accepting, rack)| Host {
            site: site.map(|site| SITES[site].to_owned()),
            labels: [("rack".to_owned(), format!("r{rack}"))].into(),
            system: Some(if arm { "aarch64-linux" } else { "x86_64-linux" }.to_owned()),
            capacity: capacity.map(|(memory, cpus)| Amounts { memory, cpus: cpus * 100, disk: 0 }),
            accepting,
            ports: BTreeSet::from([(22, false)]),
            ..Host::default()
        },
    )
}

fn demand(hosts: usize, demands: usize) -> impl Strategy<Value = Demand> {
    let spread = prop::option::weighted(0.4, prop_oneof![Just(Spread::Site), Just(Spread::Label("rack".to_owned()))]);
    let standbys = prop::bool::weighted(0.25).prop_map(usize::from);
    let sizes = (1_usize..3, standbys, 0..4_u64, prop::bool::weighted(0.3), prop::bool::weighted(0.1));
    let avoid = prop::collection::btree_set(0..demands, 0..2);
    let neighbours = (avoid, prop::option::weighted(0.3, 0..demands));
    let kinds = (prop::bool::weighted(0.2), 0..4_u16, 0..2_usize);
    let held = prop::collection::vec(0..hosts, 0..3);
    let candidates = prop::collection::btree_set(0..hosts, hosts.div_ceil(2)..=hosts);
    (candidates, sizes, spread, neighbours, kinds, held).prop_map(
        |(
            candidates,
            (replicas, standbys, memory, promised, x86),
            spread,
            (avoid, near),
            (fixed, port, kind),
            held,
        )| {
            let candidates: Vec<usize> = candidates.into_iter().collect();
            let mut demand = Demand {
                kind: format!("kind-{kind}"),
                takes: Amounts { memory, cpus: 50, disk: 0 },
                promised: if promised { BTreeSet::from([Good::Memory]) } else { BTreeSet::new() },
                systems: if x86 { vec!["x86_64-linux".to_owned()] } else { Vec::new() },
                ports: BTreeSet::from([(8000 + port, false)]),
                most_of_kind: (kind == 1).then_some(2),
                avoid,
                near,
                ..Demand::default()
            };
            if fixed {
                demand.fixed = candidates.into_iter().take(1).collect();
                demand.replicas = demand.fixed.len();
            } else {
                (demand.candidates, demand.replicas, demand.standbys) = (candidates, replicas, standbys);
                (demand.spread, demand.held) = (spread, held);
            }
            demand
        },
    )
}

/// A fleet of so many hosts and demands at most; neighbours lead to those before.
fn problem(hosts: usize, demands: usize) -> impl Strategy<Value = Problem> {
    (1..=hosts, 1..=demands).prop_flat_map(|(hosts, demands)| {
        let hosts_of = prop::collection::vec(host(), hosts);
        (hosts_of, prop::collection::vec(demand(hosts, demands), demands)).prop_map(|(mut hosts, mut demands)| {
            for (at, host) in hosts.iter_mut().enumerate() {
                host.name = format!("host-{at}");
            }
            for (at, demand) in demands.iter_mut().enumerate() {
                demand.name = format!("service-{at}");
                demand.avoid.remove(&at);
                demand.near = demand.near.filter(|near| *near < at && !demand.avoid.contains(near));
            }
            Problem { hosts, demands }
        })
    })
}

/// Says what is illegal about a placement, or nothing. Written down apart from the solver.
fn broken(problem: &Problem, placed: &[Placed]) -> Option<String> {
    for (at, demand) in problem.demands.iter().enumerate() {
        let hosts: Vec<usize> = places(&placed[at]).collect();
        if hosts.iter().collect::<BTreeSet<_>>().len() != hosts.len() {
            return Some(format!("{} is twice on a host", demand.name));
        }
        for host in hosts.into_iter().filter(|host| !demand.fixed.contains(host)) {
            if let Some(why) = alone(problem, at, host).or_else(|| together(problem, placed, at, host)) {
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
    let small = |has: &Amounts| GOODS.iter().any(|good| has.of(*good) > 0 && demand.takes.of(*good) > has.of(*good));
    let foreign = |own: &String| !demand.systems.is_empty() && !demand.systems.contains(own);
    match () {
        () if !demand.candidates.contains(&host) => Some("no candidate"),
        () if !known.accepting && !demand.kept.contains(&host) => Some("drained"),
        () if known.system.as_ref().is_some_and(foreign) => Some("platform"),
        () if known.capacity.is_none() && !demand.promised.is_empty() => Some("no facts"),
        () if demand.spread.is_some() && domain(problem, at, host).is_none() => Some("no domain"),
        () if known.capacity.as_ref().is_some_and(small) => Some("too small"),
        () => None,
    }
}

/// What is wrong about a demand and the others on a host.
fn together(problem: &Problem, placed: &[Placed], at: usize, host: usize) -> Option<&'static str> {
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

/// Says whether instances share a domain although there are enough.
fn crowded(problem: &Problem, at: usize, placed: &Placed) -> bool {
    let demand = &problem.demands[at];
    if demand.spread.is_none() {
        return false;
    }
    let usable = demand.candidates.iter().filter(|host| alone(problem, at, **host).is_none());
    let there = usable.filter_map(|host| domain(problem, at, *host)).collect::<BTreeSet<_>>().len();
    let distinct = |hosts: Vec<usize>| {
        let domains: BTreeSet<_> = hosts.iter().map(|host| domain(problem, at, *host)).collect();
        domains.len() == hosts.len()
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
fn exists(problem: &Problem, placed: &mut Vec<Placed>, at: usize) -> bool {
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

#[test]
fn every_constraint_holds_and_brute_force_finds_no_more() {
    let (solved, impossible) = (Cell::new(0), Cell::new(0));
    runner(1000)
        .run(&problem(5, 5), |problem| {
            let solution = solve(&problem);
            prop_assert_eq!(broken(&problem, &solution.placed), None);
            if solution.failed.is_empty() {
                for (demand, placed) in problem.demands.iter().zip(&solution.placed) {
                    let counts = (placed.hosts.len(), placed.standbys.len());
                    prop_assert_eq!(counts, (demand.replicas, demand.standbys), "{}", demand.name);
                }
                solved.set(solved.get() + 1);
                return Ok(());
            }
            prop_assert!(solution.failed.iter().all(|failure| failure.proven), "the search was given up");
            let fixed = |demand: &Demand| Placed { hosts: demand.fixed.clone(), ..Placed::default() };
            let mut placed: Vec<_> = problem.demands.iter().map(fixed).collect();
            prop_assert!(!exists(&problem, &mut placed, 0), "there is a placement: {:?}", placed);
            impossible.set(impossible.get() + 1);
            Ok(())
        })
        .unwrap();
    let (solved, impossible) = (solved.get(), impossible.get());
    assert!(solved > 200 && impossible > 200, "{solved} solved, {impossible} impossible: the problems are lopsided");
}

fn held(problem: &Problem, solution: &Solution) -> Problem {
    let mut next = problem.clone();
    for (demand, placed) in next.demands.iter_mut().zip(&solution.placed) {
        (demand.held, demand.held_standbys) = (placed.hosts.clone(), placed.standbys.clone());
    }
    next
}

#[test]
fn what_was_placed_is_placed_so_again() {
    let compared = Cell::new(0);
    runner(1000)
        .run(&problem(8, 6), |problem| {
            let first = solve(&problem);
            if first.failed.is_empty() {
                prop_assert_eq!(&solve(&held(&problem, &first)), &first);
                compared.set(compared.get() + 1);
            }
            Ok(())
        })
        .unwrap();
    assert!(compared.get() > 100, "{} compared only", compared.get());
}

/// The same problem with hosts and demands in another order.
fn shuffled(problem: &Problem, hosts: &[usize], demands: &[usize]) -> Problem {
    let place = |order: &[usize], old: usize| order.iter().position(|at| *at == old).expect("it is a permutation");
    let host = |old: &usize| place(hosts, *old);
    let other = |old: &usize| place(demands, *old);
    let demand = |at: &usize| {
        let demand = problem.demands[*at].clone();
        Demand {
            fixed: demand.fixed.iter().map(host).collect(),
            candidates: demand.candidates.iter().map(host).collect(),
            held: demand.held.iter().map(host).collect(),
            avoid: demand.avoid.iter().map(other).collect(),
            near: demand.near.as_ref().map(other),
            ..demand
        }
    };
    Problem {
        hosts: hosts.iter().map(|at| problem.hosts[*at].clone()).collect(),
        demands: demands.iter().map(demand).collect(),
    }
}

/// The names of what runs where.
fn named(problem: &Problem, solution: &Solution) -> BTreeSet<(String, Vec<String>, Vec<String>)> {
    let names = |hosts: &[usize]| hosts.iter().map(|host| problem.hosts[*host].name.clone()).collect();
    let pairs = problem.demands.iter().zip(&solution.placed);
    pairs.map(|(demand, placed)| (demand.name.clone(), names(&placed.hosts), names(&placed.standbys))).collect()
}

#[test]
fn the_order_of_hosts_and_services_changes_nothing() {
    let orders = problem(7, 7).prop_flat_map(|problem| {
        let hosts: Vec<usize> = (0..problem.hosts.len()).collect();
        let demands: Vec<usize> = (0..problem.demands.len()).collect();
        (Just(problem), Just(hosts).prop_shuffle(), Just(demands).prop_shuffle())
    });
    runner(1000)
        .run(&orders, |(problem, hosts, demands)| {
            let other = shuffled(&problem, &hosts, &demands);
            prop_assert_eq!(named(&problem, &solve(&problem)), named(&other, &solve(&other)));
            Ok(())
        })
        .unwrap();
}

/// A fleet of equal hosts that are free to be chosen.
fn even(hosts: usize, services: usize, replicas: usize) -> Problem {
    let host = |at: usize| Host {
        name: format!("host-{at:03}"),
        capacity: Some(Amounts { memory: 64 << 30, cpus: 1600, disk: 0 }),
        accepting: true,
        ..Host::default()
    };
    let demand = |at: usize| Demand {
        name: format!("service-{at:03}"),
        candidates: (0..hosts).collect(),
        replicas,
        takes: Amounts { memory: 1 << 30, cpus: 20, disk: 0 },
        ..Demand::default()
    };
    Problem { hosts: (0..hosts).map(host).collect(), demands: (0..services).map(demand).collect() }
}

/// The demands that came to a host, with the host.
fn moves(before: &Solution, after: &Solution) -> Vec<(usize, usize)> {
    let pairs = before.placed.iter().zip(&after.placed).enumerate();
    let come = pairs.flat_map(|(at, (old, new))| {
        new.hosts.iter().filter(|host| !old.hosts.contains(host)).map(move |host| (at, *host))
    });
    come.collect()
}

#[test]
fn a_new_host_moves_nothing_and_takes_no_more_than_its_share_when_asked() {
    for (hosts, services, replicas) in [(3, 12, 1), (4, 30, 2), (9, 45, 3), (20, 100, 2)] {
        let before = solve(&even(hosts, services, replicas));
        let grown = held(&even(hosts + 1, services, replicas), &before);
        assert_eq!(moves(&before, &solve(&grown)), [], "{hosts} hosts");
        let moved = moves(&before, &rebalance(&grown, &(0..services).collect()));
        let share = (services * replicas).div_ceil(hosts + 1);
        assert!(moved.iter().all(|(_, host)| *host == hosts), "some moved elsewhere: {moved:?}");
        assert!((share - 1..=share).contains(&moved.len()), "{} of {share} moved", moved.len());
    }
}

#[test]
fn a_new_host_moves_nothing_in_any_fleet_without_more_domains() {
    let grown = problem(6, 6).prop_flat_map(|problem| (Just(problem), host()));
    let compared = Cell::new(0);
    runner(1000)
        .run(&grown, |(problem, mut host)| {
            let before = solve(&problem);
            if !before.failed.is_empty() {
                return Ok(());
            }
            let mut next = held(&problem, &before);
            host.name = "host-new".to_owned();
            next.hosts.push(host);
            for demand in next.demands.iter_mut().filter(|demand| demand.fixed.is_empty()) {
                demand.candidates.push(problem.hosts.len());
                demand.spread = None;
            }
            let after = solve(&next);
            prop_assert_eq!(moves(&before, &after), []);
            compared.set(compared.get() + 1);
            Ok(())
        })
        .unwrap();
    assert!(compared.get() > 200, "{} compared only", compared.get());
}

#[test]
fn equal_hosts_are_loaded_alike() {
    let solution = solve(&even(7, 21, 1));
    for host in 0..7 {
        let here = solution.placed.iter().filter(|placed| placed.hosts.contains(&host)).count();
        assert_eq!(here, 3, "host {host}");
    }
}

#[test]
fn a_service_goes_near_its_neighbour_where_it_may() {
    let mut problem = even(6, 2, 1);
    for (at, host) in problem.hosts.iter_mut().enumerate() {
        host.site = Some(SITES[at % 3].to_owned());
    }
    problem.demands[1].near = Some(0);
    let together = solve(&problem);
    assert_eq!(together.placed[0].hosts, together.placed[1].hosts);
    let host = together.placed[0].hosts[0];
    problem.demands[1].ports.insert((80, false));
    problem.hosts[host].ports.insert((80, false));
    let beside = solve(&problem).placed[1].hosts[0];
    assert_ne!(beside, host);
    assert_eq!(problem.hosts[beside].site, problem.hosts[host].site);
}

#[test]
fn too_few_domains_are_filled_evenly() {
    let mut problem = even(9, 1, 5);
    for (at, host) in problem.hosts.iter_mut().enumerate() {
        host.site = Some(SITES[at % 2].to_owned());
    }
    problem.demands[0].spread = Some(Spread::Site);
    let solution = solve(&problem);
    let at_home = solution.placed[0].hosts.iter().filter(|host| *host % 2 == 0).count();
    assert!(at_home == 2 || at_home == 3, "{at_home} of 5");
}

#[test]
fn a_drained_host_is_left_by_what_runs_there_and_by_nothing_else() {
    let mut problem = even(5, 20, 2);
    let before = solve(&problem);
    problem = held(&problem, &before);
    problem.hosts[2].accepting = false;
    let after = solve(&problem);
    for (old, new) in before.placed.iter().zip(&after.placed) {
        assert!(!new.hosts.contains(&2));
        assert!(old.hosts.iter().filter(|host| **host != 2).all(|host| new.hosts.contains(host)));
    }
    // One that is wanted to stay does.
    let staying = before.placed.iter().position(|placed| placed.hosts.contains(&2)).unwrap();
    problem.demands[staying].kept.insert(2);
    assert_eq!(solve(&problem).placed[staying], before.placed[staying]);
}

#[test]
fn one_without_any_host_keeps_no_other_from_finding_one() {
    let mut problem = even(2, 3, 1);
    problem.demands[0].gpu = true;
    // The second takes the only host of the third, and can give way.
    problem.demands[1].held = vec![0];
    problem.demands[2].candidates = vec![0];
    problem.demands[2].avoid.insert(1);
    let solution = solve(&problem);
    assert_eq!(solution.failed.iter().map(|failure| failure.demand).collect::<Vec<_>>(), [0]);
    assert_eq!((&solution.placed[1].hosts, &solution.placed[2].hosts), (&vec![1], &vec![0]));
}
