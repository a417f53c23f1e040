//! A file of rules, as Prometheus reads it.

use std::collections::BTreeMap;

use serde::Serialize;

/// A file.
#[derive(Serialize)]
pub(super) struct File {
    pub(super) groups: Vec<Group>,
}

/// Rules that are evaluated one after the other.
#[derive(Serialize)]
pub(super) struct Group {
    name: String,
    /// How often, where that is not the usual time.
    #[serde(skip_serializing_if = "Option::is_none")]
    interval: Option<&'static str>,
    pub(super) rules: Vec<Rule>,
}

/// A rule, with the keys of the two forms that Prometheus knows.
#[derive(Serialize)]
pub(super) struct Rule {
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alert: Option<String>,
    expr: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#for: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    labels: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<&'static str, String>,
}

impl Group {
    /// Begins a group.
    pub(super) fn new(name: impl Into<String>, rules: Vec<Rule>) -> Self {
        Self { name: name.into(), interval: None, rules }
    }

    /// Says how often the rules are evaluated.
    pub(super) fn every(mut self, interval: &'static str) -> Self {
        self.interval = Some(interval);
        self
    }
}

impl Rule {
    /// Records what an expression gives as a series of its own.
    pub(super) fn record(name: impl Into<String>, expr: impl Into<String>) -> Self {
        Self {
            record: Some(name.into()),
            alert: None,
            expr: expr.into(),
            r#for: None,
            labels: BTreeMap::new(),
            annotations: BTreeMap::new(),
        }
    }

    /// Fires when an expression has held for a while.
    pub(super) fn alert(name: &str, expr: String, holds: &str, annotations: BTreeMap<&'static str, String>) -> Self {
        Self {
            record: None,
            alert: Some(name.to_owned()),
            expr,
            r#for: (holds != "0s").then(|| holds.to_owned()),
            labels: BTreeMap::new(),
            annotations,
        }
    }

    /// Gives labels to what comes of it.
    pub(super) fn labelled(mut self, labels: BTreeMap<String, String>) -> Self {
        self.labels = labels;
        self
    }

    /// Gives a label to what comes of it.
    pub(super) fn label(mut self, name: &str, value: &str) -> Self {
        self.labels.insert(name.to_owned(), value.to_owned());
        self
    }
}
