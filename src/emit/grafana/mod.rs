//! `grafana/`: data sources and dashboards, built from types, for a fleet that shows some.
//!
//! What is shown follows from what there is: a fleet without WireGuard's exporter has no panel of WireGuard.

mod backups;
mod fields;
mod fleet;
mod host;
mod layout;
mod logs;
mod network;
mod panel;
mod rollouts;
mod runbook;
mod schema;
mod service;
mod sources;
mod watched;

use std::collections::BTreeSet;

use serde::Serialize;

use super::Context;
use super::render::Output;
use crate::alerts;
use crate::place::Entries;
use crate::place::plan::{HardwareEntry, MonitoringEntry};
use crate::value::HardwareProfile;
use crate::watch::{Manner, Probe};
use schema::Dashboard;
use watched::Watched;

pub(super) fn emit(context: &Context<'_>) -> Vec<Output> {
    let entries = context.entries();
    let Some(monitoring) = &entries.monitoring else { return Vec::new() };
    if entries.dashboards().next().is_none() {
        return Vec::new();
    }
    let mut outputs = vec![
        file(context, "grafana/datasources.json", &sources::sources(entries, monitoring)),
        file(context, "grafana/provider.json", &sources::providers()),
    ];
    let path = |dashboard: &Dashboard| format!("grafana/dashboards/{}.json", dashboard.uid);
    let dashboards = dashboards(&watched(entries, monitoring));
    outputs.extend(dashboards.iter().map(|dashboard| file(context, &path(dashboard), dashboard)));
    outputs
}

fn file(context: &Context<'_>, path: &str, content: &impl Serialize) -> Output {
    let mut text = serde_json::to_string_pretty(content).expect("text, numbers, lists and maps");
    text.push('\n');
    context.plain(path, text.into_bytes())
}

fn dashboards(watched: &Watched<'_>) -> Vec<Dashboard> {
    let mut all = vec![
        fleet::dashboard(watched),
        host::dashboard(watched),
        service::dashboard(watched),
        network::dashboard(watched),
        backups::dashboard(watched),
        rollouts::dashboard(watched),
    ];
    all.extend(watched.logs.then(|| logs::dashboard(watched)));
    let of_logs = alerts::LOGS.iter().filter(|_| watched.logs);
    all.extend(alerts::all().chain(of_logs).map(|alert| runbook::dashboard(watched, alert)));
    all
}

fn watched<'a>(entries: &'a Entries, monitoring: &'a MonitoringEntry) -> Watched<'a> {
    let mut jobs: BTreeSet<&str> = entries.targets().map(|target| target.metrics.job.as_str()).collect();
    jobs.insert("probe-icmp");
    jobs.extend(entries.checks().filter_map(|check| match check.check.manner {
        Manner::Http { .. } => Some("probe-http"),
        Manner::Tcp => Some("probe-tcp"),
        Manner::Tls => Some("probe-tls"),
        Manner::Dns { .. } => Some("probe-dns"),
        Manner::Exec(_) => None,
    }));
    jobs.extend(monitoring.probes.values().map(|probe| match probe {
        Probe::Http { .. } => "probe-http",
        Probe::Tcp(_) => "probe-tcp",
        Probe::Tls(_) => "probe-tls",
        Probe::Icmp(_) => "probe-icmp",
        Probe::Dns { .. } => "probe-dns",
    }));
    Watched {
        jobs,
        several: monitoring.hosts.len() > 1,
        logs: monitoring.logs.is_some(),
        hardware: has_hardware(entries),
        groups: !entries.groups.is_empty(),
    }
}

/// Says whether some host is more than a virtual machine, as far as is known.
fn has_hardware(entries: &Entries) -> bool {
    let virtual_only = |hardware: &HardwareEntry| matches!(hardware, HardwareEntry::Profile { name, .. } if *name == HardwareProfile::Vm);
    entries.hosts.values().any(|host| !host.machine.as_ref().is_some_and(|machine| virtual_only(&machine.hardware)))
}
