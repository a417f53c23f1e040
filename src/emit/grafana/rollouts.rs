//! The dashboard of rollouts: which system every host runs, since when, and what is not as deployed.

use super::layout::Layout;
use super::panel::{Column, NEUTRAL, NONE_IS_BETTER};
use super::schema::{Dashboard, Panel};
use super::watched::{TO_HOST, Watched, states, yes_no};

const CARD: (u32, u32) = (6, 4);

pub(super) fn dashboard(watched: &Watched<'_>) -> Dashboard {
    let mut layout = Layout::default();
    let card = |title: &str, steps, expr: &str| Some(Panel::stat(title, CARD, steps).ask(watched.now(expr, "")));
    layout.row(
        10,
        "Now",
        vec![
            card("Hosts that tell", NEUTRAL, "count(cistern_system_info) or vector(0)"),
            card("Not as deployed", NONE_IS_BETTER, "sum(cistern_system_drifted) or vector(0)"),
            card("Reboot needed", NONE_IS_BETTER, "sum(cistern_system_reboot_needed) or vector(0)"),
            card(
                "Activated within a day",
                NEUTRAL,
                "count(time() - cistern_system_activated_timestamp_seconds < 86400) or vector(0)",
            )
            .map(|card| card.about("Hosts that another system was activated on within the last 24 hours.")),
        ],
    );
    layout.row(20, "Hosts", vec![Some(hosts(watched))]);
    layout.row(30, "Over time", over_time(watched));
    let about = "Which system every host runs, since when, and which host is not as it was deployed.";
    let dashboard = watched.dashboard("cistern-rollouts", "Rollouts", about, Vec::new(), layout);
    watched.marked(dashboard, r#",alertname=~".*(Drift|Reboot|Generation).*""#)
}

fn hosts(watched: &Watched<'_>) -> Panel {
    let one = |expr: &str| watched.rows(format!("max by (host) ({expr})"));
    let targets = vec![
        watched.rows("max by (host, running, booted, profile) (cistern_system_info)"),
        one("cistern_system_drifted"),
        one("cistern_system_reboot_needed"),
        one("1000 * cistern_system_activated_timestamp_seconds"),
        watched.rows("max by (host, release) (node_uname_info)"),
        watched.rows("max by (host, state) (cistern:host_health == 1)"),
    ];
    let columns = vec![
        Column::new("host", "Host").link("Open the host", TO_HOST),
        Column::new("state", "Health").words(states()).width(110),
        Column::new("Value #B", "System").words(yes_no(("as deployed", "green"), ("drifted", "yellow"))).width(110),
        Column::new("Value #C", "Reboot").words(yes_no(("no", "green"), ("needed", "yellow"))).width(90),
        Column::new("Value #D", "Activated").unit("dateTimeFromNow").width(150),
        Column::new("release", "Kernel").width(120),
        Column::new("running", "Runs"),
        Column::new("profile", "Deployed"),
        Column::new("booted", "Booted"),
    ];
    Panel::table("What each host runs", (24, 14), targets, columns)
        .about("Drifted: what runs is not what was deployed last. Reboot: another kernel was deployed than was booted.")
        .sorted("Host", false)
}

fn over_time(watched: &Watched<'_>) -> Vec<Option<Panel>> {
    let activated = "sum(changes(cistern_system_activated_timestamp_seconds[1h]))";
    let critical = r#"sum(cistern:fleet_hosts:count{state="critical"})"#;
    let drift = Panel::graph("Not as deployed", (12, 8))
        .decimals(0)
        .ask(watched.range("sum(cistern_system_drifted)", "drifted"))
        .ask(watched.range("sum(cistern_system_reboot_needed)", "reboot needed"));
    let activations = Panel::graph("Activations within an hour, and health", (12, 8))
        .about("Whether hosts became worse when they were deployed.")
        .decimals(0)
        .ask(watched.range(activated, "activations"))
        .ask(watched.range(critical, "critical hosts"))
        .colour("critical hosts", "red");
    vec![Some(activations), Some(drift)]
}
