//! The alerts that come with Cistern, as one table: rules, inhibition, documents, `cistern explain` and tests are made from it.
//!
//! An expression holds words with a dollar sign that [`BuiltIn::expression`] replaces: `$threshold`, `$files` (the file
//! systems that count), `$window` (how far a rate looks back), and what the emitter knows of the fleet (`$hosts`, `$service`, `$safe`, `$majority`).

mod hosts;
mod logs;
mod monitoring;
mod services;

use crate::diag;
use crate::value::{Threshold, Urgency};

/// The number that an expression compares with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// The number, unless the definition gives another.
    pub value: f64,
    /// What it counts, such as `percent`.
    pub unit: &'static str,
}

/// What an alert is about, which is whose dashboard is linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The host of its label `host`.
    Host,
    /// The service of its label `service`.
    Service,
    /// The fleet.
    Fleet,
}

/// What a fleet must have, so that the expression can have series there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing but Prometheus.
    Nothing,
    /// Targets of one of these jobs.
    Jobs(&'static [&'static str]),
    /// Hosts whose NixOS configuration Cistern writes.
    Managed,
    /// A host in maintenance.
    Maintenance,
    /// Something that is probed, other than by ping.
    Probes,
    /// Something that is probed and may show a certificate.
    Certificates,
    /// A service with several probed instances.
    Replicas,
    /// A service whose kind says what a quorum is.
    Quorum,
    /// A secret that may not grow old.
    RotatedSecrets,
    /// Two monitoring hosts.
    TwoMonitors,
}

/// An alert that comes with Cistern.
#[derive(Debug)]
pub struct BuiltIn {
    /// Its name.
    pub name: &'static str,
    /// How soon somebody must look.
    pub severity: Urgency,
    /// How long the expression must hold, as Prometheus writes it.
    pub holds: &'static str,
    /// The number that the expression compares with.
    pub threshold: Option<Limit>,
    /// What it is about.
    pub about: About,
    /// What the fleet must have.
    pub needs: Needs,
    /// The expression, with words to replace.
    pub expr: &'static str,
    /// One line for the message.
    pub summary: &'static str,
    /// What is so, and what to do first.
    pub description: &'static str,
    /// What `cistern explain` prints: `docs/runbooks/<name>.md`.
    pub runbook: &'static str,
}

/// Makes an alert, with the page of its name.
macro_rules! alert {
    ($name:ident, $severity:ident, for $holds:literal, $threshold:expr, $about:ident, $needs:expr, $expr:expr, $summary:literal, $description:literal) => {
        crate::alerts::BuiltIn {
            name: stringify!($name),
            severity: crate::value::Urgency::$severity,
            holds: $holds,
            threshold: $threshold,
            about: crate::alerts::About::$about,
            needs: $needs,
            expr: $expr,
            summary: $summary,
            description: $description,
            runbook: include_str!(concat!("../../docs/runbooks/", stringify!($name), ".md")),
        }
    };
}
use alert;

/// Metrics of file systems that can fill up: those of this machine, each once, and none that lives in memory.
const FILES: &str = "job=\"node\",fstype!~\"tmpfs|ramfs|squashfs|overlay|iso9660|erofs|efivarfs|autofs|nfs4?|cifs|fuse[.]lxcfs\",\
    mountpoint!~\"/nix/store|/run/.+|/var/lib/(docker|containers)/.+\"";

/// Alerts that are no fault: they always fire, or hold back others. They go to routes that name them, else to nobody.
pub const QUIET: [&str; 3] = ["DeadMansSwitch", "HostInMaintenance", "HostSilent"];

/// Every alert, by what it is about; the words become names of groups of rules.
pub const FAMILIES: &[(&str, &[BuiltIn])] =
    &[("hosts", hosts::ALERTS), ("services", services::ALERTS), ("monitoring", monitoring::ALERTS)];

/// Alerts that Loki evaluates, where logs are kept.
pub const LOGS: &[BuiltIn] = logs::ALERTS;

/// What Grafana takes as the uid of a dashboard at most, in characters.
const LONGEST_UID: usize = 40;

/// Every alert.
pub fn all() -> impl Iterator<Item = &'static BuiltIn> + Clone {
    FAMILIES.iter().flat_map(|(_, alerts)| *alerts)
}

/// Every alert, those that Loki evaluates after the others.
pub fn all_and_logs() -> impl Iterator<Item = &'static BuiltIn> + Clone {
    all().chain(LOGS)
}

/// Finds an alert by its name.
pub fn find(name: &str) -> Option<&'static BuiltIn> {
    all().find(|alert| alert.name == name)
}

/// Finds an alert that Loki evaluates by its name.
pub fn find_of_logs(name: &str) -> Option<&'static BuiltIn> {
    LOGS.iter().find(|alert| alert.name == name)
}

/// The uid of the dashboard that holds an alert's page; a long name is cut.
pub fn page_uid(name: &str) -> String {
    format!("cistern-runbook-{}", name.to_lowercase()).chars().take(LONGEST_UID).collect()
}

/// Finds the alert whose name is nearest to one that is not there.
pub fn nearest(name: &str) -> Option<&'static str> {
    diag::nearest(name, all().map(|alert| alert.name))
}

impl BuiltIn {
    /// What it means, in the first sentence of its page.
    pub fn meaning(&self) -> &'static str {
        let text = self.runbook.lines().skip(1).find(|line| !line.is_empty()).unwrap_or_default();
        text.split_inclusive(". ").next().unwrap_or_default().trim_end()
    }

    /// The expression for a threshold; `None` takes the alert's own.
    pub fn expression(&self, threshold: Option<&Threshold>) -> String {
        let text = self.expr.replace("$files", FILES);
        let own = || self.threshold.map(|limit| limit.value.to_string());
        let threshold = threshold.map(ToString::to_string).or_else(own);
        threshold.map_or_else(|| text.clone(), |threshold| text.replace("$threshold", &threshold))
    }
}

/// The metrics of file systems that can fill up, as a selector without its braces.
pub fn file_systems() -> &'static str {
    FILES
}

const fn above(value: f64, unit: &'static str) -> Option<Limit> {
    Some(Limit { value, unit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alert_stands_once_and_is_complete() {
        // Pages are told apart by what is left of the names.
        let mut names: Vec<_> = all_and_logs().map(|alert| page_uid(alert.name)).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        for alert in all_and_logs() {
            assert_eq!(alert.expr.contains("$threshold"), alert.threshold.is_some(), "{}", alert.name);
            assert!(alert.runbook.starts_with(&format!("# {}\n", alert.name)), "{}", alert.name);
            for text in [alert.summary, alert.description] {
                assert!(text.ends_with('.'), "{}: {text}", alert.name);
            }
        }
    }
}
