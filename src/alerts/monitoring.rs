//! Alerts about what watches: Prometheus, Alertmanager, the probes and the logs.

use super::{BuiltIn, Needs, above, alert};

const PROMETHEUS: Needs = Needs::Jobs(&["prometheus"]);
const ALERTMANAGER: Needs = Needs::Jobs(&["alertmanager"]);

/// Those alerts.
pub(super) const ALERTS: &[BuiltIn] = &[
    alert!(
        DeadMansSwitch,
        Info,
        for "0s",
        None,
        Fleet,
        Needs::Nothing,
        "vector(1)",
        "Alerts arrive.",
        "This alert always fires. When whoever gets it hears nothing any more, Prometheus, Alertmanager or the way to the receiver is broken."
    ),
    alert!(
        ProbesMissing,
        Warning,
        for "5m",
        None,
        Fleet,
        Needs::Nothing,
        "count by (job) (up{job=~\"probe-.+\"} == 0) > 0",
        "The blackbox exporter does not answer for {{ $labels.job }}.",
        "{{ $value | printf \"%.0f\" }} checks have no result. Whether what they look at is up is not known."
    ),
    alert!(
        PrometheusDown,
        Critical,
        for "5m",
        None,
        Host,
        PROMETHEUS,
        "up{job=\"prometheus\"} == 0",
        "Prometheus on {{ $labels.host }} does not answer.",
        "The other Prometheus says so. Alerts still come from there; what this one has missed stays missing in its own series."
    ),
    alert!(
        PrometheusConfigReloadFailed,
        Warning,
        for "5m",
        None,
        Host,
        PROMETHEUS,
        "prometheus_config_last_reload_successful{job=\"prometheus\"} == 0",
        "Prometheus on {{ $labels.host }} does not accept its configuration.",
        "It goes on with the one that it had. New hosts, services and rules are not watched."
    ),
    alert!(
        PrometheusRuleFailures,
        Warning,
        for "5m",
        None,
        Host,
        PROMETHEUS,
        "increase(prometheus_rule_evaluation_failures_total{job=\"prometheus\"}[$window]) > 0",
        "Rules fail in Prometheus on {{ $labels.host }}.",
        "Rules of {{ $labels.rule_group }} cannot be evaluated, so that their alerts cannot fire."
    ),
    alert!(
        PrometheusTargetsMissing,
        Critical,
        for "5m",
        above(50.0, "percent"),
        Fleet,
        Needs::Nothing,
        "100 - 100 * avg(up{job!~\"probe-.+\"}) > $threshold",
        "Prometheus reaches few of its targets.",
        "{{ $value | printf \"%.0f\" }} % of all targets do not answer. The network of the monitoring host is the first suspect."
    ),
    alert!(
        PrometheusNotificationsFailing,
        Warning,
        for "15m",
        above(1.0, "percent"),
        Host,
        PROMETHEUS,
        "100 * rate(prometheus_notifications_errors_total{job=\"prometheus\"}[$window]) / rate(prometheus_notifications_sent_total{job=\"prometheus\"}[$window]) > $threshold",
        "Prometheus on {{ $labels.host }} cannot hand over its alerts.",
        "{{ $value | printf \"%.1f\" }} % of what it sends to {{ $labels.alertmanager }} gets lost."
    ),
    alert!(
        PrometheusWithoutAlertmanager,
        Critical,
        for "10m",
        None,
        Host,
        PROMETHEUS,
        "prometheus_notifications_alertmanagers_discovered{job=\"prometheus\"} < 1",
        "Prometheus on {{ $labels.host }} knows no Alertmanager.",
        "Its alerts go nowhere."
    ),
    alert!(
        PrometheusTsdbFailing,
        Warning,
        for "15m",
        None,
        Host,
        PROMETHEUS,
        "increase(prometheus_tsdb_reloads_failures_total{job=\"prometheus\"}[3h]) > 0 or increase(prometheus_tsdb_compactions_failed_total{job=\"prometheus\"}[3h]) > 0 or increase(prometheus_tsdb_wal_corruptions_total{job=\"prometheus\"}[3h]) > 0",
        "The database of Prometheus on {{ $labels.host }} has trouble.",
        "Blocks cannot be read, written or compacted. Its disk is full or failing, or files in it are damaged."
    ),
    alert!(
        AlertmanagerDown,
        Critical,
        for "5m",
        None,
        Host,
        ALERTMANAGER,
        "up{job=\"alertmanager\"} == 0",
        "Alertmanager on {{ $labels.host }} does not answer.",
        "With another one alerts still arrive; without, none does, this one included."
    ),
    alert!(
        AlertmanagerConfigReloadFailed,
        Warning,
        for "5m",
        None,
        Host,
        ALERTMANAGER,
        "alertmanager_config_last_reload_successful{job=\"alertmanager\"} == 0",
        "Alertmanager on {{ $labels.host }} does not accept its configuration.",
        "It goes on with the one that it had. Changes of routes and receivers do nothing."
    ),
    alert!(
        AlertmanagerClusterIncomplete,
        Warning,
        for "15m",
        None,
        Host,
        Needs::TwoMonitors,
        "alertmanager_cluster_members{job=\"alertmanager\"} < scalar(count(up{job=\"alertmanager\"}))",
        "Alertmanager on {{ $labels.host }} has lost its peers.",
        "It sees {{ $value | printf \"%.0f\" }} members of the cluster. Messages may come twice, and silences are not shared."
    ),
    alert!(
        AlertmanagerNotificationsFailing,
        Critical,
        for "10m",
        above(1.0, "percent"),
        Host,
        ALERTMANAGER,
        "100 * sum by (host, site, region, integration) (rate(alertmanager_notifications_failed_total{job=\"alertmanager\"}[$window])) / sum by (host, site, region, integration) (rate(alertmanager_notifications_total{job=\"alertmanager\"}[$window])) > $threshold",
        "Alertmanager on {{ $labels.host }} cannot tell anybody by {{ $labels.integration }}.",
        "{{ $value | printf \"%.0f\" }} % of its messages by {{ $labels.integration }} fail."
    ),
    alert!(
        LokiErrors,
        Warning,
        for "15m",
        above(10.0, "percent"),
        Host,
        Needs::Jobs(&["loki"]),
        "100 * sum by (host, site, region) (rate(loki_request_duration_seconds_count{job=\"loki\",status_code=~\"5..\"}[$window])) / sum by (host, site, region) (rate(loki_request_duration_seconds_count{job=\"loki\"}[$window])) > $threshold",
        "Loki on {{ $labels.host }} answers with errors.",
        "{{ $value | printf \"%.0f\" }} % of its requests fail: logs are not taken or not found."
    ),
    alert!(
        LogsDropped,
        Warning,
        for "15m",
        None,
        Host,
        Needs::Jobs(&["alloy"]),
        "sum by (host, site, region) (increase(loki_write_dropped_entries_total{job=\"alloy\"}[10m])) > 0",
        "{{ $labels.host }} loses log lines.",
        "Alloy has given up on {{ $value | printf \"%.0f\" }} lines in ten minutes because Loki does not take them."
    ),
];
