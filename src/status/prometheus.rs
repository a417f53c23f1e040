//! What Prometheus is asked, and what is read from its answers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Deserialize;

use super::Seen;
use super::answer::shown;
use super::document::Health;
use crate::value::HostName;

/// The label that tells the parts of an answer apart.
const PART: &str = "cistern_part";

/// What is asked at once, by the word that its series are marked with. Every series has the label `host`.
const PARTS: &[(&str, &str)] = &[
    ("health", "cistern:host_health == 1"),
    ("system", "cistern_system_info"),
    ("reboot", "cistern_system_reboot_needed"),
    ("failed", "node_systemd_unit_state{state=\"failed\"} == 1"),
    ("units", "count by (host) (node_systemd_unit_state{state=\"failed\"})"),
    (
        "alert",
        "ALERTS{alertstate=\"firing\", severity=~\"critical|warning\", host!=\"\", alertname!~\"HostUnreachable|HostCritical|HostDegraded\"}",
    ),
    ("seen", "max by (host) (timestamp(up{host!=\"\"} == 1))"),
    (
        "backup",
        "min by (host) (node_systemd_timer_last_trigger_seconds{name=~\"(restic-backups|borgbackup-job)-.+\"} > 0 \
         or max by (host, client_hostname, snapshot_paths) (restic_backup_timestamp))",
    ),
];

/// How far back a host is looked for that is not up.
const LOOK_BACK: &str = "[30d:10m]";

/// The most hosts that are looked for.
const LOOKED_FOR: usize = 100;

/// What is asked of everybody at once.
pub fn question() -> String {
    let part =
        |(word, expression): &(&str, &str)| format!("label_replace({expression}, \"{PART}\", \"{word}\", \"\", \"\")");
    PARTS.iter().map(part).collect::<Vec<_>>().join(" or ")
}

/// When hosts were up that are not; nothing when all are.
pub fn looking_back(wanted: &BTreeSet<HostName>, heard: &BTreeMap<HostName, Seen>) -> Option<String> {
    let is_missing = |host: &&HostName| heard.get(*host).is_none_or(|seen| seen.last_seen.is_none());
    // Names of hosts hold letters, digits and hyphens.
    let missing: Vec<_> = wanted.iter().filter(is_missing).take(LOOKED_FOR).map(|host| host.as_str()).collect();
    let series = format!("up{{host=~\"{}\"}}", missing.join("|"));
    let expression = format!("max by (host) (max_over_time(timestamp({series} == 1){LOOK_BACK}))");
    (!missing.is_empty()).then(|| format!("label_replace({expression}, \"{PART}\", \"seen\", \"\", \"\")"))
}

/// The path of a query, its question encoded.
pub fn path(question: &str) -> String {
    let mut path = "/api/v1/query?query=".to_owned();
    for byte in question.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => path.push(byte.into()),
            _ => write!(path, "%{byte:02X}").expect("a text takes everything"),
        }
    }
    path
}

#[derive(Deserialize)]
struct Reply {
    status: String,
    #[serde(default)]
    error: String,
    data: Option<Answer>,
}

#[derive(Deserialize)]
struct Answer {
    result: Vec<Series>,
}

#[derive(Deserialize)]
struct Series {
    metric: BTreeMap<String, String>,
    value: (f64, String),
}

/// Adds what an answer says to what was heard before.
///
/// # Errors
/// Why it is no answer of Prometheus', in a clause.
pub fn note(body: &[u8], hosts: &BTreeSet<HostName>, heard: &mut BTreeMap<HostName, Seen>) -> Result<(), String> {
    let reply: Reply = serde_json::from_slice(body).map_err(|error| format!("no answer of Prometheus': {error}"))?;
    let Some(answer) = reply.data.filter(|_| reply.status == "success") else {
        return Err(format!("Prometheus refuses the question: {}", shown(&reply.error)));
    };
    for series in answer.result {
        let label = |name: &str| series.metric.get(name).map(String::as_str);
        let Some(host) = label("host").and_then(|host| hosts.iter().find(|known| known.as_str() == host)) else {
            continue;
        };
        let number: Option<f64> = series.value.1.parse().ok();
        let seen = heard.entry(host.clone()).or_default();
        match label(PART).unwrap_or_default() {
            "health" => seen.health = label("state").and_then(Health::read),
            "system" => {
                seen.running = label("running").filter(|path| !path.is_empty()).map(shown);
                seen.deployed = label("profile").filter(|path| !path.is_empty()).map(shown);
            }
            "reboot" => seen.reboot_needed = number.map(|number| number > 0.0),
            "failed" => {
                let unit = label("name").unwrap_or_default();
                seen.failed_units.get_or_insert_default().insert(shown(unit));
            }
            "units" => drop(seen.failed_units.get_or_insert_default()),
            "alert" => seen.reasons.push(alert(&series.metric)),
            "seen" => seen.last_seen = number.map(seconds).max(seen.last_seen),
            "backup" => seen.last_backup = number.map(seconds),
            _ => {}
        }
    }
    for seen in heard.values_mut() {
        seen.reasons.sort();
        seen.reasons.dedup();
    }
    Ok(())
}

/// Whether anything was heard of the health of hosts: where no rule makes it, nobody can tell.
pub fn knows_health(heard: &BTreeMap<HostName, Seen>) -> bool {
    heard.values().any(|seen| seen.health.is_some())
}

/// `FilesystemFull of jellyfin`.
fn alert(labels: &BTreeMap<String, String>) -> String {
    let name = labels.get("alertname").map_or("an alert", String::as_str);
    let about = ["service", "name", "mountpoint", "device"].iter().find_map(|label| labels.get(*label));
    match about {
        Some(about) => shown(&format!("{name} ({about})")),
        None => shown(name),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a time is far from the ends of an integer")]
fn seconds(number: f64) -> i64 {
    number as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::decode::Scalar as _;

    fn hosts(names: &[&str]) -> BTreeSet<HostName> {
        names.iter().map(|name| HostName::read(name).expect("a name")).collect()
    }

    #[test]
    fn an_answer_is_read() {
        let part = |part: &str, labels: &str, value: &str| {
            format!(r#"{{"metric": {{"{PART}": "{part}", "host": "eden"{labels}}}, "value": [9.5, "{value}"]}}"#)
        };
        let series = [
            part("health", r#", "state": "degraded""#, "1"),
            part("system", r#", "running": "/a", "booted": "/a", "profile": """#, "1"),
            part("reboot", "", "1"),
            part("units", "", "40"),
            part("failed", r#", "name": "a.service""#, "1"),
            part("alert", r#", "alertname": "UnitFailed", "name": "a.service""#, "1"),
            part("seen", "", "1700000000.25"),
            part("backup", "", "1.69e9"),
            r#"{"metric": {"host": "stranger"}, "value": [9, "1"]}"#.to_owned(),
        ];
        let body =
            format!(r#"{{"status": "success", "data": {{"resultType": "vector", "result": [{}]}}}}"#, series.join(","));
        let mut heard = BTreeMap::new();
        note(body.as_bytes(), &hosts(&["eden", "gihon"]), &mut heard).expect("it is an answer");
        let expected = Seen {
            health: Some(Health::Degraded),
            reasons: vec!["UnitFailed (a.service)".to_owned()],
            running: Some("/a".to_owned()),
            deployed: None,
            reboot_needed: Some(true),
            failed_units: Some(BTreeSet::from(["a.service".to_owned()])),
            last_seen: Some(1_700_000_000),
            last_backup: Some(1_690_000_000),
        };
        assert_eq!(heard.into_values().collect::<Vec<_>>(), [expected]);
    }

    #[test]
    fn a_refusal_is_told() {
        let mut heard = BTreeMap::new();
        let why = note(br#"{"status": "error", "error": "parse error"}"#, &hosts(&[]), &mut heard);
        assert_eq!(why, Err("Prometheus refuses the question: parse error".to_owned()));
        assert!(note(b"<html>", &hosts(&[]), &mut heard).is_err());
    }

    #[test]
    fn who_is_not_up_is_looked_for() {
        let wanted = hosts(&["eden", "gihon"]);
        let up = Seen { last_seen: Some(1), ..Seen::default() };
        let heard: BTreeMap<_, _> = wanted.iter().map(|host| (host.clone(), up.clone())).collect();
        assert_eq!(looking_back(&wanted, &heard), None);
        let question = looking_back(&wanted, &BTreeMap::new()).expect("neither is up");
        assert!(question.contains("up{host=~\"eden|gihon\"} == 1"), "{question}");
    }

    #[test]
    fn a_question_is_encoded() {
        assert_eq!(path("up{a=\"b\"} == 1"), "/api/v1/query?query=up%7Ba%3D%22b%22%7D%20%3D%3D%201");
    }
}
