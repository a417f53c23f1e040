//! The sentences about an evaluation, for every format.

use super::closure::{Closure, Compared, Upgrade};
use super::differences::{Difference, What};
use super::explain::{Cause, Explanation, Packages};
use super::report::{Change, Evaluated, Host, Summary};
use crate::diag::{counted, listed};

/// So many of a kind are named, unless all are asked for.
const NAMED: usize = 5;

/// So many differences of a cause are shown, unless all are asked for.
const DIFFERENCES: usize = 3;

/// How a value is set apart from the sentence around it.
pub(super) type Quote = fn(&str) -> String;

/// The sign of what became of a host.
pub(super) fn symbol(change: Change) -> char {
    match change {
        Change::Created => '+',
        Change::Removed => '-',
        Change::Changed => '~',
        Change::Identical | Change::Absent => '=',
        Change::Failed => '!',
    }
}

/// What became of a host, in words.
pub(super) fn head(host: &Host) -> &'static str {
    let same_output = host.explanation.as_ref().is_some_and(|explanation| explanation.same_output);
    match host.change {
        Change::Created => "a new system",
        Change::Removed => "its system is gone",
        Change::Changed if same_output => "another derivation that builds the same system",
        Change::Changed => "another system",
        Change::Identical => "byte-identical",
        Change::Absent => "on neither side",
        Change::Failed => "does not evaluate",
    }
}

/// Why, a sentence each.
pub(super) fn details(host: &Host, verbose: bool, quote: Quote) -> Vec<String> {
    let mut lines = Vec::new();
    for failure in &host.failures {
        let side = failure.side.map_or(String::new(), |side| format!("{} side: ", side.word()));
        lines.push(format!("{side}{}", failure.message));
    }
    if let Some(explanation) = &host.explanation {
        lines.extend(explained(explanation, verbose, quote));
    }
    lines.extend(host.closure.iter().map(|closure| enclosed(closure, verbose)));
    lines
}

/// All hosts in one sentence: `22 of 24 hosts byte-identical; 2 changed: eden and pishon`.
pub(super) fn summary(evaluated: &Evaluated) -> String {
    let Summary { hosts, identical, not_evaluated, systems_evaluated, systems_cached, .. } = evaluated.summary;
    let mut parts = vec![format!("{identical} of {} byte-identical", counted(hosts, "host"))];
    for (change, word) in [
        (Change::Changed, "changed"),
        (Change::Created, "created"),
        (Change::Removed, "removed"),
        (Change::Failed, "not evaluable"),
    ] {
        let names: Vec<_> =
            evaluated.hosts.iter().filter(|(_, host)| host.change == change).map(|(name, _)| name.as_str()).collect();
        if !names.is_empty() {
            parts.push(format!("{} {word}: {}", names.len(), some(&names, false)));
        }
    }
    let cached = if systems_cached > 0 { format!(", {systems_cached} known from before") } else { String::new() };
    parts.push(format!("{} evaluated{cached}", counted(systems_evaluated, "system")));
    if not_evaluated > 0 {
        parts.push(format!("{} untouched and not evaluated (--all does)", counted(not_evaluated, "host")));
    }
    parts.join("; ")
}

fn explained(explanation: &Explanation, verbose: bool, quote: Quote) -> Vec<String> {
    let Explanation { causes, more_causes, packages, cut, compared, .. } = explanation;
    let shown = if verbose { causes.len() } else { causes.len().min(1) };
    let mut lines: Vec<_> = causes[..shown].iter().flat_map(|cause| caused(cause, verbose, quote)).collect();
    let mut others: Vec<_> = causes[shown..].iter().filter_map(|cause| cause.path.last().cloned()).collect();
    if *more_causes > 0 {
        others.push(format!("{more_causes} more"));
    }
    if !others.is_empty() {
        lines.push(format!("by themselves differ too: {}", listed(&others)));
    }
    lines.extend(packaged(packages, verbose));
    if *cut {
        lines.push(format!("more than {compared} derivations differ; the counts are of the nearest"));
    }
    lines
}

/// Where a cause is and what it is: `nixos-system-eden → etc → sshd_config: attribute text: … → …`.
fn caused(cause: &Cause, verbose: bool, quote: Quote) -> Vec<String> {
    let mut lines = vec![cause.path.join(" → ")];
    let shown = if verbose { cause.differences.len() } else { cause.differences.len().min(DIFFERENCES) };
    lines.extend(cause.differences[..shown].iter().map(|difference| format!("  {}", differs(difference, quote))));
    let more = cause.differences.len() - shown + cause.more_differences;
    if more > 0 {
        lines.push(format!("  {}", counted(more, "more difference")));
    }
    lines
}

fn differs(difference: &Difference, quote: Quote) -> String {
    let what = match difference.what {
        What::Name => "name",
        What::System => "platform",
        What::Builder => "builder",
        What::Arguments => "arguments",
        What::Attribute => "attribute",
        What::Source => "source",
        What::Input => "input",
        What::Hash => "hash of",
    };
    let named = if difference.name.is_empty() { what.to_owned() } else { format!("{what} {}", difference.name) };
    let is_path = matches!(difference.what, What::Source | What::Input);
    match (&difference.old, &difference.new) {
        (Some(_), Some(_)) if is_path && difference.what == What::Source => format!("{named} changed"),
        (None, Some(_)) if is_path => format!("{named} added"),
        (Some(_), None) if is_path => format!("{named} removed"),
        (Some(old), Some(new)) => format!("{named}: {} → {}", quote(old), quote(new)),
        (None, Some(new)) => format!("{named} added: {}", quote(new)),
        (Some(old), None) => format!("{named} removed: {}", quote(old)),
        (None, None) => named,
    }
}

fn packaged(packages: &Packages, verbose: bool) -> Option<String> {
    let Packages { upgraded, added, removed, more, rebuilt } = packages;
    let mut parts = three(upgraded, added, removed, verbose);
    if *more > 0 {
        parts.push(format!("{more} more"));
    }
    if *rebuilt > 0 {
        parts.push(format!("{rebuilt} built anew"));
    }
    (!parts.is_empty()).then(|| format!("inputs: {}", parts.join("; ")))
}

fn enclosed(closure: &Closure, verbose: bool) -> String {
    let Some(Compared { upgraded, added, removed, old_size, new_size }) = &closure.compared else {
        let missing = match closure.missing.as_slice() {
            [side] => format!("the {} one is not", side.word()),
            _ => "neither is".to_owned(),
        };
        return format!("closures are compared when both are built: {missing} in the store");
    };
    let sign = if new_size < old_size { '-' } else { '+' };
    let difference = size(new_size.abs_diff(*old_size));
    let sizes = format!("closure: {} → {} ({sign}{difference})", size(*old_size), size(*new_size));
    let parts = three(upgraded, added, removed, verbose);
    if parts.is_empty() { sizes } else { format!("{sizes}; {}", parts.join("; ")) }
}

fn three(upgraded: &[Upgrade], added: &[String], removed: &[String], verbose: bool) -> Vec<String> {
    let upgraded: Vec<_> = upgraded.iter().map(upgrade).collect();
    let mut parts = Vec::new();
    if !upgraded.is_empty() {
        parts.push(some(&upgraded, verbose));
    }
    for (names, word) in [(added, "added"), (removed, "removed")] {
        if !names.is_empty() {
            parts.push(format!("{word} {}", some(names, verbose)));
        }
    }
    parts
}

fn upgrade(upgrade: &Upgrade) -> String {
    format!("{} {} → {}", upgrade.name, versions(&upgrade.old), versions(&upgrade.new))
}

fn versions(versions: &[String]) -> String {
    versions.iter().map(|version| if version.is_empty() { "∅" } else { version }).collect::<Vec<_>>().join(", ")
}

/// Names a few, and counts the others.
fn some<S: AsRef<str>>(names: &[S], all: bool) -> String {
    if all || names.len() <= NAMED {
        return listed(names);
    }
    let mut words: Vec<_> = names[..NAMED].iter().map(|name| name.as_ref().to_owned()).collect();
    words.push(format!("{} more", names.len() - NAMED));
    listed(&words)
}

/// Bytes as people read them: `1.2 GiB`.
fn size(bytes: u64) -> String {
    let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match units.into_iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) => format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit),
        None => format!("{bytes} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_by_people() {
        assert_eq!(size(999), "999 B");
        assert_eq!(size(1536), "1.5 KiB");
        assert_eq!(size(5 << 30), "5.0 GiB");
    }

    #[test]
    fn differences_are_sentences() {
        let quote: Quote = |text| format!("`{text}`");
        let of = |what, name: &str, old: Option<&str>, new: Option<&str>| {
            let difference =
                Difference { what, name: name.into(), old: old.map(str::to_owned), new: new.map(str::to_owned) };
            differs(&difference, quote)
        };
        assert_eq!(of(What::Attribute, "text", Some("80"), Some("81")), "attribute text: `80` → `81`");
        assert_eq!(of(What::Attribute, "text", None, Some("81")), "attribute text added: `81`");
        assert_eq!(of(What::Source, "banner", Some("/a"), Some("/b")), "source banner changed");
        assert_eq!(of(What::Input, "curl-8", None, Some("/b")), "input curl-8 added");
        assert_eq!(of(What::Builder, "", Some("sh"), Some("bash")), "builder: `sh` → `bash`");
    }
}
