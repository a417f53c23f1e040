//! The dashboard of one service: its instances, whether they answer, their certificates and their units.

use super::layout::Layout;
use super::panel::{AVAILABLE, Column, NONE_IS_GOOD, Step};
use super::schema::{Dashboard, Panel};
use super::watched::{TO_HOST, Watched, unit_states, yes_no};

const CARD: (u32, u32) = (4, 4);
const HALF: (u32, u32) = (12, 8);

/// Names of units that belong to a service: its own, those of its container and those of its parts.
const UNITS: &str = r"(.+-)?$service([-@].*)?\\.(service|timer)";

/// Seconds until a certificate ends.
const ENDING: &[Step] = &[(None, "red"), (Some(604_800.0), "yellow"), (Some(1_814_400.0), "green")];

/// Seconds until an answer.
const SLOW: &[Step] = &[(None, "green"), (Some(0.5), "yellow"), (Some(2.0), "red")];

pub(super) fn dashboard(watched: &Watched<'_>) -> Dashboard {
    let mut layout = Layout::default();
    layout.row(10, "$service", cards(watched));
    layout.row(
        20,
        "Alerts and instances",
        vec![Some(watched.alerts("Alerts of this service", HALF, r#",service="$service""#)), Some(instances(watched))],
    );
    layout.row(30, "Answers", answers(watched));
    layout.row(40, "Units", units(watched));
    layout.row(50, "Logs", vec![watched.logs.then(|| logs(watched))]);
    let about = "One service: whether its instances run and answer, how fast, and what fires.";
    let service = watched.variable("service", "Service", r#"label_values(up{service!=""}, service)"#);
    let dashboard = watched.dashboard("cistern-service", "Service", about, vec![service], layout);
    watched.marked(dashboard, r#",service="$service""#)
}

fn certificates(watched: &Watched<'_>) -> bool {
    watched.has("probe-http") || watched.has("probe-tls")
}

fn cards(watched: &Watched<'_>) -> Vec<Option<Panel>> {
    let ask = |panel: Panel, expr: &str| panel.ask(watched.now(expr, ""));
    let up = Panel::stat("Scraped", CARD, &[(None, "red"), (Some(1.0), "green")])
        .about("The share of instances whose metrics Prometheus gets.")
        .unit("percentunit")
        .or("not scraped");
    let instances = Panel::stat("Instances", CARD, &[(None, "blue")]);
    let available =
        Panel::stat("Answered within a day", CARD, AVAILABLE).unit("percentunit").decimals(2).or("not probed");
    let latency = Panel::stat("Slowest answer", CARD, SLOW).unit("s").or("not probed");
    let certificate = Panel::stat("Certificate ends in", CARD, ENDING).unit("s").or("no certificate");
    let firing = Panel::stat("Alerts", CARD, NONE_IS_GOOD);
    let ends = r#"min(probe_ssl_earliest_cert_expiry{service="$service"}) - time()"#;
    vec![
        Some(ask(instances, r#"count(count by (host) (up{service="$service"}))"#)),
        Some(ask(up, r#"avg(up{service="$service",job!~"probe-.*"})"#)),
        Some(ask(available, r#"avg(avg_over_time(probe_success{service="$service"}[1d]))"#)),
        Some(ask(latency, r#"max(probe_duration_seconds{service="$service"})"#)),
        certificates(watched).then(|| ask(certificate, ends)),
        Some(ask(firing, r#"count(ALERTS{alertstate="firing",severity!="info",service="$service"}) or vector(0)"#)),
    ]
}

fn instances(watched: &Watched<'_>) -> Panel {
    let targets = vec![
        watched.rows(r#"count by (host) (up{service="$service"})"#),
        watched.rows(r#"min by (host) (up{service="$service",job!~"probe-.*"})"#),
        watched.rows(r#"min by (host) (probe_success{service="$service"})"#),
        watched.rows(r#"max by (host) (probe_duration_seconds{service="$service"})"#),
        watched.rows(r#"min by (host) (probe_ssl_earliest_cert_expiry{service="$service"}) - time()"#),
    ];
    let mut columns = vec![
        Column::new("host", "Host").link("Open the host", TO_HOST),
        Column::new("Value #B", "Metrics").words(yes_no(("down", "red"), ("up", "green"))),
        Column::new("Value #C", "Probe").words(yes_no(("fails", "red"), ("answers", "green"))),
        Column::new("Value #D", "Answers in").unit("s").steps(SLOW),
    ];
    if certificates(watched) {
        columns.push(Column::new("Value #E", "Certificate ends in").unit("s").steps(ENDING));
    }
    Panel::table("Instances", HALF, targets, columns).sorted("Host", false)
}

fn answers(watched: &Watched<'_>) -> Vec<Option<Panel>> {
    let success = r#"avg by (instance, host) (avg_over_time(probe_success{service="$service"}[$__rate_interval]))"#;
    let latency = r#"max by (instance, host) (probe_duration_seconds{service="$service"})"#;
    let phases = r#"avg by (phase) (probe_http_duration_seconds{service="$service"})"#;
    vec![
        Some(
            Panel::graph("Probes that succeed", HALF)
                .unit("percentunit")
                .up_to(1.0)
                .or("Nothing probes this service.")
                .ask(watched.range(success, "{{host}} {{instance}}")),
        ),
        Some(
            Panel::graph("Time until the answer", HALF)
                .unit("s")
                .limits(SLOW)
                .or("Nothing probes this service.")
                .ask(watched.range(latency, "{{host}} {{instance}}")),
        ),
        watched.has("probe-http").then(|| {
            Panel::graph("What an HTTP answer waits for", (24, 7))
                .unit("s")
                .or("Nothing probes this service over HTTP.")
                .ask(watched.range(phases, "{{phase}}"))
                .stacked()
        }),
    ]
}

fn units(watched: &Watched<'_>) -> Vec<Option<Panel>> {
    let state = format!("{}_unit_state", watched.of_units());
    let hosts = r#"on (host) group_left () count by (host) (up{service="$service"})"#;
    let named = format!(r#"max by (host, name, state) ({state}{{name=~"{UNITS}"}} == 1) * {hosts}"#);
    let columns = vec![
        Column::new("host", "Host").link("Open the host", TO_HOST),
        Column::new("name", "Unit"),
        Column::new("state", "State").words(unit_states()),
    ];
    let restarts = format!(r#"increase(systemd_service_restart_total{{name=~"{UNITS}"}}[1h]) * {hosts}"#);
    vec![
        (watched.has("systemd") || watched.has("node")).then(|| {
            Panel::table("Units of that name", HALF, vec![watched.rows(named)], columns)
                .about("Units whose name holds the service's, on the hosts that run it.")
                .or("No unit has the service's name.")
        }),
        watched.has("systemd").then(|| {
            Panel::graph("Restarts within an hour", HALF).decimals(0).ask(watched.range(restarts, "{{host}} {{name}}"))
        }),
    ]
}

fn logs(watched: &Watched<'_>) -> Panel {
    let expr = format!(r#"{{unit=~"{UNITS}"}}"#);
    Panel::logs("Logs of units of that name", (24, 12)).ask(watched.lines(expr, ""))
}
