//! Two sides evaluated and compared, host by host.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use super::closure::{Closure, closure};
use super::derivation::Derivation;
use super::explain::{Explainer, Explanation};
use super::flake::Flake;
use super::hosts::{Answer, Answers, drv_paths};
use super::limits::Limits;
use super::program::Nix;
use super::side::Side;

/// What to evaluate.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The hosts to evaluate on both sides.
    pub hosts: BTreeSet<String>,
    /// How many hosts there are beside them.
    pub others: usize,
    /// Whether to compare closures too.
    pub closures: bool,
}

/// What became of the hosts that were evaluated: the key `evaluation` of `cistern diff --format json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Evaluated {
    /// The hosts by their names.
    pub hosts: BTreeMap<String, Host>,
    /// How many there are of each.
    pub summary: Summary,
}

/// What became of one host.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Host {
    /// What it came to.
    pub change: Change,
    /// The old `.drv` file of its system.
    pub old: Option<String>,
    /// The new one.
    pub new: Option<String>,
    /// The store path that the new one builds; none where that is not known before it is built.
    pub system: Option<String>,
    /// Why they are not the same.
    pub explanation: Option<Explanation>,
    /// What is in both systems.
    pub closure: Option<Closure>,
    /// What went wrong, on either side or on the way to an explanation.
    pub failures: Vec<Failure>,
}

/// What became of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Both sides give the same derivation: nothing changes.
    Identical,
    /// They do not.
    Changed,
    /// It is on the new side only.
    Created,
    /// It is on the old side only.
    Removed,
    /// Neither side has it.
    Absent,
    /// A side does not evaluate.
    Failed,
}

/// Something that could not be found out.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Failure {
    /// The side that does not evaluate; none where the comparison failed.
    pub side: Option<Side>,
    /// Why: the last lines of nix.
    pub message: String,
}

/// The counts of an evaluation.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Summary {
    /// Hosts that were compared.
    pub hosts: usize,
    /// Hosts of the same derivation on both sides.
    pub identical: usize,
    /// Hosts of another one.
    pub changed: usize,
    /// Hosts that are new.
    pub created: usize,
    /// Hosts that are gone.
    pub removed: usize,
    /// Hosts that do not evaluate on a side.
    pub failed: usize,
    /// Hosts that were not looked at.
    pub not_evaluated: usize,
    /// Systems that nix evaluated, both sides together.
    pub systems_evaluated: usize,
    /// Systems that were known from an evaluation before.
    pub systems_cached: usize,
}

/// Evaluates hosts on both sides and compares them. `progress` is called for each system that is known.
///
/// # Errors
/// Nix cannot be started, or a flake does not evaluate at all. A single host that does not is in the result.
pub fn evaluate(
    nix: &Nix,
    (old, new): (&Flake, &Flake),
    wanted: &Wanted,
    limits: Limits,
    progress: &(dyn Fn() + Sync),
) -> io::Result<Evaluated> {
    let sides = drv_paths(nix, &[(old, &wanted.hosts), (new, &wanted.hosts)], limits, progress)?;
    let [old, new] = <[Answers; 2]>::try_from(sides).expect("two sides were asked for");
    let mut explainer = Explainer::default();
    let mut hosts = BTreeMap::new();
    for name in &wanted.hosts {
        let mut host = Host::new(&old.hosts[name], &new.hosts[name]);
        host.explain(&mut explainer);
        if wanted.closures {
            host.compare_closures(nix);
        }
        hosts.insert(name.clone(), host);
    }
    hosts.retain(|_, host| host.change != Change::Absent);
    let mut summary = Summary::of(&hosts);
    summary.not_evaluated = wanted.others;
    summary.systems_evaluated = old.evaluated + new.evaluated;
    summary.systems_cached = old.cached + new.cached;
    Ok(Evaluated { hosts, summary })
}

impl Host {
    fn new(old: &Answer, new: &Answer) -> Self {
        let path = |answer: &Answer| match answer {
            Answer::Derivation(path) => Some(path.clone()),
            _ => None,
        };
        let change = match (old, new) {
            (Answer::Failed(_), _) | (_, Answer::Failed(_)) => Change::Failed,
            (Answer::Absent, Answer::Absent) => Change::Absent,
            (Answer::Absent, _) => Change::Created,
            (_, Answer::Absent) => Change::Removed,
            (Answer::Derivation(old), Answer::Derivation(new)) if old == new => Change::Identical,
            _ => Change::Changed,
        };
        let sides = [(Side::Old, old), (Side::New, new)];
        let failures = sides.into_iter().filter_map(|(side, answer)| match answer {
            Answer::Failed(why) => Some(Failure { side: Some(side), message: why.clone() }),
            _ => None,
        });
        let failures = failures.collect();
        let new = path(new);
        let system = new.as_deref().and_then(|new| Derivation::read(new).ok()?.outputs.get("out").cloned());
        Self { change, old: path(old), new, system, explanation: None, closure: None, failures }
    }

    /// Both derivations, where they are not the same.
    fn pair(&self) -> Option<(String, String)> {
        (self.change == Change::Changed).then(|| self.old.clone().zip(self.new.clone())).flatten()
    }

    fn explain(&mut self, explainer: &mut Explainer) {
        let Some((old, new)) = self.pair() else { return };
        match explainer.explain(&old, &new) {
            Ok(explanation) => self.explanation = Some(explanation),
            Err(error) => self.fail("it is not known what differs", &error),
        }
    }

    fn compare_closures(&mut self, nix: &Nix) {
        let Some((old, new)) = self.pair() else { return };
        let output = |path: &str| {
            let derivation = Derivation::read(path)?;
            derivation.outputs.get("out").cloned().ok_or_else(|| io::Error::other(format!("{path} has no output")))
        };
        let compared = output(&old).and_then(|old| closure(nix, &old, &output(&new)?));
        match compared {
            Ok(compared) => self.closure = Some(compared),
            Err(error) => self.fail("its closures cannot be compared", &error),
        }
    }

    fn fail(&mut self, what: &str, error: &io::Error) {
        self.failures.push(Failure { side: None, message: format!("{what}: {error}") });
    }
}

impl Summary {
    fn of(hosts: &BTreeMap<String, Host>) -> Self {
        let count = |change| hosts.values().filter(|host| host.change == change).count();
        Self {
            hosts: hosts.len(),
            identical: count(Change::Identical),
            changed: count(Change::Changed),
            created: count(Change::Created),
            removed: count(Change::Removed),
            failed: count(Change::Failed),
            ..Self::default()
        }
    }
}

impl Evaluated {
    /// The result where no host was to be looked at.
    pub fn nothing(others: usize) -> Self {
        let summary = Summary { not_evaluated: others, ..Summary::default() };
        Self { hosts: BTreeMap::new(), summary }
    }

    /// Says whether every host that was evaluated is byte-identical.
    pub fn is_same(&self) -> bool {
        self.summary.identical == self.summary.hosts
    }
}
