//! `prometheus/`: who is scraped, as `prometheus.yml` for anybody and as `scrape.json` for the monitoring host's module.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Context;
use super::header::hash_of;
use super::render::Output;
use crate::place::plan::MetricsEntry;
use crate::value::{HostName, LabelName};

#[derive(Serialize)]
struct Configuration<'a> {
    global: Global<'a>,
    scrape_configs: &'a [ScrapeConfig<'a>],
}

#[derive(Serialize)]
struct Global<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    scrape_interval: Option<&'a str>,
    external_labels: BTreeMap<&'static str, &'a str>,
}

#[derive(Serialize)]
struct ScrapeConfig<'a> {
    job_name: String,
    #[serde(skip_serializing_if = "is_usual")]
    metrics_path: &'a str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    params: &'a BTreeMap<LabelName, Vec<String>>,
    static_configs: Vec<Targets<'a>>,
}

#[derive(Serialize)]
struct Targets<'a> {
    targets: [String; 1],
    labels: BTreeMap<&'a str, &'a str>,
}

fn is_usual(path: &&str) -> bool {
    *path == "/metrics"
}

pub(super) fn emit(context: &Context<'_>) -> Vec<Output> {
    let Some(monitoring) = &context.entries().monitoring else { return Vec::new() };
    let jobs = jobs(context);
    let configuration = Configuration {
        global: Global {
            scrape_interval: monitoring.scrape_interval.as_ref().map(|interval| interval.as_str()),
            external_labels: BTreeMap::from([("fleet", context.entries().name.as_str())]),
        },
        scrape_configs: &jobs,
    };
    let mut json = serde_json::to_string_pretty(&jobs).expect("text and lists");
    json.push('\n');
    let inputs = hash_of(&(&configuration.global, &json));
    let yaml = context.headed("prometheus/prometheus.yml".to_owned(), "monitoring", &inputs, || {
        Ok(serde_saphyr::to_string(&configuration).expect("text, numbers and lists"))
    });
    vec![yaml, context.plain("prometheus/scrape.json", json.into_bytes())]
}

/// One job per exporter and per kind with metrics.
fn jobs<'a>(context: &Context<'a>) -> Vec<ScrapeConfig<'a>> {
    let mut jobs: BTreeMap<(&str, &str), ScrapeConfig<'a>> = BTreeMap::new();
    for target in context.entries().targets() {
        let mut labels = labels(context, target.host);
        labels.insert("service", target.service.as_str());
        let key = (target.metrics.job.as_str(), target.metrics.path.as_str());
        let job = jobs.entry(key).or_insert_with(|| job(target.metrics));
        job.static_configs.push(Targets { targets: [target.address.to_string()], labels });
    }
    unique_names(jobs.into_values().collect())
}

fn job(metrics: &MetricsEntry) -> ScrapeConfig<'_> {
    ScrapeConfig {
        job_name: metrics.job.clone(),
        metrics_path: &metrics.path,
        params: &metrics.params,
        static_configs: Vec::new(),
    }
}

/// Prometheus refuses two jobs of one name: later ones of the same name get their path behind it.
fn unique_names(mut jobs: Vec<ScrapeConfig<'_>>) -> Vec<ScrapeConfig<'_>> {
    let mut seen = std::collections::BTreeSet::new();
    for job in &mut jobs {
        if !seen.insert(job.job_name.clone()) {
            job.job_name = format!("{}{}", job.job_name, job.metrics_path.replace('/', "-"));
        }
    }
    jobs
}

fn labels<'a>(context: &Context<'a>, host: &'a HostName) -> BTreeMap<&'a str, &'a str> {
    let entry = &context.entries().hosts[host];
    let mut labels: BTreeMap<&str, &str> =
        entry.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    labels.insert("host", host.as_str());
    if let Some(site) = &entry.site {
        labels.insert("site", site.as_str());
    }
    if let Some(region) = &entry.region {
        labels.insert("region", region);
    }
    labels
}
