//! `cistern schema`: the JSON Schema of the definition or of a kind's front matter.

use std::io;

use clap::Args;

use super::{Outcome, Terminal};
use crate::kind::Front;
use crate::model::definition::FleetDef;

#[derive(Args)]
pub(super) struct Options {
    /// The schema of a kind's front matter, in place of the definition's.
    #[arg(long)]
    kind: bool,
}

pub(super) fn run(options: &Options, terminal: &Terminal) -> io::Result<Outcome> {
    let schema = if options.kind { schemars::schema_for!(Front) } else { schemars::schema_for!(FleetDef) };
    let mut schema = schema.to_value();
    tighten(&mut schema);
    terminal.line(&serde_json::to_string_pretty(&schema).expect("a schema is JSON"))?;
    Ok(Outcome::Fine)
}

/// Makes an absent key absent: optional fields are derived as «or null», which the language does not take.
fn tighten(schema: &mut serde_json::Value) {
    use serde_json::Value;
    match schema {
        Value::Object(map) => {
            if let Some(Value::Array(types)) = map.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    map.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(choices)) = map.get_mut("anyOf") {
                choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
                if choices.len() == 1 {
                    let only = choices.remove(0);
                    map.remove("anyOf");
                    if let Value::Object(only) = only {
                        map.extend(only);
                    }
                }
            }
            map.values_mut().for_each(tighten);
        }
        Value::Array(items) => items.iter_mut().for_each(tighten),
        _ => {}
    }
}
