//! How hosts are doing, as one document: `--format json` prints it as it is, the table says the same in fewer words.

use schemars::JsonSchema;
use serde::Serialize;

use crate::value::{FleetName, HostName, Lifecycle, SecretName, SiteName};

/// How the hosts of a fleet are doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Status {
    /// Raised when a reader of an older version would misread this one; it is 1.
    pub version: u32,
    /// The fleet's name.
    pub fleet: FleetName,
    /// When it was asked, in seconds since 1970.
    pub asked_at: i64,
    /// Who was asked.
    pub source: Source,
    /// Who could not be asked, why, and what to do about it.
    pub notes: Vec<String>,
    /// How many hosts there are of each sort.
    pub summary: Summary,
    /// The hosts, in the order of their names.
    pub hosts: Vec<HostStatus>,
}

/// Who was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Prometheus: its URL, or the monitoring host that it was reached through.
    Prometheus(String),
    /// Every host for itself, over ssh.
    Hosts,
}

/// How a host is; the worst comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// It answers, and something on it stops or soon will.
    Critical,
    /// It does not answer.
    Unreachable,
    /// It answers, and something on it needs to be looked at.
    Degraded,
    /// Nobody was asked, or nobody could tell.
    Unknown,
    /// It answers, and nothing is wrong with it.
    Healthy,
}

/// How a host is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct HostStatus {
    /// The host.
    pub name: HostName,
    /// The site that it stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteName>,
    /// The region of that site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Its label `environment`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// What is done with it at present.
    pub lifecycle: Lifecycle,
    /// How it is.
    pub health: Health,
    /// Why it is no better, as far as whoever was asked tells.
    pub reasons: Vec<String>,
    /// The system that it runs.
    pub system: SystemStatus,
    /// Whether the running kernel, its modules or its initial ramdisk are not those of the running system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reboot_needed: Option<bool>,
    /// The systemd units that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_units: Option<Vec<String>>,
    /// When it was heard of last, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<i64>,
    /// Its backup, where one was found; of several the one that is behind most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<Backup>,
    /// The values that it reads, where the fleet's record knows how old one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secrets: Option<Secrets>,
}

/// The system that a host runs, and the one that it should.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SystemStatus {
    /// Whether they are the same.
    pub state: Agreement,
    /// The store path of the running one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub running: Option<String>,
    /// The store path of the expected one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// Who expects that one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_by: Option<Expectation>,
}

/// Whether the running system is the expected one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    /// It is.
    Current,
    /// It is another one.
    Differs,
    /// One of the two is not known.
    Unknown,
}

/// Who expects a system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Expectation {
    /// The file of `--expected`.
    Plan,
    /// The last deployment: the host's own system profile.
    Deployment,
}

/// A backup of a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Backup {
    /// Its last success, in seconds since 1970.
    pub at: i64,
    /// How long ago that was, in seconds.
    pub age: i64,
}

/// How old the values are that a host reads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Secrets {
    /// The age of the oldest one, in days.
    pub oldest_days: i64,
    /// The age of the oldest one that is older than it may become, in days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overdue_days: Option<i64>,
    /// Those that are older than they may become.
    pub overdue: Vec<SecretName>,
}

/// How many hosts there are of each sort.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Summary {
    /// Hosts that were asked about.
    pub total: usize,
    /// Those that do their work.
    pub active: usize,
    /// Those that are switched off.
    pub inactive: usize,
    /// Those that somebody works on.
    pub maintenance: usize,
    /// Those with nothing wrong.
    pub healthy: usize,
    /// Those with something to be looked at.
    pub degraded: usize,
    /// Those on which something stops or soon will.
    pub critical: usize,
    /// Those that do not answer.
    pub unreachable: usize,
    /// Those of which nobody could tell, inactive ones included.
    pub unknown: usize,
    /// How many regions they stand in.
    pub regions_count: usize,
    /// How many values their label `environment` has.
    pub environments_count: usize,
}

impl Status {
    /// Says whether something must be seen to: an active host is critical or does not answer.
    pub fn is_critical(&self) -> bool {
        let bad = |host: &HostStatus| matches!(host.health, Health::Critical | Health::Unreachable);
        self.hosts.iter().any(|host| host.lifecycle == Lifecycle::Active && bad(host))
    }
}

impl Health {
    /// Every one, the best first.
    pub const ALL: [Self; 5] = [Self::Healthy, Self::Degraded, Self::Critical, Self::Unreachable, Self::Unknown];

    /// Its word, as the recording rule `cistern:host_health` has it in its label `state`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Critical => "critical",
            Self::Unreachable => "unreachable",
            Self::Unknown => "unknown",
        }
    }

    /// Reads the word.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|health| health.word() == word)
    }
}
