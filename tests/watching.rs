//! A fleet of six that is watched for real: the generated configuration, unchanged, with the real Prometheus,
//! Alertmanager, node and blackbox exporters, each host in a network namespace of its own.
//!
//! Neither NixOS nor containers are to be had in the namespaces: servers of Python's and OpenSSL's stand for the images, and
//! what the node exporter would tell of systemd stands in a file for its textfile collector.

#![expect(clippy::disallowed_methods, reason = "runs the real programs on test hosts")]

mod common;
#[path = "common/fleet.rs"]
mod fleet;
#[path = "common/hosts.rs"]
mod hosts;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use common::{Lab, require, run, skip, temp_dir};
use fleet::{Fleet, copy, repository};
use hosts::{Daemon, Plain, Switch, obstacle};
use serde_json::Value as Json;
use tempfile::TempDir;

/// What the node exporter tells of systemd and of the running system; `SECONDS` is when the backup ran, `FAILED` whether
/// it failed, and `DRIFTED` whether another system runs than was deployed.
const UNITS: &str = r#"node_systemd_unit_state{name="sshd.service",state="active",type="notify"} 1
node_systemd_unit_state{name="sshd.service",state="failed",type="notify"} 0
node_systemd_unit_state{name="podman-shop.service",state="active",type="notify"} 1
node_systemd_unit_state{name="podman-shop.service",state="failed",type="notify"} 0
node_systemd_unit_state{name="restic-backups-home.service",state="active",type="oneshot"} 0
node_systemd_unit_state{name="restic-backups-home.service",state="failed",type="oneshot"} FAILED
node_systemd_unit_state{name="restic-backups-home.timer",state="active",type=""} 1
node_systemd_timer_last_trigger_seconds{name="restic-backups-home.timer"} SECONDS
cistern_system_info{running="/nix/store/a",booted="/nix/store/a",profile="/nix/store/a"} 1
cistern_system_drifted DRIFTED
cistern_system_reboot_needed 0
cistern_system_activated_timestamp_seconds SECONDS
"#;

/// How long anything may take that the test waits for.
const PATIENCE: Duration = Duration::from_secs(90);

#[test]
fn alerts_arrive_and_what_follows_from_them_does_not() {
    let Some(mut six) = Six::start() else { return };
    let targets = six.targets();
    six.wait("all targets are up", |six| six.values("count(up == 1)") == [targets.to_string()]);
    six.wait("every host is healthy", |six| six.values("count(cistern:host_health{state=\"healthy\"})") == ["6"]);
    assert_eq!(six.told("", "firing"), Vec::<String>::new(), "nothing is wrong yet");

    // An exporter: its host answers pings, so it is the exporter that is missing.
    six.stop("fezz", "node");
    six.wait("the exporter is missed", |six| six.is_told("ExporterMissing host=fezz", "firing", "/ops"));
    assert!(!six.is_told("HostUnreachable host=fezz", "firing", ""), "{:?}", six.told("", "firing"));

    // A service: the one that needs it goes as well, and nobody is told of that.
    six.stop("ebal", "database");
    six.wait("the database is missed", |six| six.is_told("ServiceProbeDown service=database", "firing", "/ops"));
    six.stop("canaan", "shop");
    six.stop("dothan", "shop");
    six.wait("the shop's alert fires", |six| six.fires("ServiceDown", "shop"));

    // A host: what runs on it is not told of.
    six.unplug("dothan", true);
    six.wait("the host is missed", |six| six.is_told("HostUnreachable host=dothan", "firing", "/ops"));
    six.wait("its exporter's alert fires", |six| six.firing("ExporterMissing", "dothan"));
    sleep(Duration::from_secs(6));
    for (what, whose) in [
        ("ServiceDown service=shop", "the service below it"),
        ("ServiceProbeDown service=shop", "the service below it"),
        ("ExporterMissing host=dothan", "its host"),
    ] {
        assert!(!six.is_told(what, "firing", ""), "{what} is a consequence of {whose}: {:?}", six.told("", "firing"));
    }

    // All is well again.
    six.unplug("dothan", false);
    for (host, program) in [("fezz", "node"), ("ebal", "database"), ("canaan", "shop"), ("dothan", "shop")] {
        six.run(host, program);
    }
    for what in ["ExporterMissing host=fezz", "ServiceProbeDown service=database", "HostUnreachable host=dothan"] {
        six.wait(&format!("{what} is over"), |six| six.is_told(what, "resolved", "/ops"));
    }
    six.wait("every host is healthy again", |six| six.values("count(cistern:host_health{state=\"healthy\"})") == ["6"]);

    // With the database back, the shop's own faults are told, to those who answer for it.
    six.stop("canaan", "shop");
    six.stop("dothan", "shop");
    six.wait("the shop is missed", |six| six.is_told("ServiceDown service=shop", "firing", "/web"));

    let carried: Json =
        six.lines().into_iter().find(|line| line["labels"]["alertname"] == "HostUnreachable").expect("told");
    assert_eq!(carried["labels"]["severity"], "critical");
    let notes = &carried["annotations"];
    assert_eq!(notes["runbook_url"], "https://grafana.example.org/d/cistern-runbook-hostunreachable", "{notes}");
    assert_eq!(notes["dashboard_url"], "https://grafana.example.org/d/cistern-host?var-host=dothan", "{notes}");

    // Something of everything, for those who look: a host that is gone, and one whose backup failed.
    six.units("ebal", true);
    six.unplug("fezz", true);
    for state in ["degraded", "unreachable"] {
        six.wait(&format!("a host is {state}"), |six| {
            !six.values(&format!("cistern:host_health{{state=\"{state}\"}}")).is_empty()
        });
    }
    six.every_panel_has_series();
}

/// The fleet while it runs.
struct Six {
    lab: &'static Lab,
    fleet: Fleet,
    switch: Switch,
    hosts: BTreeMap<&'static str, Plain>,
    running: BTreeMap<(String, String), Daemon>,
    home: TempDir,
}

const HOSTS: [(&str, u8); 6] =
    [("ararat", 11), ("bethel", 12), ("canaan", 13), ("dothan", 14), ("ebal", 15), ("fezz", 16)];

impl Six {
    fn start() -> Option<Self> {
        let lab = require(&[
            "prometheus",
            "prometheus-alertmanager",
            "prometheus-node-exporter",
            "prometheus-blackbox-exporter",
            "promtool",
        ])?;
        if let Some(why) = obstacle() {
            skip(&why);
            return None;
        }
        let fleet = Fleet::new();
        copy(&repository().join("tests/watching"), fleet.root());
        fleet.generate();
        let home = temp_dir();
        let switch = Switch::new(&home.path().join("switch"));
        let plug = |(name, last): (&'static str, u8)| {
            (name, Plain::new(lab, &switch, &home.path().join(name), name, &format!("10.77.0.{last}")))
        };
        let hosts = HOSTS.into_iter().map(plug).collect();
        let mut six = Self { lab, fleet, switch, hosts, running: BTreeMap::new(), home };
        six.receive();
        six.certify();
        for (name, _) in HOSTS {
            six.units(name, false);
            six.run(name, "node");
        }
        let services =
            [("canaan", "shop"), ("dothan", "shop"), ("ebal", "database"), ("bethel", "grafana"), ("ebal", "ledger")];
        for (host, program) in services {
            six.run(host, program);
        }
        for host in ["ararat", "bethel"] {
            for program in ["blackbox", "alertmanager", "prometheus"] {
                six.run(host, program);
            }
        }
        Some(six)
    }

    /// Takes the requests of Alertmanager.
    fn receive(&mut self) {
        let mut command = self.switch.command("python3");
        command.arg(repository().join("tests/watching/receiver.py")).arg("10.77.0.1").arg(self.told_file());
        let daemon = Daemon::start(&command, &self.home.path().join("receiver.log"));
        self.running.insert((String::new(), "receiver".to_owned()), daemon);
    }

    /// Says what the node exporter of a host tells of systemd.
    fn units(&self, host: &str, failed: bool) {
        let directory = self.textfile(host);
        fs::create_dir_all(&directory).expect("the directory is ours");
        let flag = if failed { "1" } else { "0" };
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("it is later than that").as_secs();
        let text = UNITS.replace("FAILED", flag).replace("DRIFTED", flag).replace("SECONDS", &(now - 600).to_string());
        fs::write(directory.join("next"), text).expect("the directory is ours");
        fs::rename(directory.join("next"), directory.join("units.prom")).expect("the directory is ours");
    }

    fn textfile(&self, host: &str) -> PathBuf {
        self.home.path().join(format!("{host}-textfile"))
    }

    /// Makes the certificate of the ledger, which the blackbox exporters trust.
    fn certify(&self) {
        let file = |name: &str| self.home.path().join(name);
        let mut command = Command::new("openssl");
        command.args(["req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "30", "-subj", "/CN=ledger", "-addext"]);
        command
            .args(["subjectAltName=IP:10.77.0.15", "-out"])
            .arg(file("ledger.pem"))
            .arg("-keyout")
            .arg(file("ledger.key"));
        run(&mut command);
    }

    fn told_file(&self) -> PathBuf {
        self.home.path().join("told.jsonl")
    }

    /// Starts a program on a host.
    fn run(&mut self, host: &str, program: &str) {
        let home = self.home.path().join(format!("{host}-{program}"));
        // What is probed and scraped of Grafana, which is not to be had.
        fs::create_dir_all(home.join("api/health")).expect("the directory is ours");
        fs::write(home.join("metrics"), "grafana_build_info 1\n").expect("the directory is ours");
        let command = self.command(host, program, &home);
        let daemon = Daemon::start(&command, &home.join("log"));
        self.running.insert((host.to_owned(), program.to_owned()), daemon);
    }

    fn command(&self, host: &str, program: &str, home: &Path) -> Command {
        let on = |program: &str| self.hosts[host].command(self.lab.program(program));
        let generated = |path: &str| self.fleet.root().join("generated/prometheus").join(path).display().to_string();
        let number = HOSTS.iter().find(|(name, _)| *name == host).expect("one of the six").1;
        let address = format!("10.77.0.{number}");
        let served = |port: &str| {
            let mut command = self.hosts[host].command("python3");
            command.args(["-m", "http.server", "--bind", &address, "--directory"]).arg(home).arg(port);
            command
        };
        let mut command = match program {
            "node" => on("prometheus-node-exporter"),
            "blackbox" => on("prometheus-blackbox-exporter"),
            "alertmanager" => on("prometheus-alertmanager"),
            "prometheus" => on("prometheus"),
            "shop" => return served("8080"),
            "database" => return served("8090"),
            "ledger" => {
                let mut command = self.hosts[host].command("openssl");
                command.args(["s_server", "-quiet", "-accept", &format!("{address}:8443"), "-cert"]);
                command.arg(self.home.path().join("ledger.pem")).arg("-key").arg(self.home.path().join("ledger.key"));
                return command;
            }
            "grafana" => return served("3000"),
            other => panic!("no program {other}"),
        };
        match program {
            "node" => {
                command.arg(format!("--collector.textfile.directory={}", self.textfile(host).display()));
                command.arg(format!("--web.listen-address={address}:9100"));
            }
            "blackbox" => {
                command.arg(format!("--config.file={}", generated("blackbox.yml")));
                command.env("SSL_CERT_FILE", self.home.path().join("ledger.pem"));
            }
            "alertmanager" => {
                let other = if host == "ararat" { "10.77.0.12" } else { "10.77.0.11" };
                command.arg(format!("--config.file={}", generated("alertmanager.yml")));
                command.arg(format!("--storage.path={}", home.display()));
                command.args([
                    &format!("--cluster.advertise-address={address}:9094"),
                    &format!("--cluster.peer={other}:9094"),
                ]);
            }
            _ => {
                command.arg(format!("--config.file={}", generated("prometheus.yml")));
                command.arg(format!("--storage.tsdb.path={}", home.join("data").display()));
            }
        }
        command
    }

    fn stop(&mut self, host: &str, program: &str) {
        let key = (host.to_owned(), program.to_owned());
        drop(self.running.remove(&key).unwrap_or_else(|| panic!("{program} does not run on {host}")));
    }

    fn unplug(&self, host: &str, unplugged: bool) {
        self.hosts[host].connect(&self.switch, !unplugged);
    }

    fn wait(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let began = Instant::now();
        while !is_so(self) {
            if began.elapsed() > PATIENCE {
                let down = self.query("up == 0");
                let health = self.query("cistern:host_health");
                let firing = self.query("ALERTS");
                panic!(
                    "not so after {PATIENCE:?}: {what}\ndown {down}\nhealth {health}\nalerts {firing}\ntold {:?}",
                    self.told("", "")
                );
            }
            sleep(Duration::from_millis(500));
        }
        eprintln!("{what}: after {:.1} s", began.elapsed().as_secs_f64());
    }

    /// How many targets there are, by what the monitoring hosts read.
    fn targets(&self) -> usize {
        let jobs: Json =
            serde_json::from_str(&self.fleet.read("generated/prometheus/scrape.json")).expect("it is JSON");
        let groups = jobs
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|job| job["static_configs"].as_array().into_iter().flatten());
        groups.map(|group| group["targets"].as_array().map_or(0, Vec::len)).sum()
    }

    /// What Prometheus on the first monitoring host answers.
    fn query(&self, expression: &str) -> Json {
        let mut command = self.hosts["ararat"].command(self.lab.program("promtool"));
        command.args(["query", "instant", "--format", "json", "http://127.0.0.1:9090", expression]);
        let output = command.output().expect("promtool starts");
        serde_json::from_slice(&output.stdout).unwrap_or(Json::Null)
    }

    fn values(&self, expression: &str) -> Vec<String> {
        let answer = self.query(expression);
        let samples = answer.as_array().into_iter().flatten();
        samples.filter_map(|sample| Some(sample["value"][1].as_str()?.to_owned())).collect()
    }

    fn firing(&self, alert: &str, host: &str) -> bool {
        !self.values(&format!("ALERTS{{alertname=\"{alert}\",host=\"{host}\",alertstate=\"firing\"}}")).is_empty()
    }

    fn fires(&self, alert: &str, service: &str) -> bool {
        !self.values(&format!("ALERTS{{alertname=\"{alert}\",service=\"{service}\",alertstate=\"firing\"}}")).is_empty()
    }

    /// Every alert that arrived, in the order in which they did.
    fn lines(&self) -> Vec<Json> {
        let text = fs::read_to_string(self.told_file()).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect("the receiver writes JSON")).collect()
    }

    /// What arrived in this state at this receiver, or at any: `NAME host=HOST`, or `NAME service=SERVICE`.
    fn told(&self, to: &str, status: &str) -> Vec<String> {
        let lines = self
            .lines()
            .into_iter()
            .filter(|line| (to.is_empty() || line["to"] == to) && (status.is_empty() || line["status"] == status));
        let shown = |line: Json| {
            let label = |name: &str| line["labels"][name].as_str().unwrap_or_default().to_owned();
            let about = match label("service") {
                service if service.is_empty() || label("alertname") == "ExporterMissing" => {
                    format!("host={}", label("host"))
                }
                service => format!("service={service}"),
            };
            format!("{} {about}", label("alertname"))
        };
        lines.map(shown).collect()
    }

    fn is_told(&self, what: &str, status: &str, to: &str) -> bool {
        self.told(to, status).iter().any(|line| line == what)
    }

    /// Every expression of every dashboard gives something on this fleet.
    fn every_panel_has_series(&self) {
        let directory = self.fleet.root().join("generated/grafana/dashboards");
        let mut expressions = BTreeMap::new();
        for file in fs::read_dir(directory).expect("the fleet has Grafana") {
            let path = file.expect("it can be read").path();
            let dashboard: Json =
                serde_json::from_slice(&fs::read(&path).expect("it can be read")).expect("it is JSON");
            asked(&dashboard["panels"], &path.file_stem().expect("a name").to_string_lossy(), &mut expressions);
        }
        assert!(expressions.len() > 20, "{} expressions", expressions.len());
        let empty: Vec<_> = expressions
            .into_iter()
            .filter(|(expression, _)| CHOSEN.iter().all(|pair| self.values(&chosen(expression, *pair)).is_empty()))
            .filter(|(expression, _)| !MAY_BE_EMPTY.iter().any(|part| expression.contains(part)))
            .map(|(expression, place)| format!("{place}: {expression}"))
            .collect();
        assert_eq!(empty, Vec::<String>::new(), "no series");
    }
}

/// What a fleet in good order has none of.
const MAY_BE_EMPTY: &[&str] = &["ALERTS"];

/// Collects the expressions of panels, with the place of each.
fn asked(panels: &Json, place: &str, into: &mut BTreeMap<String, String>) {
    for panel in panels.as_array().into_iter().flatten() {
        let title = panel["title"].as_str().unwrap_or_default();
        for target in panel["targets"].as_array().into_iter().flatten() {
            if let Some(expression) = target["expr"].as_str() {
                into.insert(expression.to_owned(), format!("{place}, {title}"));
            }
        }
        asked(&panel["panels"], place, into);
    }
}

/// What somebody looks at: a host and a service.
const CHOSEN: [(&str, &str); 4] =
    [("canaan", "shop"), ("ebal", "ledger"), ("bethel", "grafana"), ("fezz", "node-exporter")];

/// An expression with a host and a service chosen, as Grafana does it.
fn chosen(expression: &str, (host, service): (&str, &str)) -> String {
    let values = [
        ("host", host),
        ("service", service),
        ("site", "lab"),
        ("__rate_interval", "1m"),
        ("__interval", "15s"),
        ("__range", "5m"),
    ];
    values.iter().fold(expression.to_owned(), |text, (name, value)| {
        text.replace(&format!("${{{name}}}"), value).replace(&format!("${name}"), value)
    })
}
