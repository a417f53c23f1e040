//! Which names exist, and what to say of one that does not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::diag::{Diagnostic, Faults, codes, counted, listed};
use crate::load::Body;
use crate::load::decode::{At, Keyed, Named};
use crate::model::definition::{FleetDef, GroupDef, HostDef, ProfileDef, SecretDef, ServiceDef, SiteDef};
use crate::model::fleet::Host;
use crate::model::layers;
use crate::value::{
    GroupName, HostName, ProfileName, SecretName, Selectable, Selector, ServiceName, SiteName, Tag, glob_matches,
};

/// The names of a definition, the poisoned ones included: nothing is said about those.
pub(super) struct Names<'a> {
    def: &'a FleetDef,
    /// Whether names may be missing because their file could not be read.
    incomplete: bool,
    /// Sections that could not be read as a whole.
    unreadable: BTreeSet<&'static str>,
    /// The hosts of each tag, made when the first selector asks: most selectors are a tag, and many ask.
    of_tag: OnceLock<BTreeMap<Tag, Vec<HostName>>>,
    /// Profiles that extend themselves, in the end: nobody can say what they hold.
    circular: BTreeSet<&'a ProfileName>,
    /// Secrets that services bring.
    brought: BTreeSet<SecretName>,
}

impl<'a> Names<'a> {
    pub(super) fn of(
        def: &'a FleetDef,
        incomplete: bool,
        unreadable: BTreeSet<&'static str>,
        brought: BTreeSet<SecretName>,
    ) -> Self {
        Self { def, incomplete, unreadable, of_tag: OnceLock::new(), circular: layers::circular(def), brought }
    }

    pub(super) fn host(&self, name: &At<HostName>, faults: &mut Faults) -> bool {
        self.known::<HostName, HostDef>(self.def.hosts.as_ref(), name, "host", "hosts", faults)
    }

    pub(super) fn profile(&self, name: &At<ProfileName>, faults: &mut Faults) -> bool {
        self.known::<ProfileName, ProfileDef>(self.def.profiles.as_ref(), name, "profile", "profiles", faults)
    }

    pub(super) fn site(&self, name: &At<SiteName>, faults: &mut Faults) -> bool {
        self.known::<SiteName, SiteDef>(self.def.sites.as_ref(), name, "site", "sites", faults)
    }

    pub(super) fn group(&self, name: &At<GroupName>, faults: &mut Faults) -> bool {
        self.known::<GroupName, GroupDef>(self.def.groups.as_ref(), name, "group", "groups", faults)
    }

    pub(super) fn service(&self, name: &At<ServiceName>, faults: &mut Faults) -> bool {
        self.known::<ServiceName, ServiceDef>(self.def.services.as_ref(), name, "service", "services", faults)
    }

    pub(super) fn secret(&self, name: &At<SecretName>, faults: &mut Faults) -> bool {
        self.brought.contains(&name.value)
            || self.known::<SecretName, SecretDef>(self.def.secrets.as_ref(), name, "secret", "secrets", faults)
    }

    /// Says whether there may be hosts that could not be read.
    pub(super) fn hosts_are_uncertain(&self) -> bool {
        self.lacks("hosts") || self.def.hosts.as_ref().is_some_and(|hosts| !hosts.poisoned.is_empty())
    }

    /// Says whether there may be services that could not be read.
    pub(super) fn services_are_uncertain(&self) -> bool {
        self.lacks("services") || self.def.services.as_ref().is_some_and(|services| !services.poisoned.is_empty())
    }

    /// Says whether there may be secrets, or those who read one, that could not be read.
    pub(super) fn secrets_are_uncertain(&self) -> bool {
        self.lacks("secrets")
            || self.def.secrets.as_ref().is_some_and(|secrets| !secrets.poisoned.is_empty())
            || self.services_are_uncertain()
            || self.hosts_are_uncertain()
    }

    /// Says whether there may be people who could not be read.
    pub(super) fn people_are_uncertain(&self) -> bool {
        let access = self.def.access.as_ref();
        let people = access.and_then(|access| access.people.as_ref()).map(|people| !people.poisoned.is_empty());
        self.lacks("access")
            || access.is_some_and(|access| access.poisoned && access.people.is_none())
            || people.unwrap_or(false)
            || access
                .iter()
                .flat_map(|a| &a.people)
                .flat_map(|p| p.entries.values())
                .any(|p| p.value.poisoned || p.value.role.is_none())
    }

    /// Says whether every layer of a host is known: its site, its profiles and theirs, and all groups.
    pub(super) fn layers_are_known(&self, host: &HostDef) -> bool {
        let def = self.def;
        let site = host
            .site
            .as_ref()
            .is_none_or(|site| def.sites.as_ref().is_some_and(|sites| sites.entries.contains_key(&site.value)));
        let mut open: Vec<&ProfileName> = host.profiles.iter().flatten().map(|profile| &profile.value).collect();
        let mut seen = BTreeSet::new();
        let mut profiles = true;
        while let Some(name) = open.pop() {
            match def.profiles.as_ref().and_then(|profiles| profiles.entries.get(name)) {
                Some(_) if self.circular.contains(name) => profiles = false,
                Some(profile) if seen.insert(name) => {
                    open.extend(profile.value.extends.iter().flat_map(|bases| &bases.0).map(|base| &base.value));
                }
                Some(_) => {}
                None => profiles = false,
            }
        }
        let groups = def.groups.as_ref().is_none_or(|groups| groups.poisoned.is_empty());
        let sections = ["defaults", "groups", "profiles", "sites"].iter().all(|section| !self.lacks(section));
        site && profiles && groups && sections
    }

    fn lacks(&self, section: &str) -> bool {
        self.incomplete || self.unreadable.contains(section)
    }

    fn known<K: Ord + AsStr, V>(
        &self,
        named: Option<&Named<K, V>>,
        name: &At<K>,
        what: &str,
        section: &str,
        faults: &mut Faults,
    ) -> bool {
        let nothing = BTreeMap::<K, Keyed<V>>::new();
        let entries = named.map_or(&nothing, |named| &named.entries);
        if entries.contains_key(&name.value) {
            return true;
        }
        let poisoned = || named.iter().flat_map(|named| &named.poisoned).map(String::as_str);
        if !poisoned().any(|poisoned| is_meant(name.value.text(), poisoned)) && !self.lacks(section) {
            let known: BTreeSet<&str> = entries.keys().map(AsStr::text).chain(poisoned()).collect();
            let mut diagnostic =
                Diagnostic::new(codes::UNKNOWN_NAME, format!("there is no {what} `{}`", name.value.text()))
                    .at(name.span, format!("not one of `{section}`"))
                    .nearest(name.value.text(), known.iter().copied());
            if diagnostic.suggestion.is_none() {
                diagnostic = diagnostic.help(match known.len() {
                    0 => format!("`{section}` is empty"),
                    _ => among(what, known.into_iter()),
                });
            }
            faults.push(diagnostic);
        }
        false
    }

    /// The hosts of a selector, in the order of their names; an empty match is an error unless a host that could not be
    /// read might match.
    pub(super) fn select<'h>(
        &self,
        selector: &At<Selector>,
        hosts: &'h BTreeMap<HostName, Host>,
        faults: &mut Faults,
    ) -> Vec<&'h Host> {
        let found: Vec<_> = match selector.required_tag() {
            Some(tag) => {
                let with_tag = self.of_tag.get_or_init(|| by_tag(hosts)).get(tag).into_iter().flatten();
                with_tag.map(|name| &hosts[name]).filter(|host| selector.matches(*host)).collect()
            }
            None => hosts.values().filter(|host| selector.matches(*host)).collect(),
        };
        let uncertain = || self.hosts_are_uncertain() || hosts.values().any(|host| host.poisoned);
        if let Some(diagnostic) = unmatched(selector, hosts.values(), found.is_empty()).filter(|_| !uncertain()) {
            faults.push(diagnostic);
        }
        found
    }
}

/// Says whether a name that is right refers to an entry whose own name could not be read: `web-1` to `Web_1`.
fn is_meant(name: &str, poisoned: &str) -> bool {
    name == poisoned || name == poisoned.to_ascii_lowercase().replace('_', "-")
}

fn by_tag(hosts: &BTreeMap<HostName, Host>) -> BTreeMap<Tag, Vec<HostName>> {
    let mut of_tag: BTreeMap<Tag, Vec<HostName>> = BTreeMap::new();
    for (tag, host) in hosts.values().flat_map(|host| host.tags.iter().map(move |tag| (tag, host))) {
        of_tag.entry(tag.clone()).or_default().push(host.name.clone());
    }
    of_tag
}

/// What is wrong with a selector: it matches none of these hosts, or it names one that is not among them.
pub fn unmatched<'h, H: Selectable + 'h>(
    selector: &At<Selector>,
    hosts: impl Iterator<Item = &'h H> + Clone,
    is_empty: bool,
) -> Option<Diagnostic> {
    if is_empty {
        return Some(empty(selector, hosts));
    }
    let is_host = |name: &str| hosts.clone().any(|host| host.name().as_str() == name);
    let globs = selector.globs().into_iter();
    let unknown = globs.filter(|glob| !glob.contains(['*', '?'])).find(|name| !is_host(name))?;
    let names: BTreeSet<_> = hosts.map(|host| host.name().as_str()).collect();
    let message = format!("`{unknown}` is no host");
    let diagnostic = Diagnostic::new(codes::EMPTY_SELECTOR, message).at(selector.span, "named here");
    Some(diagnostic.help(instead(unknown, "host", &names)))
}

/// The diagnostic of a selector that matches none of these hosts: which of its words no host has, and which there are.
fn empty<'h, H: Selectable + 'h>(selector: &At<Selector>, hosts: impl Iterator<Item = &'h H> + Clone) -> Diagnostic {
    let mut diagnostic =
        Diagnostic::new(codes::EMPTY_SELECTOR, format!("{} matches no host", Body::shown(&selector.value.to_string())))
            .at(selector.span, "nothing matches");
    let tags: BTreeSet<_> = hosts.clone().flat_map(Selectable::tags).map(Tag::as_str).collect();
    for tag in selector.tags().into_iter().filter(|tag| !tags.contains(tag)) {
        diagnostic = diagnostic.help(format!("no host has the tag `{tag}`; {}", instead(tag, "tag", &tags)));
    }
    for (label, value) in selector.labels() {
        let values: BTreeSet<_> =
            hosts.clone().filter_map(|host| host.labels().get(label)).map(String::as_str).collect();
        if !values.contains(value) {
            let what = format!("value of `{label}`");
            diagnostic = diagnostic.help(format!("no host has `{label}={value}`; {}", instead(value, &what, &values)));
        }
    }
    let names: BTreeSet<_> = hosts.map(|host| host.name().as_str()).collect();
    for glob in selector.globs() {
        if !names.iter().any(|name| glob_matches(glob, name)) {
            let bare = glob.replace('*', "");
            diagnostic = diagnostic.help(format!("no host is called `{glob}`; {}", instead(&bare, "host", &names)));
        }
    }
    diagnostic
}

/// The nearest of some words, else a few of them.
fn instead(word: &str, what: &str, known: &BTreeSet<&str>) -> String {
    match crate::diag::nearest(word, known.iter().copied()) {
        Some(near) => format!("the nearest {what} is `{near}`"),
        None if known.is_empty() => format!("there is no {what}"),
        None => among(what, known.iter().copied()),
    }
}

/// Lists what there is, when it is few.
fn among<'a>(what: &str, names: impl ExactSizeIterator<Item = &'a str>) -> String {
    match names.len() {
        1 => format!("the only {what} is `{}`", names.collect::<Vec<_>>().join(", ")),
        2..=12 => format!("there are {}", listed(&names.collect::<Vec<_>>())),
        many => format!("there are {}", counted(many, what)),
    }
}

/// A name as text, whatever its type.
pub(super) trait AsStr {
    fn text(&self) -> &str;
}

macro_rules! as_str {
    ($($name:ty),*) => {$( impl AsStr for $name { fn text(&self) -> &str { self.as_str() } } )*};
}
as_str!(GroupName, HostName, ProfileName, SecretName, ServiceName, SiteName);
