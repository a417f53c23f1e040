//! The kinds that services can be of, for people: lists, pages, search, and the lint of those that somebody contributes.

mod document;
mod example;
mod facts;
mod lint;
mod markdown;
mod scratch;
mod search;
mod show;
mod table;

use serde_json::Value;

use crate::kind::Kinds;
use crate::model::BROUGHT;
use crate::schema;
use crate::value::{Category, KindName};

pub use document::{
    Catalog, HealthRow, IngressRow, KindPage, MemberRow, MetricsRow, NeedsRow, PortRow, QuorumRow, SecretRow,
    SettingRow, StateRow,
};
pub use lint::{Linted, Submitted, lint};
pub use markdown::markdown;
pub use scratch::scratch;
pub use search::search;
pub use show::show;
pub use table::{names, table};

/// Writes the page of every kind.
pub fn catalog(kinds: &Kinds) -> Catalog {
    Catalog { version: 1, kinds: kinds.iter().map(|kind| facts::page(kind, kinds)).collect() }
}

impl Catalog {
    /// Keeps the kinds of a category.
    #[must_use]
    pub fn of(mut self, category: Option<Category>) -> Self {
        self.kinds.retain(|kind| category.is_none() || kind.category == category);
        self
    }
}

/// Writes it as one JSON document; [`json_schema`] says what stands in it.
pub fn json(catalog: &Catalog) -> String {
    serde_json::to_string_pretty(catalog).expect("a document holds nothing but text and numbers")
}

/// The JSON Schema of that document.
pub fn json_schema() -> Value {
    schema::finished(schemars::schema_for!(Catalog).to_value(), "cistern catalog list --format json")
}

/// The section of the definition that brings a kind, where none is a service of its own.
fn brought_by(kind: &KindName) -> Option<&'static str> {
    BROUGHT.contains(&kind.as_str()).then_some("monitoring")
}
