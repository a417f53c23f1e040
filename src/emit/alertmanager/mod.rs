//! `prometheus/alertmanager.yml`: who is told of what, and what is held back.

mod inhibition;
mod receivers;
mod routes;

use std::collections::BTreeMap;

use serde::Serialize;

use super::Context;
use super::header::hash_of;
use super::render::Output;

/// The receiver that tells nobody; no name of a definition has parentheses.
const NOBODY: &str = "(nobody)";

#[derive(Serialize)]
struct Configuration {
    route: routes::Route,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inhibit_rules: Vec<inhibition::Rule>,
    receivers: Vec<receivers::Receiver>,
}

pub(super) fn emit(context: &Context<'_>) -> Vec<Output> {
    let entries = context.entries();
    let Some(monitoring) = &entries.monitoring else { return Vec::new() };
    let configuration = Configuration {
        route: routes::tree(entries, monitoring),
        inhibit_rules: inhibition::rules(entries),
        receivers: receivers::all(monitoring),
    };
    let inputs = hash_of(&configuration);
    let body = || Ok(serde_saphyr::to_string(&configuration).expect("text, numbers and lists"));
    vec![context.headed("prometheus/alertmanager.yml".to_owned(), "monitoring", &inputs, body)]
}

/// A condition on a label, as Alertmanager writes it.
fn is(label: &str, value: &str) -> String {
    matcher(label, "=", value)
}

/// The condition that a label has another value.
fn is_not(label: &str, value: &str) -> String {
    matcher(label, "!=", value)
}

/// The condition that a label has one of some values, which are plain names.
fn is_one_of<T: AsRef<str>>(label: &str, values: impl IntoIterator<Item = T>) -> String {
    let values: Vec<_> = values.into_iter().map(|value| value.as_ref().to_owned()).collect();
    match &values[..] {
        [one] => is(label, one),
        _ => matcher(label, "=~", &values.join("|")),
    }
}

/// The condition that a label has none of some values, which are plain names.
fn is_none_of<'a>(label: &str, values: impl IntoIterator<Item = &'a str>) -> String {
    matcher(label, "!~", &values.into_iter().collect::<Vec<_>>().join("|"))
}

fn matcher(label: &str, operator: &str, value: &str) -> String {
    let quoted: String = value
        .chars()
        .map(|c| match c {
            '"' | '\\' => format!("\\{c}"),
            '\n' => "\\n".to_owned(),
            c => c.to_string(),
        })
        .collect();
    format!("{label}{operator}\"{quoted}\"")
}

/// Words that a message is grouped by.
const GROUPED_BY: [&str; 2] = ["alertname", "site"];

/// The keys of a way to tell somebody.
type Settings = BTreeMap<&'static str, serde_json::Value>;
