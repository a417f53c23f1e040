//! Who is told of an alert: the way that Alertmanager goes through the routes.

use std::collections::BTreeSet;

use crate::place::Entries;
use crate::place::plan::MonitoringEntry;
use crate::value::{AlertName, GroupName, HostName, ReceiverName, Urgency};
use crate::watch::Route;

/// An alert as routes see it.
pub struct Told<'a> {
    /// Its name.
    pub alert: &'a AlertName,
    /// How soon somebody must look.
    pub severity: Urgency,
    /// The host that it is about.
    pub host: Option<&'a HostName>,
    /// Who answers for it.
    pub owner: Option<&'a str>,
}

/// Lists who is told of an alert.
pub fn receivers<'p>(
    entries: &'p Entries,
    monitoring: &'p MonitoringEntry,
    told: &Told<'_>,
) -> BTreeSet<&'p ReceiverName> {
    let mut found = BTreeSet::new();
    for route in monitoring.routes.iter().filter(|route| fits(route, entries, told)) {
        found.insert(&route.receiver);
        if !route.r#continue {
            return found;
        }
    }
    // Whoever gets the rest gets what no route took.
    if found.is_empty() {
        found.extend(&monitoring.receiver);
    }
    found
}

fn fits(route: &Route, entries: &Entries, told: &Told<'_>) -> bool {
    let member = |group: &GroupName| {
        let members = entries.groups.get(group).map(|group| &group.hosts);
        told.host.is_some_and(|host| members.is_some_and(|members| members.contains(host)))
    };
    route.severity.is_none_or(|severity| severity == told.severity)
        && route.group.as_ref().is_none_or(member)
        && route.owner.as_deref().is_none_or(|owner| told.owner == Some(owner))
        && (route.alerts.is_empty() || route.alerts.contains(told.alert))
}
