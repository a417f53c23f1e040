//! Logs: `loki/loki.yml`, the alerts of logs in `loki/rules/`, and `alloy/config.alloy`.

mod alerts;
mod alloy;
mod loki;

use super::Context;
use super::header::hash_of;
use super::monitoring::urls;
use super::render::Output;

pub(super) use alerts::built_in;

/// The alerts. Without accounts, Loki's only tenant is called `fake`, and it evaluates what lies in that directory.
const RULES: &str = "loki/rules/fake/alerts.yml";

pub(super) fn emit(context: &Context<'_>) -> Vec<Output> {
    let entries = context.entries();
    let Some(logs) = entries.monitoring.as_ref().and_then(|monitoring| monitoring.logs.as_ref()) else {
        return Vec::new();
    };
    let configuration = loki::configuration(entries, logs);
    let file = alerts::file(entries, logs);
    let yaml = |path: &str, inputs: &str, text: &dyn Fn() -> String| {
        context.headed(path.to_owned(), "monitoring.logs", inputs, || Ok(text()))
    };
    vec![
        yaml("loki/loki.yml", &hash_of(&configuration), &|| serde_saphyr::to_string(&configuration).expect("plain values")),
        yaml(RULES, &hash_of(&file), &|| serde_saphyr::to_string(&file).expect("text and lists")),
        context.plain("alloy/config.alloy", alloy::configuration(&urls(entries, "loki")).into_bytes()),
    ]
}
