//! Raw → Fleet: keys become types, names become references, layers become one.

mod brought;
mod failover;
mod hardware;
mod hosts;
mod images;
mod ingress;
mod lints;
mod monitoring;
mod names;
mod people;
mod placement;
mod plain;
mod secrets;
mod services;
mod sites;
mod watched;

use std::collections::BTreeSet;

use super::definition::FleetDef;
use super::fleet::{Fleet, Kept, Monitoring};
use super::ingress::{Ingress, NameServers};
use super::layers;
use super::modules::Modules;
use crate::diag::{Diagnostic, Faults, codes};
use crate::kind::Kinds;
use crate::load::Raw;
use crate::load::decode::{Decode, Named};
use crate::record::{self, Record};
use crate::source::{Sources, Span};

use brought::AllBrought;
pub use ingress::{INGRESS, NAME_SERVER};
pub use monitoring::BROUGHT;
use names::Names;
pub use names::unmatched;

/// What brings services of its own.
struct Brings {
    monitoring: Option<Monitoring>,
    ingress: Option<Ingress>,
    dns: Option<NameServers>,
}

/// What lowering reads from.
struct Lower<'a> {
    def: &'a FleetDef,
    sources: &'a Sources,
    names: Names<'a>,
    /// The secrets that services bring.
    brought: AllBrought,
    /// Where the definition begins, for what is missing as a whole.
    top: Span,
}

/// The definition as typed values, before names are looked up and layers laid on each other.
#[derive(Debug)]
pub struct Definition {
    def: FleetDef,
    incomplete: bool,
    unreadable: BTreeSet<&'static str>,
    /// The sections that bring services, and could not be read.
    unread: BTreeSet<&'static str>,
    top: Span,
}

/// Makes the fleet, with every fault of every entry.
pub fn lower(raw: Raw, sources: &Sources) -> (Fleet, Faults) {
    let mut faults = Faults::default();
    let definition = Definition::read(&raw, &mut faults);
    // Its memory serves the fleet.
    drop(raw);
    (definition.lower(sources, &mut faults), faults)
}

impl Definition {
    /// Reads every key, whatever the faults of the others.
    pub fn read(raw: &Raw, faults: &mut Faults) -> Self {
        let decoded = FleetDef::decode(&raw.root, faults);
        let incomplete = raw.incomplete || decoded.is_none();
        let mut def = decoded.unwrap_or_default();
        let unreadable = unreadable(&def, raw);
        mark_poisoned(&mut def, raw);
        let absent = [def.monitoring.is_none(), def.ingress.is_none(), def.dns.is_none()];
        let sections = ["monitoring", "ingress", "dns"].into_iter().zip(absent);
        let is_unread = |(section, absent): &(&str, bool)| incomplete || *absent && raw.root.get(section).is_some();
        let unread = sections.filter(is_unread).map(|(section, _)| section).collect();
        Self { def, incomplete, unreadable, unread, top: raw.root.span }
    }

    /// What it says, key by key.
    pub fn def(&self) -> &FleetDef {
        &self.def
    }

    /// Makes the fleet.
    pub fn lower(&self, sources: &Sources, faults: &mut Faults) -> Fleet {
        let (def, incomplete) = (&self.def, self.incomplete);
        let kinds = Kinds::read(sources, faults);
        let brought = brought::brought(def, &kinds);
        let names = Names::of(def, incomplete, self.unreadable.clone(), brought::names(&brought));
        let lower = Lower { def, sources, names, brought, top: self.top };
        if !incomplete {
            lower.heading(faults);
        }
        layers::circles(def, faults);
        lower.profiles(faults);
        let sites = lower.sites(faults);
        let (hosts, groups) = lower.hosts(faults);
        let people = lower.people(&hosts, faults);
        let brings = Brings {
            monitoring: lower.monitoring(faults),
            ingress: lower.ingress(&hosts, faults),
            dns: lower.name_servers(&hosts, faults),
        };
        let (services, placing) = lower.services(&kinds, &hosts, &brings, faults);
        let failover = lower.failover(&services, faults);
        let secrets = lower.secrets(&services, &hosts, &failover, faults);
        let levels = lower.levels(faults);
        let modules = Modules::read(sources);
        Fleet {
            name: def.fleet.as_ref().and_then(|f| f.name.as_ref()).map(|name| name.value.clone()),
            domain: def.fleet.as_ref().and_then(|f| f.domain.as_ref()).map(|domain| domain.value.clone()),
            sites,
            hosts_are_uncertain: lower.names.hosts_are_uncertain() || hosts.values().any(|host| host.poisoned),
            hosts,
            groups,
            idle_profiles: layers::idle_profiles(def),
            idle_groups: layers::idle_groups(def),
            people,
            escrow: lower.escrow(),
            people_are_uncertain: lower.names.people_are_uncertain(),
            secrets_are_uncertain: lower.names.secrets_are_uncertain()
                || services.values().any(|service| service.poisoned)
                || def.failover.iter().any(|written| written.entries.len() != failover.len())
                || failover.values().any(|one| one.poisoned),
            services,
            secrets,
            monitoring_is_uncertain: self.unread.contains("monitoring"),
            monitoring: brings.monitoring,
            ingress_is_uncertain: self.unread.contains("ingress")
                || brings.ingress.as_ref().is_some_and(|ingress| ingress.poisoned),
            ingress: brings.ingress,
            dns_is_uncertain: self.unread.contains("dns") || brings.dns.as_ref().is_some_and(|dns| dns.poisoned),
            dns: brings.dns,
            placing,
            failover,
            kinds,
            levels,
            modules,
            kept: Kept { files: sources.encrypted.clone(), record: record(sources, faults), today: sources.today },
            paths: sources.paths.clone(),
        }
    }
}

/// What is known of the encrypted files; nothing where there is no record.
fn record(sources: &Sources, faults: &mut Faults) -> Record {
    let Some(id) = sources.find(record::PATH) else { return Record::default() };
    let text = &sources.file(id).text;
    Record::read(text).unwrap_or_else(|error| {
        let start = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
        let end = start + text[start..].find('\n').unwrap_or(text.len() - start);
        faults.push(
            Diagnostic::new(codes::BAD_RECORD, format!("`{}` cannot be read", record::PATH))
                .at(Span::new(id, start, end), error.to_string())
                .help("take the file from git; after a conflict keep the newer line of each file, and run `cistern secrets rekey`"),
        );
        Record::default()
    })
}

/// The sections that are there and could not be read as a whole.
fn unreadable(def: &FleetDef, raw: &Raw) -> BTreeSet<&'static str> {
    let absent = [
        ("access", def.access.is_none()),
        ("defaults", def.defaults.is_none()),
        ("failover", def.failover.is_none()),
        ("groups", def.groups.is_none()),
        ("hosts", def.hosts.is_none()),
        ("profiles", def.profiles.is_none()),
        ("secrets", def.secrets.is_none()),
        ("services", def.services.is_none()),
        ("sites", def.sites.is_none()),
    ];
    // A key that is not known may be a section that was mistyped.
    let broken = |(key, absent): &(&str, bool)| {
        *absent && (def.poisoned || raw.root.get(key).is_some()) || raw.unreadable.contains(*key)
    };
    absent.into_iter().filter(broken).map(|(key, _)| key).collect()
}

/// Makes the names of files that could not be read known as poisoned.
fn mark_poisoned(def: &mut FleetDef, raw: &Raw) {
    fn mark<K: Ord, V>(named: &mut Option<Named<K, V>>, raw: &Raw, section: &str) {
        if let Some(names) = raw.poisoned.get(section) {
            named.get_or_insert_default().poisoned.extend(names.iter().cloned());
        }
    }
    mark(&mut def.groups, raw, "groups");
    mark(&mut def.hosts, raw, "hosts");
    mark(&mut def.profiles, raw, "profiles");
    mark(&mut def.secrets, raw, "secrets");
    mark(&mut def.services, raw, "services");
    mark(&mut def.sites, raw, "sites");
}

impl Lower<'_> {
    fn heading(&self, faults: &mut Faults) {
        match &self.def.version {
            Some(version) if version.value != 1 => faults.push(
                Diagnostic::new(
                    codes::UNKNOWN_VERSION,
                    format!("version {} of the language is not read", version.value),
                )
                .at(version.span, "1 is the only version")
                .help("use a Cistern that knows it, or write `version: 1`"),
            ),
            None if !self.def.poisoned => self.missing("version", "add `version: 1`", faults),
            _ => {}
        }
        let Some(fleet) = &self.def.fleet else {
            if !self.def.poisoned {
                self.missing("fleet", "add `fleet: { name: homelab, domain: example.org }`", faults);
            }
            return;
        };
        if fleet.name.is_none() && !fleet.poisoned {
            self.missing("fleet.name", "a word for the fleet, such as `homelab`", faults);
        }
        if fleet.domain.is_none() && !fleet.poisoned {
            self.missing("fleet.domain", "the domain of its hosts, such as `example.org`", faults);
        }
    }

    fn missing(&self, key: &str, remedy: &str, faults: &mut Faults) {
        let path = &self.sources.file(self.top.file).path;
        faults.push(
            Diagnostic::new(codes::MISSING_KEY, format!("`{key}` is missing"))
                .file(path.clone())
                .help(remedy.to_owned()),
        );
    }

    fn profiles(&self, faults: &mut Faults) {
        for profile in self.def.profiles.iter().flat_map(|p| p.entries.values()) {
            for base in profile.value.extends.iter().flat_map(|bases| &bases.0) {
                self.names.profile(base, faults);
            }
        }
        for (_, group) in self.def.groups.iter().flat_map(|g| &g.entries) {
            let layer = &group.value.layer;
            let set = [
                ("tags", layer.tags.as_ref().and_then(|tags| tags.0.first()).map(|tag| tag.span)),
                ("labels", layer.labels.as_ref().and_then(|l| l.entries.values().next()).map(|label| label.key)),
            ];
            for (key, span) in set {
                if let Some(span) = span {
                    faults.push(
                        Diagnostic::new(codes::NO_EFFECT, format!("a group cannot set `{key}`"))
                            .at(span, "members are chosen by tags and labels before groups are laid on")
                            .help("set it in a profile or on the hosts"),
                    );
                }
            }
        }
        self.layer_files(faults);
    }
}
