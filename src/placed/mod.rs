//! Where everything runs and why, and how a service moves to another host: questions to the fleet and to the plan.

mod document;
mod explanation;
mod relocation;
mod table;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::schema;

pub use document::{How, Placements, ServicePlaces, placements};
pub use explanation::{Explanation, HostVerdict, Lost, Verdict, explanation};
pub use relocation::{Before, Relocation, Step, relocation, volumes_missing};
pub use table::{explanation_table, moves_table, placements_table, relocation_text};

/// Writes one of the documents as JSON.
pub fn json(document: &impl Serialize) -> String {
    serde_json::to_string_pretty(document).expect("a document holds nothing but text and numbers")
}

/// The JSON Schema of one of the documents, which this command prints.
pub fn json_schema<T: JsonSchema>(command: &str) -> Value {
    schema::finished(schemars::schema_for!(T).to_value(), &format!("{command} --format json"))
}
