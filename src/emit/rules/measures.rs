//! What Prometheus records over several windows: of hosts, and of sites, groups and the fleet from that.

use super::file::{Group, Rule};
use crate::alerts::file_systems;
use crate::place::Entries;
use crate::place::plan::MonitoringEntry;
use crate::value::Duration;

/// Network interfaces that carry what another one carries too.
const VIRTUAL: &str =
    "lo|veth.*|docker.*|podman.*|cni.*|br.*|virbr.*|tap.*|tun.*|wg.*|tailscale.*|ve-.*|vb-.*|bond.*|.+[.].+";

/// What is recorded.
struct Measure {
    /// Its name, as in `cistern:host_cpu_used:ratio5m`.
    name: &'static str,
    /// What it counts.
    unit: &'static str,
    /// The expression over a short window, which stands in it as `$window`.
    now: &'static str,
    /// How a longer window is made from a shorter one.
    over: &'static str,
    /// Whether that holds from five minutes on, and not from an hour on.
    counts: bool,
    /// How hosts are put together.
    together: &'static str,
}

const MEASURES: &[Measure] = &[
    Measure {
        name: "cpu_used",
        unit: "ratio",
        now: "1 - avg by (host, site, region) (rate(node_cpu_seconds_total{job=\"node\",mode=\"idle\"}[$window]))",
        over: "avg_over_time",
        counts: false,
        together: "avg",
    },
    Measure {
        name: "memory_used",
        unit: "ratio",
        now: "1 - min by (host, site, region) (avg_over_time(node_memory_MemAvailable_bytes{job=\"node\"}[$window]) / avg_over_time(node_memory_MemTotal_bytes{job=\"node\"}[$window]))",
        over: "avg_over_time",
        counts: false,
        together: "avg",
    },
    Measure {
        name: "disk_used",
        unit: "ratio",
        now: "1 - min by (host, site, region) (avg_over_time(node_filesystem_avail_bytes{$files}[$window]) / avg_over_time(node_filesystem_size_bytes{$files}[$window]))",
        over: "max_over_time",
        counts: false,
        together: "max",
    },
    Measure {
        name: "network_received",
        unit: "bytes",
        now: "sum by (host, site, region) (rate(node_network_receive_bytes_total{job=\"node\",device!~\"$virtual\"}[$window]))",
        over: "avg_over_time",
        counts: false,
        together: "sum",
    },
    Measure {
        name: "network_transmitted",
        unit: "bytes",
        now: "sum by (host, site, region) (rate(node_network_transmit_bytes_total{job=\"node\",device!~\"$virtual\"}[$window]))",
        over: "avg_over_time",
        counts: false,
        together: "sum",
    },
    Measure {
        name: "services_active",
        unit: "count",
        now: "sum by (host, site, region) (node_systemd_unit_state{job=\"node\",name=~\".+[.]service\",state=\"active\"})",
        over: "min_over_time",
        counts: true,
        together: "sum",
    },
    Measure {
        name: "services_failed",
        unit: "count",
        now: "sum by (host, site, region) (node_systemd_unit_state{job=\"node\",name=~\".+[.]service\",state=\"failed\"})",
        over: "max_over_time",
        counts: true,
        together: "sum",
    },
    Measure {
        name: "services_total",
        unit: "count",
        now: "count by (host, site, region) (node_systemd_unit_state{job=\"node\",name=~\".+[.]service\",state=\"active\"})",
        over: "max_over_time",
        counts: true,
        together: "sum",
    },
];

/// A window, the one that it is made from where it is long, and its length in seconds.
struct Window {
    name: &'static str,
    seconds: i64,
    from: Option<&'static str>,
}

const WINDOWS: &[Window] = &[
    Window { name: "1m", seconds: 60, from: None },
    Window { name: "5m", seconds: 300, from: None },
    Window { name: "15m", seconds: 900, from: None },
    Window { name: "1h", seconds: 3600, from: Some("5m") },
    Window { name: "1d", seconds: 86400, from: Some("1h") },
];

/// One group of rules a window: hosts first, then what is made from them.
pub(super) fn groups(entries: &Entries, monitoring: &MonitoringEntry) -> Vec<Group> {
    let interval = interval(monitoring);
    let group = |window: &Window| {
        let rules = MEASURES.iter().flat_map(|measure| rules(measure, window, interval, entries)).collect();
        let group = Group::new(format!("cistern-{}", window.name), rules);
        if window.from.is_some() { group.every("1m") } else { group }
    };
    WINDOWS.iter().map(group).collect()
}

/// How far the rates of alerts look back.
pub(super) fn rate_window(monitoring: &MonitoringEntry) -> String {
    range(&WINDOWS[1], interval(monitoring))
}

/// Seconds between two scrapes; Prometheus' own default otherwise.
fn interval(monitoring: &MonitoringEntry) -> i64 {
    monitoring.scrape_interval.as_ref().map_or(60, Duration::seconds)
}

fn rules(measure: &Measure, window: &Window, interval: i64, entries: &Entries) -> Vec<Rule> {
    let Measure { name, unit, together, .. } = measure;
    let series = |of: &str, window: &str| format!("cistern:{of}_{name}:{unit}{window}");
    let host = series("host", window.name);
    let from = window.from.or((measure.counts && window.name != "1m").then_some("1m"));
    let expr = match from {
        Some(from) => format!("{}({}[{}])", measure.over, series("host", from), window.name),
        None => measure
            .now
            .replace("$files", file_systems())
            .replace("$virtual", VIRTUAL)
            .replace("$window", &range(window, interval)),
    };
    let mut rules = vec![Rule::record(&host, expr)];
    if entries.hosts.values().any(|host| host.site.is_some()) {
        rules.push(Rule::record(series("site", window.name), format!("{together} by (site) ({host}{{site!=\"\"}})")));
    }
    if !entries.groups.is_empty() {
        let expr = format!("{together} by (group) (cistern:group_member * on (host) group_left () {host})");
        rules.push(Rule::record(series("group", window.name), expr));
    }
    rules.push(Rule::record(series("fleet", window.name), format!("{together}({host})")));
    rules
}

/// How far a window looks back: at least three scrapes, since a rate needs two.
fn range(window: &Window, interval: i64) -> String {
    match 3 * interval {
        least if least > window.seconds => format!("{least}s"),
        _ => window.name.to_owned(),
    }
}
