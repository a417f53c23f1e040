//! Who watches the fleet: what was decided of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::value::{AlertName, Discovery, Duration, HostName, ProbeName, ReceiverName};
use crate::watch::{Alert, Logs, Probe, Receiver, Route};

/// Who watches the fleet, and who is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitoringEntry {
    /// The hosts that run Prometheus.
    pub hosts: BTreeSet<HostName>,
    /// How long samples are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Duration>,
    /// How often targets are scraped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scrape_interval: Option<Duration>,
    /// How Prometheus learns of targets.
    #[serde(default = "usual_discovery", skip_serializing_if = "is_usual")]
    pub discovery: Discovery,
    /// What is said of alerts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub alerts: BTreeMap<AlertName, Alert>,
    /// Who is told.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub receivers: BTreeMap<ReceiverName, Receiver>,
    /// The receiver of what no route takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiver: Option<ReceiverName>,
    /// Who is told of what, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<Route>,
    /// How long alerts are gathered before the first message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_wait: Option<Duration>,
    /// How long until a message tells of changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_interval: Option<Duration>,
    /// What is asked outside of the fleet.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub probes: BTreeMap<ProbeName, Probe>,
    /// Logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logs: Option<Logs>,
}

/// The members of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupEntry {
    /// The members.
    pub hosts: BTreeSet<HostName>,
}

fn usual_discovery() -> Discovery {
    Discovery::Static
}

fn is_usual(discovery: &Discovery) -> bool {
    *discovery == Discovery::Static
}
