//! Test hosts: each a network namespace with an address, an sshd and a /nix of its own, on one switch.
//!
//! The namespaces have no names. They last as long as their first process, and that lasts as long as the pipe to its
//! stdin: until the [`Place`] is dropped or the test dies, however it dies. So nothing stays behind but an empty
//! directory /nix, where the machine had none: mounts need a place to be.

#![allow(dead_code, reason = "each test file uses a part of this")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::common::{Lab, run};

/// Says why this machine cannot have test hosts, if it cannot.
pub(crate) fn obstacle() -> Option<String> {
    let possible = |program: &str, args: &[&str]| {
        Command::new(program).args(args).output().is_ok_and(|output| output.status.success())
    };
    for program in ["ip", "ssh", "ssh-keygen", "nsenter", SSHD] {
        if !possible("sh", &["-c", &format!("command -v {program}")]) {
            return Some(format!("test hosts need {program}"));
        }
    }
    if !possible("unshare", &["--net", "--mount", "--pid", "--fork", "mount", "-t", "tmpfs", "none", "/mnt"]) {
        return Some("test hosts need root and namespaces".to_owned());
    }
    None
}

/// The place that the hosts are plugged into, where whoever deploys them works.
pub(crate) struct Switch {
    place: Place,
}

impl Switch {
    /// Makes a switch with the address 10.77.0.1 and `nix` in the place of /nix.
    pub(crate) fn new(nix: &Path) -> Switch {
        let script = "ip link add switch type bridge; ip address add 10.77.0.1/24 dev switch; ip link set switch up";
        Switch { place: Place::new(nix, script) }
    }

    /// Returns a command that runs at the switch.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        self.place.command(program.as_ref())
    }

    /// Plugs a place in and gives it an address.
    fn plug(&self, name: &str, place: &Place, address: &str) {
        self.plug_into(name, place.first.id(), address);
    }

    /// Plugs the network in that a process is in and gives it an address.
    pub(crate) fn plug_into(&self, name: &str, process: u32, address: &str) {
        let line = format!("link add {name} type veth peer name eth0 netns {process}");
        run(self.command("ip").args(line.split(' ')));
        run(self.command("ip").args(["link", "set", name, "master", "switch", "up"]));
        let inside = || {
            let mut command = Command::new("nsenter");
            command.args(["--target", &process.to_string(), "--net", "--", "ip"]);
            command
        };
        run(inside().args(["address", "add", &format!("{address}/24"), "dev", "eth0"]));
        run(inside().args(["link", "set", "eth0", "up"]));
    }
}

/// A host that answers ssh on its own address and has a nix store of its own.
pub(crate) struct Host {
    /// What it is called.
    pub(crate) name: String,
    /// Where it answers.
    pub(crate) address: String,
    /// Its public host key, as in `ssh-ed25519 AAAA…`.
    pub(crate) key: String,
    /// What it sees as /nix.
    pub(crate) nix: PathBuf,
    place: Place,
}

impl Host {
    /// Starts a host in the directory `nix`, which admits the owner of the public key `admin` as root.
    pub(crate) fn new(lab: &Lab, switch: &Switch, nix: PathBuf, name: &str, address: &str, admin: &str) -> Host {
        let etc = nix.join("etc");
        fs::create_dir_all(&etc).expect("a directory for the host");
        fs::create_dir(nix.join("home")).expect("a home for its root");
        let key = new_key(&etc.join("host_key"));
        let [path, settings, lab] = ["PATH", "NIX_CONFIG", "CISTERN_LAB"].map(|name| lab.variable(name));
        let sshd = SSHD_CONFIG.replace("PATH=", &format!("PATH=/nix/bin:{path}"));
        for (file, text) in [("authorized_keys", admin), ("sshd_config", &sshd), ("nix.conf", settings)] {
            fs::write(etc.join(file), text).expect("a file of the host");
        }

        // deploy-rs leaves its canaries in /tmp, which may also be where the lab is.
        let script = format!(
            "mkdir /nix/lab; mount --bind '{lab}' /nix/lab; mount -t tmpfs none /tmp
             mkdir -p '{lab}'; mount --bind /nix/lab '{lab}'
             mount -t tmpfs none /run; mkdir /run/sshd
             {SSHD} -D -E /nix/sshd.log -f /nix/etc/sshd_config &
             until grep -qs listening /nix/sshd.log; do kill -0 $!; sleep 0.02; done"
        );
        let place = Place::new(&nix, &script);
        switch.plug(name, &place, address);
        Host { name: name.to_owned(), address: address.to_owned(), key, nix, place }
    }

    /// Returns a command that runs on the host.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        self.place.command(program.as_ref())
    }

    /// Returns the store path that the host's system profile points at.
    pub(crate) fn active(&self) -> Option<PathBuf> {
        let profiles = self.nix.join("var/nix/profiles");
        let generation = fs::read_link(profiles.join("system")).ok()?;
        fs::read_link(profiles.join(generation)).ok()
    }
}

/// A host that has an address and runs what the test starts on it.
pub(crate) struct Plain {
    /// What it is called.
    name: String,
    place: Place,
}

impl Plain {
    /// Plugs in a host without any program.
    pub(crate) fn new(lab: &Lab, switch: &Switch, directory: &Path, name: &str, address: &str) -> Plain {
        // Debian's programs look for what they read below /usr/share.
        let unpacked = Path::new(lab.variable("CISTERN_LAB")).join("trixie/usr/share");
        let share = format!("mount -t overlay overlay -o 'lowerdir={}:/usr/share' /usr/share", unpacked.display());
        let place = Place::new(directory, &share);
        switch.plug(name, &place, address);
        Plain { name: name.to_owned(), place }
    }

    /// Returns a command that runs on the host.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        self.place.command(program.as_ref())
    }

    /// Pulls the cable, or plugs it in again.
    pub(crate) fn connect(&self, switch: &Switch, connected: bool) {
        let state = if connected { "up" } else { "down" };
        run(switch.command("ip").args(["link", "set", &self.name, state]));
    }
}

/// A program that runs until it is stopped, or until the test ends in whatever way.
pub(crate) struct Daemon(Child);

impl Daemon {
    /// Starts a program; what it says goes into a file.
    pub(crate) fn start(command: &Command, log: &Path) -> Daemon {
        let said = fs::File::create(log).expect("a file for what it says");
        let mut guarded = Command::new("setpriv");
        guarded.args(["--pdeathsig", "KILL", "--"]).arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs().filter_map(|(name, value)| Some((name, value?))) {
            guarded.env(name, value);
        }
        let stderr = said.try_clone().expect("the same file");
        let child = guarded.stdin(Stdio::null()).stdout(said).stderr(stderr).spawn();
        Daemon(child.expect("setpriv starts"))
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Makes an ssh key without a passphrase and returns its public half, as in `ssh-ed25519 AAAA…`.
pub(crate) fn new_key(file: &Path) -> String {
    run(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-C", "", "-f"]).arg(file));
    let public = format!("{}.pub", file.display());
    let public = fs::read_to_string(public).expect("ssh-keygen wrote the public half");
    public.trim().to_owned()
}

/// Namespaces of network, mounts and processes.
struct Place {
    first: Child,
}

impl Place {
    /// Runs a shell script in new namespaces, with `nix` in the place of /nix, and waits until it is through.
    fn new(nix: &Path, script: &str) -> Place {
        fs::create_dir_all(nix).expect("a directory to stand for /nix");
        fs::create_dir_all("/nix").expect("root may make /nix");
        let script = format!("mount --bind \"$0\" /nix; ip link set lo up; {script}\n echo ready; read -r _");
        let mut command = Command::new("unshare");
        command.args(["--net", "--mount", "--pid", "--fork", "sh", "-euc", &script]).arg(nix);
        let first = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("unshare starts");

        let mut place = Place { first };
        let mut line = String::new();
        let stdout = place.first.stdout.take().expect("stdout is a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("a line from the script");
        assert_eq!(line, "ready\n", "{script} failed");
        place
    }

    /// Returns a command that runs with this network and these mounts.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--target", &self.first.id().to_string(), "--net", "--mount", "--"]).arg(program);
        command
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // This closes the pipe; the first process ends, and all others with it, before `wait` returns.
        let _ = self.first.wait();
    }
}

const SSHD: &str = "/usr/sbin/sshd";

/// Everything is below /nix, the only directory that belongs to the host alone; what stands in /nix/bin is found first.
const SSHD_CONFIG: &str = "\
HostKey /nix/etc/host_key
AuthorizedKeysFile /nix/etc/authorized_keys
PermitRootLogin prohibit-password
PidFile none
StrictModes no
UsePAM no
MaxStartups 300
SetEnv PATH= HOME=/nix/home NIX_CONF_DIR=/nix/etc
";
