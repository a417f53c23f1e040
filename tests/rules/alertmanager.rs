//! What Alertmanager makes of its configuration: amtool accepts it, alerts take the right way, and a running one holds
//! back what follows from something else.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use crate::common::{Lab, require, run, skip, temp_dir};
use crate::fleet::Fleet;
use crate::{every_fleet, watched};

const FILE: &str = "generated/prometheus/alertmanager.yml";

#[test]
fn amtool_accepts_every_file() {
    let Some(lab) = require(&["amtool"]) else { return };
    for (name, fleet) in every_fleet() {
        let file = fleet.root().join(FILE);
        if file.exists() {
            let said = run(lab.command("amtool").arg("check-config").arg(file));
            assert!(said.contains("SUCCESS"), "{name}: {said}");
        }
    }
}

#[test]
fn alerts_go_where_routes_say() {
    let Some(lab) = require(&["amtool"]) else { return };
    let fleet = watched();
    let cases: &[(&[&str], &str)] = &[
        // What is no fault goes to whoever names it, and otherwise to nobody.
        (&["alertname=DeadMansSwitch", "severity=info"], "heartbeat"),
        (&["alertname=HostInMaintenance", "severity=info", "host=bench"], "(nobody)"),
        (&["alertname=HostSilent", "severity=info", "host=a"], "(nobody)"),
        // Critical, and on to the next that fits.
        (&["alertname=HostUnreachable", "severity=critical", "host=c"], "night"),
        (&["alertname=HostUnreachable", "severity=critical", "host=a"], "night,web"),
        // By owner: of the service, or of the host where the alert names none.
        (&["alertname=ServiceProbeSlow", "severity=warning", "host=c", "owner=web"], "web"),
        (&["alertname=HostCpuBusy", "severity=warning", "host=a"], "web"),
        (&["alertname=HostCpuBusy", "severity=warning", "host=a", "owner=data"], "room"),
        // By group: of the host, or of a host of the service where the alert names no host.
        (&["alertname=HostCpuBusy", "severity=warning", "host=b"], "room"),
        (&["alertname=HostCpuBusy", "severity=warning", "host=c"], "ops"),
        (&["alertname=QuorumAtRisk", "severity=warning", "service=ring", "owner=data"], "room"),
        (&["alertname=QuorumAtRisk", "severity=warning", "service=desk"], "ops"),
        (&["alertname=HostCpuBusy", "severity=info", "host=b"], "ops"),
        // By name.
        (&["alertname=RebootNeeded", "severity=info", "host=c"], "web"),
        (&["alertname=Anything"], "ops"),
    ];
    for (labels, receivers) in cases {
        let mut amtool = lab.command("amtool");
        amtool.args(["config", "routes", "test", "--config.file"]).arg(fleet.root().join(FILE)).args(*labels);
        assert_eq!(run(&mut amtool).trim(), *receivers, "{labels:?}");
    }
}

#[test]
fn what_follows_from_something_else_is_held_back() {
    let Some(lab) = running() else { return };
    let fleet = watched();
    let alertmanager = Alertmanager::start(lab, &fleet);
    // Each: what fires, and whether it is held back by what fires beside it.
    let cases: &[(&[&str], bool)] = &[
        (&["alertname=HostUnreachable", "severity=critical", "host=watch-2"], false),
        (&["alertname=HostCpuBusy", "severity=warning", "host=watch-2"], true),
        (&["alertname=HostCpuBusy", "severity=warning", "host=watch-1"], false),
        (&["alertname=HostInMaintenance", "severity=info", "host=bench"], false),
        (&["alertname=HostUnreachable", "severity=critical", "host=bench"], true),
        (&["alertname=HostSilent", "severity=info", "host=quiet"], false),
        (&["alertname=ServiceProbeDown", "severity=critical", "host=quiet", "service=x"], true),
        (&["alertname=HostUnreachable", "severity=critical", "host=quiet"], false),
        // The shop needs the till on the same host.
        (&["alertname=ServiceProbeDown", "severity=critical", "host=a", "service=till", "instance=1"], false),
        (&["alertname=ServiceProbeDown", "severity=critical", "host=a", "service=shop", "instance=2"], true),
        (&["alertname=ServiceProbeDown", "severity=critical", "host=b", "service=shop", "instance=3"], false),
        // The office needs the cache, of which there is one, on another host.
        (&["alertname=ServiceProbeDown", "severity=critical", "host=c", "service=cache", "instance=4"], false),
        (&["alertname=ServiceProbeDown", "severity=critical", "host=b", "service=office", "instance=5"], true),
        // One says more than the other.
        (&["alertname=HostCritical", "severity=critical", "host=x"], false),
        (&["alertname=HostDegraded", "severity=warning", "host=x"], true),
        (&["alertname=HostFilesystemOutOfSpace", "severity=critical", "host=x", "mountpoint=/"], false),
        (&["alertname=HostFilesystemFull", "severity=warning", "host=x", "mountpoint=/"], true),
        (&["alertname=HostFilesystemFull", "severity=warning", "host=x", "mountpoint=/data"], false),
        (&["alertname=Own", "severity=critical", "host=x"], false),
        (&["alertname=Own", "severity=warning", "host=x"], true),
        (&["alertname=Own", "severity=warning", "host=y"], false),
    ];
    alertmanager.hold(cases);
}

#[test]
fn a_service_that_is_down_everywhere_holds_back_all_that_need_it() {
    let Some(lab) = running() else { return };
    let fleet = watched();
    let alertmanager = Alertmanager::start(lab, &fleet);
    // The desk needs the shop, the shop the till, the till the ring.
    alertmanager.hold(&[
        (&["alertname=QuorumLost", "severity=critical", "service=ring"], false),
        (&["alertname=QuorumAtRisk", "severity=warning", "service=ring"], true),
        (&["alertname=ServiceProbeDown", "severity=critical", "host=c", "service=desk", "instance=1"], true),
        (&["alertname=ServiceDown", "severity=critical", "service=till"], true),
        (&["alertname=ServiceProbeDown", "severity=critical", "host=b", "service=office", "instance=2"], false),
    ]);
}

/// The lab, where it can start an Alertmanager.
fn running() -> Option<&'static Lab> {
    let lab = require(&["amtool", "prometheus-alertmanager"])?;
    let mounts = Command::new("unshare").args(["--mount", "true"]).stderr(Stdio::null()).status();
    if !mounts.is_ok_and(|status| status.success()) {
        skip("a mount namespace needs root");
        return None;
    }
    Some(lab)
}

/// A running Alertmanager, which ends with the test.
struct Alertmanager<'a> {
    lab: &'a Lab,
    child: Child,
    url: String,
    _home: tempfile::TempDir,
}

impl<'a> Alertmanager<'a> {
    fn start(lab: &'a Lab, fleet: &Fleet) -> Self {
        let home = temp_dir();
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port is free").port();
        let url = format!("http://127.0.0.1:{port}");
        // It reads its own templates below /usr/share, where the lab has not put them.
        let program = lab.program("prometheus-alertmanager").canonicalize().expect("it is there");
        let share = program.parent().and_then(Path::parent).expect("it lies in usr/bin").join("share");
        let script = "mount -t overlay overlay -o \"lowerdir=$0:/usr/share\" /usr/share; exec \"$@\"";
        let mut command = Command::new("unshare");
        command
            .args(["--mount", "sh", "-euc", script])
            .args([&share, &program])
            .arg(format!("--config.file={}", fleet.root().join(FILE).display()))
            .arg(format!("--storage.path={}", home.path().display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .arg("--cluster.listen-address=")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let child = command.spawn().expect("Alertmanager starts");
        let started = Self { lab, child, url, _home: home };
        let end = Instant::now() + Duration::from_secs(20);
        while !started.amtool(&["alert", "query"]).status().is_ok_and(|status| status.success()) {
            assert!(Instant::now() < end, "Alertmanager does not answer");
            sleep(Duration::from_millis(100));
        }
        started
    }

    fn amtool(&self, args: &[&str]) -> Command {
        let mut command = self.lab.command("amtool");
        command.arg(format!("--alertmanager.url={}", self.url)).args(args).stderr(Stdio::null()).stdout(Stdio::null());
        command
    }

    /// Raises alerts and holds what is said of each against what is expected.
    fn hold(&self, cases: &[(&[&str], bool)]) {
        for (labels, _) in cases {
            let status = self.amtool(&["alert", "add"]).args(*labels).status().expect("amtool starts");
            assert!(status.success(), "{labels:?}");
        }
        sleep(Duration::from_millis(300));
        for (labels, held) in cases {
            let mut query = self.amtool(&["alert", "query", "--active", "--inhibited", "-o", "json"]);
            let matchers = labels.iter().map(|label| label.replacen('=', "=\"", 1) + "\"");
            let found: Json = serde_json::from_str(&run(query.args(matchers).stdout(Stdio::piped()))).expect("JSON");
            assert_eq!(found.as_array().map(Vec::len), Some(1), "{labels:?}: {found}");
            let by = found[0]["status"]["inhibitedBy"].as_array().expect("a list");
            assert_eq!(!by.is_empty(), *held, "{labels:?}: {found}");
        }
    }
}

impl Drop for Alertmanager<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
