//! The JSON Schemas of what people write: the definition, an entry in a file of its own, a kind's front matter.
//!
//! They are derived from the types that decode, and completed here: an absent key is absent rather than null, and
//! lists and maps get examples from what they hold.

use serde_json::{Map, Value, json};

use crate::kind::Front;
use crate::load::decode::Scalar;
use crate::model::definition::FleetDef;

/// The schema of `fleet.yaml`.
pub fn definition() -> Value {
    finished(schemars::schema_for!(FleetDef).to_value(), "fleet.yaml")
}

/// The schema of a kind's front matter.
pub fn kind() -> Value {
    finished(schemars::schema_for!(Front).to_value(), "The front matter of a kind")
}

/// The schema of an entry of a section that stands in a file of its own, such as `hosts/eden.yaml`.
///
/// Nothing is returned for a section that the definition does not have, or that holds no entries.
pub fn entry(section: &str) -> Option<Value> {
    let whole = definition();
    let reference = &whole["properties"][section]["additionalProperties"]["$ref"];
    let mut root = whole["$defs"][name(reference)?].as_object()?.clone();
    root.insert("$schema".to_owned(), whole["$schema"].clone());
    root.insert("title".to_owned(), json!(format!("{section}/<name>.yaml")));
    let mut used = Map::new();
    let mut open = vec![Value::Object(root.clone())];
    while let Some(next) = open.pop() {
        for name in references(&next) {
            if !used.contains_key(&name) {
                open.push(whole["$defs"][&name].clone());
                used.insert(name.clone(), whole["$defs"][&name].clone());
            }
        }
    }
    root.insert("$defs".to_owned(), Value::Object(used));
    Some(Value::Object(root))
}

/// A schema as it is written to a file, without a newline at its end.
pub fn text(schema: &Value) -> String {
    serde_json::to_string_pretty(schema).expect("a schema is JSON")
}

/// `#/$defs/HostDef` → `HostDef`.
fn name(reference: &Value) -> Option<&str> {
    reference.as_str()?.strip_prefix("#/$defs/")
}

/// Every definition that a schema refers to.
fn references(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(map) => {
            let own = map.get("$ref").and_then(name).map(str::to_owned);
            own.into_iter().chain(map.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// Completes a schema that was derived from a type.
pub(crate) fn finished(mut schema: Value, title: &str) -> Value {
    complete(&mut schema);
    schema["title"] = json!(title);
    schema
}

fn complete(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            map.values_mut().for_each(complete);
            tighten(map);
            if let Some(example) = example(map) {
                map.entry("examples").or_insert(json!([example]));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(complete),
        _ => {}
    }
}

/// Says it as the language does: an absent key is absent, where optional fields are derived as «or null».
fn tighten(map: &mut Map<String, Value>) {
    // `uint16` and the like are Rust's, not the standard's; the bounds say it too.
    map.retain(|key, value| key != "format" || !value.is_string());
    if let Some(Value::String(description)) = map.get_mut("description") {
        // The source breaks lines; readers break them where they like.
        *description = description.replace('\n', " ");
    }
    if let Some(Value::Array(types)) = map.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            map.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(words)) = map.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    if let Some(Value::Array(choices)) = map.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
        if choices.len() == 1 {
            let only = choices.remove(0);
            map.remove("anyOf");
            // What is said of the key counts more than what is said of its type.
            for (key, value) in only.as_object().into_iter().flatten() {
                map.entry(key).or_insert_with(|| value.clone());
            }
        }
    }
}

/// An example of a truth value, a list or a map, from what it holds; maps of structs have none.
fn example(map: &Map<String, Value>) -> Option<Value> {
    match map.get("type")?.as_str()? {
        "boolean" => bool::EXAMPLES.first().and_then(|text| text.parse().ok()).map(Value::Bool),
        "array" => Some(json!([of(map.get("items")?)?])),
        "object" => {
            let (key, value) = (of(map.get("propertyNames")?)?, of(map.get("additionalProperties")?)?);
            Some(json!({ key.as_str()?: value }))
        }
        _ => None,
    }
}

/// The first example, or the first word, of what stands in a list or a map.
fn of(schema: &Value) -> Option<Value> {
    schema["examples"].get(0).or_else(|| schema["enum"].get(0)).cloned()
}
