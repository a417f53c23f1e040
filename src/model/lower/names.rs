//! Which names exist, and what to say of one that does not.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Diagnostic, Faults, codes, counted};
use crate::load::decode::{At, Keyed, Named};
use crate::model::definition::{FleetDef, HostDef, ProfileDef, SecretDef, ServiceDef, SiteDef};
use crate::model::fleet::Host;
use crate::value::{HostName, ProfileName, SecretName, Selector, ServiceName, SiteName};

/// The names of a definition, the poisoned ones included: nothing is said about those.
pub(super) struct Names<'a> {
    def: &'a FleetDef,
    /// Whether names may be missing because their file could not be read.
    incomplete: bool,
}

impl<'a> Names<'a> {
    pub(super) fn of(def: &'a FleetDef, incomplete: bool) -> Self {
        Self { def, incomplete }
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

    pub(super) fn service(&self, name: &At<ServiceName>, faults: &mut Faults) -> bool {
        self.known::<ServiceName, ServiceDef>(self.def.services.as_ref(), name, "service", "services", faults)
    }

    pub(super) fn secret(&self, name: &At<SecretName>, faults: &mut Faults) -> bool {
        self.known::<SecretName, SecretDef>(self.def.secrets.as_ref(), name, "secret", "secrets", faults)
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
        let poisoned = named.is_some_and(|named| named.poisoned.contains(name.value.text()));
        if !poisoned && !self.incomplete {
            let mut diagnostic =
                Diagnostic::new(codes::UNKNOWN_NAME, format!("there is no {what} `{}`", name.value.text()))
                    .at(name.span, format!("not one of `{section}`"))
                    .nearest(name.value.text(), entries.keys().map(AsStr::text));
            if diagnostic.suggestion.is_none() {
                diagnostic = diagnostic.help(among(what, section, entries.keys().map(AsStr::text)));
            }
            faults.push(diagnostic);
        }
        false
    }

    /// Evaluates a selector; an empty match is an error unless a host that could not be read might match.
    pub(super) fn select(
        &self,
        selector: &At<Selector>,
        hosts: &BTreeMap<HostName, Host>,
        faults: &mut Faults,
    ) -> BTreeSet<HostName> {
        let found: BTreeSet<_> =
            hosts.values().filter(|host| selector.matches(*host)).map(|host| host.name.clone()).collect();
        let uncertain = self.incomplete
            || hosts.values().any(|host| host.poisoned)
            || self.def.hosts.as_ref().is_some_and(|hosts| !hosts.poisoned.is_empty());
        if found.is_empty() && !uncertain {
            let tags: BTreeSet<_> = hosts.values().flat_map(|host| &host.tags).map(|tag| tag.as_str()).collect();
            let mut diagnostic =
                Diagnostic::new(codes::EMPTY_SELECTOR, format!("`{}` matches no host", selector.value))
                    .at(selector.span, "nothing matches");
            for tag in selector.tags().into_iter().filter(|tag| !tags.contains(tag)) {
                diagnostic = match crate::diag::nearest(tag, tags.iter().copied()) {
                    Some(near) => diagnostic.help(format!("no host has the tag `{tag}`; the nearest is `{near}`")),
                    None if tags.is_empty() => diagnostic.help("no host has any tag"),
                    None => diagnostic.help(format!(
                        "no host has the tag `{tag}`; there are {}",
                        tags.iter().take(12).copied().collect::<Vec<_>>().join(", ")
                    )),
                };
            }
            faults.push(diagnostic);
        }
        found
    }
}

/// Lists what there is, when it is few.
fn among<'a>(what: &str, section: &str, names: impl ExactSizeIterator<Item = &'a str>) -> String {
    match names.len() {
        0 => format!("`{section}` is empty"),
        1..=12 => format!("there are {}", names.collect::<Vec<_>>().join(", ")),
        many => format!("there are {}; `{section}` lists them", counted(many, what)),
    }
}

/// A name as text, whatever its type.
pub(super) trait AsStr {
    fn text(&self) -> &str;
}

macro_rules! as_str {
    ($($name:ty),*) => {$( impl AsStr for $name { fn text(&self) -> &str { self.as_str() } } )*};
}
as_str!(HostName, ProfileName, SecretName, ServiceName, SiteName);
