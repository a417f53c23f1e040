//! The derivations of many hosts, from several processes of nix at once.
//!
//! Hosts are dealt in batches: what nix reads of nixpkgs is shared by all hosts of a process. One host that fails ends
//! its process, and another goes on behind it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::cache::Cache;
use super::flake::Flake;
use super::limits::Limits;
use super::program::Nix;
use super::session::{self, Early};

/// The most hosts that one process evaluates. With a real nixpkgs, one host alone took 4.4 s, and 3.5 s behind others;
/// but the process keeps 0.2 GB of each.
const BATCH: usize = 6;

/// What nix makes of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The `.drv` file of its system, which is in the store.
    Derivation(String),
    /// The flake has no such host.
    Absent,
    /// It does not evaluate: why.
    Failed(String),
}

/// What nix makes of the hosts of one side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// By the names of the hosts.
    pub hosts: BTreeMap<String, Answer>,
    /// How many of them nix was asked about now.
    pub evaluated: usize,
    /// How many were known from before.
    pub cached: usize,
}

/// Hosts for one process.
struct Batch {
    side: usize,
    hosts: Vec<String>,
}

/// What the threads share.
struct Work<'a> {
    nix: &'a Nix,
    sides: &'a [(&'a Flake, &'a BTreeSet<String>)],
    limits: Limits,
    progress: &'a (dyn Fn() + Sync),
    batches: Mutex<VecDeque<Batch>>,
    found: Mutex<Vec<Found>>,
}

/// What was found out about one side.
#[derive(Default)]
struct Found {
    hosts: BTreeMap<String, Answer>,
    unlocked: bool,
}

/// Asks for the derivations of hosts, of several flakes at once. `progress` is called for each host that is answered.
///
/// # Errors
/// Nix cannot be started, or a flake does not evaluate at all. A single host that does not is an answer.
pub fn drv_paths(
    nix: &Nix,
    sides: &[(&Flake, &BTreeSet<String>)],
    limits: Limits,
    progress: &(dyn Fn() + Sync),
) -> io::Result<Vec<Answers>> {
    let identity = nix.identity()?;
    let open = |flake: &Flake| Some(Cache::open(nix.cache()?, &identity, flake.id()?));
    let caches: Vec<Option<Cache>> = sides.iter().map(|(flake, _)| open(flake)).collect();
    let known: Vec<BTreeMap<String, Answer>> =
        sides.iter().zip(&caches).map(|((_, hosts), cache)| known(hosts, cache.as_ref())).collect();
    known.iter().flatten().for_each(|_| progress());

    let batches = deal(sides.iter().zip(&known).map(|((_, hosts), known)| without(hosts, known)), limits.jobs);
    let found = sides.iter().map(|_| Found::default()).collect();
    let work = Work { nix, sides, limits, progress, batches: Mutex::new(batches.into()), found: Mutex::new(found) };
    work.all()?;

    let found = work.found.into_inner().unwrap_or_else(PoisonError::into_inner);
    let answers = found.into_iter().zip(known).zip(caches).map(|((found, known), cache)| {
        if let Some(cache) = cache.filter(|_| !found.unlocked) {
            cache.keep(found.hosts.iter().filter_map(|(host, answer)| Some((host.clone(), answer.kept()?))));
        }
        let (evaluated, cached) = (found.hosts.len(), known.len());
        Answers { hosts: found.hosts.into_iter().chain(known).collect(), evaluated, cached }
    });
    Ok(answers.collect())
}

fn known(hosts: &BTreeSet<String>, cache: Option<&Cache>) -> BTreeMap<String, Answer> {
    let answer = |host: &String| {
        let answer = cache?.get(host)?.map_or(Answer::Absent, |path| Answer::Derivation(path.to_owned()));
        Some((host.clone(), answer))
    };
    hosts.iter().filter_map(answer).collect()
}

fn without(hosts: &BTreeSet<String>, known: &BTreeMap<String, Answer>) -> Vec<String> {
    hosts.iter().filter(|host| !known.contains_key(*host)).cloned().collect()
}

/// Deals the hosts of every side into batches that keep all processes busy, the sides by turns.
fn deal(sides: impl Iterator<Item = Vec<String>>, jobs: usize) -> Vec<Batch> {
    let sides: Vec<_> = sides.collect();
    let all: usize = sides.iter().map(Vec::len).sum();
    let size = all.div_ceil(jobs.max(1)).clamp(1, BATCH);
    let batch = |side: usize, hosts: &[String]| Batch { side, hosts: hosts.to_vec() };
    let mut batches: Vec<_> = (0..)
        .zip(&sides)
        .flat_map(|(side, hosts)| hosts.chunks(size).enumerate().map(move |(turn, hosts)| (turn, batch(side, hosts))))
        .collect();
    batches.sort_by_key(|(turn, batch)| (*turn, batch.side));
    batches.into_iter().map(|(_, batch)| batch).collect()
}

impl Answer {
    /// What is kept of it for another time; a failure may be the network's.
    fn kept(&self) -> Option<Option<String>> {
        match self {
            Self::Derivation(path) => Some(Some(path.clone())),
            Self::Absent => Some(None),
            Self::Failed(_) => None,
        }
    }
}

impl Work<'_> {
    /// Evaluates every batch; the first fault that is no host's ends it.
    fn all(&self) -> io::Result<()> {
        thread::scope(|scope| {
            let count = self.limits.jobs.min(lock(&self.batches).len());
            let threads: Vec<_> = (0..count).map(|_| scope.spawn(|| self.some())).collect();
            // All of them are waited for in any case.
            threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
        })
    }

    /// Evaluates batches until there are none left.
    fn some(&self) -> io::Result<()> {
        loop {
            let Some(batch) = lock(&self.batches).pop_front() else { return Ok(()) };
            if let Err(error) = self.batch(&batch) {
                lock(&self.batches).clear();
                return Err(error);
            }
        }
    }

    fn batch(&self, batch: &Batch) -> io::Result<()> {
        let (flake, _) = self.sides[batch.side];
        let mut rest = batch.hosts.as_slice();
        while !rest.is_empty() {
            let ended = session::run(self.nix, flake, rest, self.limits.memory, &|| (self.progress)())?;
            let (answered, behind) = rest.split_at(ended.answers.len().min(rest.len()));
            let answers = answered.iter().zip(ended.answers);
            let answers = answers.map(|(host, path)| (host.clone(), path.map_or(Answer::Absent, Answer::Derivation)));
            {
                let found = &mut lock(&self.found)[batch.side];
                found.hosts.extend(answers);
                found.unlocked |= ended.unlocked;
            }
            rest = match ended.failure {
                None => break,
                Some(Early::Said(why)) if !ended.began => {
                    return Err(io::Error::other(format!("nix cannot evaluate {}: {why}", flake.reference())));
                }
                // Others before it have taken some of the memory: it gets a process of its own first.
                Some(Early::Memory) if !answered.is_empty() => behind,
                Some(early) => self.failed(batch.side, behind, &early),
            };
        }
        Ok(())
    }

    /// Notes that the first of some hosts fails; returns the others.
    fn failed<'h>(&self, side: usize, hosts: &'h [String], early: &Early) -> &'h [String] {
        let Some((host, others)) = hosts.split_first() else { return hosts };
        let why = match early {
            Early::Said(why) => why.clone(),
            Early::Memory => {
                format!("{host} needs more than {} of memory to evaluate: raise --eval-memory", self.limits.memory)
            }
        };
        lock(&self.found)[side].hosts.insert(host.clone(), Answer::Failed(why));
        (self.progress)();
        others
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dealt(sides: &[usize], jobs: usize) -> Vec<(usize, usize)> {
        let names = sides.iter().map(|count| (0..*count).map(|number| format!("h{number}")).collect());
        deal(names, jobs).iter().map(|batch| (batch.side, batch.hosts.len())).collect()
    }

    #[test]
    fn hosts_are_dealt_to_all_processes() {
        assert_eq!(dealt(&[1, 1], 2), [(0, 1), (1, 1)]);
        assert_eq!(dealt(&[5, 5], 2), [(0, 5), (1, 5)]);
        assert_eq!(dealt(&[8, 8], 4), [(0, 4), (1, 4), (0, 4), (1, 4)]);
        assert_eq!(dealt(&[0, 3], 8), [(1, 1), (1, 1), (1, 1)]);
        assert_eq!(dealt(&[14, 0], 1), [(0, 6), (0, 6), (0, 2)]);
        assert_eq!(dealt(&[0, 0], 2), []);
    }
}
