//! The secrets that services bring: a kind can make its own, and does where the definition says `generate`.

use std::collections::{BTreeMap, BTreeSet};

use super::Lower;
use super::images::kind_name;
use crate::diag::{Diagnostic, Faults, codes};
use crate::kind::{Kind, Kinds};
use crate::load::decode::{At, Keyed, Scalar as _};
use crate::load::{self, Body, Entry, Node};
use crate::model::definition::{FleetDef, ServiceDef};
use crate::recipe::Written;
use crate::source::Span;
use crate::value::{SecretName, ServiceName, SettingName};

/// The word in a setting that asks for the kind's own secret.
const GENERATE: &str = "generate";

/// A secret that a service brings.
#[derive(Debug)]
pub(super) struct Brought {
    /// The service.
    pub(super) service: ServiceName,
    /// The place that asks for it.
    pub(super) span: Span,
    /// How its value is made.
    pub(super) written: Written,
    /// Whether every host has a value of its own.
    pub(super) per_host: bool,
}

/// The secrets that services bring, by their names in the fleet.
pub(super) type AllBrought = BTreeMap<SecretName, Brought>;

/// Finds every secret that the settings of a service ask its kind for, and what those are made from.
pub(super) fn brought(def: &FleetDef, kinds: &Kinds) -> AllBrought {
    let mut all = AllBrought::new();
    for (service, keyed) in def.services.iter().flat_map(|services| &services.entries) {
        let Some(kind) = kind_name(service, &keyed.value, kinds).and_then(|kind| kinds.get(&kind)) else { continue };
        add(service, kind, &asked(kind, keyed), &mut all);
        for (suffix, member) in kind.front.members.iter().flat_map(|members| &members.entries) {
            let kind = member.value.kind.as_ref().and_then(|kind| kinds.get(&kind.value));
            let name = ServiceName::read(&format!("{service}-{suffix}")).ok();
            if let (Some(kind), Some(name)) = (kind, name) {
                add(&name, kind, &needed(kind, keyed.key), &mut all);
            }
        }
    }
    all
}

/// Adds what a service asks for, and what that is made from.
fn add(service: &ServiceName, kind: &Kind, asked: &[Asked<'_>], all: &mut AllBrought) {
    let own = |name: &SecretName| full_name(service, name, None).unwrap_or_else(|| name.clone());
    for asked in asked {
        for source in kind.front.with_sources(asked.name) {
            let key = asked.key.filter(|_| source == *asked.name);
            let Some(name) = full_name(service, &source, key) else { continue };
            let Some(mut written) = kind.front.recipe(&source) else { continue };
            written.recipe = written.recipe.renamed(&own);
            written.sources.clear();
            let per_host = kind.front.is_per_host(&source);
            all.entry(name).or_insert(Brought { service: service.clone(), span: asked.span, written, per_host });
        }
    }
}

/// A request for a secret of the kind.
struct Asked<'k> {
    /// The secret's name in the kind.
    name: &'k SecretName,
    /// The key, where the setting is a map to secrets.
    key: Option<&'k str>,
    span: Span,
}

fn asked<'k>(kind: &'k Kind, keyed: &'k Keyed<ServiceDef>) -> Vec<Asked<'k>> {
    let given = keyed.value.settings.as_ref();
    let mut asked = Vec::new();
    for (name, brought) in kind.front.secrets.iter().flat_map(|secrets| &secrets.entries) {
        let Some(setting) = brought.value.setting.as_ref().map(|at| &at.value) else { continue };
        let Some(def) = kind.front.setting(setting) else { continue };
        let value = given.and_then(|given| given.entries.get(setting)).map(|value| &value.value.0);
        match value {
            Some(node) if def.is_secret() && asks(node) => asked.push(Asked { name, key: None, span: node.span }),
            Some(node) if def.holds_secrets() => {
                let Body::Map(entries) = &node.body else { continue };
                let asking = entries.iter().filter(|entry| asks(&entry.value));
                asked.extend(asking.map(|entry| Asked { name, key: Some(&entry.key), span: entry.value.span }));
            }
            None if def.is_secret() && def.required.is_some_and(|required| required.value) => {
                let poisoned = given.is_some_and(|given| given.poisoned.contains(setting.as_str()));
                if !poisoned && !keyed.value.poisoned {
                    asked.push(Asked { name, key: None, span: keyed.key });
                }
            }
            _ => {}
        }
    }
    asked
}

/// What a service asks for of which the definition gives no setting: what its kind cannot do without.
fn needed(kind: &Kind, span: Span) -> Vec<Asked<'_>> {
    let required = |setting: &SettingName| {
        let def = kind.front.setting(setting);
        def.is_some_and(|def| def.is_secret() && def.required.is_some_and(|required| required.value))
    };
    let secrets = kind.front.secrets.iter().flat_map(|secrets| &secrets.entries);
    let wanted = secrets.filter(|(_, brought)| brought.value.setting.as_ref().is_some_and(|at| required(&at.value)));
    wanted.map(|(name, _)| Asked { name, key: None, span }).collect()
}

fn asks(node: &Node) -> bool {
    matches!(&node.body, Body::Text(scalar) if &*scalar.text == GENERATE)
}

/// The name in the fleet of a secret that a service brings.
fn full_name(service: &ServiceName, name: &SecretName, key: Option<&str>) -> Option<SecretName> {
    let full = match key {
        Some(key) => format!("{service}-{name}-{key}"),
        None => format!("{service}-{name}"),
    };
    SecretName::read(&full).ok()
}

impl Lower<'_> {
    /// The setting with names of secrets in it: in place of `generate`, and of `{service: NAME}`.
    pub(super) fn with_names(
        &self,
        service: &ServiceName,
        kind: &Kind,
        setting: &SettingName,
        node: &Node,
        faults: &mut Faults,
    ) -> Option<Node> {
        let def = kind.front.setting(setting)?;
        if def.is_secret() {
            return match node.get("service") {
                Some(entry) => self.shared(kind, setting, &entry.value, faults),
                None => own(service, kind, setting, None, node, faults),
            };
        }
        let (true, Body::Map(entries)) = (def.holds_secrets(), &node.body) else { return Some(node.clone()) };
        let named = entries.iter().map(|entry| {
            let value = own(service, kind, setting, Some(&entry.key), &entry.value, faults)?;
            Some(Entry { value, ..entry.clone() })
        });
        let named: Vec<_> = named.collect();
        Some(Node { body: Body::Map(named.into_iter().collect::<Option<_>>()?), ..node.clone() })
    }

    /// The secret that a required setting without a value stands for, where the kind brings one.
    pub(super) fn unasked(&self, service: &ServiceName, kind: &Kind, setting: &SettingName) -> Option<SecretName> {
        let name = full_name(service, kind.front.secret_of(setting)?, None)?;
        self.brought.contains_key(&name).then_some(name)
    }

    /// The secret that another service brings.
    fn shared(&self, kind: &Kind, setting: &SettingName, node: &Node, faults: &mut Faults) -> Option<Node> {
        let refuse = |message: String, label: &str, help: String, faults: &mut Faults| {
            faults.push(Diagnostic::new(codes::BAD_SETTING, message).at(node.span, label).help(help));
            None
        };
        let Some(shared) = kind.front.setting(setting).and_then(|def| def.shared.as_ref()) else {
            let help = "name the secret itself: `{ secret: NAME }`".to_owned();
            return refuse(format!("`{setting}` is no other service's secret"), "of no service", help, faults);
        };
        let Body::Text(scalar) = &node.body else {
            let help = "write `{ service: NAME }`".to_owned();
            return refuse(format!("expected a service, found {}", node.shape()), "not a name", help, faults);
        };
        let value = match ServiceName::read(&scalar.text) {
            Ok(value) => value,
            Err(why) => {
                faults.push(load::decode::unreadable::<ServiceName>(&scalar.text, node.span, &why));
                return None;
            }
        };
        let other = At { value, span: node.span };
        if !self.names.service(&other, faults) {
            return None;
        }
        let name = full_name(&other.value, &shared.value, None)?;
        let defined = self.def.secrets.as_ref().is_some_and(|secrets| secrets.entries.contains_key(&name));
        if defined || self.brought.contains_key(&name) {
            return Some(naming(&name, node));
        }
        let message = format!("`{}` brings no secret `{}`", other.value, shared.value);
        let help = format!("set what takes it to `generate` there, or define `secrets.{name}`");
        refuse(message, "its settings do not ask for one", help, faults)
    }
}

/// A value of a setting, with the name of the service's own secret in place of `generate`.
fn own(
    service: &ServiceName,
    kind: &Kind,
    setting: &SettingName,
    key: Option<&str>,
    node: &Node,
    faults: &mut Faults,
) -> Option<Node> {
    if !asks(node) {
        return Some(node.clone());
    }
    let Some(name) = kind.front.secret_of(setting) else {
        faults.push(
            Diagnostic::new(codes::BAD_SETTING, format!("kind `{}` cannot make a value for `{setting}`", kind.name))
                .at(node.span, "nothing says how")
                .help("name a secret: `{ secret: NAME }`, with a `generate` of its own"),
        );
        return None;
    };
    let Some(full) = full_name(service, name, key) else {
        faults.push(
            Diagnostic::new(codes::BAD_SETTING, format!("`{service}-{name}-…` is no name of a secret"))
                .at(node.span, "the key has a character that names of files cannot have, or is too long")
                .help("name a secret: `{ secret: NAME }`"),
        );
        return None;
    };
    Some(naming(&full, node))
}

/// `{secret: NAME}` in place of a node.
fn naming(name: &SecretName, node: &Node) -> Node {
    let text = Body::Text(load::Scalar { text: name.as_str().into(), plain: true });
    let value = Node { span: node.span, body: text };
    Node { span: node.span, body: Body::Map(vec![Entry { key_span: node.span, key: "secret".into(), value }]) }
}

/// The names of all secrets that services bring.
pub(super) fn names(brought: &AllBrought) -> BTreeSet<SecretName> {
    brought.keys().cloned().collect()
}
