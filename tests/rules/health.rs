//! The state of hosts, and what is recorded of them.

use serde_json::Value as Json;

use crate::common::{everything, require};
use crate::promtool::{self, Expectation, Run, Series, groups};
use crate::watched;

/// The states, in the order of `cistern status`.
const STATES: [&str; 5] = ["healthy", "degraded", "critical", "unreachable", "unknown"];

/// The labels of a host's own exporter.
const NODE: &str = "job=\"node\",service=\"node-exporter\",host=\"a\",site=\"here\",region=\"eu\",instance=\"a:9100\"";

fn series(name: String, value: impl Fn(usize) -> f64, minutes: usize) -> Series {
    Series { name, values: (0..minutes).map(|minute| value(minute).to_string()).collect() }
}

/// A state, and what leads to it: what the node exporter and the ping say, and the severities of alerts.
type Told<'a> = (&'a str, Option<f64>, Option<f64>, &'a [&'a str]);

/// Goes through the states: in each there is exactly one, and it is the right one.
#[test]
fn a_host_is_in_one_state() {
    let Some(lab) = require(&["promtool"]) else { return };
    // Each lasts ten minutes.
    let told: &[Told<'_>] = &[
        ("healthy", Some(1.0), Some(1.0), &[]),
        ("degraded", Some(1.0), Some(1.0), &["warning"]),
        ("critical", Some(1.0), Some(1.0), &["critical"]),
        ("critical", Some(1.0), Some(1.0), &["warning", "critical"]),
        ("healthy", Some(1.0), Some(1.0), &["info"]),
        ("unknown", Some(0.0), Some(1.0), &[]),
        ("unknown", Some(0.0), Some(1.0), &["warning"]),
        ("critical", Some(0.0), Some(1.0), &["critical"]),
        ("unreachable", Some(0.0), Some(0.0), &["critical"]),
        ("healthy", Some(1.0), Some(0.0), &[]),
        ("healthy", None, Some(1.0), &[]),
        ("unreachable", None, Some(0.0), &["warning"]),
        ("unknown", None, None, &[]),
        ("healthy", Some(1.0), None, &[]),
    ];
    let values = |of: &dyn Fn(usize) -> Option<f64>| {
        let mut there = false;
        let values = (0..told.len() * 10).map(|minute| match of(minute / 10) {
            Some(value) => {
                there = true;
                value.to_string()
            }
            None if std::mem::take(&mut there) => "stale".to_owned(),
            None => "_".to_owned(),
        });
        values.collect::<Vec<_>>()
    };
    let place = "host=\"a\",site=\"here\",region=\"eu\"";
    let probe = format!("{{job=\"probe-icmp\",{place},instance=\"10.0.0.11\"}}");
    let mut all = vec![
        Series { name: format!("up{{{NODE}}}"), values: values(&|at| told[at].1) },
        Series { name: format!("probe_success{probe}"), values: values(&|at| told[at].2) },
        // The blackbox exporter itself answers, or not, for each target.
        Series { name: format!("up{probe}"), values: values(&|at| Some(f64::from(told[at].2.is_some()))) },
    ];
    for severity in ["warning", "critical", "info"] {
        let name =
            format!("ALERTS{{alertname=\"X-{severity}\",alertstate=\"firing\",severity=\"{severity}\",{place}}}");
        all.push(Series { name, values: values(&|at| told[at].3.contains(&severity).then_some(1.0)) });
    }
    let mut expected = Vec::new();
    for minute in 0..told.len() * 10 {
        let state = told[minute / 10].0;
        for (expr, value) in [
            (format!("count(cistern:host_health{{{place}}})"), 1.0),
            (format!("sum(cistern:host_health{{{place},state=\"{state}\"}})"), 1.0),
            (format!("sum(cistern:fleet_hosts:count{{state=\"{state}\"}})"), 1.0),
            ("sum(cistern:fleet_hosts:count)".to_owned(), 1.0),
            ("count(cistern:fleet_hosts:count)".to_owned(), 5.0),
            ("sum(cistern:group_hosts:count{group=\"first\"})".to_owned(), 1.0),
        ] {
            expected.push(Expectation { expr, minute, value: Some(value) });
        }
    }
    assert!(STATES.iter().all(|state| told.iter().any(|(told, ..)| told == state)), "every state is told of");
    let health: Vec<Json> = recording().into_iter().filter(|group| group["name"] == "cistern-health").collect();
    let output = promtool::test(lab, &health, &[Run { series: all, expected }]);
    assert!(output.status.success(), "{}", everything(&output));
}

/// What is recorded of the host `a`, of its site and its group, which have `b` as well, and of the fleet.
const FIGURES: &[(&str, f64, f64, f64)] = &[
    ("cpu_used:ratio", 0.25, 0.5, 0.5),
    ("memory_used:ratio", 0.25, 0.5, 0.5),
    ("disk_used:ratio", 0.25, 0.75, 0.75),
    ("network_received:bytes", 10.0, 20.0, 30.0),
    ("network_transmitted:bytes", 20.0, 40.0, 60.0),
    ("services_active:count", 2.0, 4.0, 6.0),
    ("services_failed:count", 1.0, 2.0, 3.0),
    ("services_total:count", 3.0, 6.0, 9.0),
];

/// What three hosts say for a while: they are busy by a quarter, a half and three quarters.
fn three_hosts(minutes: usize) -> Vec<Series> {
    let mut all = Vec::new();
    for (host, site, busy) in [("a", "here", 0.25), ("b", "here", 0.75), ("c", "there", 0.5)] {
        let labels = format!("job=\"node\",host=\"{host}\",site=\"{site}\",region=\"eu\",instance=\"{host}:9100\"");
        let mut add = |metric: &str, more: &str, value: &dyn Fn(usize) -> f64| {
            all.push(series(format!("{metric}{{{labels}{more}}}"), value, minutes));
        };
        add("up", "", &|_| 1.0);
        for cpu in ["0", "1"] {
            add("node_cpu_seconds_total", &format!(",mode=\"idle\",cpu=\"{cpu}\""), &|at| {
                60.0 * (1.0 - busy) * at as f64
            });
            add("node_cpu_seconds_total", &format!(",mode=\"user\",cpu=\"{cpu}\""), &|at| 60.0 * busy * at as f64);
        }
        add("node_memory_MemTotal_bytes", "", &|_| 1000.0);
        add("node_memory_MemAvailable_bytes", "", &|_| 1000.0 * (1.0 - busy));
        for (mount, free) in [("/", 90.0), ("/data", 100.0 * (1.0 - busy))] {
            let more = format!(",device=\"/dev/x\",fstype=\"ext4\",mountpoint=\"{mount}\"");
            add("node_filesystem_size_bytes", &more, &|_| 100.0);
            add("node_filesystem_avail_bytes", &more, &|_| free);
        }
        for device in ["eth0", "veth1", "br0", "eth0.7"] {
            let more = format!(",device=\"{device}\"");
            add("node_network_receive_bytes_total", &more, &|at| 600.0 * at as f64);
            add("node_network_transmit_bytes_total", &more, &|at| 1200.0 * at as f64);
        }
        for (name, state) in
            [("web.service", "active"), ("db.service", "active"), ("old.service", "failed"), ("x.socket", "failed")]
        {
            for known in ["active", "failed", "inactive"] {
                let more = format!(",name=\"{name}\",state=\"{known}\",type=\"simple\"");
                add("node_systemd_unit_state", &more, &|_| f64::from(u8::from(state == known)));
            }
        }
    }
    all
}

/// The figures of a host, its site, its group and the fleet; and how many series that makes.
#[test]
fn figures_of_hosts_are_recorded() {
    let Some(lab) = require(&["promtool"]) else { return };
    // The longest window that is looked at has no warming up in it any more.
    let minutes = 90;
    let mut expected = Vec::new();
    let mut expect = |expr, value| expected.push(Expectation { expr, minute: minutes - 1, value: Some(value) });
    for window in ["1m", "5m", "15m", "1h"] {
        for &(figure, host, two, fleet) in FIGURES {
            let rounded = |expr: String| format!("round({expr}, 0.0001)");
            let bare = |expr: String| format!("sum({expr})");
            expect(
                rounded(bare(format!("cistern:host_{figure}{window}{{host=\"a\",site=\"here\",region=\"eu\"}}"))),
                host,
            );
            expect(rounded(bare(format!("cistern:site_{figure}{window}{{site=\"here\"}}"))), two);
            expect(rounded(bare(format!("cistern:group_{figure}{window}{{group=\"first\"}}"))), two);
            expect(rounded(format!("cistern:fleet_{figure}{window}")), fleet);
        }
    }
    expect("count({__name__=~\"cistern:host_.+\",host=\"a\"}) <= bool 60".to_owned(), 1.0);
    // Eight figures in five windows, whether it is reached, its state and its group.
    expect("count({__name__=~\"cistern:.+\",host=\"a\"})".to_owned(), 8.0 * 5.0 + 3.0);
    let output = promtool::test(lab, &recording(), &[Run { series: three_hosts(minutes), expected }]);
    assert!(output.status.success(), "{}", everything(&output));
}

/// A day is made from hours, and those from five minutes.
#[test]
fn figures_of_a_day_are_recorded() {
    let Some(lab) = require(&["promtool"]) else { return };
    let minutes = 26 * 60;
    let mut groups = recording();
    for group in &mut groups {
        let rules = group["rules"].as_array_mut().expect("rules");
        rules.retain(|rule| {
            ["5m", "1h", "1d"].iter().any(|window| rule["record"] == format!("cistern:host_cpu_used:ratio{window}"))
        });
    }
    groups.retain(|group| group["rules"].as_array().is_some_and(|rules| !rules.is_empty()));
    assert_eq!(groups.len(), 3);
    let expr = "round(sum(cistern:host_cpu_used:ratio1d{host=\"a\"}), 0.0001)".to_owned();
    let expected = vec![Expectation { expr, minute: minutes - 1, value: Some(0.25) }];
    let output = promtool::test(lab, &groups, &[Run { series: three_hosts(minutes), expected }]);
    assert!(output.status.success(), "{}", everything(&output));
}

fn recording() -> Vec<Json> {
    groups(&watched().root().join("generated/prometheus/rules/recording.yml"))
}
