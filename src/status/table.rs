//! How hosts are doing, for people.

use anstyle::{AnsiColor, Style};

use super::document::{Agreement, Health, HostStatus, Source, Status};
use crate::diag::counted;
use crate::value::Lifecycle;

/// What stands for what is not known.
const UNKNOWN: &str = "-";

/// Between two columns.
const GAP: usize = 2;

/// How to print.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// How many columns there are.
    pub width: usize,
    /// Whether words have colours.
    pub color: bool,
}

/// A column: its head, what it says of a host, and when it gives way; the largest number goes first.
struct Column {
    head: &'static str,
    cell: fn(&HostStatus, i64) -> String,
    goes: u8,
}

const COLUMNS: &[Column] = &[
    Column { head: "HOST", cell: |host, _| host.name.to_string(), goes: 0 },
    Column { head: "HEALTH", cell: |host, _| host.health.word().to_owned(), goes: 0 },
    Column { head: "LIFECYCLE", cell: |host, _| host.lifecycle.to_string(), goes: 4 },
    Column { head: "SITE", cell: |host, _| or_unknown(host.site.as_ref().map(ToString::to_string)), goes: 7 },
    Column { head: "SYSTEM", cell: |host, _| agreement(host.system.state), goes: 1 },
    Column { head: "REBOOT", cell: |host, _| or_unknown(host.reboot_needed.map(reboot)), goes: 3 },
    Column {
        head: "FAILED",
        cell: |host, _| or_unknown(host.failed_units.as_ref().map(|units| units.len().to_string())),
        goes: 2,
    },
    Column { head: "SEEN", cell: |host, now| or_unknown(host.last_seen.map(|at| ago(now - at))), goes: 5 },
    Column { head: "BACKUP", cell: |host, _| or_unknown(host.backup.as_ref().map(|backup| ago(backup.age))), goes: 6 },
    Column { head: "SECRETS", cell: |host, _| secrets(host), goes: 8 },
];

/// Writes every host as a line of a table, and below it why hosts are not healthy. Columns that do not fit are left out.
pub fn table(status: &Status, look: Look) -> String {
    let columns = fitting(status, look.width);
    let widths: Vec<usize> = columns.iter().map(|column| width(column, status)).collect();
    let mut text = String::new();
    let head: Vec<_> = columns.iter().map(|column| column.head.to_owned()).collect();
    line(&mut text, &head, &widths, None);
    for host in &status.hosts {
        let cells: Vec<_> = columns.iter().map(|column| (column.cell)(host, status.asked_at)).collect();
        line(&mut text, &cells, &widths, look.color.then(|| style(host.health)));
    }
    text.push_str(&reasons(status));
    text
}

/// Says it in one line: `4 hosts over ssh: 3 healthy, 1 unreachable`.
pub fn summary(status: &Status) -> String {
    let of = |health| {
        status.hosts.iter().filter(|host| host.lifecycle != Lifecycle::Inactive && host.health == health).count()
    };
    let mut words: Vec<_> = Health::ALL
        .into_iter()
        .filter(|health| *health == Health::Healthy || of(*health) > 0)
        .map(|health| format!("{} {}", of(health), health.word()))
        .collect();
    let counts = &status.summary;
    for (count, word) in [(counts.maintenance, "in maintenance"), (counts.inactive, "inactive")] {
        words.extend((count > 0).then(|| format!("{count} {word}")));
    }
    let by = match &status.source {
        Source::Prometheus(at) => format!("of Prometheus ({at})"),
        Source::Hosts => "over ssh".to_owned(),
    };
    format!("{} {by}: {}", counted(counts.total, "host"), words.join(", "))
}

/// As many columns as there is room for; the first always are.
fn fitting(status: &Status, room: usize) -> Vec<&'static Column> {
    let mut columns: Vec<&Column> = COLUMNS.iter().collect();
    let says_nothing =
        |column: &&Column| column.goes > 3 && status.hosts.iter().all(|host| (column.cell)(host, 0) == UNKNOWN);
    columns.retain(|column| !says_nothing(column));
    if status.hosts.iter().all(|host| host.lifecycle == Lifecycle::Active) {
        columns.retain(|column| column.head != "LIFECYCLE");
    }
    while columns.iter().map(|column| width(column, status) + GAP).sum::<usize>() > room + GAP {
        let Some(last) = columns.iter().map(|column| column.goes).max().filter(|goes| *goes > 0) else { break };
        columns.retain(|column| column.goes != last);
    }
    columns
}

fn width(column: &Column, status: &Status) -> usize {
    let cells = status.hosts.iter().map(|host| (column.cell)(host, status.asked_at).chars().count());
    cells.chain([column.head.len()]).max().unwrap_or_default()
}

/// Writes a line; the health stands in the second column.
fn line(text: &mut String, cells: &[String], widths: &[usize], style: Option<Style>) {
    let mut line = String::new();
    for (at, (cell, width)) in cells.iter().zip(widths).enumerate() {
        let pad = " ".repeat(width - cell.chars().count() + GAP);
        match style.filter(|_| at == 1) {
            Some(style) => line.push_str(&format!("{style}{cell}{style:#}{pad}")),
            None => line.push_str(&format!("{cell}{pad}")),
        }
    }
    text.push_str(line.trim_end());
    text.push('\n');
}

fn style(health: Health) -> Style {
    let color = match health {
        Health::Healthy => AnsiColor::Green,
        Health::Degraded => AnsiColor::Yellow,
        Health::Critical | Health::Unreachable => AnsiColor::Red,
        Health::Unknown => return Style::new().dimmed(),
    };
    Style::new().fg_color(Some(color.into()))
}

/// Why hosts are not healthy, the worst first.
fn reasons(status: &Status) -> String {
    let mut hosts: Vec<_> = status.hosts.iter().filter(|host| !host.reasons.is_empty()).collect();
    hosts.sort_by_key(|host| (host.health, &host.name));
    let lines = hosts.iter().map(|host| format!("{}: {}\n", host.name, host.reasons.join("; ")));
    let text: String = lines.collect();
    if text.is_empty() { text } else { format!("\n{text}") }
}

fn agreement(state: Agreement) -> String {
    match state {
        Agreement::Current => "current",
        Agreement::Differs => "differs",
        Agreement::Unknown => UNKNOWN,
    }
    .to_owned()
}

fn reboot(needed: bool) -> String {
    if needed { "needed" } else { "no" }.to_owned()
}

fn secrets(host: &HostStatus) -> String {
    match &host.secrets {
        None => UNKNOWN.to_owned(),
        Some(secrets) => match secrets.overdue_days {
            Some(days) => format!("{days}d overdue"),
            None => format!("{}d", secrets.oldest_days),
        },
    }
}

/// How long ago something was, in its largest unit.
fn ago(seconds: i64) -> String {
    match seconds {
        ..60 => "now".to_owned(),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

fn or_unknown(word: Option<String>) -> String {
    word.unwrap_or_else(|| UNKNOWN.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_one_unit() {
        let found: Vec<_> = [-5, 0, 59, 60, 3_599, 3_600, 86_399, 86_400, 864_000].into_iter().map(ago).collect();
        assert_eq!(found, ["now", "now", "now", "1m", "59m", "1h", "23h", "1d", "10d"]);
    }
}
