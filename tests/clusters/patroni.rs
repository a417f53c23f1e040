//! Patroni: the leader's host dies, a copy takes over, and no row that was confirmed is missing.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::ONE;
use crate::backups;
use crate::etcd;
use crate::fleet::text_of;
use crate::hosts::Daemon;
use crate::stage::{CLIENT, MEMBERS, Stage, answer, until, while_writing};

const PROGRAMS: &[&str] = &["etcd", "etcdctl", "haproxy", "patroni", "pgbackrest", "postgres", "psql"];

/// The settings of a host's Patroni, with the programs of the lab in the place of nixpkgs'.
pub(crate) fn settings(stage: &Stage, host: &str) -> Json {
    let mut settings = stage.found[host]["patroni"]["settings"].clone();
    let programs = format!("{}/trixie/usr/lib/postgresql/17/bin", stage.lab.variable("CISTERN_LAB"));
    settings["postgresql"]["bin_dir"] = json!(programs);
    assert_eq!(settings["watchdog"]["mode"], "required");
    settings["watchdog"] = json!({ "mode": "off" });
    // The account of the unit is another one here.
    let accounts = &mut settings["postgresql"]["pg_ident"];
    assert_eq!(*accounts, json!(["patroni patroni postgres"]));
    *accounts = json!(["patroni nobody postgres"]);
    settings
}

/// Lays out what Patroni reads on a host, and returns its passwords as nixpkgs' unit exports them.
pub(crate) fn prepare(stage: &Stage, host: &str) -> Vec<(String, String)> {
    let found = &stage.found[host]["patroni"];
    stage.credentials(host, "patroni.service", &found["credentials"]);
    let settings = settings(stage, host);
    let data = text_of(&settings["postgresql"]["data_dir"]);
    for directory in ["/var/lib/postgresql", &data, "/var/lib/patroni", "/run/postgresql"] {
        stage.directory(host, directory);
    }
    backups::prepare(stage, host);
    // Every text of JSON is one of YAML.
    stage.write(host, "/run/patroni.yml", &settings.to_string());
    let files = found["environmentFiles"].as_object().expect("the passwords are files");
    let read = |path: &Json| std::fs::read_to_string(stage.outside(host, &text_of(path))).expect("the secret is there");
    files.iter().map(|(name, path)| (name.clone(), read(path))).collect()
}

fn start(stage: &Stage, host: &str) -> Daemon {
    let mut variables = prepare(stage, host);
    variables.extend(backups::variables());
    stage.start_as_nobody(host, "patroni", "exec patroni /run/patroni.yml", &variables)
}

/// Every member's name, role and state, as some host's Patroni tells it.
fn members(stage: &Stage, host: &str) -> Vec<(String, String, String)> {
    let url = format!("http://{}:8008/cluster", stage.address(host));
    let mut curl = stage.command(CLIENT, "curl");
    let said = answer(curl.args(["--silent", "--fail", "--max-time", "3", &url])).unwrap_or_default();
    let said: Json = serde_json::from_str(&said).unwrap_or_default();
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let list = said["members"].as_array().cloned().unwrap_or_default();
    list.iter().map(|member| (text(&member["name"]), text(&member["role"]), text(&member["state"]))).collect()
}

/// Who leads, as some host's Patroni tells it.
fn leader(stage: &Stage, host: &str) -> Option<String> {
    members(stage, host).into_iter().find(|(_, role, _)| role == "leader").map(|(name, ..)| name)
}

/// Returns psql on the client's host for an endpoint of HAProxy.
pub(crate) fn psql(stage: &Stage, port: u16, sql: &str) -> Command {
    let password = std::fs::read_to_string(stage.outside("one", "/run/agenix/db-superuser")).expect("it is there");
    let mut command = stage.command(CLIENT, "timeout");
    command.arg("3").arg(stage.lab.program("psql"));
    command.args(["-h", &stage.address(CLIENT), "-p", &port.to_string(), "-U", "postgres", "-qAtc", sql]);
    command.env("PGPASSWORD", password).env("PGCONNECT_TIMEOUT", "2").env("PGDATABASE", "postgres");
    command
}

/// One leads, two follow it row by row, and one of them confirms each.
fn is_ready(stage: &Stage) -> bool {
    let members = members(stage, "one");
    let leaders = members.iter().filter(|(_, role, state)| role == "leader" && state == "running").count();
    let copies = members.iter().filter(|(.., state)| state == "streaming").count();
    leaders == 1 && copies == 2 && members.iter().any(|(_, role, _)| role == "sync_standby")
}

#[test]
fn patroni_loses_its_leader_and_no_confirmed_row() {
    let _one = ONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let Some(stage) = Stage::new(PROGRAMS) else { return };
    let mut stores: Vec<_> = etcd::start_all(&stage).into_iter().map(Some).collect();
    let mut servers: Vec<_> = MEMBERS.iter().map(|host| Some(start(&stage, host))).collect();
    stage.write(CLIENT, "/run/haproxy.cfg", &text_of(&stage.found[CLIENT]["haproxy"]));
    let mut haproxy = stage.lab_command(CLIENT, "haproxy");
    haproxy.args(["-db", "-f", "/run/haproxy.cfg"]);
    let _haproxy = stage.start(CLIENT, "haproxy", &haproxy);

    let took = until("a leader and two copies that stream", Duration::from_secs(90), || is_ready(&stage));
    eprintln!("patroni: a leader and two copies {:.1} s after the first start", took.as_secs_f32());
    until("the leader answers through HAProxy", Duration::from_secs(20), || {
        answer(&mut psql(&stage, 5000, "CREATE TABLE IF NOT EXISTS rows (number int PRIMARY KEY)")).is_some()
    });
    until("a copy answers through HAProxy", Duration::from_secs(20), || {
        answer(&mut psql(&stage, 5001, "SELECT pg_is_in_recovery()")).as_deref() == Some("t")
    });
    assert_eq!(
        answer(&mut psql(&stage, 5000, "SHOW max_connections")).as_deref(),
        Some("50"),
        "as the definition says"
    );

    let first = leader(&stage, "one").expect("somebody leads");
    backups::come_back(&stage, &first);
    let at = MEMBERS.iter().position(|host| *host == first).expect("a member leads");
    let insert = |number| answer(&mut psql(&stage, 5000, &format!("INSERT INTO rows VALUES ({number})"))).is_some();
    let (confirmed, took) = while_writing(insert, || {
        stage.cut_off(&first);
        servers[at] = None;
        stores[at] = None;
    });
    eprintln!("patroni: {first} died, and rows are confirmed again after {:.1} s", took.as_secs_f32());
    assert!(took < Duration::from_secs(30), "{took:?}");
    assert_ne!(leader(&stage, MEMBERS[(at + 1) % 3]).expect("somebody leads"), first);

    let kept = answer(&mut psql(&stage, 5000, "SELECT number FROM rows")).expect("the new leader answers");
    let kept: BTreeSet<usize> = kept.lines().map(|line| line.parse().expect("a number")).collect();
    let lost: Vec<_> = confirmed.iter().filter(|number| !kept.contains(number)).collect();
    assert!(lost.is_empty(), "{lost:?} of {} confirmed rows", confirmed.len());
    eprintln!("patroni: all of {} confirmed rows are there", confirmed.len());
    assert_eq!(stage.simulated(&[&first], "db"), "loses_redundancy");

    // The second host takes the majority of etcd with it: then nobody leads, rather than two.
    let next = servers.iter().position(Option::is_some).expect("two are left");
    assert_eq!(stage.simulated(&[&first, MEMBERS[next]], "db"), "loses_quorum");
    stage.cut_off(MEMBERS[next]);
    servers[next] = None;
    stores[next] = None;
    std::thread::sleep(Duration::from_secs(25));
    assert_eq!(answer(&mut psql(&stage, 5000, "INSERT INTO rows VALUES (-1)")), None, "nobody may lead alone");
}
