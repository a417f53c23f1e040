//! Old plan × changes → new plan.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::plan::{Key, Kind};
use super::{Attribute, Meaning, What, renames};

/// Makes the new plan of the old one: the fleet's heading and every entry.
///
/// Renames come first: of the host, and wherever it is named. What moved is taken from where it was.
pub fn apply(
    fleet: &Map<String, Value>,
    entries: BTreeMap<Key, Value>,
    meaning: &Meaning,
) -> (Map<String, Value>, BTreeMap<Key, Value>) {
    let mut fleet = Value::Object(fleet.clone());
    let mut entries = renames::renamed(entries, &meaning.renames);
    // What leaves a host goes before what comes to it.
    let mut moved = BTreeMap::new();
    for change in &meaning.changes {
        match &change.what {
            What::Removed(_) => drop(entries.remove(&change.key)),
            What::Moved { from, .. } => {
                let left = Key { host: from.clone(), ..change.key.clone() };
                moved.extend(entries.remove(&left).map(|value| (&change.key, value)));
            }
            _ => {}
        }
    }
    for change in &meaning.changes {
        match &change.what {
            What::Created(value) => drop(entries.insert(change.key.clone(), value.clone())),
            What::Changed(attributes) if change.key.kind == Kind::Fleet => set(&mut fleet, attributes),
            What::Changed(attributes) => set(entries.entry(change.key.clone()).or_default(), attributes),
            What::Moved { attributes, .. } => {
                let mut value = moved.remove(&change.key).unwrap_or_default();
                set(&mut value, attributes);
                entries.insert(change.key.clone(), value);
            }
            What::Removed(_) => {}
        }
    }
    let Value::Object(fleet) = fleet else { return (Map::new(), entries) };
    (fleet, entries)
}

fn set(value: &mut Value, attributes: &[Attribute]) {
    for attribute in attributes {
        put(value, &attribute.path, attribute.new.as_ref());
    }
}

fn put(value: &mut Value, path: &[String], new: Option<&Value>) {
    let Some((key, rest)) = path.split_first() else {
        *value = new.cloned().unwrap_or_default();
        return;
    };
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let Value::Object(map) = value else { return };
    match (rest, new) {
        ([], None) => drop(map.remove(key)),
        _ => put(map.entry(key.clone()).or_insert(Value::Null), rest, new),
    }
}
