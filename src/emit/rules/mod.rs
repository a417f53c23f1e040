//! `prometheus/rules/`: what Prometheus records of hosts, sites, groups and the fleet, and when it raises an alert.

mod alerts;
mod file;
mod health;
mod measures;
mod needs;
mod secrets;

use alerts::Around;
use file::{File, Group};

use super::Context;
use super::header::hash_of;
use super::render::Output;
use crate::place::Entries;
use crate::watch::Logs;

pub use secrets::{AGE, ROTATE_AFTER};

const RECORDING: &str = "prometheus/rules/recording.yml";
const ALERTS: &str = "prometheus/rules/alerts.yml";
const SECRETS: &str = "prometheus/rules/secrets.yml";
const OWN: &str = "prometheus/rules/own.yml";

pub(super) fn emit(context: &Context<'_>) -> Vec<Output> {
    let entries = context.entries();
    let Some(monitoring) = &entries.monitoring else { return Vec::new() };
    let grafana = entries.dashboards_url();
    let around = Around { grafana: grafana.as_deref(), window: measures::rate_window(monitoring) };
    let mut recording = vec![health::group(entries)];
    recording.extend(measures::groups(entries, monitoring));
    let files = [
        (RECORDING, "monitoring", recording),
        (ALERTS, "monitoring", alerts::groups(&around, entries, context.plan.kinds())),
        (SECRETS, "secrets", secrets::group(&around, entries).into_iter().collect()),
        (OWN, "monitoring", alerts::own(monitoring).into_iter().collect()),
    ];
    let files = files.into_iter().filter(|(_, _, groups)| !groups.is_empty());
    files.map(|(path, entry, groups)| output(context, path, entry, groups)).collect()
}

/// The file of alerts that Loki evaluates.
pub(super) fn of_logs(context: &Context<'_>, path: &str, logs: &Logs) -> Output {
    let grafana = context.entries().dashboards_url();
    let around = Around { grafana: grafana.as_deref(), window: String::new() };
    output(context, path, "monitoring.logs", alerts::of_logs(&around, logs))
}

fn output(context: &Context<'_>, path: &str, entry: &str, groups: Vec<Group>) -> Output {
    let file = File { groups };
    let inputs = hash_of(&file);
    let body = || Ok(serde_saphyr::to_string(&file).expect("text and lists"));
    context.headed(path.to_owned(), entry, &inputs, body)
}

/// Lists the files of rules that there are, below `generated/`.
pub(super) fn files(entries: &Entries) -> Vec<&'static str> {
    let Some(monitoring) = &entries.monitoring else { return Vec::new() };
    let mut files = vec![RECORDING, ALERTS];
    files.extend(needs::some_secret_ages(entries).then_some(SECRETS));
    files.extend(alerts::own(monitoring).map(|_| OWN));
    files
}
