//! A plan file, for people: what it was made from, the hosts and findings of its diff, and its counts.

use serde_json::Value;

use super::PlanFile;
use super::moved::{optional, revision, short};
use crate::why::aligned;

/// Writes what a plan was made from, and what its diff comes to.
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
    let hosts = hosts(&plan.diff["hosts"]);
    if !hosts.is_empty() {
        rows.push(vec!["hosts".to_owned(), hosts.join(" ")]);
    }
    let findings = plan.diff["findings"].as_array().into_iter().flatten();
    let messages = findings.filter_map(|finding| finding["message"].as_str());
    rows.extend(messages.map(|message| vec!["finding".to_owned(), message.to_owned()]));
    // Whatever it counts: documents of older versions count other things.
    for (key, value) in plan.diff["summary"].as_object().into_iter().flatten() {
        if let Some(count) = value.as_u64().filter(|count| *count > 0) {
            rows.push(vec![key.replace('_', " "), count.to_string()]);
        }
    }
    aligned(&rows, "")
}

/// The names of hosts: a list of them, or a map that says more of each.
fn hosts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        Value::Object(hosts) => hosts.keys().map(String::as_str).collect(),
        _ => Vec::new(),
    }
}
