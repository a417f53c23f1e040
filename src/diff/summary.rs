//! Changes in one sentence.

use super::report::Report;
use super::visible::visible;
use super::{Changes, Kind, inputs, meaning};
use crate::diag::{counted, listed};

/// Sums up a report: `2 hosts change: eden and pishon; 1 service moves; 3 findings`.
///
/// Without a width every host is named; with one, as many as two lines of so many columns hold.
pub fn summary(report: &Report<'_>, width: Option<usize>) -> String {
    let mut parts = Vec::new();
    if report.is_same() {
        parts.push("semantically identical: 0 hosts change".to_owned());
    } else {
        let certain = report.hosts.values().any(|host| host.deploys || host.change == "removed");
        if certain || report.inputs.is_empty() {
            parts.extend(hosts(report, width));
        }
        let moved = |change: &&meaning::Change| matches!(change.what, meaning::What::Moved { .. });
        let moves = report.sides.meaning.changes.iter().filter(moved).count();
        if moves > 0 {
            parts.push(format!("{} {}", counted(moves, "service"), if moves == 1 { "moves" } else { "move" }));
        }
        match report.inputs.as_slice() {
            [] => {}
            [one] => parts.push(inputs::sentence(one, report.all)),
            many => {
                let number = counted(report.possible().len(), "host");
                parts.push(format!("{} moved, and may concern {number}", counted(many.len(), "input")));
            }
        }
        if !report.files.is_same() {
            parts.push(files(&report.files));
        }
    }
    if report.files.normalised() > 0 {
        let lines = counted(report.files.normalised(), "line");
        parts.push(format!("{lines} normalised, --raw shows them"));
    }
    parts.join("; ")
}

fn files(changes: &Changes) -> String {
    let files = counted(changes.count(Kind::Changed), "file");
    let (created, removed) = (changes.count(Kind::Created), changes.count(Kind::Removed));
    format!("{files} changed, {created} created, {removed} removed")
}

fn hosts(report: &Report<'_>, width: Option<usize>) -> Vec<String> {
    let of = |kind: &str| report.hosts.values().filter(|host| host.change == kind).count();
    let deploys = report.hosts.iter().filter(|(_, host)| host.deploys || host.change == "removed");
    let names: Vec<_> = deploys.map(|(name, _)| visible(name)).collect();
    let head = match names.len() {
        0 => "0 hosts change".to_owned(),
        1 => format!("1 host changes: {}", names[0]),
        many => format!("{many} hosts change: {}", some(&names, width)),
    };
    let mut parts = vec![head];
    let is = |number| if number == 1 { "is" } else { "are" };
    for (number, what) in [(of("created"), "new"), (of("removed"), "removed"), (of("renamed"), "renamed")] {
        if number > 0 {
            parts.push(format!("{number} {} {what}", is(number)));
        }
    }
    parts
}

/// Names as many as there is room for, and counts the others.
fn some<S: AsRef<str>>(names: &[S], width: Option<usize>) -> String {
    let room = width.map_or(usize::MAX, |width| width.saturating_mul(2));
    let mut length = 0;
    let fit = names.iter().take_while(|name| {
        length += name.as_ref().chars().count() + 2;
        length <= room
    });
    let fit = fit.count().max(1);
    if fit == names.len() {
        return listed(names);
    }
    let mut words: Vec<_> = names[..fit].iter().map(|name| name.as_ref().to_owned()).collect();
    words.push(format!("{} more", names.len() - fit));
    listed(&words)
}
