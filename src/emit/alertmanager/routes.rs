//! Routes: who is told of what.
//!
//! Alerts that are no fault come first. `HostInMaintenance` goes to nobody. `DeadMansSwitch` goes to the routes that
//! name it and otherwise to nobody: a message now and then that all is well is one that nobody misses.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{GROUPED_BY, NOBODY, is, is_one_of};
use crate::place::Entries;
use crate::place::plan::MonitoringEntry;
use crate::value::{HostName, ServiceName};
use crate::watch;

const DEAD_MANS_SWITCH: &str = "DeadMansSwitch";
const MAINTENANCE: &str = "HostInMaintenance";

/// The label that says who answers for something.
const OWNER: &str = "owner";

/// A route.
#[derive(Serialize, Default)]
pub(super) struct Route {
    receiver: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    matchers: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    group_by: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_wait: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_interval: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repeat_interval: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    r#continue: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    routes: Vec<Route>,
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

/// The tree of routes: what is no fault, the definition's in their order, and whoever gets the rest.
pub(super) fn tree(entries: &Entries, monitoring: &MonitoringEntry) -> Route {
    let mut routes: Vec<_> = monitoring.routes.iter().flat_map(|route| signs_of_life(entries, route)).collect();
    routes.extend([DEAD_MANS_SWITCH, MAINTENANCE].map(|name| Route {
        receiver: NOBODY.to_owned(),
        matchers: vec![is("alertname", name)],
        ..Route::default()
    }));
    routes.extend(monitoring.routes.iter().flat_map(|route| written(entries, route)));
    Route {
        receiver: monitoring.receiver.as_ref().map_or(NOBODY, |name| name.as_str()).to_owned(),
        group_by: GROUPED_BY.to_vec(),
        group_wait: Some("30s"),
        group_interval: Some("5m"),
        repeat_interval: Some("4h".to_owned()),
        routes,
        ..Route::default()
    }
}

/// The routes for the alert that always fires, of one that names it: its receiver wants to hear of it often.
fn signs_of_life(entries: &Entries, route: &watch::Route) -> Vec<Route> {
    if !route.alerts.iter().any(|name| name.as_str() == DEAD_MANS_SWITCH) {
        return Vec::new();
    }
    let mut only = route.clone();
    only.alerts.retain(|name| name.as_str() == DEAD_MANS_SWITCH);
    let mut routes = translated(entries, &only);
    for route in &mut routes {
        route.group_wait = Some("0s");
        route.group_interval = Some("1m");
        route.repeat_interval.get_or_insert_with(|| "5m".to_owned());
    }
    routes
}

/// The routes of one that the definition has; none where it was only for the alert that always fires.
fn written(entries: &Entries, route: &watch::Route) -> Vec<Route> {
    let mut rest = route.clone();
    rest.alerts.retain(|name| name.as_str() != DEAD_MANS_SWITCH);
    if rest.alerts.is_empty() && !route.alerts.is_empty() {
        return Vec::new();
    }
    translated(entries, &rest)
}

/// Writes a route with labels. An alert says its host or its service and not always the group and the owner of them,
/// so that one route may become several that lead to the same receiver; no alert fits more than one of them.
fn translated(entries: &Entries, route: &watch::Route) -> Vec<Route> {
    let mut conditions = Vec::new();
    conditions.extend(route.severity.map(|severity| is("severity", &severity.to_string())));
    let alerts: Vec<_> = route.alerts.iter().map(|name| name.as_str()).collect();
    if !alerts.is_empty() {
        conditions.push(is_one_of("alertname", alerts));
    }
    let mut ways = vec![conditions];
    if let Some(group) = &route.group {
        let hosts = entries.groups.get(group).map(|group| &group.hosts);
        ways = split(&ways, &group_conditions(entries, hosts));
    }
    if let Some(owner) = &route.owner {
        ways = split(&ways, &owner_conditions(entries, owner));
    }
    let route = |matchers| Route {
        receiver: route.receiver.to_string(),
        matchers,
        repeat_interval: route.repeat_every.as_ref().map(ToString::to_string),
        r#continue: route.r#continue,
        ..Route::default()
    };
    ways.into_iter().map(route).collect()
}

/// Every way, with each of the alternatives.
fn split(ways: &[Vec<String>], alternatives: &[Vec<String>]) -> Vec<Vec<String>> {
    let with = |way: &Vec<String>, more: &Vec<String>| way.iter().chain(more).cloned().collect();
    ways.iter().flat_map(|way| alternatives.iter().map(move |more| with(way, more))).collect()
}

/// Alerts about a host of a group, and those about a service as a whole that runs on one.
fn group_conditions(entries: &Entries, hosts: Option<&BTreeSet<HostName>>) -> Vec<Vec<String>> {
    let Some(hosts) = hosts.filter(|hosts| !hosts.is_empty()) else { return Vec::new() };
    let mut alternatives = vec![vec![is_one_of("host", hosts.iter().map(|host| host.as_str()))]];
    let services: BTreeSet<&ServiceName> =
        hosts.iter().filter_map(|host| entries.instances.get(host)).flat_map(|services| services.keys()).collect();
    if !services.is_empty() {
        let services = is_one_of("service", services.iter().map(|service| service.as_str()));
        alternatives.push(vec![is("host", ""), services]);
    }
    alternatives
}

/// Alerts that name the owner, and those about a host that do not while the host's labels do.
fn owner_conditions(entries: &Entries, owner: &str) -> Vec<Vec<String>> {
    let mut alternatives = vec![vec![is(OWNER, owner)]];
    let owned = entries.hosts.iter().filter(|(_, host)| host.labels.get(OWNER).is_some_and(|name| name == owner));
    let hosts: Vec<_> = owned.map(|(name, _)| name.as_str()).collect();
    if !hosts.is_empty() {
        alternatives.push(vec![is(OWNER, ""), is_one_of("host", hosts)]);
    }
    alternatives
}
