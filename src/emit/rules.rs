//! `prometheus/rules/secrets.yml`: how old secrets are, how old they may become, and an alert.
//!
//! Ages are differences to the present, so the file is the same every day until a value changes.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Context;
use super::header::hash_of;
use super::render::Output;
use crate::place::Entries;
use crate::place::recipients::secret_files;

/// The file, below `generated/`.
const SECRETS: &str = "prometheus/rules/secrets.yml";

/// Seconds since the value was set.
pub const AGE: &str = "cistern_secret_age_seconds";

/// Seconds after which it should be another.
pub const ROTATE_AFTER: &str = "cistern_secret_rotate_after_seconds";

#[derive(Serialize)]
struct File {
    groups: [Group; 1],
}

#[derive(Serialize)]
struct Group {
    name: &'static str,
    rules: Vec<Rule>,
}

/// A rule, with the keys of the two forms that Prometheus knows.
#[derive(Serialize)]
struct Rule {
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alert: Option<&'static str>,
    expr: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#for: Option<&'static str>,
    labels: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<&'static str, String>,
}

pub(super) fn emit(context: &Context<'_>) -> Vec<Output> {
    let entries = context.entries();
    if !are_there(entries) {
        return Vec::new();
    }
    let mut rules = recorded(entries);
    rules.push(overdue());
    let file = File { groups: [Group { name: "cistern-secrets", rules }] };
    let inputs = hash_of(&file);
    let body = || Ok(serde_saphyr::to_string(&file).expect("text and lists"));
    vec![context.headed(SECRETS.to_owned(), "secrets", &inputs, body)]
}

/// Lists the files of rules that there are, below `generated/`.
pub(super) fn files(entries: &Entries) -> Vec<&'static str> {
    if are_there(entries) { vec![SECRETS] } else { Vec::new() }
}

/// Says whether there are rules: Prometheus runs, and some secret may not grow old.
fn are_there(entries: &Entries) -> bool {
    entries.monitoring.is_some() && entries.secrets.values().any(|secret| secret.rotate_every.is_some())
}

/// The two figures of every file whose value may not grow old. The age of one that nobody noted is not known.
fn recorded(entries: &Entries) -> Vec<Rule> {
    let mut rules = Vec::new();
    for file in secret_files(entries) {
        let secret = &entries.secrets[file.secret];
        let Some(every) = &secret.rotate_every else { continue };
        let labels = BTreeMap::from([("file", file.path.clone()), ("secret", file.secret.to_string())]);
        let mut record = |name, expr| {
            let labels = labels.clone();
            rules.push(Rule {
                record: Some(name),
                alert: None,
                expr,
                r#for: None,
                labels,
                annotations: BTreeMap::new(),
            });
        };
        if let Some(changed) = secret.changed.get(&file.path) {
            record(AGE, format!("vector(time() - {})", changed.seconds()));
        }
        record(ROTATE_AFTER, format!("vector({})", every.seconds()));
    }
    rules
}

fn overdue() -> Rule {
    let summary = "The secret {{ $labels.secret }} is older than it may become.";
    let description = "{{ $labels.file }} was set {{ $value | humanizeDuration }} ago. Run `cistern secrets rotate --due`, \
        or `cistern secrets edit` for a value that nothing generates.";
    Rule {
        record: None,
        alert: Some("CisternSecretOverdue"),
        expr: format!("{AGE} > {ROTATE_AFTER}"),
        r#for: Some("1h"),
        labels: BTreeMap::from([("severity", "warning".to_owned())]),
        annotations: BTreeMap::from([("summary", summary.to_owned()), ("description", description.to_owned())]),
    }
}
