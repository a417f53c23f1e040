//! Alerts of logs: those that come with Cistern, and those of the definition. Loki's ruler evaluates them and tells the
//! same Alertmanagers.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::place::Entries;
use crate::value::{AlertName, Urgency};
use crate::watch::{Alert, Logs};

/// An alert that comes with Cistern.
pub(in crate::emit) struct LogAlert {
    /// Its name.
    pub(in crate::emit) name: &'static str,
    /// How soon somebody must look.
    severity: Urgency,
    /// How long it must hold.
    holds: &'static str,
    /// When it fires, in LogQL, with `$threshold` for the number that it compares with.
    expr: &'static str,
    /// That number.
    threshold: &'static str,
    /// What is wrong, in one line.
    summary: &'static str,
    /// What it means.
    description: &'static str,
    /// Its page, in Markdown.
    pub(in crate::emit) runbook: &'static str,
}

/// Makes an alert with the page of its name.
macro_rules! alert {
    ($name:ident $severity:ident for $holds:literal above $threshold:literal, $expr:expr, $summary:literal, $description:literal) => {
        LogAlert {
            name: stringify!($name),
            severity: Urgency::$severity,
            holds: $holds,
            expr: $expr,
            threshold: $threshold,
            summary: $summary,
            description: $description,
            runbook: include_str!(concat!("../../../docs/runbooks/", stringify!($name), ".md")),
        }
    };
}

const BUILT_IN: &[LogAlert] = &[
    alert!(LogDiskErrors Critical for "0s" above "0",
        r#"sum by (host) (count_over_time({unit="kernel"} |~ `I/O error|critical medium error|Unrecovered read error|failed command: (READ|WRITE)` [15m])) > $threshold"#,
        "The kernel of {{ $labels.host }} reports errors of a disk.",
        "{{ $value }} lines in a quarter of an hour speak of reads or writes that failed."),
    alert!(LogFilesystemErrors Critical for "0s" above "0",
        r#"sum by (host) (count_over_time({unit="kernel"} |~ `EXT4-fs error|BTRFS (error|critical)|XFS .*(corrupt|metadata I/O error)|Remounting filesystem read-only` [15m])) > $threshold"#,
        "A file system of {{ $labels.host }} is damaged.",
        "{{ $value }} lines in a quarter of an hour speak of a damaged file system. It may have become read-only."),
    alert!(LogHardwareErrors Warning for "0s" above "0",
        r#"sum by (host) (count_over_time({unit="kernel"} |~ `\[Hardware Error\]|Machine check events logged|EDAC .* (CE|UE) ` [1h])) > $threshold"#,
        "The hardware of {{ $labels.host }} reports errors.",
        "{{ $value }} lines within an hour come from the machine check: memory, processor or bus."),
    alert!(LogKernelFaults Warning for "0s" above "0",
        r#"sum by (host) (count_over_time({unit="kernel"} |~ `BUG: |Oops: |kernel BUG at|soft lockup|blocked for more than \d+ seconds` [15m])) > $threshold"#,
        "The kernel of {{ $labels.host }} reports a fault of its own.",
        "{{ $value }} lines in a quarter of an hour speak of a bug, a lock-up or a task that hangs."),
    alert!(LogLoginsRefused Warning for "5m" above "30",
        r#"sum by (host) (count_over_time({unit=~"sshd@?\\.service"} |~ `Failed password|Invalid user|authentication failure|maximum authentication attempts` [10m])) > $threshold"#,
        "Many logins over SSH are refused on {{ $labels.host }}.",
        "{{ $value }} logins were refused within ten minutes: somebody tries passwords, or a program has a wrong key."),
    alert!(LogProgramsCrash Warning for "0s" above "2",
        r#"sum by (host) (count_over_time({unit=~"systemd-coredump@?\\.service"} |= `dumped core` [1h])) > $threshold"#,
        "Programs crash on {{ $labels.host }}.",
        "{{ $value }} programs left a core dump within an hour."),
    alert!(LogsMissing Warning for "30m" above "0",
        r#"(sum by (host) (count_over_time({host=~".+"} [1h] offset 1h)) > $threshold) unless sum by (host) (count_over_time({host=~".+"} [1h]))"#,
        "{{ $labels.host }} sends no logs any more.",
        "It sent some before and has sent none for an hour: Alloy stands still, or does not reach Loki."),
];

/// Every alert of logs that comes with Cistern.
pub(in crate::emit) fn built_in() -> &'static [LogAlert] {
    BUILT_IN
}

#[derive(Serialize)]
pub(super) struct File {
    groups: Vec<Group>,
}

#[derive(Serialize)]
struct Group {
    name: &'static str,
    interval: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
struct Rule {
    alert: String,
    expr: String,
    r#for: String,
    labels: BTreeMap<&'static str, String>,
    annotations: BTreeMap<&'static str, String>,
}

pub(super) fn file(entries: &Entries, logs: &Logs) -> File {
    let grafana = entries.dashboards_url();
    let known: BTreeSet<&str> = BUILT_IN.iter().map(|alert| alert.name).collect();
    let usual = Alert::default();
    let said = |name: &str| logs.alerts.iter().find(|(said, _)| said.as_str() == name).map_or(&usual, |(_, alert)| alert);
    let brought = BUILT_IN.iter().filter(|alert| !said(alert.name).disabled);
    let brought = brought.map(|alert| brought_rule(alert, said(alert.name), grafana.as_deref())).collect();
    let own = logs.alerts.iter().filter(|(name, alert)| !known.contains(name.as_str()) && !alert.disabled);
    let own = own.filter_map(|(name, alert)| own_rule(name, alert, grafana.as_deref())).collect();
    let group = |name, rules: Vec<Rule>| (!rules.is_empty()).then_some(Group { name, interval: "1m", rules });
    File { groups: [group("cistern-logs", brought), group("own-logs", own)].into_iter().flatten().collect() }
}

fn brought_rule(alert: &LogAlert, said: &Alert, grafana: Option<&str>) -> Rule {
    let threshold = said.threshold.as_ref().map_or_else(|| alert.threshold.to_owned(), ToString::to_string);
    let expr = said.expr.clone().unwrap_or_else(|| alert.expr.replace("$threshold", &threshold));
    let severity = said.severity.unwrap_or(alert.severity);
    let mut rule = Rule {
        alert: alert.name.to_owned(),
        expr,
        r#for: said.r#for.as_ref().map_or_else(|| alert.holds.to_owned(), ToString::to_string),
        labels: BTreeMap::from([("severity", severity.to_string())]),
        annotations: annotations(said, grafana),
    };
    let page = grafana.map(|url| format!("{url}/d/{}", crate::emit::grafana::runbook_uid(alert.name)));
    let mut usual = |key, text: Option<String>| {
        if let Some(text) = text {
            rule.annotations.entry(key).or_insert(text);
        }
    };
    usual("summary", Some(alert.summary.to_owned()));
    usual("description", Some(alert.description.to_owned()));
    usual("runbook_url", page);
    usual("runbook", Some(format!("cistern explain {}", alert.name)));
    rule
}

fn own_rule(name: &AlertName, alert: &Alert, grafana: Option<&str>) -> Option<Rule> {
    let severity = alert.severity.unwrap_or(Urgency::Warning);
    let mut annotations = annotations(alert, grafana);
    annotations.entry("summary").or_insert_with(|| format!("{name} fires."));
    Some(Rule {
        alert: name.to_string(),
        expr: alert.expr.clone()?,
        r#for: alert.r#for.as_ref().map_or_else(|| "0s".to_owned(), ToString::to_string),
        labels: BTreeMap::from([("severity", severity.to_string())]),
        annotations,
    })
}

/// What the definition says of an alert, and where its lines are.
fn annotations(said: &Alert, grafana: Option<&str>) -> BTreeMap<&'static str, String> {
    let lines = |url: &str| format!("{url}/d/cistern-logs?var-host={{{{ $labels.host }}}}");
    let all = [
        ("summary", said.summary.clone()),
        ("description", said.description.clone()),
        ("runbook_url", said.runbook.as_ref().map(ToString::to_string)),
        ("dashboard_url", grafana.map(lines)),
    ];
    all.into_iter().filter_map(|(key, text)| Some((key, text?))).collect()
}
