//! Alerts about what hosts say: in LogQL, evaluated by Loki.

use super::{BuiltIn, Needs, above, alert};

/// Those alerts.
pub(super) const ALERTS: &[BuiltIn] = &[
    alert!(
        LogDiskErrors,
        Critical,
        for "0s",
        None,
        Host,
        Needs::Nothing,
        r#"sum by (host) (count_over_time({unit="kernel"} |~ `I/O error|critical medium error|Unrecovered read error|failed command: (READ|WRITE)` [15m])) > 0"#,
        "The kernel of {{ $labels.host }} reports errors of a disk.",
        "{{ $value }} lines in a quarter of an hour speak of reads or writes that failed."
    ),
    alert!(
        LogFilesystemErrors,
        Critical,
        for "0s",
        None,
        Host,
        Needs::Nothing,
        r#"sum by (host) (count_over_time({unit="kernel"} |~ `EXT4-fs error|BTRFS (error|critical)|XFS .*(corrupt|metadata I/O error)|Remounting filesystem read-only` [15m])) > 0"#,
        "A file system of {{ $labels.host }} is damaged.",
        "{{ $value }} lines in a quarter of an hour speak of a damaged file system. It may have become read-only."
    ),
    alert!(
        LogHardwareErrors,
        Warning,
        for "0s",
        above(0.0, "lines"),
        Host,
        Needs::Nothing,
        r#"sum by (host) (count_over_time({unit="kernel"} |~ `\[Hardware Error\]|Machine check events logged|EDAC .* (CE|UE) ` [1h])) > $threshold"#,
        "The hardware of {{ $labels.host }} reports errors.",
        "{{ $value }} lines within an hour come from the machine check: memory, processor or bus."
    ),
    alert!(
        LogKernelFaults,
        Warning,
        for "0s",
        None,
        Host,
        Needs::Nothing,
        r#"sum by (host) (count_over_time({unit="kernel"} |~ `BUG: |Oops: |kernel BUG at|soft lockup|blocked for more than \d+ seconds` [15m])) > 0"#,
        "The kernel of {{ $labels.host }} reports a fault of its own.",
        "{{ $value }} lines in a quarter of an hour speak of a bug, a lock-up or a task that hangs."
    ),
    alert!(
        LogLoginsRefused,
        Warning,
        for "5m",
        above(30.0, "logins"),
        Host,
        Needs::Nothing,
        r#"sum by (host) (count_over_time({unit=~"sshd@?\\.service"} |~ `Failed password|Invalid user|authentication failure|maximum authentication attempts` [10m])) > $threshold"#,
        "Many logins over SSH are refused on {{ $labels.host }}.",
        "{{ $value }} logins were refused within ten minutes: somebody tries passwords, or a program has a wrong key."
    ),
    alert!(
        LogProgramsCrash,
        Warning,
        for "0s",
        above(2.0, "programs"),
        Host,
        Needs::Nothing,
        r#"sum by (host) (count_over_time({unit=~"systemd-coredump@?\\.service"} |= `dumped core` [1h])) > $threshold"#,
        "Programs crash on {{ $labels.host }}.",
        "{{ $value }} programs left a core dump within an hour."
    ),
    alert!(
        LogsMissing,
        Warning,
        for "30m",
        None,
        Host,
        Needs::Nothing,
        r#"sum by (host) (count_over_time({host=~".+"} [1h] offset 1h)) unless sum by (host) (count_over_time({host=~".+"} [1h]))"#,
        "{{ $labels.host }} sends no logs any more.",
        "It sent some before and has sent none for an hour: Alloy stands still, or does not reach Loki."
    ),
];
