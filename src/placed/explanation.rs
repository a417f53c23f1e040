//! Why one service runs where it does: what became of every host.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::Fleet;
use crate::model::placing::Placing;
use crate::solve::{self, Outcome, Part};
use crate::value::{HostName, ServiceName};

/// What became of every host in the eyes of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Explanation {
    /// Raised when a reader of an older version would misread this one; it is 1.
    pub version: u32,
    /// The service.
    pub service: ServiceName,
    /// How many instances run.
    pub replicas: usize,
    /// How many stand by.
    pub standbys: usize,
    /// The hosts that it may run on, in the order of their names.
    pub hosts: Vec<HostVerdict>,
    /// Hosts that `placement.lock` names and that it had to leave.
    pub lost: Vec<Lost>,
}

/// What became of one host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct HostVerdict {
    /// The host.
    pub host: HostName,
    /// What became of it.
    pub result: Verdict,
    /// Whether `placement.lock` had it there.
    pub held: bool,
    /// The constraint that excludes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constraint: Option<String>,
    /// What it is about the host that the constraint excludes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// How much of it is in use, in percent, or would be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_use: Option<u64>,
    /// Whether no facts say how large it is, so that a usual size was taken for that.
    #[serde(skip_serializing_if = "is_false")]
    #[schemars(default)]
    pub assumed: bool,
    /// How many other instances are in the same place, where it is spread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crowd: Option<usize>,
    /// How far it is from what it should be near to: 0 on its host, 1 at its site, 2 elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance: Option<u8>,
}

/// What became of a host, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The definition has it run there.
    Named,
    /// The definition has it stand by there.
    NamedStandby,
    /// It was chosen to run it.
    Runs,
    /// It was chosen to stand by.
    StandsBy,
    /// It could have been chosen, and others are better.
    Possible,
    /// It cannot.
    Excluded,
}

/// A host that the service had to leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Lost {
    /// The host.
    pub host: HostName,
    /// Why, where it is not that fewer instances are wanted.
    pub why: Option<String>,
}

/// Explains the hosts of a service; nothing when there is no such service.
pub fn explanation(fleet: &Fleet, name: &ServiceName) -> Option<Explanation> {
    let service = fleet.services.get(name)?;
    let placing = &fleet.placing;
    let (hosts, lost) = match placing.demand(name) {
        Some(demand) => (verdicts(placing, demand), lost(placing, demand)),
        None => {
            let standbys = service.standbys.iter().map(|host| HostVerdict::of(host, Verdict::NamedStandby));
            let hosts = service.hosts.iter().map(|host| HostVerdict::of(host, Verdict::Named));
            (hosts.chain(standbys).collect(), Vec::new())
        }
    };
    let (replicas, standbys) = (service.hosts.len(), service.standbys.len());
    Some(Explanation { version: 1, service: name.clone(), replicas, standbys, hosts, lost })
}

impl HostVerdict {
    fn of(host: &HostName, result: Verdict) -> Self {
        Self {
            host: host.clone(),
            result,
            held: false,
            constraint: None,
            why: None,
            in_use: None,
            assumed: false,
            crowd: None,
            distance: None,
        }
    }
}

fn verdicts(placing: &Placing, demand: usize) -> Vec<HostVerdict> {
    let verdicts = solve::explain(&placing.problem, &placing.solution, demand).into_iter();
    verdicts.map(|verdict| told(placing, demand, verdict.host, verdict.outcome)).collect()
}

fn told(placing: &Placing, demand: usize, host: usize, outcome: Outcome) -> HostVerdict {
    let own = &placing.problem.demands[demand];
    let plain = |result| HostVerdict::of(&placing.hosts[host], result);
    let percent = |share: u64| Some(share.div_ceil(100));
    let assumed = placing.problem.hosts[host].capacity.is_none();
    match outcome {
        Outcome::Fixed(Part::Running) => plain(Verdict::Named),
        Outcome::Fixed(Part::Standby) => plain(Verdict::NamedStandby),
        Outcome::Chosen { part, held, share } => {
            let result = if part == Part::Running { Verdict::Runs } else { Verdict::StandsBy };
            HostVerdict { held, in_use: percent(share), assumed, ..plain(result) }
        }
        Outcome::Possible { crowd, distance, share } => HostVerdict {
            in_use: percent(share),
            assumed,
            crowd: own.spread.is_some().then_some(crowd),
            distance: own.near.is_some().then_some(distance),
            ..plain(Verdict::Possible)
        },
        Outcome::Excluded(exclusion) => {
            let reason = placing.reason(&exclusion);
            HostVerdict {
                held: own.held.contains(&host) || own.held_standbys.contains(&host),
                why: Some(reason.sentence()),
                constraint: Some(reason.constraint),
                ..plain(Verdict::Excluded)
            }
        }
    }
}

fn lost(placing: &Placing, demand: usize) -> Vec<Lost> {
    let lost = solve::lost(&placing.problem, &placing.solution, demand).into_iter();
    let why = |exclusion: &solve::Exclusion| {
        let reason = placing.reason(exclusion);
        format!("{}, {}", reason.constraint, reason.sentence())
    };
    lost.map(|(host, exclusion)| Lost { host: placing.hosts[host].clone(), why: exclusion.as_ref().map(why) }).collect()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_false(yes: &bool) -> bool {
    !yes
}
