//! The keys of an entry and what they take, read from the JSON Schema: a flag follows from the declaration of its key.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value as Json;

use super::value::{Key, Want};
use crate::load::decode::Keys;
use crate::model::definition::{HostDef, SecretDef, ServiceDef};

/// How deep structs of the definition may lie in each other.
const DEEPEST: usize = 8;

/// The keys of a host.
pub(super) fn host() -> Want {
    of::<HostDef>()
}

/// The keys of a secret.
pub(super) fn secret() -> Want {
    of::<SecretDef>()
}

/// The keys of a service.
pub(super) fn service() -> Want {
    of::<ServiceDef>()
}

fn of<T: JsonSchema + Keys>() -> Want {
    let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>().to_value();
    let mut want = want(&schema, &schema["$defs"], 0);
    let mut order = Vec::new();
    T::names(&mut order);
    if let Want::Keys(keys) = &mut want {
        keys.sort_by_key(|key| order.iter().position(|name| *name == key.name));
    }
    want
}

fn want(schema: &Json, all: &Json, depth: usize) -> Want {
    let schema = resolved(schema, all);
    if depth > DEEPEST {
        return Want::Any;
    }
    let choices = choices(schema, all);
    match choices.as_slice() {
        [only] => return want(only, all, depth + 1),
        [_, ..] => {
            let words: Option<Vec<_>> = choices.iter().map(|choice| words(choice)).collect();
            return match words {
                Some(words) => Want::Text(words.concat()),
                None => Want::Any,
            };
        }
        [] => {}
    }
    if let Some(words) = words(schema) {
        return Want::Text(words);
    }
    match kind(schema) {
        Some("string") => Want::Text(Vec::new()),
        Some("integer" | "number" | "boolean") => Want::Plain,
        Some("array") => Want::List(Box::new(want(&schema["items"], all, depth + 1))),
        Some("object") => match schema["properties"].as_object() {
            Some(properties) => {
                Want::Keys(properties.iter().map(|(name, key)| self::key(name, key, all, depth)).collect())
            }
            None => Want::Map(Box::new(want(&schema["additionalProperties"], all, depth + 1))),
        },
        _ => Want::Any,
    }
}

fn key(name: &str, schema: &Json, all: &Json, depth: usize) -> Key {
    let doc = schema["description"].as_str().unwrap_or_default();
    Key { name: name.to_owned(), doc: doc.to_owned(), want: want(schema, all, depth + 1) }
}

/// Follows a reference to the part that it names.
fn resolved<'s>(schema: &'s Json, all: &'s Json) -> &'s Json {
    let name = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
    name.map_or(schema, |name| &all[name])
}

/// The alternatives of a schema, «nothing» aside: an absent key is absent.
fn choices<'s>(schema: &'s Json, all: &'s Json) -> Vec<&'s Json> {
    // A type beside them says what all alternatives are.
    let all_text = kind(schema) == Some("string");
    let alternatives = schema["anyOf"].as_array().or(schema["oneOf"].as_array()).into_iter().flatten();
    let found = alternatives.map(|choice| resolved(choice, all)).filter(|choice| kind(choice) != Some("null"));
    if all_text { Vec::new() } else { found.collect() }
}

/// The words that a schema allows, if it is a choice between words.
fn words(schema: &Json) -> Option<Vec<String>> {
    let listed = schema["enum"].as_array().map(|words| words.iter().filter_map(text).collect());
    listed.or_else(|| text(&schema["const"]).map(|word| vec![word]))
}

fn text(word: &Json) -> Option<String> {
    word.as_str().map(str::to_owned)
}

fn kind(schema: &Json) -> Option<&str> {
    match &schema["type"] {
        Json::String(kind) => Some(kind),
        Json::Array(kinds) => kinds.iter().filter_map(Json::as_str).find(|kind| *kind != "null"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_key_takes_follows_from_its_declaration() {
        let host = host();
        assert_eq!(*host.below("address"), Want::Text(Vec::new()));
        assert_eq!(*host.below("tags"), Want::List(Box::new(Want::Text(Vec::new()))));
        assert_eq!(*host.below("labels"), Want::Map(Box::new(Want::Text(Vec::new()))));
        assert_eq!(*host.below("deploy").below("port"), Want::Plain);
        assert_eq!(*host.below("deploy").below("remote_build"), Want::Plain);
        assert_eq!(*host.below("hardware"), Want::Text(Vec::new()));
        assert_eq!(*host.below("filesystems"), Want::Any);
        assert_eq!(*host.below("nonsense"), Want::Any);
        assert!(matches!(host.below("managed"), Want::Text(words) if words.iter().any(|word| word == "scrape")));
        let service = service();
        assert_eq!(*service.below("ports").below("web"), Want::Plain);
        assert_eq!(*service.below("settings").below("x"), Want::Any);
        assert_eq!(*service.below("placement").below("hosts"), Want::List(Box::new(Want::Text(Vec::new()))));
    }

    #[test]
    fn keys_stand_in_the_order_of_the_declaration() {
        let Want::Keys(keys) = host() else { panic!("a host has keys") };
        let names: Vec<_> = keys.iter().map(|key| key.name.as_str()).take(4).collect();
        assert_eq!(names, ["managed", "address", "site", "state_version"]);
    }
}
