//! One host as its layers resolve it: every value of the definition that it has, with all that was said of it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::answer::{Layer, Leaf, Said, written};
use super::expand::{Ground, expand};
use super::keys::{self, Keys};
use super::known::Known;
use super::record::{Record, Records};
use super::unset;
use crate::load::{Body, Node};
use crate::model::Host;
use crate::model::definition::HostDef;
use crate::model::layers::{self, Origin};
use crate::source::Span;

/// One host, for questions.
pub struct View<'k> {
    /// The definition.
    pub known: &'k Known,
    /// The host.
    pub host: &'k Host,
    /// Its own entry.
    pub def: &'k HostDef,
    /// The layers that it has, the lowest first.
    origins: Vec<Origin>,
    records: Records,
    of_layers: Vec<&'static str>,
}

impl<'k> View<'k> {
    /// Looks at a host; nothing when it is unknown or cannot be read.
    pub fn of(known: &'k Known, host: &str) -> Option<Self> {
        let def = known.definition.def();
        let (name, keyed) = def.hosts.as_ref()?.entries.get_key_value(host)?;
        let host = known.fleet.hosts.get(name)?;
        let groups = known.fleet.groups.iter().filter(|(_, members)| members.contains(name));
        let groups: Vec<_> = groups
            .filter_map(|(name, _)| def.groups.as_ref()?.entries.get_key_value(name))
            .map(|(name, group)| (name, &group.value))
            .collect();
        let mut stack = layers::below_host(def, &keyed.value, &groups);
        stack.push((Origin::Host(name.clone()), &keyed.value.layer));
        let mut records = Records::default();
        layers::resolve(&stack, &mut records);
        let origins = stack.into_iter().map(|(origin, _)| origin).collect();
        Some(Self { known, host, def: &keyed.value, origins, records, of_layers: keys::of_layers() })
    }

    /// The host's name.
    pub fn name(&self) -> &'k str {
        self.host.name.as_str()
    }

    /// The layers that the host has, as people call them: `defaults`, `profiles.base`.
    pub fn layers(&self) -> BTreeSet<String> {
        self.origins.iter().map(ToString::to_string).collect()
    }

    /// The groups that the host is a member of.
    pub fn groups(&self) -> impl Iterator<Item = &'k str> {
        let groups = self.known.fleet.groups.iter();
        groups.filter(|(_, members)| members.contains(&self.host.name)).map(|(name, _)| name.as_str())
    }

    /// The services that run or stand by on the host, exporters and members of clusters included.
    pub fn services(&self) -> impl Iterator<Item = &'k str> {
        let services = self.known.fleet.services.iter();
        services
            .filter(|(_, service)| service.places().any(|host| *host == self.host.name))
            .map(|(name, _)| name.as_str())
    }

    /// The secrets that the host reads.
    pub fn secrets(&self) -> impl Iterator<Item = &'k str> {
        let fleet = &self.known.fleet;
        let reads = |secret| crate::check::secrets::readers(fleet, secret).contains(&self.host.name);
        fleet.secrets.iter().filter(move |(_, secret)| reads(secret)).map(|(name, _)| name.as_str())
    }

    /// Every value of the host's own entry and of its layers, those that nobody set included.
    pub fn leaves(&self) -> Vec<Leaf> {
        let mut found = Vec::new();
        expand(
            keys::definition().at(&["hosts", self.name()]).expect("hosts have keys"),
            self,
            &mut Vec::new(),
            &mut found,
        );
        found
    }

    /// Which layers name an entry of a map: `exporters.node`.
    pub fn entry(&self, path: &[String]) -> Option<Leaf> {
        let said: Vec<_> = self.records.entry(path).iter().rev().map(|record| self.said(path, record)).collect();
        let (first, beaten) = said.split_first()?;
        Some(Leaf { beaten: beaten.to_vec(), ..Leaf::of(path, first.clone()) })
    }

    /// Something that a layer said.
    fn said(&self, path: &[String], record: &Record) -> Said {
        let origin = &self.origins[record.layer];
        let node = self.node(origin).and_then(|node| node.at(path));
        let node = node.map(|node| if record.adds { item(node, record.span) } else { node });
        let span = node.map(|node| node.span).or(record.span);
        said(origin, node, span)
    }

    /// What the definition's tree says of a layer.
    fn node(&self, origin: &Origin) -> Option<&'k Node> {
        let root = &self.known.raw.root;
        match origin {
            Origin::Defaults => root.at(&["defaults"]),
            Origin::Site(name) => root.at(&["sites", name.as_str()]),
            Origin::Profile(name) => root.at(&["profiles", name.as_str()]),
            Origin::Group(name) => root.at(&["groups", name.as_str()]),
            Origin::Host(name) => root.at(&["hosts", name.as_str()]),
        }
    }

    fn layered(&self, path: &[String]) -> Option<Leaf> {
        let records = self.records.of(path);
        let standing: Vec<_> = records.iter().filter(|record| !record.gone).collect();
        let last = standing.last()?;
        if last.adds {
            let said: Vec<_> = standing.iter().map(|record| self.said(path, record)).collect();
            let mut values: Vec<Value> = Vec::new();
            for one in said.iter().filter(|one| !one.value.is_null()) {
                if !values.contains(&one.value) {
                    values.push(one.value.clone());
                }
            }
            return Some(Leaf { path: path.to_vec(), value: values.into(), said, adds_up: true, ..Leaf::default() });
        }
        let winner = self.said(path, last);
        let beaten = records.iter().rev().filter(|record| !std::ptr::eq(*record, *last));
        let below = self.records.gone_below(path).into_iter();
        let below = below.map(|layer| self.said(path, &Record { layer, span: None, adds: false, gone: true }));
        let beaten = beaten.map(|record| self.said(path, record)).chain(below).collect();
        Some(Leaf { beaten, ..Leaf::of(path, winner) })
    }

    fn own(&self, path: &[String], whole: bool) -> Option<Leaf> {
        let origin = Origin::Host(self.host.name.clone());
        let node = self.node(&origin)?.at(path).filter(|node| whole || !matches!(node.body, Body::Map(_)))?;
        (!matches!(node.body, Body::Null)).then(|| Leaf::of(path, said(&origin, Some(node), Some(node.span))))
    }
}

impl Ground for View<'_> {
    fn names(&self, path: &[String]) -> BTreeSet<String> {
        self.records.names(path).into_iter().map(str::to_owned).collect()
    }

    fn said(&self, path: &[String], keys: &Keys) -> Option<Leaf> {
        let layered = path.first().is_some_and(|first| self.of_layers.contains(&first.as_str()));
        let leaf = if layered { self.layered(path) } else { self.own(path, *keys == Keys::Value) };
        unset::by_evidence(self.known, self.host, path, leaf)
    }

    fn unset(&self, path: &[String]) -> Leaf {
        unset::of_host(self.known, self.host, path)
    }
}

/// Says who said something.
fn said(origin: &Origin, node: Option<&Node>, span: Option<Span>) -> Said {
    let layer = match origin {
        Origin::Defaults => Layer::Default,
        Origin::Site(_) => Layer::Site,
        Origin::Profile(_) => Layer::Profile,
        Origin::Group(_) => Layer::Group,
        Origin::Host(_) => Layer::Host,
    };
    Said { layer, by: origin.to_string(), span, value: node.map(written).unwrap_or_default(), node: node.cloned() }
}

/// The item of a list that stands at a place.
fn item(list: &Node, span: Option<Span>) -> &Node {
    match &list.body {
        Body::List(items) => items.iter().find(|item| Some(item.span) == span).unwrap_or(list),
        _ => list,
    }
}
