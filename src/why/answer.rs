//! A value of the definition and where it came from.

use serde_json::Value;

use crate::load::{Body, Node};
use crate::source::Span;

/// A path of keys, from the definition's top or from a host.
pub(super) type Path = Vec<String>;

/// Who can say something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// `defaults`.
    Default,
    /// The host's site.
    Site,
    /// A profile.
    Profile,
    /// A group that the host is a member of.
    Group,
    /// The host itself.
    Host,
    /// Another entry of the definition: a service, a secret, a person.
    Entry,
    /// A kind of service.
    Kind,
    /// The machine's facts.
    Facts,
}

impl Layer {
    /// The word for programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Site => "site",
            Self::Profile => "profile",
            Self::Group => "group",
            Self::Host => "host",
            Self::Entry => "entry",
            Self::Kind => "kind",
            Self::Facts => "facts",
        }
    }
}

/// Something that was said of a value.
#[derive(Debug, Clone)]
pub struct Said {
    /// By which layer.
    pub layer: Layer,
    /// The layer as people call it: `profiles.base`, `kind jellyfin`.
    pub by: String,
    /// Where, as far as it stands in a text.
    pub span: Option<Span>,
    /// What.
    pub value: Value,
    /// The same as it was written.
    pub node: Option<Node>,
}

/// One value of the definition, and all that was said of it.
#[derive(Debug, Clone, Default)]
pub struct Leaf {
    /// Its path.
    pub path: Path,
    /// What it is in the end.
    pub value: Value,
    /// Who said so: one, or for what adds up everybody who added to it, the lowest layer first.
    pub said: Vec<Said>,
    /// Whether it adds up over the layers.
    pub adds_up: bool,
    /// What was said and did not hold, that of the highest layer first.
    pub beaten: Vec<Said>,
    /// Why it is what it is although nobody said so.
    pub unset: Option<String>,
    /// What else is to be known.
    pub notes: Vec<String>,
}

impl Leaf {
    /// Begins one that nobody set.
    pub fn unset(path: &[String], value: Value, why: impl Into<String>) -> Self {
        Self { path: path.to_vec(), value, unset: Some(why.into()), ..Self::default() }
    }

    /// Begins one that somebody set.
    pub fn of(path: &[String], said: Said) -> Self {
        Self { path: path.to_vec(), value: said.value.clone(), said: vec![said], ..Self::default() }
    }

    /// The path with dots.
    pub fn dotted(&self) -> String {
        self.path.join(".")
    }

    /// What stands below some of its keys; the rest of the path as it was asked for.
    pub fn below(&self, rest: &str) -> Option<Self> {
        let keys = keys_of(&self.value, rest)?;
        let pick = |value: &Value| keys.iter().try_fold(value, |value, key| step(value, key)).cloned();
        let said = |said: &Said| {
            let node = said.node.as_ref().and_then(|node| node_at(node, &keys)).cloned();
            Some(Said {
                value: pick(&said.value)?,
                span: node.as_ref().map(|node| node.span).or(said.span),
                node,
                ..said.clone()
            })
        };
        let found: Vec<_> = self.said.iter().filter_map(said).collect();
        let written = found.iter().any(|said| said.node.is_some());
        let unset =
            (!written && self.unset.is_none()).then(|| "nobody set it".to_owned()).or_else(|| self.unset.clone());
        Some(Self {
            path: self.path.iter().chain(&keys).cloned().collect(),
            value: pick(&self.value)?,
            said: if written { found } else { Vec::new() },
            beaten: self.beaten.iter().filter_map(said).filter(|said| said.node.is_some()).collect(),
            unset,
            ..self.clone()
        })
    }
}

/// Cuts the rest of a path into the keys of a value: keys may have dots in them.
fn keys_of(value: &Value, rest: &str) -> Option<Path> {
    if rest.is_empty() {
        return Some(Vec::new());
    }
    let names: Vec<String> = match value {
        Value::Object(map) => map.keys().cloned().collect(),
        Value::Array(items) => (0..items.len()).map(|at| at.to_string()).collect(),
        _ => return None,
    };
    names.into_iter().find_map(|name| {
        let after = rest.strip_prefix(name.as_str())?;
        let after = if after.is_empty() { after } else { after.strip_prefix('.')? };
        let mut keys = keys_of(step(value, &name)?, after)?;
        keys.insert(0, name);
        Some(keys)
    })
}

fn step<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    match value {
        Value::Object(map) => map.get(key),
        Value::Array(items) => items.get(key.parse::<usize>().ok()?),
        _ => None,
    }
}

fn node_at<'n>(node: &'n Node, keys: &[String]) -> Option<&'n Node> {
    keys.iter().try_fold(node, |node, key| match &node.body {
        Body::Map(_) => node.get(key).map(|entry| &entry.value),
        Body::List(items) => items.get(key.parse::<usize>().ok()?),
        _ => None,
    })
}

/// A value as it was written; a number only where it reads the same again (25.10 does not).
pub(super) fn written(node: &Node) -> Value {
    match &node.body {
        Body::Null => Value::Null,
        Body::List(items) => items.iter().map(written).collect(),
        Body::Map(entries) => {
            Value::Object(entries.iter().map(|entry| (entry.key.to_string(), written(&entry.value))).collect())
        }
        Body::Text(scalar) => {
            let text = &*scalar.text;
            match text.parse::<i64>() {
                _ if !scalar.plain => Value::from(text),
                Ok(number) if number.to_string() == text => Value::from(number),
                _ if matches!(text, "true" | "false") => Value::from(text == "true"),
                _ => Value::from(text),
            }
        }
    }
}
