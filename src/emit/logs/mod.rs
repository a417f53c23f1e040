//! Logs: `loki/loki.yml`, the alerts of logs in `loki/rules/`, and `alloy/config.alloy`.

mod alloy;
mod loki;

use super::Context;
use super::header::hash_of;
use super::monitoring::urls;
use super::render::Output;
use super::rules;

/// The alerts. Without accounts, Loki's only tenant is called `fake`, and it evaluates what lies in that directory.
const RULES: &str = "loki/rules/fake/alerts.yml";

pub(super) fn emit(context: &Context<'_>) -> Vec<Output> {
    let entries = context.entries();
    let Some(logs) = entries.monitoring.as_ref().and_then(|monitoring| monitoring.logs.as_ref()) else {
        return Vec::new();
    };
    let configuration = loki::configuration(entries, logs);
    let inputs = hash_of(&configuration);
    let yaml = context.headed("loki/loki.yml".to_owned(), "monitoring.logs", &inputs, || {
        Ok(serde_saphyr::to_string(&configuration).expect("text, numbers, lists and maps"))
    });
    let alloy = alloy::configuration(&urls(entries, "loki"));
    vec![yaml, rules::of_logs(context, RULES, logs), context.plain("alloy/config.alloy", alloy.into_bytes())]
}
