//! Changes in one sentence.

use super::visible::visible;
use super::{Changes, Kind};
use crate::diag::{counted, listed};

/// Sums up changes: `2 hosts change: eden and pishon; 1 is new; 1 file changed, 1 created, 0 removed`.
///
/// Without a width every host is named; with one, as many as two lines of so many columns hold.
pub fn summary(changes: &Changes, width: Option<usize>) -> String {
    let mut parts = Vec::new();
    if changes.is_same() {
        parts.push("no difference: 0 hosts change".to_owned());
    } else {
        parts.extend(hosts(changes, width));
        let files = counted(changes.count(Kind::Changed), "file");
        let (created, removed) = (changes.count(Kind::Created), changes.count(Kind::Removed));
        parts.push(format!("{files} changed, {created} created, {removed} removed"));
    }
    match changes.header_only {
        0 => {}
        1 => parts.push("1 file differs in its header only".to_owned()),
        many => parts.push(format!("{many} files differ in their headers only")),
    }
    parts.join("; ")
}

fn hosts(changes: &Changes, width: Option<usize>) -> Vec<String> {
    let hosts = changes.hosts();
    let names: Vec<_> = hosts.keys().map(|name| visible(name)).collect();
    let of = |kind| hosts.values().filter(|found| **found == kind).count();
    let is = |number| if number == 1 { "is" } else { "are" };
    let head = match names.len() {
        0 => "0 hosts change".to_owned(),
        1 => format!("1 host changes: {}", names[0]),
        many => format!("{many} hosts change: {}", some(&names, width)),
    };
    let mut parts = vec![head];
    for (number, what) in [(of(Kind::Created), "new"), (of(Kind::Removed), "removed")] {
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
