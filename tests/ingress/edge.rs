//! The fleet of these tests while it runs: a proxy before small servers of Python's, each host in a network namespace.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value as Json;
use tempfile::TempDir;

use crate::common::{Lab, require, skip, temp_dir};
use crate::fleet::{FLAKE, Fleet, Nix, Program, copy, repository};
use crate::hosts::{Daemon, Plain, Switch, obstacle};
use crate::proxies::Proxy;

/// How long anything may take that the test waits for.
const PATIENCE: Duration = Duration::from_secs(40);

/// How often a proxy asks whether an instance works, and how long it waits for an answer.
pub(crate) const INTERVAL: Duration = Duration::from_secs(5 + 3);

pub(crate) const HOSTS: [(&str, u8); 4] = [("ararat", 11), ("bethel", 12), ("canaan", 13), ("dothan", 14)];

/// Services with their hosts and ports, as the definition has them.
const SERVERS: [(&str, &str, u16); 13] = [
    ("gate", "ararat", 8091),
    ("shop", "bethel", 8090),
    ("shop", "canaan", 8090),
    ("spare", "dothan", 8094),
    ("till", "bethel", 8095),
    ("till", "canaan", 8095),
    ("office", "bethel", 8096),
    ("slow", "bethel", 8097),
    ("scale", "bethel", 8100),
    ("scale", "canaan", 8100),
    ("brittle", "bethel", 8101),
    ("hidden", "bethel", 8098),
    ("away", "bethel", 8099),
];

/// The fleet, not yet generated.
pub(crate) fn edge_fleet() -> Fleet {
    let fleet = Fleet::new();
    copy(&repository().join("tests/ingress"), fleet.root());
    fleet.write("flake.nix", FLAKE);
    fleet
}

/// The fleet while it runs.
pub(crate) struct Edge {
    pub(crate) lab: &'static Lab,
    pub(crate) fleet: Fleet,
    pub(crate) switch: Switch,
    pub(crate) hosts: BTreeMap<&'static str, Plain>,
    pub(crate) running: BTreeMap<(String, String), Daemon>,
    pub(crate) home: TempDir,
}

impl Edge {
    /// Starts all of it; nothing where that is not possible.
    pub(crate) fn start(proxy: Proxy) -> Option<Self> {
        let lab = require(&["nix", proxy.program()])?;
        if let Some(why) = obstacle() {
            skip(&why);
            return None;
        }
        let nix = Nix::new(Program::Absent)?;
        let fleet = edge_fleet();
        proxy.choose(&fleet);
        fleet.generate();
        let home = temp_dir();
        let switch = Switch::new(&home.path().join("switch"));
        let plug = |(name, last): (&'static str, u8)| {
            (name, Plain::new(lab, &switch, &home.path().join(name), name, &format!("10.77.0.{last}")))
        };
        let hosts = HOSTS.into_iter().map(plug).collect();
        let mut edge = Self { lab, fleet, switch, hosts, running: BTreeMap::new(), home };
        for (service, host, port) in SERVERS {
            edge.serve(service, host, port);
        }
        let command = proxy.command(&edge, &nix);
        let daemon = Daemon::start(&command, &edge.home.path().join("proxy.log"));
        edge.running.insert(("ingress".to_owned(), "ararat".to_owned()), daemon);
        Some(edge)
    }

    pub(crate) fn serve(&mut self, service: &str, host: &str, port: u16) {
        let (_, last) = HOSTS.into_iter().find(|(name, _)| *name == host).expect("one of the hosts");
        let mut command = self.hosts[host].command("python3");
        command.arg(repository().join("tests/ingress/server.py")).arg(service);
        command.args([format!("10.77.0.{last}"), port.to_string()]).arg(self.log(service));
        let daemon = Daemon::start(&command, &self.home.path().join(format!("{service}-{host}.said")));
        self.running.insert((service.to_owned(), host.to_owned()), daemon);
    }

    pub(crate) fn stop(&mut self, service: &str, host: &str) {
        let stopped = self.running.remove(&(service.to_owned(), host.to_owned()));
        assert!(stopped.is_some(), "{service} runs on {host}");
    }

    pub(crate) fn log(&self, service: &str) -> PathBuf {
        self.home.path().join(format!("{service}.asked"))
    }

    /// What a service was asked.
    pub(crate) fn asked(&self, service: &str) -> Vec<Json> {
        let text = fs::read_to_string(self.log(service)).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }

    /// Asks for a page of `<name>.example.org`.
    pub(crate) fn ask(&self, name: &str, path: &str, more: &[&str]) -> Answer {
        let resolve = format!("{name}.example.org:443:10.77.0.11");
        let url = format!("https://{name}.example.org{path}");
        let mut args = vec!["--resolve", &resolve, &url];
        args.extend(more);
        self.curl(&args)
    }

    pub(crate) fn curl(&self, args: &[&str]) -> Answer {
        let mut command = self.switch.command("curl");
        command.args(["--silent", "--insecure", "--include", "--http1.1", "--max-time", "20"]).args(args);
        let output = command.output().expect("curl starts");
        Answer::read(&String::from_utf8_lossy(&output.stdout))
    }

    /// What the name server says of a name.
    pub(crate) fn lookup(&self, name: &str) -> Vec<String> {
        let mut command = self.switch.command("python3");
        command.arg(repository().join("tests/ingress/lookup.py")).args(["10.77.0.11", name]);
        let output = command.output().expect("python starts");
        String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
    }

    /// What `cistern simulate` says of a name while some hosts are down.
    pub(crate) fn simulated(&self, down: &str, name: &str) -> Json {
        simulated(&self.fleet, down, name)
    }

    /// What a proxy complains of: the lines of its log that are errors.
    pub(crate) fn complaints(&self, log: &str) -> Vec<String> {
        let text = fs::read_to_string(self.home.path().join(log)).expect("it wrote a log");
        assert!(text.contains("\"level\":\"debug\""), "a log in JSON: {text}");
        text.lines().filter(|line| line.contains("\"level\":\"error\"")).map(str::to_owned).collect()
    }

    pub(crate) fn wait(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let began = Instant::now();
        while !is_so(self) {
            let log = || fs::read_to_string(self.home.path().join("proxy.log")).unwrap_or_default();
            assert!(began.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}\n{}", log());
            sleep(Duration::from_millis(100));
        }
    }
}

/// What `cistern simulate` says of a name while some hosts are down.
pub(crate) fn simulated(fleet: &Fleet, down: &str, name: &str) -> Json {
    let output = fleet.cistern(&["simulate", "--exit-zero", "--format", "json", "--down", down]);
    let document: Json = serde_json::from_slice(&output.stdout).expect("a document of JSON");
    let names = document["names"].as_array().expect("names").iter();
    let loss = names.clone().find(|loss| loss["name"] == name);
    loss.unwrap_or_else(|| panic!("{name} is not in {document}")).clone()
}

/// What a proxy answers.
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn read(text: &str) -> Self {
        let (head, _) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap_or_default();
        let header = |line: &str| {
            let (name, value) = line.split_once(": ")?;
            Some((name.to_ascii_lowercase(), value.to_owned()))
        };
        Self { status, headers: lines.filter_map(header).collect(), text: text.to_owned() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// What the service saw; nothing when none answered.
    pub(crate) fn body(&self) -> Json {
        let body = self.text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        serde_json::from_str(body).unwrap_or(Json::Null)
    }

    /// The service that answered.
    pub(crate) fn server(&self) -> String {
        self.body()["name"].as_str().unwrap_or_default().to_owned()
    }

    /// The host that answered.
    pub(crate) fn host(&self) -> String {
        let body = self.body();
        let address = body["address"].as_str().unwrap_or_default();
        let host = HOSTS.into_iter().find(|(_, last)| address == format!("10.77.0.{last}"));
        host.map_or_else(|| panic!("nobody answered: {}", self.text), |(name, _)| name.to_owned())
    }
}
