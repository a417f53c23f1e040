//! Option names: what templates, settings and the user's modules set, held against a list of the options that there are.
//!
//! The list is evidence: nixpkgs builds it (`options.json`), the user names it or the flake does. Cistern's templates
//! are looked at as they were filled in, so that a branch which nobody takes accuses nobody; the place is then found in
//! the template itself. Nothing is evaluated, and what cannot be told without that is taken to be right.

mod assignment;
mod dropped;
mod finding;
mod list;
mod modules;
mod place;
mod shape;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::diag::{Diagnostic, Faults};
use crate::emit::{self, Context, Text};
use crate::kind::BUILT_IN;
use crate::load::{self, Raw};
use crate::nix::{Templates, assigned};
use crate::prove::Plan;
use crate::source::{FileId, Sources, Span};
use crate::tree::Tree;
use crate::value::{HostName, ServiceName};

use assignment::assignments;
use finding::{Finding, judge};
pub use list::List;
use modules::Declared;
use place::{Place, Template, in_definition};

/// So many hosts are named at most.
const NAMED: usize = 3;

/// How far templates are followed that others include.
const DEEPEST: usize = 4;

/// The lists of a fleet: one for most hosts, and those of hosts with a nixpkgs of their own.
#[derive(Debug, Default)]
pub struct Lists<'a> {
    /// That of every host which has none of its own.
    pub common: Option<List<'a>>,
    /// Those of single hosts.
    pub hosts: BTreeMap<String, List<'a>>,
}

impl<'a> Lists<'a> {
    fn of(&self, host: &HostName) -> Option<&List<'a>> {
        self.hosts.get(host.as_str()).or(self.common.as_ref())
    }
}

/// Looks up every option that the hosts' modules set.
pub fn check(plan: &Plan, templates: &Templates, sources: &Sources, lists: &Lists<'_>) -> Faults {
    let nothing = Tree::default();
    let texts = match emit::texts(&Context::new(plan, templates, &nothing, sources)) {
        Ok(texts) => texts,
        Err(faults) => return faults,
    };
    let declared = Declared::read(sources);
    let mut foreign = BTreeSet::new();
    let mut faults = Faults::default();
    let mut bodies: BTreeMap<(&str, &str, Option<&str>), Emitted> = BTreeMap::new();
    for Text { host, service, template, body } in &texts {
        let own = lists.hosts.get_key_value(host.as_str()).map(|(name, _)| name.as_str());
        let emitted = bodies.entry((template, body, own)).or_default();
        emitted.hosts.insert(host.clone());
        emitted.services.extend(service.clone());
    }
    let judged: Vec<_> = bodies
        .into_par_iter()
        .filter_map(|((template, body, _), emitted)| {
            let list = lists.of(emitted.hosts.first()?)?;
            let mut foreign = BTreeSet::new();
            let found = judge(list, &assignments(assigned(body)), &|steps| declared.holds(steps), &mut foreign);
            Some((template, emitted, found, foreign))
        })
        .collect();
    let mut reader = Reader { sources, templates: BTreeMap::new(), raw: None, told: BTreeMap::new() };
    for (template, emitted, found, names) in judged {
        foreign.extend(names);
        found.into_iter().for_each(|finding| reader.tell(template, &emitted, finding));
    }
    reader.told.values().for_each(|told| faults.push(told.diagnostic()));
    faults.append(modules::check(plan.entries(), sources, lists, &declared, &mut foreign));
    if !foreign.is_empty() {
        let names: Vec<_> = foreign.iter().map(|name| format!("`{name}`")).collect();
        faults.skip(format!("options below {} (the list has none)", crate::diag::listed(&names)));
    }
    faults
}

/// Who has a module that a template gave.
#[derive(Debug, Default)]
struct Emitted {
    hosts: BTreeSet<HostName>,
    services: BTreeSet<ServiceName>,
}

/// The places of one fault: the first one is at fault.
type Places = Vec<(Span, &'static str)>;

/// A fault, and all who have it.
struct Told {
    finding: Finding,
    places: Places,
    emitted: Emitted,
}

/// Finds places, and puts together what several hosts have alike.
struct Reader<'s> {
    sources: &'s Sources,
    templates: BTreeMap<String, Template>,
    raw: Option<Raw>,
    /// By their places and code.
    told: BTreeMap<(Vec<Span>, &'static str), Told>,
}

impl Reader<'_> {
    fn tell(&mut self, template: &str, emitted: &Emitted, finding: Finding) {
        let places = self.places(template, emitted, &finding);
        let key = (places.iter().map(|(span, _)| *span).collect(), finding.code().id);
        let told = self.told.entry(key).or_insert_with(|| Told { finding, places, emitted: Emitted::default() });
        told.emitted.hosts.extend(emitted.hosts.iter().cloned());
        told.emitted.services.extend(emitted.services.iter().cloned());
    }

    fn places(&mut self, template: &str, emitted: &Emitted, finding: &Finding) -> Places {
        let Some((file, place)) = self.locate(template, finding, 0) else {
            return vec![(Span::top(self.file(template)), "in this template")];
        };
        let range = place.range();
        let here = Span::new(file, range.start, range.end);
        match self.given(emitted, &place, finding) {
            Some(span) => vec![(span, finding.label()), (here, "it is set here")],
            None => vec![(here, finding.label())],
        }
    }

    /// Finds the place in a template, or in one that it includes.
    fn locate(&mut self, template: &str, finding: &Finding, depth: usize) -> Option<(FileId, Place)> {
        let file = self.file(template);
        let text = &self.sources.file(file).text;
        let read = self.templates.entry(template.to_owned()).or_insert_with(|| Template::read(text));
        if let Some(place) = read.locate(finding) {
            return Some((file, place));
        }
        let included = text.split("include \"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0));
        let mut known =
            included.filter(|_| depth < DEEPEST).filter(|name| self.find(name).is_some()).collect::<Vec<_>>();
        known.dedup();
        known.into_iter().find_map(|name| self.locate(name, finding, depth + 1))
    }

    fn file(&self, template: &str) -> FileId {
        self.find(template).expect("what was filled in is a file of the sources")
    }

    /// The file of a template: the fleet's own, else Cistern's.
    fn find(&self, template: &str) -> Option<FileId> {
        let own = self.sources.find(&format!("templates/{template}"));
        own.or_else(|| self.sources.find(&format!("{BUILT_IN}{template}")))
    }

    /// Where the definition says so, when it does.
    fn given(&mut self, emitted: &Emitted, place: &Place, finding: &Finding) -> Option<Span> {
        let raw = self.raw.get_or_insert_with(|| load::load(self.sources).0);
        emitted.services.iter().find_map(|service| in_definition(raw, service, place, finding))
    }
}

impl Told {
    fn diagnostic(&self) -> Diagnostic {
        let hosts = format!("set on {}", hosts_of(&self.emitted.hosts));
        let mut diagnostic = self.finding.diagnostic(self.finding.code()).help(hosts);
        for (span, label) in &self.places {
            diagnostic = diagnostic.at(*span, *label);
        }
        for service in &self.emitted.services {
            diagnostic = diagnostic.about("services", service);
        }
        self.emitted.hosts.iter().fold(diagnostic, |diagnostic, host| diagnostic.about("hosts", host))
    }
}

/// Names a few of some hosts, and counts the others.
fn hosts_of(hosts: &BTreeSet<HostName>) -> String {
    let mut names: Vec<_> = hosts.iter().take(NAMED).map(|host| format!("`{host}`")).collect();
    if hosts.len() > NAMED {
        names.push(format!("{} more", hosts.len() - NAMED));
    }
    crate::diag::listed(&names)
}
