//! `alerts.yml` and `own.yml`: Cistern's alerts as the definition adjusts them, and those of the definition itself.

use std::collections::BTreeMap;

use super::file::{Group, Rule};
use super::needs::{Cluster, are_met, clusters};
use crate::alerts::{self, About, BuiltIn, FAMILIES, Needs};
use crate::kind::Kinds;
use crate::place::Entries;
use crate::place::plan::MonitoringEntry;
use crate::value::{Lifecycle, Urgency};
use crate::watch::{Alert, Logs};

/// The alert on secrets, which stands beside what it compares.
pub(super) const OVERDUE: &str = "CisternSecretOverdue";

/// What every alert is written with.
pub(super) struct Around<'a> {
    /// The URL of Grafana, where there is one.
    pub(super) grafana: Option<&'a str>,
    /// How far a rate looks back.
    pub(super) window: String,
}

/// Cistern's alerts that can have series in this fleet and are not switched off.
pub(super) fn groups(around: &Around<'_>, entries: &Entries, kinds: &Kinds) -> Vec<Group> {
    let mut groups = Vec::new();
    for (family, alerts) in FAMILIES {
        let here = alerts.iter().filter(|alert| alert.name != OVERDUE && are_met(alert.needs, entries, kinds));
        let rules: Vec<_> = here.filter_map(|alert| rule(around, alert, entries, kinds)).collect();
        if !rules.is_empty() {
            groups.push(Group::new(format!("cistern-{family}"), rules));
        }
    }
    groups
}

fn rule(around: &Around<'_>, alert: &BuiltIn, entries: &Entries, kinds: &Kinds) -> Option<Rule> {
    let settings = settings(entries, alert.name);
    match alert.needs {
        Needs::Maintenance => {
            let resting = entries.hosts.iter().filter(|(_, host)| host.lifecycle == Lifecycle::Maintenance);
            let names: Vec<_> = resting.map(|(name, _)| name.as_str()).collect();
            let fill = |text: String| text.replace("$hosts", &names.join("|"));
            built_in(around, alert, settings, fill)
        }
        Needs::Quorum => {
            let of = |text: &str, cluster: &Cluster<'_>| {
                text.replace("$service", cluster.service.as_str())
                    .replace("$safe", &cluster.safe().to_string())
                    .replace("$majority", &cluster.majority().to_string())
            };
            let each = clusters(entries, kinds);
            let fill = |text: String| each.iter().map(|cluster| of(&text, cluster)).collect::<Vec<_>>().join(" or ");
            built_in(around, alert, settings, fill)
        }
        _ => built_in(around, alert, settings, |text| text),
    }
}

/// What the definition says of an alert.
pub(super) fn settings<'a>(entries: &'a Entries, name: &str) -> Option<&'a Alert> {
    entries.monitoring.as_ref()?.alerts.get(name)
}

/// The rule of one of Cistern's alerts, unless it is switched off; `fill` puts into its expression what the fleet says.
pub(super) fn built_in(
    around: &Around<'_>,
    alert: &BuiltIn,
    settings: Option<&Alert>,
    fill: impl Fn(String) -> String,
) -> Option<Rule> {
    let usual = Alert::default();
    let settings = settings.unwrap_or(&usual);
    if settings.disabled {
        return None;
    }
    let usual = || fill(alert.expression(settings.threshold.as_ref()).replace("$window", &around.window));
    let expr = settings.expr.clone().unwrap_or_else(usual);
    let holds = settings.r#for.as_ref().map_or(alert.holds, |time| time.as_str());
    let severity = settings.severity.unwrap_or(alert.severity);
    let rule = Rule::alert(alert.name, expr, holds, annotations(around, alert, settings));
    Some(rule.label("severity", &severity.to_string()))
}

fn annotations(around: &Around<'_>, alert: &BuiltIn, settings: &Alert) -> BTreeMap<&'static str, String> {
    let text = |given: &Option<String>, usual: &str| given.clone().unwrap_or_else(|| usual.to_owned());
    let mut annotations = BTreeMap::from([
        ("summary", text(&settings.summary, alert.summary)),
        ("description", text(&settings.description, alert.description)),
        ("runbook", format!("cistern explain {}", alert.name)),
    ]);
    if let Some(url) = &settings.runbook {
        annotations.insert("runbook_url", url.to_string());
    }
    if let Some(grafana) = around.grafana {
        let page = || format!("{grafana}/d/{}", alerts::page_uid(alert.name));
        annotations.entry("runbook_url").or_insert_with(page);
        let dashboard = match alert.about {
            About::Host => "cistern-host?var-host={{ $labels.host }}",
            About::Service => "cistern-service?var-service={{ $labels.service }}",
            About::Fleet => "cistern-fleet",
        };
        annotations.insert("dashboard_url", format!("{grafana}/d/{dashboard}"));
    }
    annotations
}

/// The alerts of logs: Cistern's as the definition adjusts them, and those of the definition itself.
pub(super) fn of_logs(around: &Around<'_>, logs: &Logs) -> Vec<Group> {
    let said = |alert: &BuiltIn| logs.alerts.iter().find(|(name, _)| name.as_str() == alert.name).map(|(_, said)| said);
    let brought = alerts::LOGS.iter().filter_map(|alert| built_in(around, alert, said(alert), |text| text)).collect();
    let own = logs.alerts.iter().filter(|(name, _)| alerts::find_of_logs(name.as_str()).is_none());
    let own =
        own.filter(|(_, alert)| !alert.disabled).filter_map(|(name, alert)| written(name.as_str(), alert)).collect();
    let groups = [("cistern-logs", brought), ("own-logs", own)];
    let groups = groups.into_iter().filter(|(_, rules): &(&str, Vec<Rule>)| !rules.is_empty());
    groups.map(|(name, rules)| Group::new(name, rules)).collect()
}

/// The alerts of the definition itself.
pub(super) fn own(monitoring: &MonitoringEntry) -> Option<Group> {
    let own = monitoring.alerts.iter().filter(|(name, alert)| alerts::find(name.as_str()).is_none() && !alert.disabled);
    let rules: Vec<_> = own.filter_map(|(name, alert)| written(name.as_str(), alert)).collect();
    (!rules.is_empty()).then(|| Group::new("own", rules))
}

fn written(name: &str, alert: &Alert) -> Option<Rule> {
    let mut annotations = BTreeMap::new();
    annotations.insert("summary", alert.summary.clone().unwrap_or_else(|| format!("{name} fires.")));
    annotations.extend(alert.description.clone().map(|text| ("description", text)));
    annotations.extend(alert.runbook.as_ref().map(|url| ("runbook_url", url.to_string())));
    let holds = alert.r#for.as_ref().map_or("0s", |time| time.as_str());
    let severity = alert.severity.unwrap_or(Urgency::Warning);
    Some(Rule::alert(name, alert.expr.clone()?, holds, annotations).label("severity", &severity.to_string()))
}
