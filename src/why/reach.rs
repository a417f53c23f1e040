//! Which hosts a finding concerns.

use std::collections::{BTreeMap, BTreeSet};

use super::known::Known;
use crate::check::secrets;
use crate::diag::{Diagnostic, Subject};
use crate::load::Body;
use crate::model::layers;
use crate::source::{FileId, SPLIT, Span};
use crate::value::HostName;

type Hosts = BTreeSet<HostName>;

/// The hosts of every entry of a definition, and where the entries stand.
#[derive(Debug)]
pub struct Reach {
    /// Section and name → the hosts that have to do with it.
    hosts: BTreeMap<(String, String), Hosts>,
    /// The file and the first and last byte of an entry, in that order.
    places: Vec<(FileId, u32, u32, String, String)>,
    /// The templates of kinds, and the services of each.
    kinds: BTreeMap<FileId, Hosts>,
    /// The paths of files with an entry that could not be read.
    files: BTreeMap<FileId, String>,
}

impl Reach {
    /// Looks up the hosts of every entry.
    pub fn of(known: &Known) -> Self {
        let fleet = &known.fleet;
        let mut hosts: BTreeMap<(String, String), Hosts> = BTreeMap::new();
        let mut add = |section: &str, name: &str, host: &HostName| {
            hosts.entry((section.to_owned(), name.to_owned())).or_default().insert(host.clone());
        };
        let mut kinds: BTreeMap<FileId, Hosts> = BTreeMap::new();
        let def = known.definition.def();
        for (name, host) in def.hosts.iter().flat_map(|hosts| &hosts.entries) {
            add("hosts", name.as_str(), name);
            for (origin, _) in layers::below_host(def, &host.value, &[]) {
                if let Some((section, entry)) = origin.to_string().split_once('.') {
                    add(section, entry, name);
                }
            }
        }
        for name in known.raw.poisoned.get("hosts").into_iter().flatten() {
            if let Ok(host) = HostName::try_from(name.clone()) {
                add("hosts", name, &host);
            }
        }
        let unread = SPLIT.iter().flat_map(|section| known.sources.below(section));
        let files = unread.map(|(id, file)| (id, file.path.clone())).collect();
        for (name, members) in &fleet.groups {
            members.iter().for_each(|host| add("groups", name.as_str(), host));
        }
        for (name, service) in &fleet.services {
            service.places().for_each(|host| add("services", name.as_str(), host));
            if let Some(kind) = fleet.kinds.get(&service.kind) {
                kinds.entry(kind.file).or_default().extend(service.places().cloned());
            }
        }
        for (name, secret) in &fleet.secrets {
            secrets::readers(fleet, secret).iter().for_each(|host| add("secrets", name.as_str(), host));
        }
        Self { hosts, places: places(known), kinds, files }
    }

    /// Counts the hosts, those that cannot be read included.
    pub fn all(&self) -> usize {
        self.hosts.keys().filter(|(section, _)| section == "hosts").count()
    }

    /// The hosts that a finding concerns; nothing for one that concerns the fleet as a whole.
    pub fn hosts(&self, finding: &Diagnostic) -> Option<Hosts> {
        // A finding about a service on a host is about that host, and not about all that run the service.
        let of_hosts: Vec<_> = finding.about.iter().filter(|subject| subject.section == "hosts").collect();
        if !of_hosts.is_empty() {
            return Some(of_hosts.iter().filter_map(|subject| self.entry("hosts", &subject.name)).flatten().collect());
        }
        if !finding.about.is_empty() {
            let of = |subject: &Subject| self.entry(subject.section, &subject.name);
            return finding.about.iter().map(of).reduce(|a, b| Some(a?.into_iter().chain(b?).collect())).flatten();
        }
        if let Some(path) = finding.path.as_ref().filter(|_| finding.labels.is_empty()) {
            return self.of_file(path);
        }
        // A host that is pointed at is concerned, whatever else there is to see; else the place of the fault decides.
        let at = |span: Span| self.entry_at(span).filter(|(section, _)| *section == "hosts");
        let pointed: Hosts = finding
            .labels
            .iter()
            .filter_map(|label| self.entry(at(label.span)?.0, at(label.span)?.1))
            .flatten()
            .collect();
        if !pointed.is_empty() {
            return Some(pointed);
        }
        let fault = finding.labels.first()?.span;
        match self.entry_at(fault) {
            Some((section, name)) => self.entry(section, name),
            None => self.kinds.get(&fault.file).cloned().or_else(|| self.of_file(self.files.get(&fault.file)?)),
        }
    }

    fn entry(&self, section: &str, name: &str) -> Option<Hosts> {
        let found = self.hosts.get(&(section.to_owned(), name.to_owned())).cloned();
        // An entry that no host has is still not the fleet's; the other sections are.
        let of_hosts = ["groups", "hosts", "profiles", "secrets", "services", "sites"].contains(&section);
        found.or_else(|| of_hosts.then(Hosts::new))
    }

    fn of_file(&self, path: &str) -> Option<Hosts> {
        let (section, file) = path.split_once('/')?;
        let (name, _) = file.rsplit_once('.')?;
        let section = if section == "facts" { "hosts" } else { section };
        self.hosts.get(&(section.to_owned(), name.to_owned())).cloned()
    }

    fn entry_at(&self, span: Span) -> Option<(&str, &str)> {
        let after = self.places.partition_point(|(file, start, ..)| (*file, *start) <= (span.file, span.start));
        let (file, _, end, section, name) = self.places.get(after.checked_sub(1)?)?;
        (*file == span.file && span.start <= *end).then_some((section.as_str(), name.as_str()))
    }
}

/// Where every entry of every section stands; one with a file of its own takes the whole file.
fn places(known: &Known) -> Vec<(FileId, u32, u32, String, String)> {
    let mut places = Vec::new();
    let Body::Map(sections) = &known.raw.root.body else { return places };
    for section in sections {
        let Body::Map(entries) = &section.value.body else { continue };
        for entry in entries {
            let own_file = entry.key_span.start == entry.key_span.end;
            let end = if own_file { u32::MAX } else { entry.value.span.end.max(entry.key_span.end) };
            let names = (section.key.to_string(), entry.key.to_string());
            places.push((entry.key_span.file, entry.key_span.start, end, names.0, names.1));
        }
    }
    places.sort();
    places
}
