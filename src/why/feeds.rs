//! What fed an option: from the paths that a template's holes name to the values of the definition.

use serde_json::json;

use super::answer::{Layer, Leaf, Path, Said};
use super::entries::Entries;
use super::unset;
use super::variables::{Family, MadeOf, row};
use super::view::View;
use crate::emit::PartOf;
use crate::model::{INGRESS, NAME_SERVER};
use crate::nix::{ContextPath, Use};
use crate::source::Span;
use crate::value::{Managed, PersonName, Protocol, Role};

/// What one hole or condition was made from.
#[derive(Debug, Clone)]
pub struct Feed {
    /// How it reads in the template.
    pub expression: String,
    /// The values that went in.
    pub leaves: Vec<Leaf>,
    /// What is said of the rest.
    pub notes: Vec<String>,
}

/// Looks for what went into the module of one host.
pub(super) struct Feeds<'v, 'k> {
    pub(super) view: &'v View<'k>,
    /// Every value of the host itself.
    pub(super) own: &'v [Leaf],
}

impl Feeds<'_, '_> {
    /// What a hole was made from; `names` are those of the option, which say of which element of a list it is.
    pub(super) fn of_hole(&self, of: &PartOf, hole: &Use, names: &[String]) -> Feed {
        self.of(of, &hole.expression, &hole.paths, names)
    }

    /// What an expression was made from.
    pub(super) fn of<'p>(
        &self,
        of: &PartOf,
        expression: &str,
        paths: impl IntoIterator<Item = &'p ContextPath>,
        names: &[String],
    ) -> Feed {
        let mut feed = Feed { expression: expression.to_owned(), leaves: Vec::new(), notes: Vec::new() };
        for path in paths {
            match row(Family::of_part(of), path) {
                Some((row, rest)) => row.from.iter().for_each(|from| self.add(of, *from, rest, names, &mut feed)),
                None => feed.notes.push(format!("`{}` is not known to Cistern", path.join("."))),
            }
        }
        let mut seen: Vec<Path> = Vec::new();
        feed.leaves.retain(|leaf| {
            let new = !seen.contains(&leaf.path);
            seen.push(leaf.path.clone());
            new
        });
        // What is not set matters only where nothing else is.
        if feed.leaves.iter().any(|leaf| !leaf.value.is_null()) {
            feed.leaves.retain(|leaf| !leaf.value.is_null());
        }
        feed.notes.dedup();
        feed
    }

    /// What brought a part to the host's module.
    pub(super) fn of_part(&self, of: &PartOf) -> Vec<Leaf> {
        match of {
            PartOf::Host => Vec::new(),
            PartOf::Hardware => self.host("hardware"),
            PartOf::Service(name) => {
                let brought = self.view.known.fleet.services.get(name).is_some_and(|service| service.is_brought);
                if brought {
                    let section = match name.as_str() {
                        INGRESS => "ingress.hosts",
                        NAME_SERVER => "dns.hosts",
                        _ => "monitoring.hosts",
                    };
                    return self.top(&[], section);
                }
                let name = name.as_str();
                match name.strip_suffix("-exporter") {
                    Some(exporter) if self.view.known.raw.root.at(&["services", name]).is_none() => {
                        let path = ["exporters", exporter].map(str::to_owned);
                        self.view.entry(&path).map(|leaf| Leaf { value: json!({}), ..leaf }).into_iter().collect()
                    }
                    _ => self.top(&["services", name], "placement"),
                }
            }
        }
    }

    fn add(&self, of: &PartOf, from: MadeOf, rest: &[String], names: &[String], feed: &mut Feed) {
        let service = match of {
            PartOf::Service(name) => name.as_str(),
            _ => "",
        };
        let leaves = match from {
            MadeOf::Name => vec![self.name("hosts", self.view.name())],
            MadeOf::ServiceName => vec![self.name("services", service)],
            MadeOf::Host(key) => self.host(key),
            MadeOf::Site(key) => match &self.view.host.site {
                Some(site) => self.top(&["sites", site.value.as_str()], key),
                None => Vec::new(),
            },
            MadeOf::Top(key) => self.top(&[], key),
            MadeOf::Service(key) => self.service(service, key, rest, names),
            MadeOf::Front(key) => self.front(service, key),
            MadeOf::Mount(key) => self.mount(key, names),
            MadeOf::Limits(key) => {
                let limited = |name: &&str| {
                    let service = &self.view.known.fleet.services[*name];
                    service.memory.is_some() || service.cpus.is_some()
                };
                let limited: Vec<_> = self.view.services().filter(limited).collect();
                limited.into_iter().flat_map(|name| self.top(&["services", name], key)).collect()
            }
            MadeOf::Open(protocol) => self.open(protocol),
            MadeOf::Admins(key) => self.people(Role::Admin, key),
            MadeOf::Operators(key) => self.people(Role::Operator, key),
            MadeOf::Secret(key) => {
                let read: Vec<_> = self.view.secrets().collect();
                narrowed(&read, names).into_iter().flat_map(|name| self.top(&["secrets", name], key)).collect()
            }
            MadeOf::Peer(key) => self.peers(service, key, names),
            MadeOf::Facts => return self.facts(feed),
            MadeOf::Ours(sentence) => {
                feed.notes.push(sentence.to_owned());
                return;
            }
        };
        feed.leaves.extend(leaves);
    }

    /// The name of an entry, which its key says.
    fn name(&self, section: &str, name: &str) -> Leaf {
        let path = [section, name].map(str::to_owned);
        let entry = self.view.known.raw.root.get(section).and_then(|section| section.value.get(name));
        match entry {
            Some(entry) => {
                let layer = if section == "hosts" { Layer::Host } else { Layer::Entry };
                let by = path.join(".");
                Leaf::of(&path, Said { layer, by, span: Some(entry.key_span), value: name.into(), node: None })
            }
            None => {
                let exporter = name.strip_suffix("-exporter").unwrap_or(name);
                let said = self.view.entry(&["exporters", exporter].map(str::to_owned));
                let why = "it comes with another service";
                said.map_or_else(|| Leaf::unset(&path, name.into(), why), |leaf| Leaf { value: name.into(), ..leaf })
            }
        }
    }

    /// The values of the host at a key or below it; of those below, the ones that somebody set.
    fn host(&self, key: &str) -> Vec<Leaf> {
        at_or_below(self.own, key)
    }

    fn top(&self, section: &[&str], key: &str) -> Vec<Leaf> {
        let path: Path = section.iter().copied().chain(key.split('.')).map(str::to_owned).collect();
        let leaves = Entries(self.view).leaves(&path);
        at_or_below(&leaves, &path.join("."))
    }

    fn service(&self, service: &str, key: &str, rest: &[String], names: &[String]) -> Vec<Leaf> {
        let mut path: Path = ["services", service].into_iter().chain(key.split('.')).map(str::to_owned).collect();
        let mut found = Entries(self.view).leaves(&path);
        for name in rest {
            let known: Vec<String> = match found.as_slice() {
                [leaf] if leaf.path == path => {
                    leaf.value.as_object().into_iter().flat_map(|map| map.keys().cloned()).collect()
                }
                many => many.iter().filter_map(|leaf| leaf.path.get(path.len()).cloned()).collect(),
            };
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let next = match name.as_str() {
                "*" => match narrowed(&known, names).as_slice() {
                    [only] if known.len() > 1 || names.iter().any(|name| name == only) => (*only).to_owned(),
                    _ => break,
                },
                name => name.to_owned(),
            };
            let deeper = |leaf: &Leaf| match leaf.path == path {
                true => leaf.below(&next),
                false => (leaf.path.get(path.len()) == Some(&next)).then(|| leaf.clone()),
            };
            let below: Vec<_> = found.iter().filter_map(deeper).collect();
            if below.is_empty() {
                break;
            }
            found = below;
            path.push(next);
        }
        at_or_below(&found, &path.join("."))
    }

    fn front(&self, service: &str, key: &str) -> Vec<Leaf> {
        let kind = self.view.known.fleet.services.get(service).and_then(|s| self.view.known.fleet.kinds.get(&s.kind));
        let said = kind.and_then(|kind| unset::by_kind(kind, service, &[key]));
        said.map(|said| Leaf::of(&[said.by.clone(), key.to_owned()], said)).into_iter().collect()
    }

    fn mount(&self, key: &str, names: &[String]) -> Vec<Leaf> {
        let text = |leaf: &Leaf| leaf.value.as_str().map(str::to_owned);
        let disks =
            self.own.iter().filter(|leaf| matches!(leaf.path.as_slice(), [s, _, m] if s == "storage" && m == "mount"));
        let places: Vec<(String, [&str; 2])> = disks
            .filter_map(|leaf| Some((text(leaf)?, ["storage", leaf.path[1].as_str()])))
            .chain(
                self.own
                    .iter()
                    .filter(|leaf| leaf.path.len() == 3 && leaf.path[0] == "filesystems")
                    .map(|leaf| (leaf.path[1].clone(), ["filesystems", leaf.path[1].as_str()])),
            )
            .collect();
        let known: Vec<&str> = places.iter().map(|(place, _)| place.as_str()).collect();
        let wanted = narrowed(&known, names);
        let of = |(_, [section, name]): &(String, [&str; 2])| {
            // A file system's place is its name.
            let key = if *section == "filesystems" && key == "mount" { "device" } else { key };
            self.host(&format!("{section}.{name}.{key}"))
        };
        places.iter().rev().filter(|(place, _)| wanted.contains(&place.as_str())).flat_map(of).collect()
    }

    fn open(&self, protocol: Protocol) -> Vec<Leaf> {
        let fleet = &self.view.known.fleet;
        let mut found = Vec::new();
        for name in self.view.services() {
            let service = &fleet.services[name];
            let Some(kind) = fleet.kinds.get(&service.kind) else { continue };
            let any = kind.front.any_ports.as_ref().is_some_and(|any| any.value);
            for port in service.ports.keys() {
                let fact = kind.front.ports.as_ref().and_then(|ports| ports.entries.get(port)).map(|fact| &fact.value);
                let spoken = fact.and_then(|fact| fact.protocol).map_or(Protocol::Tcp, |at| at.value);
                let given = |name: &crate::value::SettingName| service.given.contains_key(name.as_str());
                let asked = |fact: &crate::kind::PortDef| fact.open_with.as_ref().is_some_and(|at| given(&at.value));
                let open = fact.map_or(any, |fact| fact.open.is_some_and(|open| open.value) || asked(fact));
                if open && spoken.includes(protocol) {
                    found.extend(self.top(&["services", name, "ports"], port.as_str()));
                }
            }
        }
        found
    }

    fn people(&self, role: Role, key: &str) -> Vec<Leaf> {
        let people = self.view.known.fleet.people.iter();
        let here = people.filter(|(_, person)| person.role == role && person.hosts.contains(&self.view.host.name));
        here.flat_map(|(name, _): (&PersonName, _)| self.top(&["access", "people", name.as_str()], key)).collect()
    }

    fn peers(&self, service: &str, key: &str, names: &[String]) -> Vec<Leaf> {
        let fleet = &self.view.known.fleet;
        let mates: Vec<&str> = match fleet.services.get(service) {
            Some(service) => service.hosts.iter().map(|host| host.as_str()).collect(),
            None => fleet
                .hosts
                .values()
                .filter(|host| host.managed != Managed::Scrape)
                .map(|host| host.name.as_str())
                .collect(),
        };
        let others: Vec<&str> = mates.into_iter().filter(|name| *name != self.view.name()).collect();
        narrowed(&others, names).into_iter().flat_map(|name| self.top(&["hosts", name], key)).collect()
    }

    fn facts(&self, feed: &mut Feed) {
        let path = format!("facts/{}.json", self.view.name());
        match self.view.known.sources.find(&path).filter(|_| self.view.host.facts.is_some()) {
            Some(id) => {
                let span = Some(Span::top(id));
                let said = Said { layer: Layer::Facts, by: path.clone(), span, value: path.into(), node: None };
                feed.leaves.push(Leaf::of(&["facts".to_owned()], said));
            }
            None => feed.notes.push("there are no facts of the machine".to_owned()),
        }
    }
}

/// The value at a path; else those below that somebody or something set.
fn at_or_below(leaves: &[Leaf], path: &str) -> Vec<Leaf> {
    if let Some(found) = leaves.iter().find(|leaf| leaf.dotted() == path) {
        return vec![found.clone()];
    }
    let below = |leaf: &&Leaf| leaf.dotted().strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
    leaves.iter().filter(below).filter(|leaf| !leaf.value.is_null()).cloned().collect()
}

/// The ones of some names that an option's path names, or all of them.
fn narrowed<'n>(known: &[&'n str], names: &[String]) -> Vec<&'n str> {
    let named: Vec<_> = known.iter().copied().filter(|known| names.iter().any(|name| name == known)).collect();
    if named.is_empty() { known.to_vec() } else { named }
}
