//! The dashboard of the fleet: how many hosts are well, what fires, and every host with where to look further.

use super::layout::Layout;
use super::panel::{Column, FILLING, NEUTRAL, NONE_IS_BETTER, NONE_IS_GOOD, Step};
use super::schema::{Dashboard, Panel};
use super::watched::{STATES, TO_HOST, Watched, states, yes_no};

const CARD: (u32, u32) = (3, 4);

pub(super) fn dashboard(watched: &Watched<'_>) -> Dashboard {
    let mut layout = Layout::default();
    layout.row(10, "Hosts", cards(watched));
    layout.row(30, "Health", health(watched));
    layout.row(
        40,
        "Alerts and places",
        vec![Some(watched.alerts("Alerts that fire", (14, 9), "")), Some(sites(watched))],
    );
    layout.row(50, "Every host", vec![Some(hosts(watched))]);
    layout.row(60, "Groups", vec![watched.groups.then(|| groups(watched))]);
    layout.row(70, "Resources", resources(watched));
    let about = "How the hosts of the fleet are, what fires, and where to look further.";
    watched.marked(watched.dashboard("cistern-fleet", "Fleet", about, Vec::new(), layout), r#",severity="critical""#)
}

fn cards(watched: &Watched<'_>) -> Vec<Option<Panel>> {
    let firing = r#"count(ALERTS{alertstate="firing",severity!="info"}) or vector(0)"#;
    let maintained =
        r#"count(count by (host) (ALERTS{alertstate="firing",alertname="HostInMaintenance"})) or vector(0)"#;
    let mut cards = vec![card(watched, "Hosts", NEUTRAL, "sum(cistern:fleet_hosts:count) or vector(0)".to_owned())];
    for (state, title, steps) in [
        ("healthy", "Healthy", &[(None, "green")] as &[Step]),
        ("degraded", "Degraded", NONE_IS_BETTER),
        ("critical", "Critical", NONE_IS_GOOD),
        ("unreachable", "Unreachable", &[(None, "green"), (Some(1.0), "purple")]),
        ("unknown", "Unknown", &[(None, "green"), (Some(1.0), "#8e8e8e")]),
    ] {
        let expr = format!(r#"sum(cistern:fleet_hosts:count{{state="{state}"}}) or vector(0)"#);
        cards.push(card(watched, title, steps, expr));
    }
    cards.push(card(watched, "In maintenance", NEUTRAL, maintained.to_owned()));
    cards.push(card(watched, "Alerts", NONE_IS_GOOD, firing.to_owned()));
    cards.into_iter().map(Some).collect()
}

fn card(watched: &Watched<'_>, title: &str, steps: &[Step], expr: String) -> Panel {
    Panel::stat(title, CARD, steps).ask(watched.range(expr, title_of(title))).with_course()
}

/// The name of a card's series: its title, for whoever hovers over it.
fn title_of(title: &str) -> &'static str {
    const TITLES: &[&str] =
        &["Hosts", "Healthy", "Degraded", "Critical", "Unreachable", "Unknown", "In maintenance", "Alerts"];
    TITLES.iter().find(|known| **known == title).copied().unwrap_or_default()
}

fn health(watched: &Watched<'_>) -> Vec<Option<Panel>> {
    let shares =
        Panel::shares("How many are how", (7, 8)).ask(watched.now("cistern:fleet_hosts:count > 0", "{{state}}"));
    let course = Panel::graph("Hosts by state", (10, 8))
        .decimals(0)
        .ask(watched.range("sum by (state) (cistern:fleet_hosts:count)", "{{state}}"))
        .stacked();
    let firing = Panel::graph("Alerts by severity", (7, 8))
        .decimals(0)
        .ask(watched.range(r#"count by (severity) (ALERTS{alertstate="firing"})"#, "{{severity}}"))
        .or("No alert fired.")
        .stacked()
        .colour("critical", "red")
        .colour("warning", "yellow")
        .colour("info", "blue");
    vec![Some(coloured(shares)), Some(coloured(course)), Some(firing)]
}

fn coloured(panel: Panel) -> Panel {
    STATES.iter().fold(panel, |panel, (state, colour, _)| panel.colour(state, colour))
}

fn sites(watched: &Watched<'_>) -> Panel {
    let named = |expr: &str| format!(r#"label_replace({expr}, "site", "no site", "site", "")"#);
    let in_state = |state: &str| named(&format!(r#"count by (site) (cistern:host_health{{state="{state}"}} == 1)"#));
    let targets = vec![
        watched.rows(named("count by (site) (cistern:host_health == 1)")),
        watched.rows(in_state("healthy")),
        watched.rows(in_state("degraded")),
        watched.rows(in_state("critical")),
        watched.rows(in_state("unreachable")),
    ];
    let columns = vec![
        Column::new("site", "Site"),
        Column::new("Value #A", "Hosts"),
        Column::new("Value #B", "Healthy").steps(&[(None, "green")]),
        Column::new("Value #C", "Degraded").steps(NONE_IS_BETTER),
        Column::new("Value #D", "Critical").steps(NONE_IS_GOOD),
        Column::new("Value #E", "Unreachable").steps(&[(None, "green"), (Some(1.0), "purple")]),
    ];
    Panel::table("Hosts by site", (10, 9), targets, columns).decimals(0).sorted("Site", false)
}

fn hosts(watched: &Watched<'_>) -> Panel {
    let one = |expr: &str| watched.rows(format!("max by (host) ({expr})"));
    let targets = vec![
        watched.rows("max by (host, site, region, state) (cistern:host_health == 1)"),
        one("cistern:host_cpu_used:ratio5m"),
        one("cistern:host_memory_used:ratio5m"),
        one("cistern:host_disk_used:ratio5m"),
        one("cistern:host_services_failed:count5m"),
        watched.rows(r#"count by (host) (ALERTS{alertstate="firing",severity!="info"})"#),
        one("time() - node_boot_time_seconds"),
        one("cistern_system_reboot_needed"),
        one("cistern_system_drifted"),
    ];
    let columns = vec![
        Column::new("host", "Host").link("Open the host", TO_HOST),
        Column::new("site", "Site"),
        Column::new("region", "Region"),
        Column::new("state", "Health").words(states()).width(110),
        Column::share("Value #B", "CPU"),
        Column::share("Value #C", "Memory"),
        Column::share("Value #D", "Fullest disk"),
        Column::new("Value #E", "Failed units").steps(NONE_IS_GOOD).width(100),
        Column::new("Value #F", "Alerts").steps(NONE_IS_GOOD).width(80),
        Column::new("Value #G", "Up for").unit("s").width(110),
        Column::new("Value #H", "Reboot").words(yes_no(("no", "green"), ("needed", "yellow"))).width(90),
        Column::new("Value #I", "System").words(yes_no(("as deployed", "green"), ("drifted", "yellow"))).width(110),
    ];
    Panel::table("Hosts", (24, 14), targets, columns)
        .about("A host's name leads to its own dashboard.")
        .sorted("Host", false)
}

fn groups(watched: &Watched<'_>) -> Panel {
    let in_state = |state: &str| {
        let state = format!(r#"(cistern:host_health{{state="{state}"}} == 1)"#);
        watched.rows(format!("count by (group) (cistern:group_member * on (host) group_left () {state})"))
    };
    let targets = vec![
        watched.rows("count by (group) (cistern:group_member)"),
        in_state("healthy"),
        in_state("degraded"),
        in_state("critical"),
        in_state("unreachable"),
        watched.rows("max by (group) (cistern:group_cpu_used:ratio5m)"),
        watched.rows("max by (group) (cistern:group_memory_used:ratio5m)"),
    ];
    let columns = vec![
        Column::new("group", "Group"),
        Column::new("Value #A", "Hosts"),
        Column::new("Value #B", "Healthy").steps(&[(None, "green")]),
        Column::new("Value #C", "Degraded").steps(NONE_IS_BETTER),
        Column::new("Value #D", "Critical").steps(NONE_IS_GOOD),
        Column::new("Value #E", "Unreachable").steps(&[(None, "green"), (Some(1.0), "purple")]),
        Column::share("Value #F", "CPU"),
        Column::share("Value #G", "Memory"),
    ];
    Panel::table("Hosts by group", (24, 8), targets, columns).sorted("Group", false)
}

fn resources(watched: &Watched<'_>) -> Vec<Option<Panel>> {
    let share = |title: &str, name: &str| {
        Panel::graph(title, (8, 8))
            .unit("percentunit")
            .up_to(1.0)
            .limits(FILLING)
            .ask(watched.range(format!("topk(10, max by (host) (cistern:host_{name}:ratio5m))"), "{{host}}"))
    };
    let traffic = Panel::graph("Network of the whole fleet", (24, 8))
        .unit("Bps")
        .ask(watched.range("cistern:fleet_network_received:bytes5m", "received"))
        .ask(watched.range("cistern:fleet_network_transmitted:bytes5m", "sent"))
        .below("sent");
    let shares = [
        share("CPU: the ten busiest hosts", "cpu_used"),
        share("Memory: the ten fullest hosts", "memory_used"),
        share("Disks: the ten fullest hosts", "disk_used"),
    ];
    shares.into_iter().chain([traffic]).map(Some).collect()
}
