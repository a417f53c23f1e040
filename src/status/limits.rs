//! From when on a host that was asked itself is not healthy: from when on an alert would fire of it.

use super::document::Health;
use crate::alerts;
use crate::place::Entries;
use crate::value::Urgency;

/// What the alerts compare with, as the definition adjusts them; without a figure there is no such alert.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// The used part of a file system, in percent, and what a host is above it.
    pub(super) disk: Vec<(f64, Health)>,
    /// The same of its memory.
    pub(super) memory: Vec<(f64, Health)>,
    /// What a host is with a unit that failed.
    pub(super) unit: Option<Health>,
    /// What a host is that runs another system than the one that was deployed last.
    pub(super) drift: Option<Health>,
}

impl Limits {
    /// Those of a fleet.
    pub fn of(entries: &Entries) -> Self {
        let figure = |name: &str, health: Health| {
            let own = adjusted(entries, name).and_then(|alert| alert.threshold.as_ref()).map(|number| number.number());
            let usual = || alerts::find(name)?.threshold.map(|threshold| threshold.value);
            Some((own.or_else(usual)?, state(entries, name, health)?))
        };
        Self {
            disk: [("HostFilesystemOutOfSpace", Health::Critical), ("HostFilesystemFull", Health::Degraded)]
                .into_iter()
                .filter_map(|(name, health)| figure(name, health))
                .collect(),
            memory: figure("HostMemoryFull", Health::Degraded).into_iter().collect(),
            unit: state(entries, "HostUnitFailed", Health::Degraded),
            drift: state(entries, "GenerationDrift", Health::Degraded),
        }
    }
}

fn adjusted<'p>(entries: &'p Entries, name: &str) -> Option<&'p crate::watch::Alert> {
    let alerts = &entries.monitoring.as_ref()?.alerts;
    alerts.iter().find(|(own, _)| own.as_str() == name).map(|(_, alert)| alert)
}

/// What a host is while an alert fires; nothing where it is switched off or tells nobody.
fn state(entries: &Entries, name: &str, usual: Health) -> Option<Health> {
    let Some(alert) = adjusted(entries, name) else { return Some(usual) };
    match alert.severity {
        _ if alert.disabled => None,
        None => Some(usual),
        Some(Urgency::Critical) => Some(Health::Critical),
        Some(Urgency::Warning) => Some(Health::Degraded),
        Some(Urgency::Info) => None,
    }
}
