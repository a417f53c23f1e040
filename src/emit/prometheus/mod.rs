//! `prometheus/`: who is asked, as `prometheus.yml` for anybody and as `scrape.json` for the monitoring hosts' module.
//!
//! Both say the same. With `discovery: files` the targets stand in `targets/<job>.json`, which Prometheus reads again
//! while it runs.

mod configuration;
mod jobs;
mod labels;
mod probes;

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::Context;
use super::header::hash_of;
use super::render::Output;
use super::rules;
use crate::value::Discovery;
use configuration::{Addresses, Alerting, Alertmanagers, Configuration, Files, Global, ScrapeConfig};
use jobs::Job;

/// Where a monitoring host has the files of targets.
const INSTALLED: &str = "/etc/cistern/targets";

/// How often Prometheus looks at them; it does not notice that their directory is another one.
const REFRESH: &str = "1m";

pub(super) fn emit(context: &Context<'_>) -> Vec<Output> {
    let entries = context.entries();
    let Some(monitoring) = &entries.monitoring else { return Vec::new() };
    let mut jobs = jobs::jobs(entries);
    jobs.extend(probes::jobs(entries));
    // Paths are relative to `prometheus.yml`; the module's are those of the machine.
    let (beside, installed) = match monitoring.discovery {
        Discovery::Static => (None, None),
        Discovery::Files => (Some("targets"), Some(INSTALLED)),
    };
    let json = json(&scrape_configs(&jobs, installed));
    let configuration = Configuration {
        global: Global {
            scrape_interval: monitoring.scrape_interval.as_ref(),
            evaluation_interval: monitoring.scrape_interval.as_ref(),
            external_labels: BTreeMap::from([("fleet", entries.name.as_str())]),
        },
        rule_files: rules::files(entries).into_iter().map(beside_configuration).collect(),
        alerting: alerting(context),
    };
    let beside = scrape_configs(&jobs, beside);
    let inputs = hash_of(&(&configuration.global, &configuration.rule_files, &configuration.alerting, &json));
    let yaml = context
        .headed("prometheus/prometheus.yml".to_owned(), "monitoring", &inputs, || Ok(whole(&configuration, &beside)));
    let mut outputs = vec![yaml, context.plain("prometheus/scrape.json", json)];
    if monitoring.discovery == Discovery::Files {
        outputs.extend(
            jobs.iter().map(|job| context.plain(&format!("prometheus/{}", file("targets", job)), targets(job))),
        );
    }
    outputs
}

/// The whole file. Writing YAML takes longer than everything else, so jobs are written side by side.
fn whole(configuration: &Configuration<'_>, jobs: &[ScrapeConfig<'_>]) -> String {
    const EXPECTED: &str = "text, numbers and lists";
    let head = serde_saphyr::to_string(configuration).expect(EXPECTED);
    let jobs: String = jobs.par_iter().map(|job| serde_saphyr::to_string(&[job]).expect(EXPECTED)).collect();
    let jobs = if jobs.is_empty() { " []\n".to_owned() } else { format!("\n{jobs}") };
    format!("{head}scrape_configs:{jobs}")
}

fn beside_configuration(file: &str) -> &str {
    file.strip_prefix("prometheus/").expect("rules lie beside the configuration")
}

fn alerting<'c>(context: &'c Context<'_>) -> Option<Alerting<'c>> {
    let targets = context.places().alertmanagers.as_slice();
    let alertmanagers = [Alertmanagers { static_configs: [Addresses { targets }] }];
    (!targets.is_empty()).then_some(Alerting { alertmanagers })
}

/// Jobs as Prometheus reads them, with targets in files below a directory or with the targets themselves.
fn scrape_configs<'j>(jobs: &'j [Job<'j>], directory: Option<&str>) -> Vec<ScrapeConfig<'j>> {
    jobs.iter()
        .map(|job| ScrapeConfig {
            job_name: &job.name,
            metrics_path: job.path,
            scheme: job.scheme,
            params: job.params,
            basic_auth: job.basic_auth.as_ref(),
            tls_config: job.tls.as_ref(),
            static_configs: directory.is_none().then_some(&job.targets),
            file_sd_configs: directory
                .map(|directory| [Files { files: [file(directory, job)], refresh_interval: REFRESH }]),
            relabel_configs: &job.relabel,
        })
        .collect()
}

fn targets(job: &Job<'_>) -> Vec<u8> {
    json(&job.targets)
}

fn json(value: &impl serde::Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).expect("text and lists");
    text.push(b'\n');
    text
}

/// The file of a job's targets. What is not a plain letter of a file's name is written as its number.
fn file(directory: &str, job: &Job<'_>) -> String {
    let mut name = String::new();
    for byte in job.name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' => name.push(char::from(byte)),
            other => name.push_str(&format!("_{other:02x}")),
        }
    }
    format!("{directory}/{name}.json")
}
