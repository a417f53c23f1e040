//! Times the solver: 500 services on 1,000 hosts, from nothing, again with what was found, and with a host drained.
//!
//!     cargo bench --bench place [-- --check]
//!
//! The best of five runs each. With `--check` the exit code is 1 where one takes more than 200 ms.

#![expect(clippy::disallowed_methods, reason = "looks at the clock and at its arguments")]

use std::collections::BTreeSet;
use std::env;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use cistern::solve::{Amounts, Demand, Good, Host, Problem, Solution, Spread, solve};

const HOSTS: usize = 1_000;
const SERVICES: usize = 500;
const LONGEST: Duration = Duration::from_millis(200);
const RUNS: usize = 5;

fn main() -> ExitCode {
    let mut problem = fleet();
    let (fresh, solution) = best(&problem);
    hold(&mut problem, &solution);
    let (again, same) = best(&problem);
    assert!(same == solution, "what was placed moved");
    let busiest = solution.placed[0].hosts[0];
    problem.hosts[busiest].accepting = false;
    let (drained, after) = best(&problem);
    assert!(after.failed.is_empty() && after.placed.iter().all(|placed| !placed.hosts.contains(&busiest)));
    let instances: usize = solution.placed.iter().map(|placed| placed.hosts.len() + placed.standbys.len()).sum();
    println!("{SERVICES} services, {instances} instances, {HOSTS} hosts");
    let mut slow = false;
    for (what, took) in [("from nothing", fresh), ("with the lock", again), ("a host drained", drained)] {
        slow |= took > LONGEST;
        println!("{what:<16} {:>8.2} ms", took.as_secs_f64() * 1_000.0);
    }
    if slow && env::args().any(|argument| argument == "--check") { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Hosts of several sizes at ten sites; services of which some are spread, avoid, are near, and promise memory.
fn fleet() -> Problem {
    let host = |at: usize| Host {
        name: format!("host-{at:04}"),
        site: Some(format!("site-{}", at % 10)),
        labels: [("rack".to_owned(), format!("rack-{}", at % 40))].into(),
        system: Some("x86_64-linux".to_owned()),
        capacity: Some(Amounts { memory: (8 << at.trailing_zeros().min(3)) << 30, cpus: 800, disk: 1 << 40 }),
        accepting: !at.is_multiple_of(97),
        ..Host::default()
    };
    let demand = |at: usize| Demand {
        name: format!("service-{at:04}"),
        kind: format!("kind-{}", at % 60),
        candidates: (0..HOSTS).filter(|host| !at.is_multiple_of(3) || (host + at).is_multiple_of(2)).collect(),
        replicas: 1 + at % 4,
        standbys: usize::from(at.is_multiple_of(5)),
        takes: Amounts { memory: (1 + at as u64 % 4) << 30, cpus: 25, disk: 1 << 30 },
        promised: if at.is_multiple_of(2) { BTreeSet::from([Good::Memory]) } else { BTreeSet::new() },
        ports: BTreeSet::from([(8_000 + (at % 200) as u16, false)]),
        spread: at.is_multiple_of(4).then_some(Spread::Site),
        most_of_kind: Some(1),
        avoid: if at.is_multiple_of(7) { BTreeSet::from([(at + 1) % SERVICES]) } else { BTreeSet::new() },
        near: (at % 9 == 1).then(|| at - 1),
        ..Demand::default()
    };
    Problem { hosts: (0..HOSTS).map(host).collect(), demands: (0..SERVICES).map(demand).collect() }
}

fn hold(problem: &mut Problem, solution: &Solution) {
    for (demand, placed) in problem.demands.iter_mut().zip(&solution.placed) {
        (demand.held, demand.held_standbys) = (placed.hosts.clone(), placed.standbys.clone());
    }
}

fn best(problem: &Problem) -> (Duration, Solution) {
    let timed = || {
        let start = Instant::now();
        let solution = solve(problem);
        (start.elapsed(), solution)
    };
    let (took, solution) = timed();
    assert!(solution.failed.is_empty(), "{:?}", solution.failed);
    let more = (1..RUNS).map(|_| timed().0).min().unwrap_or(took);
    (took.min(more), solution)
}
