//! Scrape targets: what Prometheus asks, before and after.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::tree::Tree;

/// The targets' place in a tree.
const PATH: &str = "prometheus/scrape.json";

/// A scrape target that is not the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct TargetChange {
    /// The job.
    pub job: String,
    /// Address and port.
    pub target: String,
    /// `created`, `removed` or `changed`: its labels differ.
    pub change: &'static str,
}

/// Compares the targets of two trees.
pub(super) fn targets(old: &Tree, new: &Tree) -> Vec<TargetChange> {
    if old.get(PATH) == new.get(PATH) {
        return Vec::new();
    }
    let (old, mut new) = (read(old), read(new));
    let mut found = BTreeMap::new();
    for (key, labels) in old {
        match new.remove(&key) {
            None => drop(found.insert(key, "removed")),
            Some(now) if now != labels => drop(found.insert(key, "changed")),
            Some(_) => {}
        }
    }
    found.extend(new.into_keys().map(|key| (key, "created")));
    found.into_iter().map(|((job, target), change)| TargetChange { job, target, change }).collect()
}

/// Counts them: `scrape targets: + 2, - 1`.
pub(super) fn sentence(targets: &[TargetChange]) -> String {
    let count = |change: &str| targets.iter().filter(|target| target.change == change).count();
    let parts = [("+", count("created")), ("-", count("removed")), ("~", count("changed"))];
    let parts: Vec<_> =
        parts.iter().filter(|(_, number)| *number > 0).map(|(sign, number)| format!("{sign} {number}")).collect();
    format!("scrape targets {}", parts.join(", "))
}

/// The labels of each target by job and address.
fn read(tree: &Tree) -> BTreeMap<(String, String), Value> {
    let jobs: Value = tree.get(PATH).and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default();
    let mut found = BTreeMap::new();
    for job in jobs.as_array().into_iter().flatten() {
        for group in job["static_configs"].as_array().into_iter().flatten() {
            for target in group["targets"].as_array().into_iter().flatten() {
                let key = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                let path = [&job["metrics_path"], &job["params"], &group["labels"]].map(Value::clone);
                found.insert((key(&job["job_name"]), key(target)), Value::from(path.to_vec()));
            }
        }
    }
    found
}
