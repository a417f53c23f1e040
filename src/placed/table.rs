//! Placements and their reasons, for people.

use super::document::{How, Placements, ServicePlaces};
use super::explanation::{Explanation, HostVerdict, Verdict};
use super::relocation::{Relocation, Step};
use crate::diag::counted;
use crate::placement_lock::{LockedPlaces, PlacementLock};
use crate::value::HostName;
use crate::why::aligned;
use crate::why::list::fitted;

/// The fewest columns that a list of hosts gets.
const NARROWEST: usize = 24;

/// Every service with its hosts; lists are cut so that lines stay about so wide.
pub fn placements_table(placements: &Placements, width: usize) -> String {
    let room = (width / 3).max(NARROWEST);
    let head = ["SERVICE", "RUNS ON", "STANDS BY", "BECAUSE"].map(str::to_owned).to_vec();
    let row = |places: &ServicePlaces| {
        vec![places.name.to_string(), names(&places.hosts, room), names(&places.standbys, room), because(places)]
    };
    let rows: Vec<_> = std::iter::once(head).chain(placements.services.iter().map(row)).collect();
    aligned(&rows, "")
}

fn because(places: &ServicePlaces) -> String {
    let base = match places.how {
        How::Chosen => format!("chosen from {}", counted(places.candidates.unwrap_or_default(), "host")),
        How::Named => "named or matching".to_owned(),
        How::Exporter => "an exporter of these hosts".to_owned(),
        How::Brought => "comes with something else".to_owned(),
    };
    let mut parts = vec![base];
    for (what, hosts) in [("new", &places.new), ("left", &places.left)] {
        if !hosts.is_empty() {
            parts.push(format!("{what}: {}", names(hosts, NARROWEST)));
        }
    }
    parts.join("; ")
}

/// What became of every host in the eyes of a service.
pub fn explanation_table(explanation: &Explanation) -> String {
    let head = ["HOST", "RESULT", "BECAUSE"].map(str::to_owned).to_vec();
    let row = |verdict: &HostVerdict| vec![verdict.host.to_string(), result(verdict).to_owned(), reason(verdict)];
    let rows: Vec<_> = std::iter::once(head).chain(explanation.hosts.iter().map(row)).collect();
    let mut text = aligned(&rows, "");
    for lost in &explanation.lost {
        let why = lost.why.as_deref().unwrap_or("fewer instances are wanted");
        text.push_str(&format!("placement.lock had it on {}, which it leaves: {why}\n", lost.host));
    }
    text
}

fn result(verdict: &HostVerdict) -> &'static str {
    match verdict.result {
        Verdict::Named | Verdict::Runs => "runs",
        Verdict::NamedStandby | Verdict::StandsBy => "stands by",
        Verdict::Possible => "possible",
        Verdict::Excluded => "excluded",
    }
}

fn reason(verdict: &HostVerdict) -> String {
    let mut parts = Vec::new();
    match verdict.result {
        Verdict::Named | Verdict::NamedStandby => parts.push("the definition says so".to_owned()),
        Verdict::Runs | Verdict::StandsBy if verdict.held => parts.push("placement.lock has it there".to_owned()),
        Verdict::Runs | Verdict::StandsBy => parts.push("the best of those that were left".to_owned()),
        Verdict::Possible => {}
        Verdict::Excluded => parts.extend([&verdict.constraint, &verdict.why].into_iter().flatten().cloned()),
    }
    if let Some(crowd) = verdict.crowd.filter(|crowd| *crowd > 0) {
        parts.push(format!("{} in the same place", counted(crowd, "instance")));
    }
    match verdict.distance {
        Some(0) => parts.push("beside its neighbour".to_owned()),
        Some(1) => parts.push("at the site of its neighbour".to_owned()),
        Some(_) => parts.push("far from its neighbour".to_owned()),
        None => {}
    }
    if let Some(in_use) = verdict.in_use {
        let verb = if verdict.result == Verdict::Possible { "would be" } else { "is" };
        let size = if verdict.assumed { ", if it has 4G and 2 processors, as no facts say" } else { "" };
        parts.push(format!("{in_use} % of it {verb} in use{size}"));
    }
    parts.join(", ")
}

/// What moves between two placements: a line for every service; empty when nothing does.
pub fn moves_table(before: &PlacementLock, after: &PlacementLock) -> String {
    let nothing = LockedPlaces::default();
    let new = after.services.keys().filter(|name| !before.services.contains_key(*name));
    let mut rows = Vec::new();
    for name in before.services.keys().chain(new) {
        let old = before.services.get(name).unwrap_or(&nothing);
        let new = after.services.get(name).unwrap_or(&nothing);
        if (&old.hosts, &old.standbys) != (&new.hosts, &new.standbys) {
            rows.push(vec![name.to_string(), shown(old), "→".to_owned(), shown(new)]);
        }
    }
    rows.sort();
    if rows.is_empty() { String::new() } else { aligned(&rows, "") }
}

fn shown(places: &LockedPlaces) -> String {
    let standbys = match places.standbys.as_slice() {
        [] => String::new(),
        standbys => format!(" (standby: {})", names(standbys, usize::MAX)),
    };
    format!("{}{standbys}", names(&places.hosts, usize::MAX))
}

/// The steps of a move, numbered, each with its commands.
pub fn relocation_text(relocation: &Relocation) -> String {
    let mut text = format!("{} moves from {} to {}\n", relocation.service, relocation.from, relocation.to);
    for (number, step) in relocation.steps.iter().enumerate() {
        text.push_str(&format!("\n{}. {}", number + 1, written(step)));
    }
    text.push_str("\nTo go back:\n");
    relocation.back.iter().for_each(|step| text.push_str(&format!("   {}", written(step))));
    text
}

fn written(step: &Step) -> String {
    let commands = step.commands.iter().map(|command| format!("     {command}\n"));
    std::iter::once(format!("{}\n", step.what)).chain(commands).collect()
}

fn names(hosts: &[HostName], room: usize) -> String {
    let names: Vec<_> = hosts.iter().map(ToString::to_string).collect();
    match names.is_empty() {
        true => "-".to_owned(),
        false if room == usize::MAX => names.join(" "),
        false => fitted(&names, room),
    }
}
