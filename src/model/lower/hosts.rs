//! Hosts: their layers, their facts, and the groups that they are members of.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::Lower;
use super::names::unmatched;
use crate::diag::{Diagnostic, Faults, codes};
use crate::load::decode::Keyed;
use crate::load::merge::{Merge, Silent, Trail};
use crate::model::definition::{GroupDef, HostDef, Layer};
use crate::model::facts::{self, Facts};
use crate::model::fleet::Host;
use crate::model::layers;
use crate::model::shapes::Filesystems;
use crate::value::{GroupName, HostName, LabelName, Lifecycle, Managed, Selectable, Tag};

/// Labels that Cistern and Prometheus set themselves.
const RESERVED_LABELS: &[&str] =
    &["alertname", "host", "instance", "job", "kind", "probe", "region", "service", "severity", "site", "state"];

/// What hosts are selected by, known before groups are.
struct Marks {
    name: HostName,
    tags: BTreeSet<Tag>,
    labels: BTreeMap<LabelName, String>,
    poisoned: bool,
}

impl Selectable for Marks {
    fn name(&self) -> &HostName {
        &self.name
    }
    fn tags(&self) -> &BTreeSet<Tag> {
        &self.tags
    }
    fn labels(&self) -> &BTreeMap<LabelName, String> {
        &self.labels
    }
}

type Groups<'d> = BTreeMap<&'d GroupName, BTreeSet<HostName>>;

impl<'d> Lower<'d> {
    pub(super) fn hosts(
        &self,
        faults: &mut Faults,
    ) -> (BTreeMap<HostName, Host>, BTreeMap<GroupName, BTreeSet<HostName>>) {
        let Some(named) = &self.def.hosts else { return Default::default() };
        let entries: Vec<_> = named.entries.iter().collect();
        let marks: Vec<Marks> = entries.par_iter().map(|(name, host)| self.marks(name, &host.value)).collect();
        let groups = self.memberships(&marks, faults);
        let of_host = self.groups_of(&groups);
        let bases = self.bases(&entries, &of_host, faults);
        let none = Vec::new();
        let lowered: Vec<_> = entries
            .par_iter()
            .zip(marks)
            .map(|((name, host), marks)| {
                let mut faults = Faults::default();
                let base = &bases[&base_key(&host.value, of_host.get(*name).unwrap_or(&none))];
                (self.host(name, host, base, marks, &mut faults), faults)
            })
            .collect();
        let mut hosts = BTreeMap::new();
        for (host, found) in lowered {
            faults.append(found);
            hosts.insert(host.name.clone(), host);
        }
        let groups = groups.into_iter().map(|(name, members)| (name.clone(), members)).collect();
        (hosts, groups)
    }

    fn marks(&self, name: &HostName, def: &HostDef) -> Marks {
        let mut marks = Marks {
            name: name.clone(),
            tags: BTreeSet::new(),
            labels: BTreeMap::new(),
            poisoned: def.poisoned || !self.names.layers_are_known(def),
        };
        let below = layers::below_groups(self.def, def);
        for layer in below.iter().map(|(_, layer)| *layer).chain([&def.layer]) {
            marks.tags.extend(layer.tags.iter().flat_map(|tags| &tags.0).map(|tag| tag.value.clone()));
            let labels = layer.labels.iter().flat_map(|labels| &labels.entries);
            marks.labels.extend(labels.map(|(key, value)| (key.clone(), value.value.value.clone())));
            marks.poisoned |= layer.poisoned || layer.labels.as_ref().is_some_and(|labels| !labels.poisoned.is_empty());
        }
        marks
    }

    fn memberships(&self, marks: &[Marks], faults: &mut Faults) -> Groups<'d> {
        let mut groups = Groups::new();
        for (name, group) in self.def.groups.iter().flat_map(|groups| &groups.entries) {
            groups.insert(name, self.group_members(name, group, marks, faults));
        }
        groups
    }

    fn group_members(
        &self,
        name: &GroupName,
        group: &Keyed<GroupDef>,
        marks: &[Marks],
        faults: &mut Faults,
    ) -> BTreeSet<HostName> {
        let def = &group.value;
        let mut members = BTreeSet::new();
        if def.hosts.as_ref().is_none_or(Vec::is_empty) && def.selector.is_none() && !def.poisoned {
            let message = match &def.hosts {
                None => format!("group `{name}` has neither `selector` nor `hosts`"),
                Some(_) => format!("`hosts` of group `{name}` is empty"),
            };
            faults.push(
                Diagnostic::new(codes::MISSING_KEY, message).at(group.key, "no members").help("say who is a member"),
            );
        }
        for host in def.hosts.iter().flatten().filter(|host| self.names.host(host, faults)) {
            members.insert(host.value.clone());
        }
        if let Some(selector) = &def.selector {
            let found: Vec<_> = marks.iter().filter(|m| selector.matches(*m)).map(|m| m.name.clone()).collect();
            let uncertain = self.names.hosts_are_uncertain() || marks.iter().any(|m| m.poisoned);
            let none = found.is_empty() && members.is_empty();
            if let Some(diagnostic) = unmatched(selector, marks.iter(), none).filter(|_| !uncertain) {
                faults.push(diagnostic);
            }
            members.extend(found);
        }
        members
    }

    /// The groups of each host that say something in their layer.
    fn groups_of(&self, groups: &Groups<'d>) -> BTreeMap<HostName, Vec<(&'d GroupName, &'d GroupDef)>> {
        let mut of_host: BTreeMap<HostName, Vec<_>> = BTreeMap::new();
        let Some(defs) = &self.def.groups else { return of_host };
        for (name, members) in groups {
            let def = &defs.entries[*name].value;
            for member in members {
                of_host.entry(member.clone()).or_default().push((*name, def));
            }
        }
        of_host
    }

    /// Resolves what hosts share once: everything below the host's own layer.
    fn bases(
        &self,
        entries: &[(&HostName, &Keyed<HostDef>)],
        of_host: &BTreeMap<HostName, Vec<(&'d GroupName, &'d GroupDef)>>,
        faults: &mut Faults,
    ) -> BTreeMap<String, Layer> {
        let mut bases = BTreeMap::new();
        let mut told = BTreeSet::new();
        let none = Vec::new();
        for (name, host) in entries {
            let groups = of_host.get(*name).unwrap_or(&none);
            let key = base_key(&host.value, groups);
            if bases.contains_key(&key) {
                continue;
            }
            let stack = layers::below_host(self.def, &host.value, groups);
            bases.insert(key, layers::resolve(&stack, &mut Silent));
            for conflict in layers::conflicts(groups) {
                if told.insert(conflict.clone()) {
                    let [first, second] = &conflict.groups;
                    faults.push(
                        Diagnostic::new(
                            codes::GROUP_CONFLICT,
                            format!(
                                "groups `{first}` and `{second}` set `{}` differently on host `{name}`",
                                conflict.path
                            ),
                        )
                        .at(conflict.spans[1], format!("`{second}` sets it here"))
                        .at(conflict.spans[0], format!("`{first}` sets it here"))
                        .help("give one of the groups a higher `priority`, or set the key on the host"),
                    );
                }
            }
        }
        bases
    }

    fn host(&self, name: &HostName, host: &Keyed<HostDef>, base: &Layer, marks: Marks, faults: &mut Faults) -> Host {
        let def = &host.value;
        let mut layer = base.clone();
        layer.merge(&def.layer, &Trail::ROOT, &mut Silent);
        for label in def.layer.labels.iter().chain(&base.labels).flat_map(|labels| &labels.entries) {
            if RESERVED_LABELS.contains(&label.0.as_str()) || label.0.as_str().starts_with("__") {
                faults.push(
                    Diagnostic::new(codes::BAD_NAME, format!("the label `{}` is reserved", label.0))
                        .at(label.1.key, "Cistern and Prometheus set it themselves"),
                );
            }
        }
        for profile in def.profiles.iter().flatten() {
            self.names.profile(profile, faults);
        }
        let site = def.site.clone().filter(|site| self.names.site(site, faults));
        let managed = def.managed.as_ref().map_or(Managed::Full, |managed| managed.value);
        let facts = self.facts(name, faults);
        let mut lowered = Host {
            span: host.key,
            name: name.clone(),
            managed,
            address: def.address,
            site,
            state_version: def.state_version.as_ref().map(|at| at.value.clone()),
            host_key: def.host_key.clone(),
            mac: def.mac.clone(),
            aliases: def.aliases.clone().unwrap_or_default(),
            lifecycle: def.lifecycle.map_or(Lifecycle::Active, |at| at.value),
            tags: marks.tags,
            labels: marks.labels,
            system: None,
            hardware: None,
            interface: None,
            poisoned: marks.poisoned || layer.poisoned || facts.is_err(),
            facts: facts.unwrap_or_default(),
            layer,
        };
        if lowered.address.is_none() && !def.poisoned {
            faults.push(
                Diagnostic::new(codes::MISSING_KEY, format!("host `{name}` has no `address`"))
                    .at(host.key, "where do peers and Prometheus reach it?")
                    .help("give the address that it has, or will have: `address: 192.168.1.50`"),
            );
        }
        self.evidence(&mut lowered, def, faults);
        no_effect(def, &lowered, faults);
        lowered
    }

    /// `Err` when there is a report and it cannot be used.
    fn facts(&self, name: &HostName, faults: &mut Faults) -> Result<Option<Facts>, ()> {
        let path = format!("facts/{name}.json");
        let Some(id) = self.sources.find(&path) else {
            return if self.sources.rejected.iter().any(|r| r.path == path) { Err(()) } else { Ok(None) };
        };
        facts::read(&self.sources.file(id).text).map(Some).map_err(|why| {
            faults.push(
                Diagnostic::new(codes::BAD_FACTS, format!("`{path}` is not a nixos-facter report: {why}"))
                    .file(path.clone())
                    .help(format!("run `nixos-facter -o {name}.json` on the machine as root and copy the file")),
            );
        })
    }
}

/// What hosts of equal lower layers have in common.
fn base_key(host: &HostDef, groups: &[(&GroupName, &GroupDef)]) -> String {
    let mut key = host.site.as_ref().map(|site| site.value.to_string()).unwrap_or_default();
    for profile in host.profiles.iter().flatten() {
        key.push('/');
        key.push_str(profile.value.as_str());
    }
    for (name, _) in groups {
        key.push('+');
        key.push_str(name.as_str());
    }
    key
}

/// Keys that do nothing on a host whose module is written by hand.
const IDLE_BY_HAND: &[&str] = &[
    "allow_unfree",
    "audit",
    "filesystems",
    "hardware",
    "locale",
    "mac",
    "modules",
    "network",
    "ssh",
    "state_version",
    "storage",
    "time_zone",
];

/// Keys that do nothing on a host that is only scraped, in addition.
const IDLE_SCRAPED: &[&str] = &["aliases", "deploy", "host_key", "system"];

/// Reports keys of a host that do nothing because of how little of it is managed.
fn no_effect(def: &HostDef, host: &Host, faults: &mut Faults) {
    let scraped: &[&str] = if host.managed == Managed::Scrape { IDLE_SCRAPED } else { &[] };
    if host.managed == Managed::Full {
        return;
    }
    let mut places = layers::places(&def.layer);
    if matches!(def.layer.filesystems, Some(Filesystems::Manual)) {
        places.insert("filesystems".to_owned(), host.span);
    }
    places.extend(def.mac.as_ref().map(|at| ("mac".to_owned(), at.span)));
    places.extend(def.state_version.as_ref().map(|at| ("state_version".to_owned(), at.span)));
    places.extend(def.aliases.iter().flatten().next().map(|at| ("aliases".to_owned(), at.span)));
    places.extend(def.host_key.as_ref().map(|at| ("host_key".to_owned(), at.span)));
    for key in IDLE_BY_HAND.iter().chain(scraped) {
        let inside = |path: &str| path.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        let Some(span) = places.iter().filter(|(path, _)| inside(path)).map(|(_, span)| *span).min() else { continue };
        let diagnostic = Diagnostic::new(
            codes::NO_EFFECT,
            format!("`{key}` does nothing on host `{}`, which is `managed: {}`", host.name, host.managed),
        )
        .at(span, "this has no effect")
        .help("remove it, or let Cistern manage the whole host");
        faults.push(if span == host.span { diagnostic } else { diagnostic.at(host.span, "on this host") });
    }
}
