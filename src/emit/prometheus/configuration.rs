//! The form of Prometheus' own configuration, as far as it is written here.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::value::{DnsName, Duration, LabelName, Scheme};

/// The path at which nearly everybody answers.
const USUAL_PATH: &str = "/metrics";

/// A `prometheus.yml`, but for its jobs.
#[derive(Serialize)]
pub(super) struct Configuration<'a> {
    pub(super) global: Global<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) rule_files: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) alerting: Option<Alerting<'a>>,
}

/// What holds for every job.
#[derive(Serialize)]
pub(super) struct Global<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scrape_interval: Option<&'a Duration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) evaluation_interval: Option<&'a Duration>,
    pub(super) external_labels: BTreeMap<&'static str, &'a str>,
}

/// Who is told of alerts.
#[derive(Serialize)]
pub(super) struct Alerting<'a> {
    pub(super) alertmanagers: [Alertmanagers<'a>; 1],
}

/// Programs that tell people.
#[derive(Serialize)]
pub(super) struct Alertmanagers<'a> {
    pub(super) static_configs: [Addresses<'a>; 1],
}

/// Addresses without labels.
#[derive(Serialize)]
pub(super) struct Addresses<'a> {
    pub(super) targets: &'a [String],
}

/// A job.
#[derive(Serialize)]
pub(super) struct ScrapeConfig<'a> {
    pub(super) job_name: &'a str,
    #[serde(skip_serializing_if = "is_usual")]
    pub(super) metrics_path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scheme: Option<Scheme>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) params: Option<&'a BTreeMap<LabelName, Vec<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) basic_auth: Option<&'a BasicAuth>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tls_config: Option<&'a TlsConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) static_configs: Option<&'a [Targets<'a>]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file_sd_configs: Option<[Files; 1]>,
    #[serde(skip_serializing_if = "<[Relabel]>::is_empty")]
    pub(super) relabel_configs: &'a [Relabel],
}

/// An account; its password stays in a file.
#[derive(Serialize)]
pub(super) struct BasicAuth {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) password_file: Option<String>,
}

/// What a certificate is held against.
#[derive(Serialize)]
pub(super) struct TlsConfig {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ca_file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) server_name: Option<DnsName>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) insecure_skip_verify: bool,
}

/// A target and its labels.
#[derive(Serialize)]
pub(super) struct Targets<'a> {
    pub(super) targets: [String; 1],
    pub(super) labels: Labels<'a>,
}

/// Labels by their names.
pub(super) type Labels<'a> = BTreeMap<&'a str, Cow<'a, str>>;

/// Files that targets stand in.
#[derive(Serialize)]
pub(super) struct Files {
    pub(super) files: [String; 1],
    pub(super) refresh_interval: &'static str,
}

/// A label that is made from others.
#[derive(Serialize)]
pub(super) struct Relabel {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source_labels: Option<[&'static str; 1]>,
    pub(super) target_label: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) replacement: Option<String>,
}

fn is_usual(path: &&str) -> bool {
    *path == USUAL_PATH
}
