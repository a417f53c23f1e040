//! Where services run: hosts with what they have, demands with what they ask for, and where everything was before.
//!
//! Knows no fleet: plain hosts and demands, by their place in a list. Constraints hold first; then spread is kept even,
//! neighbours are near, and the load is balanced. What was placed before and still may stay does not move. The same
//! problem gives the same solution, in whatever order its hosts and demands are listed.
//!
//! ```text
//! Problem ─keep→ what was there and is legal ─fill→ the best host for each missing instance ─search→ others give way
//! ```

mod balance;
mod choose;
mod exclude;
mod explain;
mod ground;
mod search;
mod state;

use std::collections::{BTreeMap, BTreeSet};

pub use exclude::Exclusion;
pub use explain::{Outcome, Verdict, explain, fixed_exclusions, lost, together};

use ground::Ground;
use state::State;

/// What a machine has, or what an instance takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amounts {
    /// Bytes of memory.
    pub memory: u64,
    /// Hundredths of a processor.
    pub cpus: u64,
    /// Bytes on disks.
    pub disk: u64,
}

/// One of the things that a machine has so much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Good {
    /// Memory.
    Memory,
    /// Processors.
    Cpus,
    /// Room on disks.
    Disk,
}

/// Every good.
pub const GOODS: [Good; 3] = [Good::Memory, Good::Cpus, Good::Disk];

/// A machine.
#[derive(Debug, Clone, Default)]
pub struct Host {
    /// Its name.
    pub name: String,
    /// The site that it stands in.
    pub site: Option<String>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its platform, where that is known.
    pub system: Option<String>,
    /// What it has, where that is known.
    pub capacity: Option<Amounts>,
    /// Whether it has a graphics processor.
    pub gpu: bool,
    /// Whether it takes instances.
    pub accepting: bool,
    /// Ports that are taken by what is no demand.
    pub ports: BTreeSet<Listen>,
}

/// A port and whether it is UDP's.
pub type Listen = (u16, bool);

/// What instances are kept apart by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spread {
    /// Each on a host of its own, as in any case.
    Host,
    /// Sites.
    Site,
    /// The values of a label.
    Label(String),
}

/// A service and what it asks of its hosts.
#[derive(Debug, Clone, Default)]
pub struct Demand {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// Where it runs in any case.
    pub fixed: Vec<usize>,
    /// Where it stands by in any case.
    pub fixed_standbys: Vec<usize>,
    /// The hosts that may be chosen.
    pub candidates: Vec<usize>,
    /// How many instances run, the fixed ones included.
    pub replicas: usize,
    /// How many stand by, the fixed ones included.
    pub standbys: usize,
    /// The platforms that it runs on; all when empty.
    pub systems: Vec<String>,
    /// What an instance takes.
    pub takes: Amounts,
    /// The goods of which that is a promise: all on a host fits then.
    pub promised: BTreeSet<Good>,
    /// Whether it needs a graphics processor.
    pub gpu: bool,
    /// Whether that is a promise: a host of which nobody knows has none.
    pub gpu_promised: bool,
    /// The ports that it listens at.
    pub ports: BTreeSet<Listen>,
    /// What its instances are kept apart by.
    pub spread: Option<Spread>,
    /// How many services of its kind a host may run, where it runs.
    pub most_of_kind: Option<usize>,
    /// The demands that it never meets on a host.
    pub avoid: BTreeSet<usize>,
    /// The demand that it should be near to.
    pub near: Option<usize>,
    /// Where it ran before.
    pub held: Vec<usize>,
    /// On how many further hosts it ran before, which are gone.
    pub gone: usize,
    /// Where it stood by before.
    pub held_standbys: Vec<usize>,
    /// Hosts that take no instances and keep this one.
    pub kept: BTreeSet<usize>,
}

/// Hosts and demands.
#[derive(Debug, Clone, Default)]
pub struct Problem {
    /// The machines.
    pub hosts: Vec<Host>,
    /// What is to run on them.
    pub demands: Vec<Demand>,
}

/// The hosts of one demand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Placed {
    /// Where it runs: first the hosts of before, in their order.
    pub hosts: Vec<usize>,
    /// Where it stands by, likewise.
    pub standbys: Vec<usize>,
}

/// A demand without enough hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// The demand.
    pub demand: usize,
    /// How many instances are missing.
    pub replicas: usize,
    /// How many of those that stand by are missing.
    pub standbys: usize,
    /// Whether every combination was tried; else the search was given up, and there may be a solution.
    pub proven: bool,
}

/// Where everything runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Solution {
    /// The hosts of each demand.
    pub placed: Vec<Placed>,
    /// What has too few of them; in the order of names.
    pub failed: Vec<Failure>,
}

/// An instance that runs, or one that stands by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// It runs.
    Running,
    /// It is only prepared.
    Standby,
}

impl Amounts {
    /// So much of a good.
    pub fn of(&self, good: Good) -> u64 {
        match good {
            Good::Memory => self.memory,
            Good::Cpus => self.cpus,
            Good::Disk => self.disk,
        }
    }

    /// Adds what another instance takes.
    pub fn add(&mut self, other: &Self) {
        self.memory = self.memory.saturating_add(other.memory);
        self.cpus = self.cpus.saturating_add(other.cpus);
        self.disk = self.disk.saturating_add(other.disk);
    }

    fn subtract(&mut self, other: &Self) {
        self.memory = self.memory.saturating_sub(other.memory);
        self.cpus = self.cpus.saturating_sub(other.cpus);
        self.disk = self.disk.saturating_sub(other.disk);
    }
}

/// Finds a host for every instance; what was placed before stays where that is legal.
pub fn solve(problem: &Problem) -> Solution {
    let ground = Ground::of(problem);
    let mut state = State::new(&ground);
    settle(&mut state, &BTreeSet::new());
    solution(&state)
}

/// Solves, with the instances of these demands in different domains where there are enough, and then moves them from hosts
/// with a high load to those with a low one.
pub fn rebalance(problem: &Problem, demands: &BTreeSet<usize>) -> Solution {
    let ground = Ground::of(problem);
    let mut state = State::new(&ground);
    settle(&mut state, demands);
    balance::balance(&mut state, demands);
    solution(&state)
}

fn settle(state: &mut State<'_>, anew: &BTreeSet<usize>) {
    choose::keep(state, anew);
    choose::fill(state);
    search::search(state);
}

fn solution(state: &State<'_>) -> Solution {
    let ground = state.ground;
    let placed = (0..ground.problem.demands.len()).map(|demand| state.placed(demand)).collect();
    let failed = ground.in_order().filter_map(|demand| {
        let [replicas, standbys] = [Part::Running, Part::Standby].map(|part| state.missing(demand, part));
        let failure = Failure { demand, replicas, standbys, proven: !state.gave_up };
        (replicas + standbys > 0).then_some(failure)
    });
    Solution { placed, failed: failed.collect() }
}
