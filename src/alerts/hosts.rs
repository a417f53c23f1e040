//! Alerts about hosts.

use super::{BuiltIn, Needs, above, alert};

const NODE: Needs = Needs::Jobs(&["node"]);

/// Those alerts.
pub(super) const ALERTS: &[BuiltIn] = &[
    alert!(
        HostUnreachable,
        Critical,
        for "5m",
        None,
        Host,
        Needs::Nothing,
        "cistern:host_reachable == 0",
        "{{ $labels.host }} does not answer.",
        "Neither ping nor any exporter or service of {{ $labels.host }} answers the monitoring host. Other alerts of the host are held back meanwhile."
    ),
    alert!(
        HostSilent,
        Info,
        for "0s",
        None,
        Host,
        Needs::Nothing,
        "cistern:host_reachable == 0",
        "{{ $labels.host }} does not answer at the moment.",
        "Nobody is told of this. It holds back other alerts of the host until HostUnreachable is due."
    ),
    alert!(
        HostCritical,
        Critical,
        for "10m",
        None,
        Host,
        Needs::Nothing,
        "cistern:host_health{state=\"critical\"} == 1",
        "{{ $labels.host }} has been critical for a while.",
        "A critical alert about {{ $labels.host }} has not been dealt with. `cistern status {{ $labels.host }}` says which."
    ),
    alert!(
        HostDegraded,
        Warning,
        for "30m",
        None,
        Host,
        Needs::Nothing,
        "cistern:host_health{state=\"degraded\"} == 1",
        "{{ $labels.host }} has been degraded for a while.",
        "A warning about {{ $labels.host }} has not been dealt with. `cistern status {{ $labels.host }}` says which."
    ),
    alert!(
        HostInMaintenance,
        Info,
        for "0s",
        None,
        Host,
        Needs::Maintenance,
        "group by (host, site, region) (up{host=~\"$hosts\"})",
        "{{ $labels.host }} is in maintenance.",
        "The definition says `lifecycle: maintenance` for {{ $labels.host }}. Its other alerts are held back."
    ),
    alert!(
        HostCpuBusy,
        Warning,
        for "15m",
        above(90.0, "percent"),
        Host,
        NODE,
        "100 * cistern:host_cpu_used:ratio5m > $threshold",
        "The processors of {{ $labels.host }} are busy.",
        "They have been at work {{ $value | printf \"%.0f\" }} % of the time."
    ),
    alert!(
        HostMemoryFull,
        Warning,
        for "15m",
        above(90.0, "percent"),
        Host,
        NODE,
        "100 * cistern:host_memory_used:ratio5m > $threshold",
        "The memory of {{ $labels.host }} is nearly used up.",
        "{{ $value | printf \"%.0f\" }} % of it is in use and cannot be freed."
    ),
    alert!(
        HostSwapping,
        Warning,
        for "15m",
        above(1000.0, "pages a second"),
        Host,
        NODE,
        "rate(node_vmstat_pswpin{job=\"node\"}[$window]) + rate(node_vmstat_pswpout{job=\"node\"}[$window]) > $threshold",
        "{{ $labels.host }} swaps.",
        "{{ $value | printf \"%.0f\" }} pages a second go to swap or come back, which slows down whatever runs there."
    ),
    alert!(
        HostOutOfMemory,
        Critical,
        for "0s",
        None,
        Host,
        NODE,
        "increase(node_vmstat_oom_kill{job=\"node\"}[10m]) > 0",
        "{{ $labels.host }} ran out of memory.",
        "The kernel has ended something on {{ $labels.host }} to get memory back. `journalctl -k --grep 'Out of memory'` says what."
    ),
    alert!(
        HostFilesystemFull,
        Warning,
        for "15m",
        above(85.0, "percent"),
        Host,
        NODE,
        "100 - 100 * node_filesystem_avail_bytes{$files} / node_filesystem_size_bytes{$files} > $threshold",
        "{{ $labels.mountpoint }} on {{ $labels.host }} is nearly full.",
        "{{ $value | printf \"%.0f\" }} % of {{ $labels.mountpoint }} ({{ $labels.device }}) is used."
    ),
    alert!(
        HostFilesystemOutOfSpace,
        Critical,
        for "5m",
        above(96.0, "percent"),
        Host,
        NODE,
        "100 - 100 * node_filesystem_avail_bytes{$files} / node_filesystem_size_bytes{$files} > $threshold",
        "{{ $labels.mountpoint }} on {{ $labels.host }} is full.",
        "{{ $value | printf \"%.1f\" }} % of {{ $labels.mountpoint }} ({{ $labels.device }}) is used. What writes there fails soon."
    ),
    alert!(
        HostFilesystemFillsUp,
        Warning,
        for "1h",
        above(24.0, "hours"),
        Host,
        NODE,
        "predict_linear(node_filesystem_avail_bytes{$files}[6h], 3600 * $threshold) < 0 and node_filesystem_avail_bytes{$files} / node_filesystem_size_bytes{$files} < 0.4",
        "{{ $labels.mountpoint }} on {{ $labels.host }} fills up.",
        "If it goes on as in the last six hours, {{ $labels.mountpoint }} ({{ $labels.device }}) is full within a day or what the threshold says."
    ),
    alert!(
        HostInodesFull,
        Warning,
        for "15m",
        above(90.0, "percent"),
        Host,
        NODE,
        "100 - 100 * node_filesystem_files_free{$files} / (node_filesystem_files{$files} > 0) > $threshold",
        "{{ $labels.mountpoint }} on {{ $labels.host }} runs out of inodes.",
        "{{ $value | printf \"%.0f\" }} % of the inodes of {{ $labels.mountpoint }} ({{ $labels.device }}) are used: soon no file can be made, whatever space is left."
    ),
    alert!(
        DiskFailing,
        Critical,
        for "5m",
        None,
        Host,
        Needs::Jobs(&["smartctl"]),
        "smartctl_device_smart_status{job=\"smartctl\"} == 0",
        "The disk {{ $labels.device }} of {{ $labels.host }} is failing.",
        "Its own test says that it will not last. Copy what is on it and replace it."
    ),
    alert!(
        HostClockSkew,
        Warning,
        for "10m",
        above(2.0, "seconds"),
        Host,
        NODE,
        "abs(timestamp(node_time_seconds{job=\"node\"}) - node_time_seconds{job=\"node\"}) > $threshold",
        "The clock of {{ $labels.host }} is wrong.",
        "It differs by {{ $value | humanizeDuration }} from that of the monitoring host. Certificates, tokens and clusters depend on it."
    ),
    alert!(
        HostClockUnsynchronised,
        Warning,
        for "15m",
        None,
        Host,
        NODE,
        "node_timex_sync_status{job=\"node\"} == 0 and node_timex_maxerror_seconds{job=\"node\"} >= 16",
        "Nothing sets the clock of {{ $labels.host }}.",
        "No time server has been followed for hours: the clock drifts."
    ),
    alert!(
        HostUnitFailed,
        Warning,
        for "5m",
        None,
        Host,
        NODE,
        "max_over_time(node_systemd_unit_state{job=\"node\",state=\"failed\"}[2m]) == 1",
        "{{ $labels.name }} failed on {{ $labels.host }}.",
        "systemd has given up on {{ $labels.name }}. `journalctl -u {{ $labels.name }}` on {{ $labels.host }} says why."
    ),
    alert!(
        HostUnitCrashLoop,
        Warning,
        for "5m",
        above(3.0, "restarts in 15 minutes"),
        Host,
        Needs::Jobs(&["node", "systemd"]),
        "max by (host, site, region, name) (increase(systemd_service_restart_total{job=\"systemd\"}[15m]) or increase(node_systemd_service_restart_total{job=\"node\"}[15m]) or changes(node_systemd_unit_state{job=\"node\",name=~\".+[.]service\",state=\"activating\",type!=\"oneshot\"}[15m])) > $threshold",
        "{{ $labels.name }} starts again and again on {{ $labels.host }}.",
        "systemd has restarted {{ $labels.name }} about {{ $value | printf \"%.0f\" }} times in a quarter of an hour."
    ),
    alert!(
        GenerationDrift,
        Warning,
        for "1h",
        None,
        Host,
        Needs::Managed,
        "cistern_system_drifted == 1",
        "{{ $labels.host }} runs another system than its profile says.",
        "Somebody has switched it by hand, or an activation did not finish. Deploy it again."
    ),
    alert!(
        RebootNeeded,
        Info,
        for "1d",
        None,
        Host,
        Needs::Managed,
        "cistern_system_reboot_needed == 1",
        "{{ $labels.host }} waits for a reboot.",
        "Its kernel, initial RAM disk or modules are newer than those that it was booted with."
    ),
];
