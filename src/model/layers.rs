//! The layers of a host: defaults < site < profiles in their order < groups < the host itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Debug, Display};

use super::definition::{FleetDef, GroupDef, HostDef, Layer, ProfileDef, SiteDef};
use crate::diag::{Diagnostic, Faults, codes};
use crate::load::decode::Keyed;
use crate::load::merge::{Merge, Recorder, Trail};
use crate::source::Span;
use crate::value::{GroupName, HostName, ProfileName, SiteName};

/// Which layer a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// `defaults`.
    Defaults,
    /// `sites.<name>`.
    Site(SiteName),
    /// `profiles.<name>`.
    Profile(ProfileName),
    /// `groups.<name>`.
    Group(GroupName),
    /// `hosts.<name>`.
    Host(HostName),
}

impl Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Defaults => f.write_str("defaults"),
            Self::Site(name) => write!(f, "sites.{name}"),
            Self::Profile(name) => write!(f, "profiles.{name}"),
            Self::Group(name) => write!(f, "groups.{name}"),
            Self::Host(name) => write!(f, "hosts.{name}"),
        }
    }
}

/// Lays layers on each other, the later ones winning.
pub fn resolve(layers: &[(Origin, &Layer)], recorder: &mut dyn Recorder) -> Layer {
    let mut result = Layer::default();
    for (number, (_, layer)) in layers.iter().enumerate() {
        recorder.layer(number);
        result.merge(layer, &Trail::ROOT, recorder);
    }
    result
}

/// The layers below a host's groups, lowest first.
pub fn below_groups<'d>(def: &'d FleetDef, host: &HostDef) -> Vec<(Origin, &'d Layer)> {
    let mut layers: Vec<(Origin, &Layer)> = def.defaults.iter().map(|layer| (Origin::Defaults, layer)).collect();
    if let Some((name, site)) = site(def, host) {
        layers.push((Origin::Site(name.clone()), &site.layer));
    }
    for name in profiles(def, host) {
        let profile = &def.profiles.as_ref().expect("profiles() found it there").entries[name].value;
        layers.push((Origin::Profile(name.clone()), &profile.layer));
    }
    layers
}

/// Every layer below a host's own, lowest first; `groups` are those that it is a member of.
pub fn below_host<'d>(
    def: &'d FleetDef,
    host: &HostDef,
    groups: &[(&'d GroupName, &'d GroupDef)],
) -> Vec<(Origin, &'d Layer)> {
    let mut layers = below_groups(def, host);
    layers.extend(of_groups(groups));
    layers
}

fn site<'d>(def: &'d FleetDef, host: &HostDef) -> Option<(&'d SiteName, &'d SiteDef)> {
    let name = host.site.as_ref()?;
    let (name, site) = def.sites.as_ref()?.entries.get_key_value(&name.value)?;
    Some((name, &site.value))
}

/// A host's profiles with those that they extend, each once, lowest first; circles and unknown names are left out.
fn profiles<'d>(def: &'d FleetDef, host: &HostDef) -> Vec<&'d ProfileName> {
    let mut order = Vec::new();
    let Some(known) = &def.profiles else { return order };
    for name in host.profiles.iter().flatten() {
        climb(&known.entries, &name.value, &mut Vec::new(), &mut order);
    }
    order
}

fn climb<'d>(
    known: &'d BTreeMap<ProfileName, Keyed<ProfileDef>>,
    name: &ProfileName,
    path: &mut Vec<ProfileName>,
    order: &mut Vec<&'d ProfileName>,
) {
    let Some((name, profile)) = known.get_key_value(name) else { return };
    if order.contains(&name) || path.contains(name) || path.len() > 64 {
        return;
    }
    path.push(name.clone());
    for base in profile.value.extends.iter().flat_map(|bases| &bases.0) {
        climb(known, &base.value, path, order);
    }
    path.pop();
    order.push(name);
}

/// Finds the profiles that no host takes up, by itself or by what it takes up.
pub fn idle_profiles(def: &FleetDef) -> BTreeMap<ProfileName, Span> {
    let Some(known) = &def.profiles else { return BTreeMap::new() };
    let hosts = def.hosts.iter().flat_map(|hosts| hosts.entries.values());
    let mut open: BTreeSet<&ProfileName> =
        hosts.flat_map(|host| host.value.profiles.iter().flatten()).map(|profile| &profile.value).collect();
    let mut idle: BTreeMap<_, _> = known.entries.iter().map(|(name, profile)| (name, profile.key)).collect();
    while let Some(name) = open.pop_first() {
        if idle.remove(name).is_some() {
            let bases = known.entries[name].value.extends.iter().flat_map(|bases| &bases.0);
            open.extend(bases.map(|base| &base.value));
        }
    }
    idle.into_iter().map(|(name, span)| (name.clone(), span)).collect()
}

/// Finds the groups whose layer says nothing.
pub fn idle_groups(def: &FleetDef) -> BTreeMap<GroupName, Span> {
    let groups = def.groups.iter().flat_map(|groups| &groups.entries).filter(|(_, group)| !group.value.poisoned);
    let unread = |layer: &Layer| {
        layer.poisoned
            || layer.deploy.as_ref().is_some_and(|deploy| deploy.poisoned)
            || layer.network.as_ref().is_some_and(|network| network.poisoned)
            || layer.ssh.as_ref().is_some_and(|ssh| ssh.poisoned)
    };
    let says = |layer: &Layer| unread(layer) || layer.filesystems.is_some() || !places(layer).is_empty();
    groups.filter(|(_, group)| !says(&group.value.layer)).map(|(name, group)| (name.clone(), group.key)).collect()
}

/// Reports profiles that extend each other in a circle.
pub fn circles(def: &FleetDef, faults: &mut Faults) {
    let Some(known) = &def.profiles else { return };
    for (start, profile) in &known.entries {
        let mut path = vec![start];
        let mut at = &profile.value;
        // Only circles that lead back to their smallest name are told, so that each is told once.
        while let Some(next) =
            at.extends.iter().flat_map(|bases| &bases.0).find(|base| reaches(def, &base.value, start))
        {
            if &next.value == start {
                if path.iter().all(|name| *name >= start) {
                    let names: Vec<_> = path.iter().map(|name| name.as_str()).chain([start.as_str()]).collect();
                    let message = match path.as_slice() {
                        [only] => format!("the profile `{only}` extends itself"),
                        _ => format!("profiles extend each other: {}", names.join(" → ")),
                    };
                    faults.push(
                        Diagnostic::new(codes::PROFILE_CYCLE, message)
                            .at(next.span, "this closes the circle")
                            .at(profile.key, "which begins here")
                            .help("remove this, or take what both need into a profile of its own"),
                    );
                }
                break;
            }
            let Some((name, profile)) = known.entries.get_key_value(&next.value) else { break };
            if path.contains(&name) {
                break;
            }
            path.push(name);
            at = &profile.value;
        }
    }
}

/// The profiles that are part of a circle.
pub fn circular(def: &FleetDef) -> BTreeSet<&ProfileName> {
    let extends = |profile: &ProfileDef, name| {
        profile.extends.iter().flat_map(|bases| &bases.0).any(|base| reaches(def, &base.value, name))
    };
    let profiles = def.profiles.iter().flat_map(|profiles| &profiles.entries);
    profiles.filter(|(name, profile)| extends(&profile.value, name)).map(|(name, _)| name).collect()
}

fn reaches(def: &FleetDef, from: &ProfileName, target: &ProfileName) -> bool {
    let Some(known) = &def.profiles else { return false };
    let (mut open, mut seen) = (vec![from], Vec::new());
    while let Some(name) = open.pop() {
        if name == target {
            return true;
        }
        if !seen.contains(&name) {
            seen.push(name);
            let bases = known.entries.get(name).and_then(|profile| profile.value.extends.as_ref());
            open.extend(bases.iter().flat_map(|bases| &bases.0).map(|base| &base.value));
        }
    }
    false
}

/// The group layers of a host, lowest priority first; equal ones in the order of their names.
fn of_groups<'d>(groups: &[(&'d GroupName, &'d GroupDef)]) -> Vec<(Origin, &'d Layer)> {
    let mut sorted = groups.to_vec();
    sorted.sort_by_key(|(name, group)| (priority(group), (*name).clone()));
    sorted.into_iter().map(|(name, group)| (Origin::Group(name.clone()), &group.layer)).collect()
}

fn priority(group: &GroupDef) -> i64 {
    group.priority.as_ref().map_or(0, |priority| priority.value)
}

/// Finds keys that two groups of equal priority set differently.
pub fn conflicts(groups: &[(&GroupName, &GroupDef)]) -> Vec<Conflict> {
    let mut found = Vec::new();
    let leaves: Vec<_> = groups.iter().map(|(_, group)| Leaves::of(&group.layer)).collect();
    for (a, (first, first_def)) in groups.iter().enumerate() {
        for (b, (second, second_def)) in groups.iter().enumerate().skip(a + 1) {
            if priority(first_def) != priority(second_def) {
                continue;
            }
            for (path, (span, value)) in &leaves[a].0 {
                if let Some((other, _)) = leaves[b].0.get(path).filter(|(_, other)| other != value) {
                    found.push(Conflict {
                        path: path.clone(),
                        groups: [(*first).clone(), (*second).clone()],
                        spans: [*span, *other],
                    });
                }
            }
        }
    }
    found
}

/// Two groups that set one key differently.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    /// The path of the key.
    pub path: String,
    /// The groups.
    pub groups: [GroupName; 2],
    /// Where they set it.
    pub spans: [Span; 2],
}

/// Every value of one layer by its path; lists that add up are left out.
struct Leaves(BTreeMap<String, (Span, String)>);

impl Leaves {
    fn of(layer: &Layer) -> Self {
        let mut leaves = Self(BTreeMap::new());
        Layer::default().merge(layer, &Trail::ROOT, &mut leaves);
        leaves
    }
}

/// Where a layer sets its values, by the path of their keys. `filesystems: manual` has no place.
pub fn places(layer: &Layer) -> BTreeMap<String, Span> {
    let mut places = Places(BTreeMap::new());
    Layer::default().merge(layer, &Trail::ROOT, &mut places);
    places.0
}

struct Places(BTreeMap<String, Span>);

impl Recorder for Places {
    fn set(&mut self, trail: &Trail<'_>, span: Span, _: &dyn Debug) {
        // The first of a list that adds up.
        self.0.entry(trail.to_string()).or_insert(span);
    }
}

impl Recorder for Leaves {
    fn set(&mut self, trail: &Trail<'_>, span: Span, value: &dyn Debug) {
        let path = trail.to_string();
        if !matches!(path.as_str(), "tags" | "modules") {
            self.0.insert(path, (span, format!("{value:?}")));
        }
    }
}
