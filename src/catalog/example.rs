//! What to add to `fleet.yaml` to have a service of a kind.

use crate::edit::{self, Value};
use crate::kind::format::Format;
use crate::kind::setting::{SettingDef, SettingType};
use crate::kind::{Kind, Kinds};
use crate::load::decode::Scalar as _;
use crate::value::{KindName, SecretName, SettingName};

/// The hosts of examples, in the order in which they are taken.
const HOSTS: &[&str] = &["eden", "pishon", "gihon", "tigris", "euphrates", "havilah", "cush"];

/// What kinds are called that layers can name under `exporters`.
const EXPORTER: &str = "-exporter";

/// What a digest looks like before somebody has looked it up.
const NO_DIGEST: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

/// The top-level entries that bring a service of a kind.
#[derive(Debug, Clone)]
pub(super) struct Example {
    /// By the key of the definition.
    pub(super) sections: Vec<(String, Value)>,
    /// How many hosts they name.
    pub(super) hosts: usize,
    /// The kinds that it has no service of, and needs.
    pub(super) needs: Vec<KindName>,
}

/// Which settings an example gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Given {
    /// Those that it must.
    Required,
    /// Each that has an example, and the switches turned round.
    All,
}

impl Example {
    /// The shortest that works.
    pub(super) fn new(kind: &Kind, kinds: &Kinds) -> Self {
        Self::giving(Given::Required, kind, kinds)
    }

    /// One that gives these settings.
    pub(super) fn giving(given: Given, kind: &Kind, kinds: &Kinds) -> Self {
        let name = kind.name.as_str();
        let hosts = instances(kind);
        let names = list(HOSTS.iter().take(hosts).copied());
        let needs = needs(kind, kinds);
        if super::brought_by(&kind.name).is_some() {
            let mut monitoring = vec![("hosts".to_owned(), names.clone())];
            if matches!(name, "loki" | "alloy") {
                monitoring.push(("logs".to_owned(), map([("hosts", names)])));
            }
            return Self { sections: vec![("monitoring".to_owned(), Value::Map(monitoring))], hosts, needs };
        }
        let (settings, secrets) = settings(given, kind);
        if let Some(exporter) = name.strip_suffix(EXPORTER).filter(|_| settings.is_empty()) {
            let exporters = map([("exporters", map([(exporter, Value::Map(Vec::new()))]))]);
            return Self { sections: vec![("defaults".to_owned(), exporters)], hosts, needs };
        }
        let mut sections = Vec::new();
        let mut unfree = kind.front.unfree.iter().flatten().map(|at| at.value.as_str()).peekable();
        if unfree.peek().is_some() {
            sections.push(("defaults".to_owned(), map([("allow_unfree", list(unfree))])));
        }
        let entry = entry(kind, names, settings);
        sections.push(("services".to_owned(), Value::Map(vec![(name.to_owned(), Value::Map(entry))])));
        if !secrets.is_empty() {
            let entries = secrets.into_iter().map(|secret| (secret, Value::Map(Vec::new()))).collect();
            sections.push(("secrets".to_owned(), Value::Map(entries)));
        }
        Self { sections, hosts, needs }
    }

    /// The same as text.
    pub(super) fn text(&self) -> String {
        edit::text(&self.sections)
    }

    /// The names of its hosts.
    pub(super) fn host_names(&self) -> impl Iterator<Item = &'static str> {
        HOSTS.iter().take(self.hosts).copied()
    }
}

fn entry(kind: &Kind, hosts: Value, settings: Vec<(String, Value)>) -> Vec<(String, Value)> {
    let mut entry = Vec::new();
    if let Some(image) = image(kind) {
        entry.push(("image".to_owned(), Value::Text(image)));
    }
    entry.push(("placement".to_owned(), map([("hosts", hosts)])));
    let any_ports = kind.front.any_ports.is_some_and(|any| any.value);
    if any_ports && kind.front.ports.as_ref().is_none_or(|ports| ports.entries.is_empty()) {
        entry.push(("ports".to_owned(), map([("web", Value::Plain("8000".to_owned()))])));
    }
    if !settings.is_empty() {
        entry.push(("settings".to_owned(), Value::Map(settings)));
    }
    entry
}

/// As many as the kind's quorum and roles ask for.
fn instances(kind: &Kind) -> usize {
    let front = &kind.front;
    let quorum = front.quorum.as_ref().and_then(|quorum| quorum.at_least).map_or(1, |at| at.value as usize);
    let roles = front.roles.iter().flat_map(|roles| &roles.0);
    let of_roles: usize = roles.map(|(_, role)| role.value.count.map_or(1, |at| at.value as usize)).sum();
    quorum.max(of_roles).clamp(1, HOSTS.len())
}

/// Of each thing that it does not work without, the first kind that there is; what that needs in turn included.
fn needs(kind: &Kind, kinds: &Kinds) -> Vec<KindName> {
    let mut found: Vec<KindName> = Vec::new();
    let mut open = vec![kind];
    while let Some(kind) = open.pop() {
        let wanted: Vec<_> = kind.front.depends_on.iter().flatten().map(|at| &at.value).collect();
        let Some(first) = wanted.iter().find_map(|name| kinds.get(name)) else { continue };
        if !wanted.iter().any(|name| found.contains(name)) {
            found.push(first.name.clone());
            open.push(first);
        }
    }
    found
}

fn image(kind: &Kind) -> Option<String> {
    let of_kind = kind.front.image.as_ref().map(|image| format!("{}:latest@{NO_DIGEST}", image.value));
    let any = || format!("registry.example.org/shop@{NO_DIGEST}");
    of_kind.or_else(|| (kind.name.as_str() == "container").then(any))
}

/// The settings, and the secrets of the fleet that they name.
fn settings(given: Given, kind: &Kind) -> (Vec<(String, Value)>, Vec<String>) {
    let (mut settings, mut secrets) = (Vec::new(), Vec::new());
    for (name, keyed) in kind.front.settings.iter().flat_map(|settings| &settings.entries) {
        let def = &keyed.value;
        let required = def.required.is_some_and(|required| required.value);
        let brings = kind.front.secret_of(name).is_some();
        let is_switch = type_of(def) == SettingType::Boolean;
        let wanted = match given {
            // What the kind brings by itself need not be said.
            Given::Required => required && !(brings && def.is_secret()),
            Given::All => required || def.example.is_some() || def.is_secret() || is_switch,
        };
        if !wanted {
            continue;
        }
        let value = if def.is_secret() && brings {
            Value::Text("generate".to_owned())
        } else if def.is_secret() {
            map([("secret", Value::Text(secret(kind, name, &mut secrets)))])
        } else if given == Given::All && def.example.is_none() && is_switch {
            Value::Plain((def.fallback() != serde_json::Value::Bool(true)).to_string())
        } else {
            value_of(def, name, kind, &mut secrets)
        };
        settings.push((name.to_string(), value));
    }
    (settings, secrets)
}

/// A secret of the fleet that is called by the kind and the setting.
fn secret(kind: &Kind, setting: &SettingName, secrets: &mut Vec<String>) -> String {
    let name = format!("{}-{}", kind.name, setting.as_str().replace('_', "-"));
    secrets.push(name.clone());
    name
}

fn type_of(def: &SettingDef) -> SettingType {
    def.r#type.map_or(SettingType::String, |at| at.value)
}

/// The example, else something that fits.
fn value_of(def: &SettingDef, name: &SettingName, kind: &Kind, secrets: &mut Vec<String>) -> Value {
    if let Some(example) = &def.example {
        let value = Value::of(&example.0);
        named_secrets(&value, secrets);
        return value;
    }
    if let Some(first) = def.r#enum.iter().flatten().next() {
        return Value::of(&first.value.0);
    }
    if let Some(default) = &def.default {
        return Value::of(&default.0);
    }
    match type_of(def) {
        SettingType::Boolean => Value::Plain("true".to_owned()),
        SettingType::Integer | SettingType::Number => {
            Value::Plain(def.minimum.map_or_else(|| "1".to_owned(), |least| least.value.to_string()))
        }
        SettingType::Array => Value::List(Vec::new()),
        SettingType::Object if def.holds_secrets() => {
            map([("main", map([("secret", Value::Text(secret(kind, name, secrets)))]))])
        }
        SettingType::Object => Value::Map(Vec::new()),
        SettingType::String | SettingType::Secret => Value::Text(text_of(def)),
    }
}

fn text_of(def: &SettingDef) -> String {
    let text = match def.format.map(|format| format.value) {
        Some(Format::Address) => "192.168.1.50",
        Some(Format::Cidr) => "192.168.1.0/24",
        Some(Format::Email) => "ana@example.org",
        Some(Format::HostName | Format::PublicName | Format::ServerName) => "shop.example.org",
        Some(Format::Origin) => "http://192.168.1.50:8080",
        Some(Format::Path) => "/srv/data",
        Some(Format::Service) => def.kinds.iter().flatten().next().map_or("other", |kind| kind.value.as_str()),
        Some(Format::TimeSpan) => "10min",
        Some(Format::Url) => "https://shop.example.org",
        None => "example",
    };
    text.to_owned()
}

/// The secrets that an example names itself.
fn named_secrets(value: &Value, secrets: &mut Vec<String>) {
    match value {
        Value::Map(members) => {
            for (key, inner) in members {
                match inner {
                    Value::Text(name) if key == "secret" && members.len() == 1 => {
                        if !secrets.contains(name) && SecretName::read(name).is_ok() {
                            secrets.push(name.clone());
                        }
                    }
                    inner => named_secrets(inner, secrets),
                }
            }
        }
        Value::List(items) => items.iter().for_each(|item| named_secrets(item, secrets)),
        Value::Text(_) | Value::Plain(_) => {}
    }
}

/// A map, in this order.
pub(super) fn map<'k>(members: impl IntoIterator<Item = (&'k str, Value)>) -> Value {
    Value::Map(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn list<'t>(words: impl Iterator<Item = &'t str>) -> Value {
    Value::List(words.map(|word| Value::Text(word.to_owned())).collect())
}
