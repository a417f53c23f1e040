//! What `cistern status` says of hosts that answer, are dead, hang or refuse, and of what a real Prometheus knows.

#![expect(clippy::disallowed_methods, reason = "starts test hosts and Prometheus, and asks them")]

mod common;
#[path = "common/fleet.rs"]
mod fleet;
#[path = "common/hosts.rs"]
mod hosts;
#[path = "status/prometheus.rs"]
mod prometheus;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use common::{Lab, everything, require, run, skip, temp_dir};
use fleet::{Fleet, expect_exit};
use hosts::{Host, Switch, new_key, obstacle};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

/// Accepts connections on these addresses and says nothing: the kernel does that for whoever listens.
const HANGING: &str = "import socket, sys, time
sockets = [socket.create_server((address, 22), backlog=200) for address in sys.argv[1:]]
print('ready', flush=True)
time.sleep(600)
";

/// Stands for systemd, which is not to be had in a namespace: one unit failed, two backups ran.
const SYSTEMCTL: &str = "#!/bin/sh
case \"$*\" in
  show*-a.service) printf '%s\\n' Result=success ExecMainExitTimestamp=@1700000000 ;;
  show*-b.service) printf '%s\\n' Result=success ExecMainExitTimestamp=@1600000000 ;;
  *--state=failed*) echo 'sonarr.service loaded failed failed Sonarr' ;;
  *restic-backups*) printf '%s\\n' 'restic-backups-a.service loaded inactive dead A' 'restic-backups-b.service loaded inactive dead B' ;;
esac
";

/// Stands for df: how full the disks of the machine are is not what is tested.
const DF: &str = "#!/bin/sh
printf '%s\\n' 'Filesystem 1024-blocks Used Available Capacity Mounted on' '/dev/vda1 100 50 50 50% /' 'tmpfs 1 1 0 100% /run'
";

/// A fleet of test hosts.
struct Place {
    lab: &'static Lab,
    switch: Switch,
    fleet: Fleet,
    admin: String,
    dir: TempDir,
    /// Two of them at once would take each other's time.
    _turn: MutexGuard<'static, ()>,
}

impl Place {
    fn new() -> Option<Self> {
        let lab = require(&[])?;
        if let Some(obstacle) = obstacle() {
            skip(&obstacle);
            return None;
        }
        static TURN: Mutex<()> = Mutex::new(());
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let dir = temp_dir();
        let admin = new_key(&dir.path().join("admin"));
        let switch = Switch::new(&dir.path().join("nix-switch"));
        Some(Self { lab, switch, fleet: Fleet::new(), admin, dir, _turn: turn })
    }

    fn host(&self, name: &str, address: &str) -> Host {
        Host::new(self.lab, &self.switch, self.dir.path().join(format!("nix-{name}")), name, address, &self.admin)
    }

    /// Gives the switch more addresses, on which nobody listens.
    fn addresses(&self, addresses: &[String]) {
        for address in addresses {
            run(self.switch.command("ip").args(["address", "add", &format!("{address}/24"), "dev", "switch"]));
        }
    }

    /// Listens on addresses of the switch, and says nothing to anybody.
    fn hang(&self, addresses: &[String]) -> Running {
        let mut command = self.switch.command("python3");
        Running::start(command.args(["-c", HANGING]).args(addresses), "ready")
    }

    /// Writes a definition with these hosts, given as YAML, and generates.
    fn define(&self, hosts: &str) {
        let key = self.dir.path().join("admin");
        let text = format!(
            "version: 1\nfleet: {{ name: lab, domain: lab.test }}\ndefaults:\n  system: x86_64-linux\n  deploy: {{ ssh_user: root, user: root, \
             ssh_opts: [\"-i\", \"{}\", -oUserKnownHostsFile=/dev/null] }}\naccess: {{ people: {{ ana: {{ keys: [{}], role: admin }} }} }}\nhosts:\n{hosts}",
            key.display(),
            self.admin
        );
        self.fleet.write("fleet.yaml", text);
        self.fleet.generate();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = self.switch.command(env!("CARGO_BIN_EXE_cistern"));
        command.arg("-C").arg(self.fleet.root()).args(args).env("NO_COLOR", "1");
        command
    }

    fn cistern(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("nsenter starts")
    }

    /// Runs a script on a host as its root.
    fn on(&self, host: &Host, script: &str) -> String {
        let mut ssh = self.switch.command("ssh");
        ssh.arg("-i").arg(self.dir.path().join("admin"));
        ssh.args(["-oStrictHostKeyChecking=no", "-oUserKnownHostsFile=/dev/null", "-oLogLevel=ERROR"]);
        run(ssh.arg(format!("root@{}", host.address)).arg(script))
    }
}

/// A program that is killed when dropped.
struct Running {
    child: Child,
}

impl Running {
    /// Starts a program and waits for a line that holds this.
    fn start(command: &mut Command, mark: &str) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("it is a pipe")).lines();
        assert!(lines.any(|line| line.is_ok_and(|line| line.contains(mark))), "{command:?} ended");
        Self { child }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Gives a host two systems, the first one running, and what the script looks for.
fn furnish(place: &Place, host: &Host) {
    let store = host.nix.join("store");
    for (system, kernel) in [("aaa-first", "kernel-1"), ("bbb-second", "kernel-2")] {
        fs::create_dir_all(store.join(system)).expect("a directory of the host");
        for part in ["kernel", "initrd", "kernel-modules"] {
            fs::write(store.join(format!("{kernel}-{part}")), "").expect("a file of the host");
            symlink(format!("/nix/store/{kernel}-{part}"), store.join(system).join(part)).expect("a link of the host");
        }
    }
    let bin = host.nix.join("bin");
    fs::create_dir_all(&bin).expect("a directory of the host");
    for (name, text) in [("systemctl", SYSTEMCTL), ("df", DF)] {
        fs::write(bin.join(name), text).expect("a file of the host");
        run(Command::new("chmod").arg("+x").arg(bin.join(name)));
    }
    deploy(host, "aaa-first");
    let run = "mkdir -p /run/systemd/system; ln -s /nix/store/aaa-first /run/current-system; ln -s /nix/store/aaa-first /run/booted-system";
    place.on(host, run);
}

/// Points the host's system profile at a system, as a deployment does.
fn deploy(host: &Host, system: &str) {
    let profiles = host.nix.join("var/nix/profiles");
    fs::create_dir_all(&profiles).expect("a directory of the host");
    let _ = fs::remove_file(profiles.join("system"));
    symlink(format!("/nix/store/{system}"), profiles.join("system")).expect("a link of the host");
}

fn document(output: &Output, code: i32) -> Json {
    expect_exit(output, code);
    let document: Json =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", everything(output)));
    let schema = Fleet::new().cistern(&["schema", "--status"]);
    let schema: Json = serde_json::from_slice(&schema.stdout).expect("it is JSON");
    jsonschema::draft202012::meta::validate(&schema).expect("it is a schema");
    let validator = jsonschema::validator_for(&schema).expect("it is a schema");
    let faults: Vec<_> = validator.iter_errors(&document).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    document
}

/// The hosts of a document by their names.
fn by_name(document: &Json) -> BTreeMap<&str, &Json> {
    let hosts = document["hosts"].as_array().expect("a list");
    hosts.iter().map(|host| (host["name"].as_str().expect("a name"), host)).collect()
}

#[test]
fn hosts_that_answer_are_dead_hang_or_refuse() {
    let Some(place) = Place::new() else { return };
    let up = place.host("alive", "10.77.0.11");
    furnish(&place, &up);
    let [hanging, refusing] = ["10.77.0.66", "10.77.0.67"].map(str::to_owned);
    place.addresses(&[hanging.clone(), refusing.clone()]);
    let _hanging = place.hang(std::slice::from_ref(&hanging));
    let stranger = new_key(&place.dir.path().join("stranger"));
    let hosts = |lifecycle: &str| {
        format!(
            "  alive: {{ managed: node, address: 10.77.0.11, host_key: {}, labels: {{ environment: production }} }}
  dead: {{ managed: node, address: 10.77.0.99, lifecycle: {lifecycle} }}
  hanging: {{ managed: node, address: {hanging}, lifecycle: {lifecycle} }}
  refusing: {{ managed: node, address: {refusing}, lifecycle: {lifecycle} }}
  imposter: {{ managed: node, address: 10.77.0.12, deploy: {{ hostname: 10.77.0.11 }}, host_key: {stranger}, lifecycle: {lifecycle} }}
  off: {{ managed: node, address: 10.77.0.98, lifecycle: inactive }}
  router: {{ managed: scrape, address: 10.77.0.1 }}
",
            up.key
        )
    };
    place.define(&hosts("active"));

    let begun = Instant::now();
    let output = place.cistern(&["status", "--format", "json"]);
    let took = begun.elapsed();
    let text = everything(&output);
    let document = document(&output, 1);
    assert!(took < Duration::from_secs(6), "{took:?}");
    assert!(text.contains("the fleet has no Prometheus: each host is asked over ssh"), "{text}");
    let hosts_by_name = by_name(&document);
    let found = |name: &str| {
        (hosts_by_name[name]["health"].as_str().expect("a word"), hosts_by_name[name]["reasons"].to_string())
    };
    assert_eq!(found("alive"), ("degraded", json!(["sonarr.service failed"]).to_string()));
    for (name, health, reason) in [
        ("dead", "unreachable", "10.77.0.99"),
        ("hanging", "unreachable", "something accepts the connection and says nothing"),
        ("refusing", "unreachable", "Connection refused: the machine is up, and nothing listens there"),
        ("imposter", "unreachable", "it has another key than the definition says"),
        ("off", "unknown", "[]"),
        ("router", "unknown", "[]"),
    ] {
        let (is, why) = found(name);
        assert!(is == health && why.contains(reason), "{name}: {is}, {why}");
    }
    let up_host = hosts_by_name["alive"];
    assert_eq!(up_host["system"]["state"], "current");
    assert_eq!(up_host["system"]["running"], "/nix/store/aaa-first");
    assert_eq!(up_host["system"]["expected_by"], "deployment");
    assert_eq!((&up_host["reboot_needed"], &up_host["failed_units"]), (&json!(false), &json!(["sonarr.service"])));
    assert_eq!(up_host["backup"]["at"], json!(1_600_000_000), "the one that is behind most");
    let summary = json!({ "total": 7, "active": 6, "inactive": 1, "maintenance": 0, "healthy": 0, "degraded": 1, "critical": 0,
        "unreachable": 4, "unknown": 2, "regions_count": 0, "environments_count": 1 });
    assert_eq!(document["summary"], summary);
    assert!(processes_of(&place).is_empty(), "{:?}", processes_of(&place));

    // Another system was deployed, and needs another kernel; a file expects a third one.
    deploy(&up, "bbb-second");
    let output = place.cistern(&["status", "alive"]);
    expect_exit(&output, 0);
    let text = everything(&output);
    assert!(
        text.contains("alive  degraded  differs  no") && text.contains("not the one that was deployed last"),
        "{text}"
    );
    place.on(&up, "ln -sfn /nix/store/bbb-second /run/current-system");
    place.fleet.write(
        "expected.json",
        r#"{"diff": {"evaluation": {"hosts": {"alive": {"system": "/nix/store/ccc-third"}}}}}"#,
    );
    let expected = place.fleet.root().join("expected.json");
    let output =
        place.cistern(&["status", "alive", "--ssh", "--format", "json", "--expected", &expected.to_string_lossy()]);
    let document = self::document(&output, 0);
    assert_eq!(document["hosts"][0]["system"]["expected"], "/nix/store/ccc-third");
    assert_eq!(document["hosts"][0]["system"]["state"], "differs");
    assert_eq!(document["hosts"][0]["reboot_needed"], json!(true));

    // What somebody works on may be away.
    let text = place.fleet.read("fleet.yaml").replace("lifecycle: active", "lifecycle: maintenance");
    place.fleet.write("fleet.yaml", text);
    place.fleet.generate();
    let output = place.cistern(&["status", "--timeout", "2"]);
    expect_exit(&output, 0);
    let text = everything(&output);
    assert!(text.contains("refusing  unreachable  maintenance"), "{text}");
    assert!(
        text.contains(
            "7 hosts over ssh: 0 healthy, 1 degraded, 4 unreachable, 1 unknown, 4 in maintenance, 1 inactive"
        ),
        "{text}"
    );

    the_watch(&place);
}

/// Rounds follow each other until somebody ends them.
fn the_watch(place: &Place) {
    let mut command = place.command(&["status", "alive", "--ssh", "--watch=1"]);
    let mut watch = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("nsenter starts");
    let mut lines = BufReader::new(watch.stdout.take().expect("it is a pipe")).lines();
    let mut block = || -> Vec<String> {
        lines.by_ref().map(|line| line.expect("text")).take_while(|line| !line.starts_with("1 host over ssh")).collect()
    };
    let (first, second) = (block(), block());
    assert!(first[0].starts_with("HOST") && first[1].starts_with("alive "), "{first:?}");
    assert_eq!(second[0], "", "an empty line between two rounds");
    assert_eq!(second[1..], first[..]);
    // nsenter is replaced by the program, so this is its own number.
    run(Command::new("kill").arg(watch.id().to_string()));
    let status = watch.wait().expect("it ends");
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(15), "{status}");
    assert!(processes_of(place).is_empty(), "{:?}", processes_of(place));
}

/// The command lines of ssh that were started for this place and are still there.
fn processes_of(place: &Place) -> Vec<String> {
    let key = place.dir.path().join("admin").to_string_lossy().into_owned();
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").expect("it is there").flatten() {
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        found.extend((line.starts_with("ssh ") && line.contains(&key)).then_some(line));
    }
    found
}

#[test]
fn a_hundred_hosts_of_which_ten_hang() {
    let Some(place) = Place::new() else { return };
    let up = place.host("alive", "10.77.0.11");
    let answering: Vec<String> = (0..90).map(|number| format!("10.77.0.{}", 100 + number)).collect();
    let hanging: Vec<String> = (0..10).map(|number| format!("10.77.0.{}", 200 + number)).collect();
    let more: String = answering.iter().map(|address| format!("ip address add {address}/24 dev eth0; ")).collect();
    place.on(&up, &more);
    place.addresses(&hanging);
    let _hanging = place.hang(&hanging);
    let mut hosts = String::new();
    for (number, address) in answering.iter().chain(&hanging).enumerate() {
        writeln!(hosts, "  h{number:02}: {{ managed: node, address: {address} }}").expect("a text takes everything");
    }
    place.define(&hosts);
    // All of them are one machine, which has one key; ssh learns it as it would from a user.
    let text = place.fleet.read("fleet.yaml").replace(
        "-oUserKnownHostsFile=/dev/null",
        "-oUserKnownHostsFile=/dev/null, -oStrictHostKeyChecking=accept-new",
    );
    place.fleet.write("fleet.yaml", text);

    // Here all hundred are this one machine; where it is busy with other things, it gets more time for the ninety.
    for (seconds, is_last) in [(5, false), (5, false), (25, true)] {
        let begun = Instant::now();
        let timeout = seconds.to_string();
        let output = place.cistern(&["status", "--ssh", "--format", "json", "--timeout", &timeout]);
        let took = begun.elapsed();
        let document = document(&output, 1);
        assert!(took < Duration::from_secs(seconds + 1), "{took:?} of {seconds} s");
        assert!(processes_of(&place).is_empty(), "{:?}", processes_of(&place));
        let found = by_name(&document);
        assert!((90..100).all(|number| found[format!("h{number}").as_str()]["health"] == "unreachable"), "{document}");
        let answered = |number: &u32| found[format!("h{number:02}").as_str()].get("last_seen").is_some();
        let silent: Vec<_> = (0..90).filter(|number| !answered(number)).collect();
        eprintln!("100 hosts of which 10 hang: {} of 90 answered in {took:?}", 90 - silent.len());
        if silent.is_empty() {
            return;
        }
        assert!(!is_last, "{silent:?} of 90 never answered");
    }
}

#[test]
fn the_script_is_plain_shell() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/status/ask.sh");
    if let Some(lab) = require(&["shellcheck"]) {
        // Words that are read and not used name the columns.
        run(lab.command("shellcheck").args(["--shell=sh", "--exclude=SC2034"]).arg(&script));
    }
    let text = fs::read(&script).expect("it is there");
    let mut ran = 0;
    for shell in [&["dash"][..], &["busybox", "sh"], &["bash", "--posix"]] {
        let mut command = Command::new(shell[0]);
        let Ok(mut child) = command.args(&shell[1..]).arg("-s").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()
        else {
            continue;
        };
        child.stdin.take().expect("it is a pipe").write_all(&text).expect("it listens");
        let said = child.wait_with_output().expect("it ends");
        let said = String::from_utf8(said.stdout).expect("it is text");
        assert!(said.starts_with("cistern-status 1\n") && said.ends_with("\nend\n"), "{shell:?}: {said}");
        assert!(said.contains("\nmemory MemTotal: ") && said.contains("\ndisk "), "{shell:?}: {said}");
        ran += 1;
    }
    assert!(ran > 0, "no shell is there");
}

#[test]
fn what_is_asked_wrongly_asks_nobody() {
    let fleet = Fleet::copy("examples/homelab");
    fleet.write("none.json", "{}");
    fleet.write("password", "word\n");
    for (args, expected) in [
        (&["status", "edem"][..], "the nearest host is `eden`"),
        (&["status", "--expected", "nowhere.json"], "nowhere.json: No such file"),
        (&["status", "--expected", "none.json"], "cistern plan -o FILE --eval"),
        (&["status", "--url", "http://me:word@localhost"], "--password-file"),
        (&["status", "--url", "localhost:9090"], "is no URL of Prometheus"),
        (&["status", "--url", "http://x", "--ssh"], "cannot be used with"),
        (&["status", "--username", "me"], "required arguments"),
        (&["status", "--timeout", "0"], "0 is not in"),
    ] {
        let output = fleet.cistern(args);
        expect_exit(&output, 2);
        assert!(everything(&output).contains(expected), "{args:?}: {}", everything(&output));
        assert!(output.stdout.is_empty());
    }
    let output = fleet.cistern(&["status", "--url", "http://x", "--username", "me", "--password-file", "nowhere"]);
    expect_exit(&output, 2);
}
