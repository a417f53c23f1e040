//! What Grafana asks, and where it finds the dashboards: `datasources.json` and `provider.json`.
//!
//! Grafana knows a data source by its name and refuses a second one of the same uid, so both stay what they are.

use serde::Serialize;

use crate::emit::monitoring::urls;
use crate::place::Entries;
use crate::place::plan::MonitoringEntry;

/// Where Grafana reads the dashboards from.
const DIRECTORY: &str = "/etc/cistern/dashboards";

/// The data sources.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sources {
    api_version: u8,
    datasources: Vec<Source>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Source {
    name: String,
    uid: String,
    r#type: &'static str,
    /// Grafana asks, and not the browser.
    access: &'static str,
    url: String,
    is_default: bool,
    editable: bool,
    json_data: Settings,
}

/// What only sources of one type know.
#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct Settings {
    #[serde(skip_serializing_if = "Option::is_none")]
    http_method: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prometheus_type: Option<&'static str>,
    /// How often there are values.
    #[serde(skip_serializing_if = "Option::is_none")]
    time_interval: Option<String>,
    /// Whether alerts of this source are shown, or whose alerts are.
    #[serde(skip_serializing_if = "Option::is_none")]
    manage_alerts: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alertmanager_uid: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    implementation: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    handle_grafana_managed_alerts: Option<bool>,
}

/// Where dashboards are.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Providers {
    api_version: u8,
    providers: [Provider; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Provider {
    name: &'static str,
    folder: &'static str,
    folder_uid: &'static str,
    r#type: &'static str,
    disable_deletion: bool,
    allow_ui_updates: bool,
    options: Files,
}

#[derive(Serialize)]
struct Files {
    path: &'static str,
}

pub(super) fn sources(entries: &Entries, monitoring: &MonitoringEntry) -> Sources {
    // What Prometheus does by itself.
    let interval = monitoring.scrape_interval.as_ref().map_or_else(|| "1m".to_owned(), ToString::to_string);
    let alerts =
        || Settings { manage_alerts: Some(true), alertmanager_uid: Some(uids::ALERTMANAGER), ..Settings::default() };
    let prometheus = || Settings {
        http_method: Some("POST"),
        prometheus_type: Some("Prometheus"),
        time_interval: Some(interval.clone()),
        ..alerts()
    };
    let alertmanager = || Settings {
        implementation: Some("prometheus"),
        handle_grafana_managed_alerts: Some(false),
        ..Settings::default()
    };
    let mut datasources = Vec::new();
    datasources.extend(each(entries, "prometheus", "Cistern Prometheus", uids::PROMETHEUS, prometheus));
    datasources.extend(each(entries, "alertmanager", "Cistern Alertmanager", uids::ALERTMANAGER, alertmanager));
    datasources.extend(each(entries, "loki", "Cistern Loki", uids::LOKI, alerts));
    if let Some(first) = datasources.first_mut() {
        first.is_default = true;
    }
    Sources { api_version: 1, datasources }
}

/// The source of every host that runs a service; the first has no number.
fn each(
    entries: &Entries,
    service: &'static str,
    name: &str,
    uid: &str,
    settings: impl Fn() -> Settings,
) -> Vec<Source> {
    let numbered = |text: &str, between: &str, number: usize| {
        if number == 1 { text.to_owned() } else { format!("{text}{between}{number}") }
    };
    let source = |(number, url)| Source {
        name: numbered(name, " ", number),
        uid: numbered(uid, "-", number),
        r#type: service,
        access: "proxy",
        url,
        is_default: false,
        editable: false,
        json_data: settings(),
    };
    (1..).zip(urls(entries, service)).map(source).collect()
}

pub(super) fn providers() -> Providers {
    let provider = Provider {
        name: "Cistern",
        folder: "Cistern",
        folder_uid: "cistern",
        r#type: "file",
        disable_deletion: false,
        allow_ui_updates: false,
        options: Files { path: DIRECTORY },
    };
    Providers { api_version: 1, providers: [provider] }
}

/// The uids of data sources: those of the first host that has one, and the beginning of the others.
pub(super) mod uids {
    pub(in crate::emit::grafana) const PROMETHEUS: &str = "cistern-prometheus";
    pub(in crate::emit::grafana) const ALERTMANAGER: &str = "cistern-alertmanager";
    pub(in crate::emit::grafana) const LOKI: &str = "cistern-loki";
}
