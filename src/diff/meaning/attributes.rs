//! Attributes: where two values of an entry differ.

use serde_json::{Map, Value};

/// One place in an entry that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// The keys that lead to it.
    pub path: Vec<String>,
    /// What was there; nothing where it is new.
    pub old: Option<Value>,
    /// What is there; nothing where it is gone.
    pub new: Option<Value>,
}

impl Attribute {
    /// Says whether it stands at a path or below it.
    pub fn is_below(&self, path: &[&str]) -> bool {
        self.path.len() >= path.len() && self.path.iter().zip(path).all(|(own, wanted)| own == wanted)
    }

    /// The path with dots, as in `machine.network.gateway`.
    pub fn dotted(&self) -> String {
        self.path.join(".")
    }
}

/// The places in which two values differ, the deepest maps first that both have; lists are one place each.
pub(super) fn between(old: &Value, new: &Value) -> Vec<Attribute> {
    let mut found = Vec::new();
    compare(&mut Vec::new(), Some(old), Some(new), &mut found);
    found
}

fn compare(path: &mut Vec<String>, old: Option<&Value>, new: Option<&Value>, found: &mut Vec<Attribute>) {
    match (old, new) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            for key in keys(old, new) {
                path.push(key.clone());
                compare(path, old.get(key), new.get(key), found);
                path.pop();
            }
        }
        (old, new) if old == new => {}
        (old, new) => {
            found.push(Attribute { path: path.clone(), old: old.cloned(), new: new.cloned() });
        }
    }
}

/// The keys of both maps, each once: those of the old one first.
fn keys<'m>(old: &'m Map<String, Value>, new: &'m Map<String, Value>) -> impl Iterator<Item = &'m String> {
    old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)))
}

/// The texts in a list; none in anything else.
pub fn texts(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// A value as people read it: text without quotes, lists and maps as JSON.
pub fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "nothing".to_owned(),
        Value::Array(items) if items.is_empty() => "nothing".to_owned(),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            items.iter().map(shown).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}
