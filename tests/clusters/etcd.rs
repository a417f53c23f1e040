//! etcd: three members that know each other by certificates, and what is left when hosts are down.

use std::process::Command;
use std::time::Duration;

use crate::ONE;
use crate::fleet::text_of;
use crate::hosts::Daemon;
use crate::stage::{CLIENT, MEMBERS, Stage, answer, until};

/// Starts etcd on a host with the variables of its unit.
pub(crate) fn start(stage: &Stage, host: &str) -> Daemon {
    let variables = stage.found[host]["etcd"].as_object().expect("etcd runs here");
    stage.directory(host, "/var/lib/etcd");
    let mut command = stage.lab_command(host, "etcd");
    command.envs(variables.iter().map(|(name, value)| (name, text_of(value))));
    stage.start(host, "etcd", &command)
}

/// Starts all members and waits until every one is healthy.
pub(crate) fn start_all(stage: &Stage) -> Vec<Daemon> {
    let members = MEMBERS.map(|host| start(stage, host));
    until("every member of etcd is healthy", Duration::from_secs(30), || {
        answer(client(stage, &MEMBERS).args(["endpoint", "health"])).is_some()
    });
    members.into()
}

/// Returns etcdctl on a member, with its certificate, for some members.
fn client(stage: &Stage, members: &[&str]) -> Command {
    let urls: Vec<_> = members.iter().map(|host| format!("https://{}:2379", stage.address(host))).collect();
    let mut command = stage.lab_command(members[0], "etcdctl");
    command.args(["--command-timeout=3s", "--endpoints", &urls.join(",")]).env("ETCDCTL_API", "3");
    for (flag, path) in [("--cacert", "etcd-ca"), ("--cert", "etcd-certificate"), ("--key", "etcd-certificate")] {
        command.args([flag, &format!("/run/agenix/{path}")]);
    }
    command
}

#[test]
fn etcd_agrees_while_most_members_are_up() {
    let _one = ONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let Some(stage) = Stage::new(&["etcd", "etcdctl"]) else { return };
    let mut members = start_all(&stage);

    // Whoever has no certificate gets nothing, even where it does not ask for the server's.
    let url = format!("https://{}:2379", stage.address("one"));
    let mut stranger = stage.lab_command(CLIENT, "etcdctl");
    stranger.args(["--insecure-skip-tls-verify", "--command-timeout=3s", "--endpoints", &url, "get", "x"]);
    assert_eq!(answer(stranger.env("ETCDCTL_API", "3")), None);

    // Health and figures are open, as monitoring asks for them.
    let health = format!("http://{}:2381/health", stage.address("one"));
    let said = answer(stage.command(CLIENT, "curl").args(["--silent", "--fail", &health]));
    assert!(said.is_some_and(|said| said.contains("\"true\"")));
    assert!(answer(client(&stage, &MEMBERS).args(["put", "x", "1"])).is_some());

    stage.cut_off("one");
    drop(members.remove(0));
    assert_eq!(stage.simulated(&["one"], "etcd"), "loses_redundancy");
    let left = ["two", "three"];
    let took = until("two members agree", Duration::from_secs(20), || {
        answer(client(&stage, &left).args(["put", "x", "2"])).is_some()
    });
    eprintln!("etcd: writes again {:.1} s after a member was lost", took.as_secs_f32());
    assert!(answer(client(&stage, &left).args(["endpoint", "health"])).is_some());

    stage.cut_off("two");
    drop(members.remove(0));
    assert_eq!(stage.simulated(&["one", "two"], "etcd"), "loses_quorum");
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(answer(client(&stage, &["three"]).args(["put", "x", "3"])), None, "one of three is no majority");
}
