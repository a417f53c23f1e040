//! The dashboard of the network: traffic, errors, and how far hosts are from the monitoring host.

use super::layout::Layout;
use super::panel::{AVAILABLE, Column, NEUTRAL, Step};
use super::schema::{Dashboard, Panel};
use super::watched::{INTERFACES, TO_HOST, Watched, yes_no};

const CARD: (u32, u32) = (6, 4);
const HALF: (u32, u32) = (12, 9);

/// Seconds since WireGuard's last handshake: a peer that has something to say makes one every two minutes.
const SILENT: &[Step] = &[(None, "green"), (Some(180.0), "yellow"), (Some(600.0), "red")];

pub(super) fn dashboard(watched: &Watched<'_>) -> Dashboard {
    let mut layout = Layout::default();
    layout.row(10, "Now", cards(watched));
    layout.row(20, "From the monitoring host", pings(watched));
    layout.row(30, "Traffic", if watched.has("node") { traffic(watched) } else { Vec::new() });
    layout.row(40, "WireGuard", if watched.has("wireguard") { wireguard(watched) } else { Vec::new() });
    let about = "Traffic, errors, and the way from the monitoring host to every other host.";
    let host = watched.variable("host", "Host", "label_values(cistern:host_health, host)").several();
    let dashboard = watched.dashboard("cistern-network", "Network", about, vec![host], layout);
    watched.marked(dashboard, r#",alertname=~"Host(Unreachable|Network).*""#)
}

fn cards(watched: &Watched<'_>) -> Vec<Option<Panel>> {
    let card = |title: &str, steps: &[Step], unit, expr: &str| {
        Some(Panel::stat(title, CARD, steps).unit(unit).ask(watched.range(expr, "")).with_course())
    };
    vec![
        card("Received", NEUTRAL, "Bps", "sum(cistern:fleet_network_received:bytes5m)"),
        card("Sent", NEUTRAL, "Bps", "sum(cistern:fleet_network_transmitted:bytes5m)"),
        card("Hosts that answer a ping", AVAILABLE, "percentunit", r#"avg(probe_success{job="probe-icmp",host!=""})"#),
        card("Slowest ping", NEUTRAL, "s", r#"max(probe_duration_seconds{job="probe-icmp",host!=""})"#),
    ]
}

fn pings(watched: &Watched<'_>) -> Vec<Option<Panel>> {
    let latency = r#"topk(20, max by (host) (probe_duration_seconds{job="probe-icmp",host=~"$host"}))"#;
    let lost = r#"1 - avg by (host) (avg_over_time(probe_success{job="probe-icmp",host=~"$host"}[5m]))"#;
    let now = |expr: &str| watched.rows(format!(r#"max by (host) ({expr})"#));
    let targets = vec![
        now(r#"probe_success{job="probe-icmp",host=~"$host"}"#),
        now(r#"probe_duration_seconds{job="probe-icmp",host=~"$host"}"#),
        now(r#"1 - avg_over_time(probe_success{job="probe-icmp",host=~"$host"}[1d])"#),
    ];
    let columns = vec![
        Column::new("host", "Host").link("Open the host", TO_HOST),
        Column::new("Value #A", "Ping").words(yes_no(("no answer", "red"), ("answers", "green"))),
        Column::new("Value #B", "Takes").unit("s"),
        Column::share("Value #C", "Lost within a day"),
    ];
    vec![
        Some(
            Panel::graph("Time until the answer", HALF)
                .about("The twenty slowest, as seen from the host of the Prometheus that is asked.")
                .unit("s")
                .ask(watched.range(latency, "{{host}}")),
        ),
        Some(
            Panel::graph("Pings without an answer", HALF)
                .unit("percentunit")
                .up_to(1.0)
                .ask(watched.range(format!("topk(20, {lost})"), "{{host}}")),
        ),
        Some(Panel::table("Hosts", (24, 9), targets, columns).sorted("Lost within a day", true)),
    ]
}

fn traffic(watched: &Watched<'_>) -> Vec<Option<Panel>> {
    let rate = |name: &str| {
        format!(
            r#"topk(10, sum by (host) (rate(node_network_{name}_total{{host=~"$host",{INTERFACES}}}[$__rate_interval])))"#
        )
    };
    let again = r#"topk(10, sum by (host) (rate(node_netstat_Tcp_RetransSegs{host=~"$host"}[$__rate_interval])) / (sum by (host) (rate(node_netstat_Tcp_OutSegs{host=~"$host"}[$__rate_interval])) > 0))"#;
    let panels = [
        Panel::graph("Received and sent", HALF)
            .about("The ten hosts with the most traffic.")
            .unit("Bps")
            .ask(watched.range(rate("receive_bytes"), "{{host}} received"))
            .ask(watched.range(rate("transmit_bytes"), "{{host}} sent"))
            .below(".* sent"),
        Panel::graph("Packets", HALF)
            .unit("pps")
            .ask(watched.range(rate("receive_packets"), "{{host}} received"))
            .ask(watched.range(rate("transmit_packets"), "{{host}} sent"))
            .below(".* sent"),
        Panel::graph("Errors", (8, 8))
            .unit("pps")
            .ask(watched.range(rate("receive_errs"), "{{host}} received"))
            .ask(watched.range(rate("transmit_errs"), "{{host}} sent")),
        Panel::graph("Drops", (8, 8))
            .unit("pps")
            .ask(watched.range(rate("receive_drop"), "{{host}} received"))
            .ask(watched.range(rate("transmit_drop"), "{{host}} sent")),
        Panel::graph("TCP segments sent again", (8, 8)).unit("percentunit").ask(watched.range(again, "{{host}}")),
    ];
    panels.into_iter().map(Some).collect()
}

fn wireguard(watched: &Watched<'_>) -> Vec<Option<Panel>> {
    let age = r#"max by (host, interface, friendly_name, public_key) (time() - (wireguard_latest_handshake_seconds{host=~"$host"} > 0))"#;
    let rate = |name: &str| {
        format!(r#"sum by (host, interface) (rate(wireguard_{name}_bytes_total{{host=~"$host"}}[$__rate_interval]))"#)
    };
    let columns = vec![
        Column::new("host", "Host").link("Open the host", TO_HOST),
        Column::new("interface", "Interface"),
        Column::new("friendly_name", "Peer"),
        Column::new("public_key", "Key"),
        Column::new("Value", "Last handshake").unit("s").steps(SILENT),
    ];
    vec![
        Some(
            Panel::table("Peers", HALF, vec![watched.rows(age)], columns)
                .about("A peer that is talked to makes a handshake every two minutes; one that is silent makes none.")
                .sorted("Last handshake", true),
        ),
        Some(
            Panel::graph("Through the tunnels", HALF)
                .unit("Bps")
                .ask(watched.range(rate("received"), "{{host}} {{interface}} received"))
                .ask(watched.range(rate("sent"), "{{host}} {{interface}} sent"))
                .below(".* sent"),
        ),
    ]
}
