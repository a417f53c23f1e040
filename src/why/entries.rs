//! The rest of the definition, as it concerns one host: services, secrets, sites, people, and the layers themselves.

use std::collections::BTreeSet;

use serde_json::Value;

use super::answer::{Layer, Leaf, Path, Said, written};
use super::expand::{Ground, expand};
use super::keys::{self, Keys};
use super::unset;
use super::view::View;
use crate::load::{Body, Node};
use crate::model::Service;

/// The definition below its top, for questions about one host.
pub(super) struct Entries<'v, 'k>(pub(super) &'v View<'k>);

impl Entries<'_, '_> {
    /// Lists every value below a path, which begins with a section: `services.jellyfin`.
    pub(super) fn leaves(&self, path: &[String]) -> Vec<Leaf> {
        let mut found = Vec::new();
        if let Some(keys) = keys::definition().at(path) {
            expand(keys, self, &mut path.to_vec(), &mut found);
        }
        found
    }

    fn service(&self, name: &str) -> Option<&Service> {
        self.0.known.fleet.services.get(name)
    }

    /// What the host's own layers say of the port of an exporter, which is a service as well.
    fn exporter_port(&self, path: &[String]) -> Option<Leaf> {
        let [_, service, _, port] = path else { return None };
        let exporter = service.strip_suffix("-exporter")?;
        let kind = self.0.known.fleet.kinds.get(&self.service(service)?.kind)?;
        let metrics = kind.front.metrics.as_ref()?.port.as_ref()?;
        if metrics.value.as_str() != port || self.0.known.raw.root.at(&["services", service]).is_some() {
            return None;
        }
        let of_host: Path = ["exporters", exporter, "port"].map(str::to_owned).to_vec();
        let mut leaf = self.0.said(&of_host, &Keys::Value)?;
        leaf.beaten.extend(unset::by_kind(kind, service, &["ports", port]));
        Some(Leaf { path: path.to_vec(), ..leaf })
    }

    /// A value of a service as its kind reads it, and what the kind would have said.
    fn of_service(&self, leaf: Leaf) -> Leaf {
        let [_, name, rest @ ..] = leaf.path.as_slice() else { return leaf };
        let Some(service) = self.service(name) else { return leaf };
        let Some(kind) = self.0.known.fleet.kinds.get(&service.kind) else { return leaf };
        let rest: Vec<_> = rest.iter().map(String::as_str).collect();
        let beaten = unset::by_kind(kind, name, &rest).into_iter().collect();
        let node = leaf.said.first().and_then(|said| said.node.as_ref());
        let resolved = match rest.as_slice() {
            ["settings", setting] => service.settings.get(*setting).zip(node).map(|(value, node)| read(value, node)),
            _ => None,
        };
        let value = resolved.unwrap_or_else(|| leaf.value.clone());
        Leaf { value, beaten, ..leaf }
    }
}

impl Ground for Entries<'_, '_> {
    fn names(&self, path: &[String]) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        if let Some(Body::Map(entries)) = self.0.known.raw.root.at(path).map(|node| &node.body) {
            names.extend(entries.iter().map(|entry| entry.key.to_string()));
        }
        match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["services"] => names.extend(self.0.services().map(str::to_owned)),
            ["services", name, "ports"] => {
                names.extend(self.service(name).into_iter().flat_map(|s| s.ports.keys()).map(ToString::to_string));
            }
            ["services", name, "settings"] => {
                names.extend(self.service(name).into_iter().flat_map(|s| s.settings.keys()).cloned());
            }
            _ => {}
        }
        names
    }

    fn said(&self, path: &[String], keys: &Keys) -> Option<Leaf> {
        if let Some(leaf) = self.exporter_port(path) {
            return Some(leaf);
        }
        let node = self.0.known.raw.root.at(path)?;
        let whole = *keys == Keys::Value || !matches!(node.body, Body::Map(_));
        if !whole || matches!(node.body, Body::Null) {
            return None;
        }
        let leaf = Leaf::of(path, said(path, node));
        Some(if path[0] == "services" { self.of_service(leaf) } else { leaf })
    }

    fn unset(&self, path: &[String]) -> Leaf {
        unset::elsewhere(self.0.known, self.0.host, path)
    }
}

fn said(path: &[String], node: &Node) -> Said {
    let (layer, depth) = match path[0].as_str() {
        "defaults" => (Layer::Default, 1),
        "groups" => (Layer::Group, 2),
        "hosts" => (Layer::Host, 2),
        "profiles" => (Layer::Profile, 2),
        "sites" => (Layer::Site, 2),
        "access" => (Layer::Entry, 3),
        "fleet" | "monitoring" => (Layer::Entry, 1),
        _ => (Layer::Entry, 2),
    };
    let by = path[..depth.min(path.len())].join(".");
    Said { layer, by, span: Some(node.span), value: written(node), node: Some(node.clone()) }
}

/// A setting as the kind reads it, but for secrets, which stay named.
fn read(value: &Value, node: &Node) -> Value {
    match (value, &node.body) {
        (Value::String(_), Body::Map(_)) => written(node),
        (Value::Object(map), Body::Map(_)) => {
            let inner = |(key, value): (&String, &Value)| {
                let node = node.get(key).map(|entry| &entry.value);
                (key.clone(), node.map_or_else(|| value.clone(), |node| read(value, node)))
            };
            Value::Object(map.iter().map(inner).collect())
        }
        (Value::Array(list), Body::List(nodes)) => {
            list.iter().zip(nodes).map(|(value, node)| read(value, node)).collect()
        }
        _ => value.clone(),
    }
}
