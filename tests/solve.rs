//! The solver against the constraints, against brute force on small fleets, and its laws: what is listed in another
//! order changes nothing, what was placed stays, a new host takes no more than its share.

#[path = "solve/oracle.rs"]
mod oracle;
#[path = "solve/problems.rs"]
mod problems;

use std::cell::Cell;
use std::collections::BTreeSet;

use cistern::solve::{Amounts, Demand, Host, Placed, Problem, Solution, Spread, rebalance, solve, together};
use oracle::{broken, exists};
use problems::{host, problem};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

const SITES: [&str; 3] = ["home", "cloud", "attic"];

/// Problems are the same in every run.
fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
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
        demand.gone = 0;
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
            held_standbys: demand.held_standbys.iter().map(host).collect(),
            kept: demand.kept.iter().map(host).collect(),
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
fn a_new_host_moves_nothing_in_any_fleet() {
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
fn a_new_domain_moves_nothing_until_somebody_asks() {
    let mut problem = even(3, 30, 2);
    problem.demands.iter_mut().for_each(|demand| demand.spread = Some(Spread::Site));
    problem.hosts.iter_mut().for_each(|host| host.site = Some(SITES[0].to_owned()));
    let before = solve(&problem);
    assert_eq!(together(&problem, &before), [], "there is one place only");
    let mut grown = even(4, 30, 2);
    for (demand, old) in grown.demands.iter_mut().zip(&before.placed) {
        (demand.spread, demand.held) = (Some(Spread::Site), old.hosts.clone());
    }
    for (at, host) in grown.hosts.iter_mut().enumerate() {
        host.site = Some(SITES[usize::from(at == 3)].to_owned());
    }
    let after = solve(&grown);
    assert_eq!(moves(&before, &after), []);
    assert_eq!(together(&grown, &after).len(), 30, "each is told of");
    let asked = rebalance(&grown, &BTreeSet::from([4]));
    assert_eq!(moves(&before, &asked), [(4, 3)], "of one, one instance moves to the other place");
    assert_eq!(together(&grown, &rebalance(&grown, &(0..30).collect())), []);
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
fn what_stood_by_runs_when_the_host_of_an_instance_is_drained() {
    let mut problem = even(6, 12, 1);
    problem.demands.iter_mut().for_each(|demand| demand.standbys = 1);
    let before = solve(&problem);
    problem = held(&problem, &before);
    problem.hosts[2].accepting = false;
    let after = solve(&problem);
    for (old, new) in before.placed.iter().zip(&after.placed) {
        let expected = if old.hosts == [2] { &old.standbys } else { &old.hosts };
        assert_eq!(new.hosts, *expected);
        assert!(new.standbys.len() == 1 && new.standbys != [2]);
    }
    assert!(before.placed.iter().any(|placed| placed.hosts == [2]));
    // One more instance is no loss: whatever stands by goes on to.
    problem.hosts[2].accepting = true;
    problem.demands[0].replicas = 2;
    assert_eq!(solve(&problem).placed[0].standbys, before.placed[0].standbys);
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
