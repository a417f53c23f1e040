//! Redis with Sentinel: the primary's host dies, and what `WAIT` confirmed is still there.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value as Json;

use crate::ONE;
use crate::fleet::text_of;
use crate::hosts::Daemon;
use crate::stage::{CLIENT, MEMBERS, Stage, answer, until, while_writing};

/// What nixpkgs' unit does before Redis starts, after what the kind has it do: the settings go into a file of the Nix
/// store, that and the passwords into /run, and `redis.conf` in the state directory includes it.
fn prepare(stage: &Stage, host: &str) {
    let server = &stage.found[host]["redis"]["sessions"];
    let line = |name: &str, value: &Json| match value {
        Json::Bool(on) => format!("{name} {}\n", if *on { "yes" } else { "no" }),
        Json::String(text) => format!("{name} {text}\n"),
        Json::Array(items) => items.iter().map(|item| format!("{name} {}\n", text_of(item))).collect(),
        other => format!("{name} {other}\n"),
    };
    let settings = server["settings"].as_object().expect("a set");
    // No systemd waits for it to be ready, and nobody takes its log.
    let settings = settings.iter().filter(|(name, _)| *name != "supervised" && *name != "syslog-enabled");
    let mut text: String = settings.map(|(name, value)| line(name, value)).collect();
    for (name, file) in [("requirepass", "requirePassFile"), ("masterauth", "masterAuthFile")] {
        text += &format!("{name} {}\n", secret(stage, host, &text_of(&server[file])));
    }
    stage.directory(host, "/var/lib/redis-sessions");
    stage.write(host, "/run/redis-sessions/nixos.conf", &text);
    // The kind's own first step: who follows whom is set once only.
    let own = "/var/lib/redis-sessions/redis.conf";
    if !stage.outside(host, own).exists() {
        stage.write(host, own, &text_of(&stage.found[host]["part"]));
    }
}

fn secret(stage: &Stage, host: &str, path: &str) -> String {
    std::fs::read_to_string(stage.outside(host, path)).expect("the secret is there")
}

fn start(stage: &Stage, host: &str) -> [Daemon; 2] {
    prepare(stage, host);
    let mut redis = stage.lab_command(host, "redis-server");
    redis.arg("/var/lib/redis-sessions/redis.conf");
    let redis = stage.start(host, "redis", &redis);

    let unit = &stage.found[host]["sentinel"];
    stage.credentials(host, "redis-sentinel-sessions.service", &unit["credentials"]);
    stage.directory(host, "/var/lib/redis-sentinel-sessions");
    stage.write(host, "/run/sentinel-start", &text_of(&unit["start"]));
    // The unit's own script, with the lab's program in the place of nixpkgs'.
    let script = text_of(&unit["script"]);
    let (before, after) = script.rsplit_once("exec ").expect("it becomes the program");
    let (_, arguments) = after.split_once(' ').expect("with its configuration");
    let script = format!("{before}exec {} {arguments}", stage.lab.program("redis-sentinel").display());
    let mut sentinel = stage.command(host, "sh");
    sentinel.args(["-euc", &script]);
    sentinel.env("START", "/run/sentinel-start");
    sentinel.env("NAME", text_of(&unit["NAME"])).env("PORT", text_of(&unit["PORT"]));
    sentinel.env("STATE_DIRECTORY", "/var/lib/redis-sentinel-sessions");
    sentinel.env("CREDENTIALS_DIRECTORY", "/run/credentials/redis-sentinel-sessions.service");
    [redis, stage.start(host, "sentinel", &sentinel)]
}

/// Returns redis-cli on the client's host, logged in at a member.
fn cli(stage: &Stage, address: &str, port: &str, password: &str) -> Command {
    let password = secret(stage, "one", &format!("/run/agenix/sessions-{password}"));
    let mut command = stage.command(CLIENT, "timeout");
    command.arg("3").arg(stage.lab.program("redis-cli")).args(["-h", address, "-p", port]);
    command.env("REDISCLI_AUTH", password);
    command
}

/// Where a Sentinel says that the primary is.
fn primary(stage: &Stage, asked: &str) -> Option<String> {
    let mut command = cli(stage, &stage.address(asked), "26379", "sentinel-password");
    let said = answer(command.args(["sentinel", "get-master-addr-by-name", "sessions"]))?;
    said.lines().next().map(str::to_owned)
}

/// What a Sentinel says when it can reach a majority.
fn quorum(stage: &Stage, asked: &str) -> Option<String> {
    let mut command = cli(stage, &stage.address(asked), "26379", "sentinel-password");
    answer(command.args(["sentinel", "ckquorum", "sessions"])).filter(|said| said.starts_with("OK"))
}

/// How many copies a Sentinel knows of: it asks the primary every ten seconds, and tells nobody else whom to follow.
fn copies(stage: &Stage, asked: &str) -> usize {
    let mut command = cli(stage, &stage.address(asked), "26379", "sentinel-password");
    let said = answer(command.args(["sentinel", "replicas", "sessions"])).unwrap_or_default();
    said.lines().filter(|line| *line == "name").count()
}

/// What a server says of who follows whom.
fn replication(stage: &Stage, host: &str) -> String {
    let mut info = cli(stage, &stage.address(host), "6379", "password");
    answer(info.args(["info", "replication"])).unwrap_or_default()
}

/// Writes a key and says whether a copy has it too.
fn written(stage: &Stage, address: &str, number: usize) -> bool {
    let mut command = cli(stage, address, "6379", "password");
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = child.expect("redis-cli starts");
    let lines = format!("SET key-{number} {number}\nWAIT 1 1000\n");
    let _ = child.stdin.take().expect("a pipe").write_all(lines.as_bytes());
    let output = child.wait_with_output().expect("redis-cli ends");
    let said = String::from_utf8_lossy(&output.stdout);
    let mut said = said.lines();
    said.next() == Some("OK") && said.next().and_then(|copies| copies.parse::<u32>().ok()).is_some_and(|n| n >= 1)
}

#[test]
fn sentinels_replace_the_primary_and_keep_what_was_confirmed() {
    let _one = ONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let Some(stage) = Stage::new(&["redis-server", "redis-sentinel", "redis-cli"]) else { return };
    let mut members: Vec<_> = MEMBERS.iter().map(|host| Some(start(&stage, host))).collect();
    until("three Sentinels see each other", Duration::from_secs(30), || {
        MEMBERS.iter().all(|host| quorum(&stage, host).is_some_and(|said| said.contains('3')))
    });
    until("two copies follow", Duration::from_secs(30), || replication(&stage, "one").contains("connected_slaves:2"));
    until("each Sentinel knows both", Duration::from_secs(30), || MEMBERS.iter().all(|host| copies(&stage, host) == 2));
    assert_eq!(primary(&stage, "two"), Some(stage.address("one")), "the first host named begins");

    // Nobody gets in without the passwords.
    for port in ["6379", "26379"] {
        let mut stranger = stage.command(CLIENT, "timeout");
        stranger.arg("3").arg(stage.lab.program("redis-cli")).args(["-h", &stage.address("one"), "-p", port, "info"]);
        let said = answer(&mut stranger);
        assert!(said.as_ref().is_none_or(|said| said.contains("NOAUTH")), "port {port}: {said:?}");
    }

    // As clients do: a Sentinel knows where to write.
    let write = |number: usize| {
        let address = primary(&stage, ["three", "two"][number % 2]);
        address.is_some_and(|address| written(&stage, &address, number))
    };
    let (confirmed, took) = while_writing(write, || {
        stage.cut_off("one");
        members[0] = None;
    });
    eprintln!("sentinel: one died, and keys are confirmed again after {:.1} s", took.as_secs_f32());
    // Sentinels may have to vote twice.
    assert!(took < Duration::from_secs(60), "{took:?}");

    let now = primary(&stage, "two").expect("a Sentinel answers");
    assert_ne!(now, stage.address("one"));
    let is_kept = |number: usize| {
        let mut get = cli(&stage, &now, "6379", "password");
        answer(get.args(["get", &format!("key-{number}")])) == Some(number.to_string())
    };
    let lost: Vec<_> = confirmed.iter().filter(|number| !is_kept(**number)).collect();
    assert!(lost.is_empty(), "{lost:?} of {} confirmed keys", confirmed.len());
    eprintln!("sentinel: all of {} confirmed keys are there", confirmed.len());
    assert!(quorum(&stage, "two").is_some(), "two of three Sentinels are a majority");
    assert_eq!(stage.simulated(&["one"], "sessions"), "loses_redundancy");

    // What comes back follows, though it was the primary when it went.
    stage.plug_in("one");
    members[0] = Some(start(&stage, "one"));
    until("the former primary follows", Duration::from_secs(40), || replication(&stage, "one").contains("role:slave"));
    stage.cut_off("one");
    stage.cut_off("two");
    members[0] = None;
    members[1] = None;
    assert_eq!(stage.simulated(&["one", "two"], "sessions"), "loses_quorum");
    until("the last Sentinel has no majority", Duration::from_secs(20), || quorum(&stage, "three").is_none());
}
