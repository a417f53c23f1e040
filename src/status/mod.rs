//! How hosts are doing: what was heard of each of them, held against the plan.
//!
//! Nothing is asked here. [`script`] is what a host is to run and [`prometheus`] what Prometheus is to be asked; both
//! give a [`Seen`] for each host, and [`status`] makes one document of them.

mod answer;
mod document;
mod expected;
mod limits;
pub mod prometheus;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::model::Kept;
use crate::place::Entries;
use crate::place::plan::HostEntry;
use crate::place::recipients::secret_files;
use crate::schema;
use crate::value::{Date, HostName, LabelName, Lifecycle, Managed};

pub use answer::{ANSWER_LIMIT, script, seen};
pub use document::{
    Agreement, Backup, Expectation, Health, HostStatus, Secrets, Source, Status, Summary, SystemStatus,
};
pub use expected::Expected;
pub use limits::Limits;
pub use table::{Look, summary, table};

/// The label that says what a host is for.
const ENVIRONMENT: &str = "environment";

/// What was heard of a host; what is absent is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// How it is.
    pub health: Option<Health>,
    /// Why it is no better, a clause each.
    pub reasons: Vec<String>,
    /// The store path of the running system.
    pub running: Option<String>,
    /// The store path of the system that was deployed last.
    pub deployed: Option<String>,
    /// Whether the running kernel, its modules or its initial ramdisk are not those of the running system.
    pub reboot_needed: Option<bool>,
    /// The units that failed.
    pub failed_units: Option<BTreeSet<String>>,
    /// When it was heard of last, in seconds since 1970.
    pub last_seen: Option<i64>,
    /// When the last success of the backup that is behind most was, in seconds since 1970.
    pub last_backup: Option<i64>,
}

impl Seen {
    /// A host that does not answer.
    pub fn unreachable(why: String) -> Self {
        Self { health: Some(Health::Unreachable), reasons: vec![why], ..Self::default() }
    }
}

/// What was heard of all that were asked.
#[derive(Debug)]
pub struct Heard {
    /// Who was asked.
    pub source: Source,
    /// Who could not be asked, why, and what to do about it.
    pub notes: Vec<String>,
    /// The hosts.
    pub hosts: BTreeMap<HostName, Seen>,
}

/// What is asked of whom, and when.
#[derive(Debug)]
pub struct Question<'p> {
    /// The plan.
    pub entries: &'p Entries,
    /// The record of the encrypted files.
    pub kept: &'p Kept,
    /// The hosts that it is about.
    pub hosts: &'p BTreeSet<HostName>,
    /// The systems that are to run, where somebody wrote them down.
    pub expected: &'p Expected,
    /// Now, in seconds since 1970.
    pub now: i64,
}

/// Says whether a host can be asked over ssh at all.
pub fn is_asked(host: &HostEntry) -> bool {
    host.managed != Managed::Scrape && host.lifecycle != Lifecycle::Inactive
}

/// Puts together what was heard of hosts.
pub fn status(question: &Question<'_>, heard: Heard) -> Status {
    let Heard { source, notes, hosts: mut heard } = heard;
    let mut secrets = secrets(question);
    let hosts: Vec<_> = question
        .hosts
        .iter()
        .map(|name| {
            let seen = heard.remove(name).unwrap_or_default();
            host_status(question, name, seen, secrets.remove(name))
        })
        .collect();
    let summary = counts(&hosts);
    Status { version: 1, fleet: question.entries.name.clone(), asked_at: question.now, source, notes, summary, hosts }
}

/// Writes it as one JSON document; [`json_schema`] says what stands in it.
pub fn json(status: &Status) -> String {
    serde_json::to_string_pretty(status).expect("a document holds nothing but text and numbers")
}

/// Writes it as one line of JSON.
pub fn json_line(status: &Status) -> String {
    serde_json::to_string(status).expect("a document holds nothing but text and numbers")
}

/// The JSON Schema of that document.
pub fn json_schema() -> Value {
    schema::finished(schemars::schema_for!(Status).to_value(), "cistern status --format json")
}

fn host_status(question: &Question<'_>, name: &HostName, seen: Seen, secrets: Option<Secrets>) -> HostStatus {
    let entry = &question.entries.hosts[name];
    let (health, reasons) = match entry.lifecycle {
        // Whatever was heard of it, it is meant to be off.
        Lifecycle::Inactive => (Health::Unknown, Vec::new()),
        _ => (seen.health.unwrap_or(Health::Unknown), seen.reasons),
    };
    let environment = entry.labels.iter().find(|(label, _)| is_environment(label)).map(|(_, value)| value.clone());
    HostStatus {
        name: name.clone(),
        site: entry.site.clone(),
        region: entry.region.clone(),
        environment,
        lifecycle: entry.lifecycle,
        health,
        reasons,
        system: question.expected.hold(name, seen.running, seen.deployed),
        reboot_needed: seen.reboot_needed,
        failed_units: seen.failed_units.map(|units| units.into_iter().collect()),
        last_seen: seen.last_seen,
        backup: seen.last_backup.map(|at| Backup { at, age: question.now.saturating_sub(at).max(0) }),
        secrets,
    }
}

fn is_environment(label: &LabelName) -> bool {
    label.as_str() == ENVIRONMENT
}

/// The ages of the values that each host reads, as the fleet's own record has them.
fn secrets(question: &Question<'_>) -> BTreeMap<HostName, Secrets> {
    let today = Date::from_days(question.kept.today);
    let mut found: BTreeMap<HostName, Secrets> = BTreeMap::new();
    for file in secret_files(question.entries) {
        let Some(noted) = question.kept.record.files.get(&file.path) else { continue };
        let Some(set) = noted.changed else { continue };
        let longest = question.entries.secrets[file.secret].rotate_every.as_ref();
        let overdue = longest.and_then(|longest| noted.is_older_than(longest, today)).unwrap_or(false);
        let days = (today.days() - set.days()).max(0);
        for host in file.hosts {
            let secrets = found.entry(host.clone()).or_default();
            secrets.oldest_days = secrets.oldest_days.max(days);
            if overdue {
                secrets.overdue.push(file.secret.clone());
                secrets.overdue_days = secrets.overdue_days.max(Some(days));
            }
        }
    }
    found
}

fn counts(hosts: &[HostStatus]) -> Summary {
    let living = |lifecycle| hosts.iter().filter(|host| host.lifecycle == lifecycle).count();
    let of = |health| hosts.iter().filter(|host| host.health == health).count();
    let distinct =
        |word: fn(&HostStatus) -> Option<&String>| hosts.iter().filter_map(word).collect::<BTreeSet<_>>().len();
    Summary {
        total: hosts.len(),
        active: living(Lifecycle::Active),
        inactive: living(Lifecycle::Inactive),
        maintenance: living(Lifecycle::Maintenance),
        healthy: of(Health::Healthy),
        degraded: of(Health::Degraded),
        critical: of(Health::Critical),
        unreachable: of(Health::Unreachable),
        unknown: of(Health::Unknown),
        regions_count: distinct(|host| host.region.as_ref()),
        environments_count: distinct(|host| host.environment.as_ref()),
    }
}
