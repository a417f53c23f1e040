//! What watches the fleet, as one document: `--format json` prints it as it is, the table says the same in fewer words.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use crate::value::{AlertName, FleetName, HostName, KindName, ReceiverName, ServiceName};

/// What watches every host and every service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Coverage {
    /// Raised when a reader of an older version would misread this one; it is 1.
    pub version: u32,
    /// The fleet's name.
    pub fleet: FleetName,
    /// The hosts that monitor; none of what follows is watched where there are none.
    pub monitors: Vec<HostName>,
    /// The hosts, in the order of their names.
    pub hosts: Vec<HostCoverage>,
    /// The services, in the order of their names.
    pub services: Vec<ServiceCoverage>,
    /// How many there are of each.
    pub summary: Summary,
}

/// What watches a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct HostCoverage {
    /// The host.
    pub name: HostName,
    /// Whether it is switched off, and nobody asks it.
    pub inactive: bool,
    /// The jobs that ask it for figures.
    pub jobs: BTreeSet<String>,
    /// Whether it is pinged.
    pub pinged: bool,
    /// The alerts that tell when something is wrong with it.
    pub alerts: BTreeSet<AlertName>,
    /// The dashboard that shows it, by its path in Grafana.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dashboard: Option<String>,
    /// Who is told of those alerts.
    pub receivers: BTreeSet<ReceiverName>,
    /// What is missing.
    pub gaps: BTreeSet<Gap>,
}

/// What watches a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ServiceCoverage {
    /// The service.
    pub name: ServiceName,
    /// Its kind.
    pub kind: KindName,
    /// How many instances it has on hosts that are not switched off.
    pub instances: usize,
    /// How many of them are asked for figures.
    pub scraped: usize,
    /// How many of them are asked whether they work.
    pub probed: usize,
    /// How many of them have systemd units whose failure is seen.
    pub units: usize,
    /// The alerts that tell when something is wrong with it.
    pub alerts: BTreeSet<AlertName>,
    /// The dashboard that shows it, by its path in Grafana.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dashboard: Option<String>,
    /// Who is told of those alerts.
    pub receivers: BTreeSet<ReceiverName>,
    /// What is missing.
    pub gaps: BTreeSet<Gap>,
}

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    /// Nobody would see it fail.
    Unwatched,
    /// Some instances are watched and others are not.
    PartlyWatched,
    /// Every alert that would tell is switched off.
    NoAlert,
    /// Nobody is told of an alert.
    NobodyTold,
    /// The fleet has dashboards, and none shows it.
    NoDashboard,
}

/// How many there are of each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Summary {
    /// Hosts that are not switched off.
    pub hosts: usize,
    /// Those of them without a gap.
    pub hosts_covered: usize,
    /// Services.
    pub services: usize,
    /// Those of them without a gap.
    pub services_covered: usize,
    /// Gaps.
    pub gaps: usize,
}

impl Gap {
    /// What is missing, in a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Unwatched => "nobody would see it fail",
            Self::PartlyWatched => "some instances are not watched",
            Self::NoAlert => "its alerts are switched off",
            Self::NobodyTold => "nobody is told",
            Self::NoDashboard => "on no dashboard",
        }
    }
}
