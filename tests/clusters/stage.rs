//! The hosts of the fleet, with their secrets decrypted and what nix says of their configuration.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value as Json;
use tempfile::TempDir;

use crate::common::{Lab, everything, require, run, skip, temp_dir};
use crate::fleet::{FLAKE, Fleet, Nix, Program, text_of, texts_of};
use crate::hosts::{Daemon, Plain, Switch, new_key, obstacle};

/// The members, in the order of their numbers.
pub(crate) const MEMBERS: [&str; 3] = ["one", "two", "three"];

/// The host that connects to them.
pub(crate) const CLIENT: &str = "web";

/// Who runs what refuses to be run by root.
const NOBODY: u32 = 65534;

/// What the tests read of a host's configuration.
const QUESTIONS: &str = "hosts: builtins.mapAttrs (_: host: let inherit (host.config) services systemd; in {
  etcd = if services.etcd.enable then systemd.services.etcd.environment else { };
  patroni = if services.patroni.enable then {
    inherit (services.patroni) settings environmentFiles;
    credentials = systemd.services.patroni.serviceConfig.LoadCredential;
    repository = services.pgbackrest.repos.localhost;
    instance = services.pgbackrest.stanzas.db.instances.localhost;
    backup = { inherit (systemd.services.patroni-backup) environment script; };
  } else { };
  haproxy = services.haproxy.config;
  redis = builtins.mapAttrs (_: server: {
    inherit (server) settings requirePassFile masterAuthFile;
  }) services.redis.servers;
  part = if services.redis.servers == { } then null
    else systemd.services.redis-sessions.environment.PART.text;
  sentinel = if services.redis.servers == { } then null else {
    inherit (systemd.services.redis-sentinel-sessions) script;
    inherit (systemd.services.redis-sentinel-sessions.environment) NAME PORT;
    start = systemd.services.redis-sentinel-sessions.environment.START.text;
    credentials = systemd.services.redis-sentinel-sessions.serviceConfig.LoadCredential;
  };
}) hosts";

/// How much is shown of each log.
const LINES: usize = 60;

/// The fleet, and a host for each of its hosts.
pub(crate) struct Stage {
    pub(crate) lab: &'static Lab,
    fleet: Fleet,
    /// What nix says, by host.
    pub(crate) found: Json,
    // Hosts go before the switch, and both before the directories that they are mounted from.
    hosts: BTreeMap<&'static str, Plain>,
    switch: Switch,
    home: TempDir,
}

/// Of a test that fails, what the programs said last.
impl Drop for Stage {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        let files = fs::read_dir(self.home.path()).into_iter().flatten().flatten().map(|file| file.path());
        for file in files.filter(|file| file.extension().is_some_and(|extension| extension == "log")) {
            let text = fs::read_to_string(&file).unwrap_or_default();
            let lines: Vec<_> = text.lines().rev().take(LINES).collect();
            eprintln!("== {}", file.file_name().unwrap_or_default().display());
            lines.iter().rev().for_each(|line| eprintln!("{line}"));
        }
    }
}

impl Stage {
    /// Sets it up, or says why the test is skipped.
    pub(crate) fn new(programs: &[&str]) -> Option<Self> {
        if let Some(reason) = obstacle() {
            skip(&reason);
            return None;
        }
        let lab = require(&[programs, &["nix", "age"]].concat())?;
        let nix = Nix::new(Program::Absent)?;
        let (fleet, home) = (Fleet::copy("tests/fleets/good/clusters/fleet"), temp_dir());
        fs::remove_dir_all(fleet.root().join("secrets")).expect("its secrets are examples");
        let key = home.path().join("ana");
        let text = fleet.read("fleet.yaml");
        let (before, rest) = text.split_once("keys: [").expect("ana has a key");
        let (_, after) = rest.split_once(']').expect("the list ends");
        fleet.write("fleet.yaml", format!("{before}keys: [{}]{after}", new_key(&key)));
        fleet.write("flake.nix", FLAKE);
        run(fleet.command(env!("CARGO_BIN_EXE_cistern")).args(["secrets", "create", "--missing"]));
        fleet.generate();
        let found = nix.eval(fleet.root(), "nixosConfigurations", QUESTIONS);
        let switch = Switch::new(&home.path().join("switch"));
        let mut stage = Self { lab, fleet, found, hosts: BTreeMap::new(), switch, home };
        for name in MEMBERS.into_iter().chain([CLIENT]) {
            let host = stage.host(name, &key);
            stage.hosts.insert(name, host);
        }
        Some(stage)
    }

    /// Plugs a host in: with a /run and a /var/lib of its own, and its secrets where agenix puts them.
    fn host(&self, name: &'static str, key: &Path) -> Plain {
        let nix = self.home.path().join(name).join("nix");
        let host = Plain::new(self.lab, &self.switch, &nix, name, &self.address(name));
        for place in ["run", "var/lib"] {
            let own = self.home.path().join(name).join(place);
            fs::create_dir_all(&own).expect("the directory is ours");
            run(host.command("mount").arg("--bind").arg(own).arg(Path::new("/").join(place)));
        }
        // What all members see, which is a share of the client's host. The lab's overlay would hide whatever others write.
        let (shared, inside) = (self.home.path().join("shared"), self.home.path().join(name).join("run/shared"));
        for directory in [&shared, &inside] {
            fs::create_dir_all(directory).expect("the directory is ours");
        }
        chown(&shared, Some(NOBODY), Some(NOBODY)).expect("root runs this");
        run(host.command("mount").arg("--bind").arg(&shared).arg("/run/shared"));
        self.open_the_lab(&host);
        run(host.command("mkdir").arg("/mnt/backups"));
        run(host.command("mount").args(["--bind", "/run/shared", "/mnt/backups"]));
        for (secret, value) in &self.fleet.plan().secrets {
            if !texts_of(&value["hosts"]).iter().any(|host| host == name) {
                continue;
            }
            let of_host = if value["per_host"] == true { format!("{name}/{secret}") } else { secret.clone() };
            let mut age = self.lab.command("age");
            age.arg("--decrypt").arg("-i").arg(key).arg(self.fleet.root().join(format!("secrets/{of_host}.age")));
            self.write(name, &format!("/run/agenix/{secret}"), &run(&mut age));
        }
        host
    }

    /// Lets everybody on a host go to the lab, which may lie in somebody's home.
    fn open_the_lab(&self, host: &Plain) {
        let lab = Path::new(self.lab.variable("CISTERN_LAB"));
        let ways: Vec<_> = lab.ancestors().filter(|way| way.parent().is_some()).collect();
        let top = ways.last().expect("the lab is in some directory").display();
        let script = format!(
            "mount -t tmpfs none /mnt; mkdir /mnt/upper /mnt/work
             mount -t overlay overlay -o lowerdir={top},upperdir=/mnt/upper,workdir=/mnt/work {top}
             chmod a+rx \"$@\""
        );
        run(host.command("sh").args(["-euc", &script, "sh"]).args(ways.iter().rev()));
    }

    /// Says what `cistern simulate` takes for the effect on a service.
    pub(crate) fn simulated(&self, down: &[&str], service: &str) -> String {
        let hosts = down.iter().flat_map(|host| ["--down", host]);
        let args: Vec<_> = ["simulate", "--format", "json"].into_iter().chain(hosts).collect();
        let output = self.fleet.cistern(&args);
        let said: Json = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", everything(&output)));
        let list = said["services"].as_array().expect("a list of services");
        let row = list.iter().find(|row| row["name"] == service);
        row.map(|row| text_of(&row["effect"])).unwrap_or_default()
    }

    /// Where a host is reached.
    pub(crate) fn address(&self, name: &str) -> String {
        text_of(&self.fleet.plan().hosts[name]["address"])
    }

    /// Returns a command that runs a program of the lab on a host.
    pub(crate) fn lab_command(&self, host: &str, program: &str) -> Command {
        let mut command = self.hosts[host].command(self.lab.program(program));
        command.envs(self.lab.environment.iter().cloned());
        command
    }

    /// Returns a command that runs a program of the machine on a host.
    pub(crate) fn command(&self, host: &str, program: &str) -> Command {
        self.hosts[host].command(program)
    }

    /// A file of a host's /run or /var/lib, as it stands outside.
    pub(crate) fn outside(&self, host: &str, path: &str) -> PathBuf {
        self.home.path().join(host).join(path.strip_prefix('/').expect("an absolute path"))
    }

    /// Writes a file of a host that whoever runs its services owns.
    pub(crate) fn write(&self, host: &str, path: &str, text: &str) {
        let file = self.outside(host, path);
        fs::create_dir_all(file.parent().expect("it is below the host's directory")).expect("the directory is ours");
        fs::write(&file, text).expect("the directory is ours");
        chown(&file, Some(NOBODY), Some(NOBODY)).expect("root runs this");
    }

    /// Makes a directory of a host that whoever runs its services owns.
    pub(crate) fn directory(&self, host: &str, path: &str) {
        let directory = self.outside(host, path);
        fs::create_dir_all(&directory).expect("the directory is ours");
        fs::set_permissions(&directory, Permissions::from_mode(0o750)).expect("the directory is ours");
        chown(&directory, Some(NOBODY), Some(NOBODY)).expect("root runs this");
    }

    /// Gives the credentials of a unit to it, as systemd does.
    pub(crate) fn credentials(&self, host: &str, unit: &str, list: &Json) {
        for credential in texts_of(list) {
            let (name, path) = credential.split_once(':').expect("a name and a path");
            let value = fs::read_to_string(self.outside(host, path)).expect("the secret is there");
            self.write(host, &format!("/run/credentials/{unit}/{name}"), &value);
        }
    }

    /// Starts a program on a host; what it says goes into a file beside the host.
    pub(crate) fn start(&self, host: &str, name: &str, command: &Command) -> Daemon {
        Daemon::start(command, &self.home.path().join(format!("{host}-{name}.log")))
    }

    /// Starts lines for the shell as the account that owns a host's files. When they are told to stop, whatever they
    /// started is gone with them.
    pub(crate) fn start_as_nobody(
        &self,
        host: &str,
        name: &str,
        lines: &str,
        variables: &[(String, String)],
    ) -> Daemon {
        let path = self.lab.variable("PATH");
        let lines = format!("export PATH='{path}'; {lines}");
        let inner = format!("setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups sh -euc \"$0\" & wait");
        let mut command = self.hosts[host].command("unshare");
        command.args(["--pid", "--fork", "--kill-child=KILL", "--mount-proc", "sh", "-c", &inner, &lines]);
        command.envs(variables.iter().cloned());
        self.start(host, name, &command)
    }

    /// Returns a command that runs lines for the shell as the account that owns a host's files.
    pub(crate) fn command_of_nobody(&self, host: &str, lines: &str, variables: &[(String, String)]) -> Command {
        let path = self.lab.variable("PATH");
        let mut command = self.hosts[host].command("setpriv");
        command.args([format!("--reuid={NOBODY}"), format!("--regid={NOBODY}"), "--clear-groups".to_owned()]);
        command.args(["sh", "-euc", &format!("export PATH='{path}'; cd /; {lines}")]);
        command.envs(variables.iter().cloned());
        command
    }

    /// Plugs the cable of a host in again.
    pub(crate) fn plug_in(&self, host: &str) {
        self.hosts[host].connect(&self.switch, true);
    }

    /// Pulls the cable of a host.
    pub(crate) fn cut_off(&self, host: &str) {
        self.hosts[host].connect(&self.switch, false);
    }
}

/// Waits until something is so, and returns how long that took.
pub(crate) fn until(what: &str, most: Duration, mut is_so: impl FnMut() -> bool) -> Duration {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < most, "not within {most:?}: {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
    began.elapsed()
}

/// Writes one number after another while a host dies, until numbers are confirmed again. Returns those that were
/// confirmed at any time, and how long none was.
pub(crate) fn while_writing(write: impl Fn(usize) -> bool + Sync, dies: impl FnOnce()) -> (Vec<usize>, Duration) {
    let (confirmed, stop) = (Mutex::new(Vec::new()), AtomicBool::new(false));
    let counted = |since: Option<Instant>| {
        let all = confirmed.lock().expect("the writer is well");
        all.iter().filter(|(_, began)| since.is_none_or(|since| *began > since)).count()
    };
    let took = std::thread::scope(|scope| {
        // Whatever fails below, the writer ends, so that the scope does.
        let _stop = Stop(&stop);
        scope.spawn(|| {
            for number in 0.. {
                let began = Instant::now();
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                if write(number) {
                    confirmed.lock().expect("nobody panics with it").push((number, began));
                }
            }
        });
        until("some numbers are confirmed", Duration::from_secs(30), || counted(None) >= 20);
        let died = Instant::now();
        dies();
        let dead = Instant::now();
        until("numbers are confirmed again", Duration::from_secs(90), || counted(Some(dead)) > 0);
        let took = died.elapsed();
        until("some more", Duration::from_secs(30), || counted(Some(dead)) >= 20);
        took
    });
    let confirmed = confirmed.into_inner().expect("the writer is well");
    (confirmed.into_iter().map(|(number, _)| number).collect(), took)
}

/// Says stop when it goes.
struct Stop<'s>(&'s AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Runs a command; its stdout when it succeeds.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command.output().expect("the program starts");
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
