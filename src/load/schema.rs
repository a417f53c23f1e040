//! What the JSON Schema says of a scalar: its form, its words and its examples, all from [`Scalar`].

use schemars::{Schema, json_schema};
use serde_json::{Value, json};

use super::decode::Scalar;

/// Completes the schema of a scalar by what the type knows: what it is, its words, its form, its examples.
///
/// Where there is a pattern beside the words, either may hold.
pub fn scalar<T: Scalar>(mut schema: Schema) -> Schema {
    let number = schema.get("type").is_some_and(|name| name == "integer");
    schema.insert("$comment".to_owned(), json!(T::WHAT));
    schema.insert("description".to_owned(), json!(T::WHAT));
    if !T::WORDS.is_empty() {
        match schema.remove("pattern") {
            Some(pattern) => schema.insert("anyOf".to_owned(), json!([{ "enum": T::WORDS }, { "pattern": pattern }])),
            None => schema.insert("enum".to_owned(), json!(T::WORDS)),
        };
    }
    if !T::FORM.is_empty() && schema.get("pattern").is_some() {
        schema.insert("patternErrorMessage".to_owned(), json!(T::FORM));
    }
    if !T::EXAMPLES.is_empty() {
        let typed =
            |text: &&str| if number { text.parse::<i64>().map_or(json!(text), Value::from) } else { json!(text) };
        schema.insert("examples".to_owned(), T::EXAMPLES.iter().map(typed).collect());
    }
    schema
}

/// The schema of a choice between words, each with its meaning.
pub fn choice<T: Scalar>(meanings: &[&str]) -> Schema {
    let meanings: Vec<&str> = meanings.iter().map(|meaning| meaning.trim()).collect();
    scalar::<T>(json_schema!({ "type": "string", "enumDescriptions": meanings }))
}
