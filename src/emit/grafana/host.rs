//! The dashboard of one host.

use crate::alerts::file_systems;

use super::layout::Layout;
use super::panel::{Column, FILLING, NONE_IS_GOOD, Step};
use super::schema::{Dashboard, Panel};
use super::watched::{INTERFACES, Watched, health_number, state_numbers, yes_no};

const CARD: (u32, u32) = (3, 4);
const THIRD: (u32, u32) = (8, 8);
const HALF: (u32, u32) = (12, 8);

/// Degrees Celsius.
const WARM: &[Step] = &[(None, "green"), (Some(60.0), "yellow"), (Some(80.0), "red")];

pub(super) fn dashboard(watched: &Watched<'_>) -> Dashboard {
    let mut layout = Layout::default();
    layout.row(10, "$host", cards(watched));
    layout.row(
        20,
        "Health and alerts",
        vec![
            Some(watched.alerts("Alerts of this host", (14, 8), r#",host="$host""#)),
            Some(
                Panel::states("Health", (10, 8), state_numbers())
                    .about("What the host was, and when.")
                    .ask(watched.range(health_number(r#",host="$host""#), "{{host}}")),
            ),
        ],
    );
    let node = watched.has("node");
    layout.row(30, "Processor and memory", only(node, || processor(watched)));
    layout.row(40, "Disks", only(node, || disks(watched)));
    layout.row(50, "Network", only(node, || network(watched)));
    layout.row(60, "Units", units(watched));
    layout.row(70, "Hardware", hardware(watched));
    layout.row(80, "System", only(node, || vec![system(watched)]));
    layout.row(90, "Logs", only(watched.logs, || vec![logs(watched)]));
    let about = "One host: how it is, what it runs short of, and what fires.";
    let host = watched.variable("host", "Host", "label_values(cistern:host_health, host)");
    let dashboard = watched.dashboard("cistern-host", "Host", about, vec![host], layout);
    watched.marked(dashboard, r#",host="$host""#)
}

/// These panels, or none of them.
fn only(wanted: bool, panels: impl FnOnce() -> Vec<Panel>) -> Vec<Option<Panel>> {
    if wanted { panels().into_iter().map(Some).collect() } else { Vec::new() }
}

fn cards(watched: &Watched<'_>) -> Vec<Option<Panel>> {
    let ask = |panel: Panel, expr: &str| panel.ask(watched.now(expr, ""));
    let share = |title: &str, expr: &str| ask(Panel::stat(title, CARD, FILLING).unit("percentunit").decimals(0), expr);
    let health = Panel::stat("Health", CARD, &[(None, "text")]).words(state_numbers()).filled();
    let failed = Panel::stat("Failed units", CARD, NONE_IS_GOOD);
    let firing = Panel::stat("Alerts", CARD, NONE_IS_GOOD);
    let up = Panel::stat("Up for", CARD, &[(None, "red"), (Some(600.0), "green")]).unit("s");
    let reboot = Panel::stat("Reboot", CARD, &[]).words(yes_no(("not needed", "green"), ("needed", "yellow")));
    let alerts = r#"count(ALERTS{alertstate="firing",severity!="info",host="$host"}) or vector(0)"#;
    vec![
        Some(ask(health, &health_number(r#",host="$host""#))),
        Some(share("CPU", r#"cistern:host_cpu_used:ratio5m{host="$host"}"#)),
        Some(share("Memory", r#"cistern:host_memory_used:ratio5m{host="$host"}"#)),
        Some(share("Fullest disk", r#"cistern:host_disk_used:ratio5m{host="$host"}"#)),
        Some(ask(failed, r#"cistern:host_services_failed:count5m{host="$host"}"#)),
        Some(ask(firing, alerts)),
        watched.has("node").then(|| ask(up, r#"max(time() - node_boot_time_seconds{host="$host"})"#)),
        watched.has("node").then(|| ask(reboot, r#"max(cistern_system_reboot_needed{host="$host"})"#)),
    ]
}

fn processor(watched: &Watched<'_>) -> Vec<Panel> {
    let busy = r#"sum by (mode) (rate(node_cpu_seconds_total{host="$host",mode!="idle"}[$__rate_interval])) / scalar(count(node_cpu_seconds_total{host="$host",mode="idle"}))"#;
    let used = r#"node_memory_MemTotal_bytes{host="$host"} - node_memory_MemAvailable_bytes{host="$host"}"#;
    let swapped = r#"node_memory_SwapTotal_bytes{host="$host"} - node_memory_SwapFree_bytes{host="$host"}"#;
    let stalled = r#"rate(node_pressure_memory_waiting_seconds_total{host="$host"}[$__rate_interval])"#;
    let waiting = r#"rate(node_pressure_io_waiting_seconds_total{host="$host"}[$__rate_interval])"#;
    let queued = r#"rate(node_pressure_cpu_waiting_seconds_total{host="$host"}[$__rate_interval])"#;
    vec![
        Panel::graph("CPU by what it does", HALF)
            .unit("percentunit")
            .up_to(1.0)
            .ask(watched.range(busy, "{{mode}}"))
            .stacked(),
        Panel::graph("Memory", HALF)
            .unit("bytes")
            .ask(watched.range(used, "used"))
            .ask(watched.range(r#"node_memory_MemTotal_bytes{host="$host"}"#, "there is"))
            .ask(watched.range(swapped, "swapped out"))
            .colour("there is", "#8e8e8e"),
        Panel::graph("Load", HALF)
            .about("What runs or waits to run, on average; beyond the number of processors something waits.")
            .decimals(2)
            .ask(watched.range(r#"node_load1{host="$host"}"#, "1 minute"))
            .ask(watched.range(r#"node_load5{host="$host"}"#, "5 minutes"))
            .ask(watched.range(r#"node_load15{host="$host"}"#, "15 minutes"))
            .ask(watched.range(r#"count(node_cpu_seconds_total{host="$host",mode="idle"})"#, "processors"))
            .colour("processors", "#8e8e8e"),
        Panel::graph("Time lost waiting", HALF)
            .about("The share of time in which something waited for a processor, for memory or for a disk.")
            .unit("percentunit")
            .ask(watched.range(queued, "processor"))
            .ask(watched.range(stalled, "memory"))
            .ask(watched.range(waiting, "disk")),
    ]
}

fn disks(watched: &Watched<'_>) -> Vec<Panel> {
    let disks = file_systems();
    let left = |part: &str| format!(r#"max by (mountpoint) (node_filesystem_{part}{{host="$host",{disks}}})"#);
    let used = format!("1 - {} / {}", left("avail_bytes"), left("size_bytes"));
    let files = format!("1 - {} / ({} > 0)", left("files_free"), left("files"));
    let per_disk = |name: &str| {
        format!(r#"sum by (device) (rate({name}{{host="$host",device!~"loop.*|ram.*|zram.*"}}[$__rate_interval]))"#)
    };
    vec![
        Panel::bars("File systems: space used", THIRD, FILLING)
            .unit("percentunit")
            .up_to(1.0)
            .decimals(0)
            .ask(watched.now(used.clone(), "{{mountpoint}}")),
        Panel::bars("File systems: inodes used", THIRD, FILLING)
            .unit("percentunit")
            .up_to(1.0)
            .decimals(0)
            .ask(watched.now(files, "{{mountpoint}}")),
        Panel::graph("Space used over time", THIRD)
            .unit("percentunit")
            .up_to(1.0)
            .limits(FILLING)
            .ask(watched.range(used, "{{mountpoint}}")),
        Panel::graph("Read and written", HALF)
            .unit("Bps")
            .ask(watched.range(per_disk("node_disk_read_bytes_total"), "{{device}} read"))
            .ask(watched.range(per_disk("node_disk_written_bytes_total"), "{{device}} written"))
            .below(".* written"),
        Panel::graph("Disks busy", HALF)
            .unit("percentunit")
            .ask(watched.range(per_disk("node_disk_io_time_seconds_total"), "{{device}}")),
    ]
}

fn network(watched: &Watched<'_>) -> Vec<Panel> {
    let rate = |name: &str| {
        format!(r#"sum by (device) (rate(node_network_{name}_total{{host="$host",{INTERFACES}}}[$__rate_interval]))"#)
    };
    let answered =
        r#"avg by (instance) (avg_over_time(probe_success{job="probe-icmp",host="$host"}[$__rate_interval]))"#;
    vec![
        Panel::graph("Traffic", THIRD)
            .unit("Bps")
            .ask(watched.range(rate("receive_bytes"), "{{device}} received"))
            .ask(watched.range(rate("transmit_bytes"), "{{device}} sent"))
            .below(".* sent"),
        Panel::graph("Errors and drops", THIRD)
            .unit("pps")
            .ask(watched.range(rate("receive_errs"), "{{device}} receive errors"))
            .ask(watched.range(rate("transmit_errs"), "{{device}} send errors"))
            .ask(watched.range(rate("receive_drop"), "{{device}} receive drops"))
            .ask(watched.range(rate("transmit_drop"), "{{device}} send drops")),
        Panel::graph("Ping from the monitoring host", THIRD)
            .about("How long an answer takes, and the share of pings that got none.")
            .unit("s")
            .ask(
                watched.range(
                    r#"avg by (instance) (probe_duration_seconds{job="probe-icmp",host="$host"})"#,
                    "{{instance}}",
                ),
            )
            .ask(watched.range(format!("1 - {answered}"), "lost"))
            .share_of("lost"),
    ]
}

fn units(watched: &Watched<'_>) -> Vec<Option<Panel>> {
    let failed = format!(r#"max by (name) ({}_unit_state{{host="$host",state="failed"}} == 1)"#, watched.of_units());
    let table = Panel::table("Failed units", (8, 8), vec![watched.rows(failed)], vec![Column::new("name", "Unit")])
        .or("No unit has failed.");
    let count = |name: &str| format!(r#"cistern:host_services_{name}:count5m{{host="$host"}}"#);
    let course = Panel::graph("Services", (8, 8))
        .decimals(0)
        .ask(watched.range(count("active"), "active"))
        .ask(watched.range(count("failed"), "failed"))
        .ask(watched.range(count("total"), "all"))
        .colour("failed", "red")
        .colour("active", "green")
        .colour("all", "#8e8e8e");
    let restarts = r#"topk(10, increase(systemd_service_restart_total{host="$host"}[1h]) > 0)"#;
    let restarts = Panel::graph("Restarts within an hour", (8, 8))
        .decimals(0)
        .or("Nothing was restarted.")
        .ask(watched.range(restarts, "{{name}}"));
    let memory =
        r#"topk(10, sum by (groupname) (namedprocess_namegroup_memory_bytes{host="$host",memtype="resident"}))"#;
    let processor = r#"topk(10, sum by (groupname) (rate(namedprocess_namegroup_cpu_seconds_total{host="$host"}[$__rate_interval])))"#;
    let process = watched.has("process");
    vec![
        (watched.has("systemd") || watched.has("node")).then_some(table),
        Some(course),
        watched.has("systemd").then_some(restarts),
        process.then(|| {
            Panel::graph("Memory by program", HALF).unit("bytes").ask(watched.range(memory, "{{groupname}}")).stacked()
        }),
        process.then(|| {
            Panel::graph("Processors by program", HALF)
                .decimals(2)
                .ask(watched.range(processor, "{{groupname}}"))
                .stacked()
        }),
    ]
}

fn hardware(watched: &Watched<'_>) -> Vec<Option<Panel>> {
    let chips = r#"max by (chip, sensor) (node_hwmon_temp_celsius{host="$host"})"#;
    let warmth = Panel::graph("Temperatures", HALF)
        .unit("celsius")
        .limits(WARM)
        .ask(watched.range(chips, "{{chip}} {{sensor}}"));
    let one = |expr: &str| watched.rows(format!(r#"max by (device) ({expr})"#));
    let targets = vec![
        watched.rows(r#"max by (device, model_name) (smartctl_device{host="$host"})"#),
        one(r#"smartctl_device_smart_status{host="$host"}"#),
        one(r#"smartctl_device_temperature{host="$host",temperature_type="current"}"#),
        one(r#"smartctl_device_percentage_used{host="$host"} / 100"#),
        one(r#"smartctl_device_power_on_seconds{host="$host"}"#),
    ];
    let columns = vec![
        Column::new("device", "Device"),
        Column::new("model_name", "Model"),
        Column::new("Value #B", "SMART").words(yes_no(("failing", "red"), ("passed", "green"))),
        Column::new("Value #C", "Temperature").unit("celsius").steps(&[
            (None, "green"),
            (Some(50.0), "yellow"),
            (Some(60.0), "red"),
        ]),
        Column::share("Value #D", "Worn"),
        Column::new("Value #E", "On for").unit("s"),
    ];
    vec![
        (watched.hardware && watched.has("node")).then_some(warmth),
        watched.has("smartctl").then(|| Panel::table("Disks", HALF, targets, columns)),
    ]
}

fn system(watched: &Watched<'_>) -> Panel {
    let one = |expr: &str| watched.rows(format!("max by (host) ({expr})"));
    let targets = vec![
        watched.rows(r#"max by (host, running, booted, profile) (cistern_system_info{host="$host"})"#),
        one(r#"cistern_system_drifted{host="$host"}"#),
        one(r#"1000 * cistern_system_activated_timestamp_seconds{host="$host"}"#),
        watched.rows(r#"max by (host, release) (node_uname_info{host="$host"})"#),
    ];
    let columns = vec![
        Column::new("host", "Host"),
        Column::new("running", "Runs"),
        Column::new("booted", "Booted"),
        Column::new("profile", "Deployed"),
        Column::new("Value #B", "System").words(yes_no(("as deployed", "green"), ("drifted", "yellow"))).width(110),
        Column::new("Value #C", "Activated").unit("dateTimeFromNow").width(150),
        Column::new("release", "Kernel").width(120),
    ];
    Panel::table("System", (24, 4), targets, columns)
}

fn logs(watched: &Watched<'_>) -> Panel {
    Panel::logs("Warnings and worse", (24, 12))
        .ask(watched.lines(r#"{host="$host",level=~"emerg|alert|crit|error|warning"}"#, ""))
}
