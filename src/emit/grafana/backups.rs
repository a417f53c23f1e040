//! The dashboard of backups: when timers last ran, and what the repositories hold.

use super::layout::Layout;
use super::panel::{Column, NEUTRAL, NONE_IS_GOOD, Step};
use super::schema::{Dashboard, Panel};
use super::watched::{TO_HOST, Watched, yes_no};

const CARD: (u32, u32) = (6, 4);
const HALF: (u32, u32) = (12, 9);

/// Seconds since the last backup: a day and some hours are usual.
const OLD: &[Step] = &[(None, "green"), (Some(108_000.0), "yellow"), (Some(180_000.0), "red")];

/// Timers that make backups, and the services that they start.
const TIMERS: &str = r#"name=~".*(backup|restic|borg|snapshot|sanoid|syncoid).*\\.timer""#;
const SERVICES: &str = r#"name=~".*(backup|restic|borg|snapshot|sanoid|syncoid).*\\.service""#;

pub(super) fn dashboard(watched: &Watched<'_>) -> Dashboard {
    let mut layout = Layout::default();
    let timers = watched.has("systemd") || watched.has("node");
    layout.row(10, "Timers", if timers { by_timer(watched) } else { Vec::new() });
    layout.row(20, "restic", if watched.has("restic") { restic(watched) } else { Vec::new() });
    let about = "How old the last backup of everything is, and what the repositories hold.";
    let dashboard = watched.dashboard("cistern-backups", "Backups", about, Vec::new(), layout);
    watched.marked(dashboard, r#",alertname=~".*Backup.*""#)
}

fn by_timer(watched: &Watched<'_>) -> Vec<Option<Panel>> {
    let prefix = watched.of_units();
    let age = format!("max by (host, name) (time() - ({prefix}_timer_last_trigger_seconds{{{TIMERS}}} > 0))");
    let failed = format!(r#"{prefix}_unit_state{{state="failed",{SERVICES}}} == 1"#);
    let columns = vec![
        Column::new("host", "Host").link("Open the host", TO_HOST),
        Column::new("name", "Timer"),
        Column::new("Value", "Last run").unit("s").steps(OLD),
    ];
    let broken = vec![Column::new("host", "Host").link("Open the host", TO_HOST), Column::new("name", "Unit")];
    vec![
        Some(Panel::stat("Timers", CARD, NEUTRAL).ask(watched.now(format!("count({age}) or vector(0)"), ""))),
        Some(
            Panel::stat("Oldest last run", CARD, OLD)
                .unit("s")
                .or("none ran")
                .ask(watched.now(format!("max({age})"), "")),
        ),
        Some(
            Panel::stat("Older than a day and a half", CARD, NONE_IS_GOOD)
                .ask(watched.now(format!("count({age} > 129600) or vector(0)"), "")),
        ),
        Some(Panel::stat("Failed", CARD, NONE_IS_GOOD).ask(watched.now(format!("count({failed}) or vector(0)"), ""))),
        Some(
            Panel::table("Last run of each timer", HALF, vec![watched.rows(age.clone())], columns)
                .about("Timers whose name says that they make backups or snapshots.")
                .or("No such timer.")
                .sorted("Last run", true),
        ),
        Some(
            Panel::graph("Age over time", HALF)
                .about("A saw-tooth: each backup brings its line down to nothing.")
                .unit("s")
                .limits(OLD)
                .ask(watched.range(format!("topk(20, {age})"), "{{host}} {{name}}")),
        ),
        Some(
            Panel::table(
                "Backups that failed",
                (24, 6),
                vec![watched.rows(format!("max by (host, name) ({failed})"))],
                broken,
            )
            .or("None has failed."),
        ),
    ]
}

fn restic(watched: &Watched<'_>) -> Vec<Option<Panel>> {
    let one = |expr: &str| watched.rows(format!("max by (client_hostname) ({expr})"));
    let targets = vec![
        one("time() - restic_backup_timestamp"),
        one("restic_backup_size_total"),
        one("restic_backup_files_total"),
        one("restic_backup_snapshots_total"),
    ];
    let columns = vec![
        Column::new("client_hostname", "Of"),
        Column::new("Value #A", "Last snapshot").unit("s").steps(OLD),
        Column::new("Value #B", "Size").unit("bytes"),
        Column::new("Value #C", "Files").unit("short"),
        Column::new("Value #D", "Snapshots").unit("short"),
    ];
    let check = yes_no(("failed", "red"), ("passed", "green"));
    vec![
        Some(Panel::stat("Snapshots", CARD, NEUTRAL).ask(watched.now("sum(restic_snapshots_total)", ""))),
        Some(
            Panel::stat("Oldest last snapshot", CARD, OLD)
                .unit("s")
                .ask(watched.now("max(time() - max by (client_hostname) (restic_backup_timestamp))", "")),
        ),
        Some(
            Panel::stat("Check of the repository", CARD, &[])
                .words(check)
                .or("not checked")
                .ask(watched.now("min(restic_check_success)", "")),
        ),
        Some(Panel::stat("Locks", CARD, NEUTRAL).ask(watched.now("sum(restic_locks_total)", ""))),
        Some(Panel::table("Last snapshot of each host", HALF, targets, columns).sorted("Last snapshot", true)),
        Some(
            Panel::graph("Size of the last snapshot", HALF)
                .unit("bytes")
                .ask(watched.range("max by (client_hostname) (restic_backup_size_total)", "{{client_hostname}}")),
        ),
    ]
}
