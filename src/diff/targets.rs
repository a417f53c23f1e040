//! Scrape targets: what Prometheus asks, before and after.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::tree::Tree;

/// The targets' place in a tree.
const PATH: &str = "prometheus/scrape.json";

/// Their place where Prometheus reads them from files: a file a job.
const DIRECTORY: &str = "prometheus/targets/";

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
    if files(old).eq(files(new)) {
        return Vec::new();
    }
    let (old, mut new) = rayon::join(|| read(old), || read(new));
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

/// A job, as far as it is compared: labels and parameters by their text, which is the emitter's.
#[derive(Deserialize)]
struct Job<'a> {
    job_name: Cow<'a, str>,
    #[serde(borrow, default)]
    metrics_path: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    params: Option<&'a RawValue>,
    #[serde(borrow, default)]
    static_configs: Vec<Group<'a>>,
    #[serde(borrow, default)]
    file_sd_configs: Vec<Files<'a>>,
}

/// Where the targets of a job stand.
#[derive(Deserialize)]
struct Files<'a> {
    #[serde(borrow)]
    files: Vec<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Group<'a> {
    #[serde(borrow)]
    targets: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    labels: &'a RawValue,
}

/// Every file that says who is asked.
fn files(tree: &Tree) -> impl Iterator<Item = (&str, &Arc<[u8]>)> {
    let is_one = |path: &str| path == PATH || path.starts_with(DIRECTORY);
    tree.iter().filter(move |(path, _)| is_one(path))
}

/// What is said of each target, by job and address.
fn read(tree: &Tree) -> BTreeMap<(String, String), [String; 3]> {
    let jobs: Vec<Job<'_>> = tree.get(PATH).and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default();
    let mut found = BTreeMap::new();
    for job in &jobs {
        // How far lines are indented depends on the file.
        let text = |value: Option<&RawValue>| {
            value.map_or_else(String::new, |value| value.get().lines().map(str::trim_start).collect())
        };
        let elsewhere = elsewhere(tree, job);
        for group in job.static_configs.iter().chain(&elsewhere) {
            for target in &group.targets {
                let path = job.metrics_path.as_deref().unwrap_or_default().to_owned();
                let key = (job.job_name.clone().into_owned(), target.clone().into_owned());
                found.insert(key, [path, text(job.params), text(Some(group.labels))]);
            }
        }
    }
    found
}

/// The targets of a job that stand in files of their own, which are installed below another directory.
fn elsewhere<'t>(tree: &'t Tree, job: &Job<'_>) -> Vec<Group<'t>> {
    let names = job.file_sd_configs.iter().flat_map(|files| &files.files);
    let bytes = names.filter_map(|path| tree.get(&format!("{DIRECTORY}{}", path.rsplit('/').next()?)));
    bytes.flat_map(|bytes| serde_json::from_slice::<Vec<Group<'_>>>(bytes).unwrap_or_default()).collect()
}
