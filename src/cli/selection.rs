//! Hosts that a command is about: a selector on the command line.

use std::collections::{BTreeMap, BTreeSet};

use super::Terminal;
use crate::diag::{Diagnostic, Faults, codes, listed};
use crate::load::Body;
use crate::load::decode::{At, Scalar, unreadable};
use crate::model::unmatched;
use crate::place::Entries;
use crate::place::plan::HostEntry;
use crate::source::{Sources, Span};
use crate::value::{HostName, LabelName, Selectable, Selector, SiteName, Tag};

/// What stands for a file in diagnostics about the command line.
const ARGUMENT: &str = "SELECTOR";

/// Chooses hosts; says what is wrong and returns nothing when the selector cannot be read or matches none.
pub(super) fn choose<'h, H: Selectable + 'h>(
    text: &str,
    hosts: impl Iterator<Item = &'h H> + Clone,
    terminal: &Terminal,
) -> Option<BTreeSet<HostName>> {
    let mut argument = Sources::default();
    let file = argument.add(ARGUMENT, text);
    let whole = Span::new(file, 0, text.len());
    let diagnostic = match Selector::read(text) {
        Ok(value) => {
            let found: BTreeSet<_> =
                hosts.clone().filter(|host| value.matches(*host)).map(|host| host.name().clone()).collect();
            match unmatched(&At { value, span: whole }, hosts, found.is_empty()) {
                Some(diagnostic) => diagnostic,
                None => return Some(found),
            }
        }
        Err(why) => faulty(text, whole, &why),
    };
    terminal.faults(&Faults::from(diagnostic), &argument);
    None
}

/// Chooses hosts of a plan.
pub(super) fn of_plan(text: &str, entries: &Entries, terminal: &Terminal) -> Option<BTreeSet<HostName>> {
    of_hosts(text, &entries.hosts, terminal)
}

/// Chooses among hosts.
pub(super) fn of_hosts(
    text: &str,
    hosts: &BTreeMap<HostName, HostEntry>,
    terminal: &Terminal,
) -> Option<BTreeSet<HostName>> {
    let hosts: Vec<_> = hosts.iter().map(|(name, entry)| Planned { name, entry }).collect();
    choose(text, hosts.iter(), terminal)
}

/// Chooses the hosts of a site of a plan; says what is wrong and returns nothing when none stands in it.
pub(super) fn of_site(site: &str, entries: &Entries, terminal: &Terminal) -> Option<BTreeSet<HostName>> {
    let in_site = |entry: &HostEntry| entry.site.as_ref().is_some_and(|own| own.as_str() == site);
    let found: BTreeSet<_> =
        entries.hosts.iter().filter(|(_, entry)| in_site(entry)).map(|(name, _)| name.clone()).collect();
    if !found.is_empty() {
        return Some(found);
    }
    let mut argument = Sources::default();
    let file = argument.add("SITE", site);
    let known: BTreeSet<_> =
        entries.hosts.values().filter_map(|entry| entry.site.as_ref()).map(SiteName::as_str).collect();
    let mut diagnostic =
        Diagnostic::new(codes::EMPTY_SELECTOR, format!("{} matches no host", Body::shown(&format!("site:{site}"))))
            .at(Span::new(file, 0, site.len()), "no host stands in this site")
            .nearest(site, known.iter().copied());
    if diagnostic.suggestion.is_none() {
        let names: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
        diagnostic = diagnostic.help(match names.as_slice() {
            [] => "no host stands in a site".to_owned(),
            [only] => format!("the only site with a host is {only}"),
            several => format!("there are {}", listed(several)),
        });
    }
    terminal.faults(&Faults::from(diagnostic), &argument);
    None
}

/// Points at the word that cannot be read, where the reason names one.
fn faulty(text: &str, whole: Span, why: &str) -> Diagnostic {
    let word = why.split('`').nth(1).filter(|word| !word.is_empty());
    let place = word.and_then(|word| Some((text.rfind(word)?, word.len())));
    let span = match place {
        Some((start, length)) => Span::new(whole.file, start, start + length),
        None if why.contains("at its end") && !text.is_empty() => {
            let last = text.trim_end().char_indices().next_back().map_or(0, |(at, _)| at);
            Span::new(whole.file, last, text.trim_end().len())
        }
        None => whole,
    };
    unreadable::<Selector>(text, span, why)
}

/// A host of a plan, for selectors.
struct Planned<'p> {
    name: &'p HostName,
    entry: &'p HostEntry,
}

impl Selectable for Planned<'_> {
    fn name(&self) -> &HostName {
        self.name
    }
    fn tags(&self) -> &BTreeSet<Tag> {
        &self.entry.tags
    }
    fn labels(&self) -> &BTreeMap<LabelName, String> {
        &self.entry.labels
    }
}
