//! Alerts about services, certificates, secrets and backups.

use super::{BuiltIn, Needs, above, alert};

/// Those alerts.
pub(super) const ALERTS: &[BuiltIn] = &[
    alert!(
        ServiceDown,
        Critical,
        for "2m",
        None,
        Service,
        Needs::Replicas,
        "max by (service, kind, owner) (probe_success{service!=\"\"}) == 0 and count by (service, kind, owner) (probe_success{service!=\"\"}) > 1",
        "{{ $labels.service }} is down everywhere.",
        "No instance of {{ $labels.service }} answers its health check. Alerts of what depends on it are held back."
    ),
    alert!(
        ServiceProbeDown,
        Critical,
        for "2m",
        None,
        Service,
        Needs::Probes,
        "probe_success{service!=\"\"} == 0 or probe_success{probe!=\"\"} == 0",
        "{{ if $labels.service }}{{ $labels.service }} on {{ $labels.host }}{{ else }}{{ $labels.probe }}{{ end }} does not answer.",
        "The check of {{ $labels.instance }} fails. Alerts of what depends on it are held back."
    ),
    alert!(
        ServiceProbeSlow,
        Warning,
        for "10m",
        above(2.0, "seconds"),
        Service,
        Needs::Probes,
        "avg_over_time(probe_duration_seconds{service!=\"\"}[$window]) > $threshold or avg_over_time(probe_duration_seconds{probe!=\"\"}[$window]) > $threshold",
        "{{ if $labels.service }}{{ $labels.service }} on {{ $labels.host }}{{ else }}{{ $labels.probe }}{{ end }} answers slowly.",
        "The check of {{ $labels.instance }} takes {{ $value | humanizeDuration }}."
    ),
    alert!(
        DatabaseDown,
        Critical,
        for "2m",
        None,
        Service,
        Needs::Jobs(&["postgres", "redis"]),
        "pg_up{job=\"postgres\"} == 0 or redis_up{job=\"redis\"} == 0",
        "The database behind {{ $labels.service }} on {{ $labels.host }} does not answer.",
        "The exporter runs, and the database that it asks does not let it in or does not run."
    ),
    alert!(
        QuorumAtRisk,
        Warning,
        for "5m",
        None,
        Service,
        Needs::Quorum,
        "sum by (service, kind, owner) (min by (service, kind, owner, host) (up{service=\"$service\",job!~\"probe-.+\"} or probe_success{service=\"$service\"})) < $safe",
        "{{ $labels.service }} cannot lose another member.",
        "{{ $value | printf \"%.0f\" }} members are up. If one more fails, the cluster stands still."
    ),
    alert!(
        QuorumLost,
        Critical,
        for "1m",
        None,
        Service,
        Needs::Quorum,
        "sum by (service, kind, owner) (min by (service, kind, owner, host) (up{service=\"$service\",job!~\"probe-.+\"} or probe_success{service=\"$service\"})) < $majority",
        "{{ $labels.service }} has no majority.",
        "{{ $value | printf \"%.0f\" }} members are up, which is less than half: the cluster takes no changes."
    ),
    alert!(
        CertificateExpiring,
        Warning,
        for "1h",
        above(14.0, "days"),
        Service,
        Needs::Certificates,
        "(probe_ssl_earliest_cert_expiry - time()) / 86400 < $threshold",
        "The certificate of {{ $labels.instance }} runs out.",
        "It is good for another {{ $value | printf \"%.1f\" }} days. Whatever renews it has not done so."
    ),
    alert!(
        CertificateLastDays,
        Critical,
        for "15m",
        above(3.0, "days"),
        Service,
        Needs::Certificates,
        "(probe_ssl_earliest_cert_expiry - time()) / 86400 < $threshold",
        "The certificate of {{ $labels.instance }} is about to run out.",
        "It is good for another {{ $value | printf \"%.1f\" }} days; then nobody accepts it."
    ),
    alert!(
        CisternSecretOverdue,
        Warning,
        for "1h",
        None,
        Fleet,
        Needs::RotatedSecrets,
        "cistern_secret_age_seconds > cistern_secret_rotate_after_seconds",
        "The secret {{ $labels.secret }} is older than it may become.",
        "{{ $labels.file }} was set {{ $value | humanizeDuration }} ago. Run `cistern secrets rotate --due`, or `cistern secrets edit` for a value that nothing generates."
    ),
    alert!(
        BackupStale,
        Warning,
        for "30m",
        above(36.0, "hours"),
        Host,
        Needs::Jobs(&["node", "restic"]),
        "(time() - (node_systemd_timer_last_trigger_seconds{job=\"node\",name=~\"(restic-backups|borgbackup-job)-.+\"} > 0)) / 3600 > $threshold or (node_systemd_timer_last_trigger_seconds{job=\"node\",name=~\"(restic-backups|borgbackup-job)-.+\"} == 0 and node_systemd_timer_last_trigger_seconds offset 1d == 0) or (time() - max by (host, site, region, client_hostname, snapshot_paths) (restic_backup_timestamp{job=\"restic\"})) / 3600 > $threshold",
        "A backup on {{ $labels.host }} is overdue.",
        "{{ if $labels.name }}{{ $labels.name }} has not started{{ else }}No snapshot of {{ $labels.client_hostname }} was made{{ end }} for longer than it may, or never did."
    ),
    alert!(
        ExporterMissing,
        Warning,
        for "5m",
        None,
        Host,
        Needs::Nothing,
        "up{job!~\"probe-.+|prometheus|alertmanager\"} == 0",
        "{{ $labels.service }} on {{ $labels.host }} does not answer Prometheus.",
        "The target {{ $labels.instance }} of the job {{ $labels.job }} is down: what it measures is not known."
    ),
];
