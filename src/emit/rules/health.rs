//! Which hosts can be reached, how each is, and which groups it belongs to.
//!
//! A host is in exactly one state: rules of a group are evaluated in order, and each leaves out what an earlier one took.

use super::file::{Group, Rule};
use crate::place::Entries;

/// The states, the worst first.
const STATES: [&str; 5] = ["unreachable", "critical", "unknown", "degraded", "healthy"];

/// Whether anything of a host answers: a target, a probed service, a ping.
const REACHABLE: &str = "max by (host, site, region) (up{host!=\"\",job!~\"probe-.+\"} or probe_success{host!=\"\"})";

/// Alerts that follow from the state, and so do not make it.
const FOLLOWING: &str = "HostUnreachable|HostCritical|HostDegraded";

pub(super) fn group(entries: &Entries) -> Group {
    let mut rules = vec![Rule::record("cistern:host_reachable", REACHABLE)];
    rules.extend(entries.groups.iter().filter(|(_, group)| !group.hosts.is_empty()).map(|(name, group)| {
        let hosts: Vec<_> = group.hosts.iter().map(|host| host.as_str()).collect();
        let expr = format!("group by (host) (up{{host=~\"{}\"}})", hosts.join("|"));
        Rule::record("cistern:group_member", expr).label("group", name.as_str())
    }));
    rules.extend(STATES.map(|state| Rule::record("cistern:host_health", expression(state)).label("state", state)));
    rules.extend(STATES.map(|state| {
        let expr = format!("count(cistern:host_health{{state=\"{state}\"}}) or vector(0)");
        Rule::record("cistern:fleet_hosts:count", expr).label("state", state)
    }));
    rules.push(Rule::record("cistern:site_hosts:count", "count by (site, state) (cistern:host_health{site!=\"\"})"));
    rules.push(Rule::record(
        "cistern:group_hosts:count",
        "count by (group, state) (cistern:group_member * on (host) group_left (state) cistern:host_health)",
    ));
    Group::new("cistern-health", rules)
}

fn expression(state: &str) -> String {
    let reached = "cistern:host_reachable == 1";
    let firing = |severity: &str| {
        format!("ALERTS{{alertstate=\"firing\",severity=\"{severity}\",host!=\"\",alertname!~\"{FOLLOWING}\"}}")
    };
    let taken = |states: &str| format!("unless on (host) cistern:host_health{{state=~\"{states}\"}}");
    match state {
        "unreachable" => "cistern:host_reachable == bool 0 == 1".to_owned(),
        "critical" => format!("{reached} and on (host) {}", firing("critical")),
        // Nothing is known of a host that nobody asks, or whose own figures are missing.
        "unknown" => format!(
            "(group by (host, site, region) (up{{host!=\"\"}}) unless on (host) cistern:host_reachable) \
             or ({reached} and on (host) up{{job=\"node\"}} == 0 {})",
            taken("critical")
        ),
        "degraded" => format!("{reached} and on (host) {} {}", firing("warning"), taken("critical|unknown")),
        _ => format!("{reached} {}", taken("critical|unknown|degraded")),
    }
}
