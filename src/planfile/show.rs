//! A plan file, for people: what it was made from, and the summary of its diff.

use serde_json::Value;

use super::PlanFile;
use super::moved::{optional, revision, short};
use crate::why::aligned;

/// Writes what a plan was made from, and the counts of its diff.
pub fn show(plan: &PlanFile) -> String {
    let made = [
        ("cistern", plan.cistern.clone()),
        ("revision", revision(plan)),
        ("against", plan.against.what.clone()),
        ("definition", short(&plan.definition)),
        ("tree", short(&plan.tree)),
        ("flake.lock", optional(&plan.flake_lock)),
    ];
    let mut rows: Vec<_> = made.into_iter().map(|(key, value)| vec![key.to_owned(), value]).collect();
    let hosts: Vec<_> = plan.diff["hosts"].as_array().into_iter().flatten().filter_map(name).collect();
    if !hosts.is_empty() {
        rows.push(vec!["hosts".to_owned(), hosts.join(" ")]);
    }
    // Whatever it counts: documents of older versions count other things.
    for (key, value) in plan.diff["summary"].as_object().into_iter().flatten() {
        if let Some(count) = value.as_u64().filter(|count| *count > 0) {
            rows.push(vec![key.replace('_', " "), count.to_string()]);
        }
    }
    aligned(&rows, "")
}

/// The name of a host, whether the diff says more of it or not.
fn name(host: &Value) -> Option<String> {
    host.as_str().or_else(|| host["name"].as_str()).or_else(|| host["host"].as_str()).map(str::to_owned)
}
