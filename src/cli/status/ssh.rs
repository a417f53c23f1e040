//! Hosts as deploy-rs reaches them, without a question to anybody: who does not answer in time does not answer.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::NamedTempFile;

use super::child::{End, Said, Talk, converse};
use crate::place::plan::{DeployEntry, HostEntry};
use crate::value::HostName;

/// ssh as it is run here.
pub(super) struct Ssh {
    /// Settings that hold for jump hosts too, which those on the command line do not.
    settings: NamedTempFile,
    /// How long a host may take.
    pub(super) patience: Duration,
}

/// Why a host did not answer, in a clause that ends with what to do about it.
pub(super) struct Silent(pub(super) String);

impl Ssh {
    /// Prepares it: the keys of hosts are those of the tree, and those that the user knows.
    pub(super) fn new(directory: &Path, patience: Duration) -> io::Result<Self> {
        let mut settings = tempfile::Builder::new().prefix("cistern-ssh-").tempfile()?;
        let known = std::path::absolute(directory)?.join("generated/ssh_known_hosts");
        let seconds = patience.as_secs().max(1);
        // The exchange of keys takes most of ssh's time: a hundred of the usual one would keep a small machine busy for
        // ten seconds. Hosts that do not have this one take another.
        writeln!(
            settings,
            "BatchMode yes\nConnectTimeout {seconds}\nControlMaster no\nLogLevel ERROR\n\
             KexAlgorithms ^curve25519-sha256\n             GlobalKnownHostsFile {} /etc/ssh/ssh_known_hosts\nInclude ~/.ssh/config\nInclude /etc/ssh/ssh_config",
            quoted(&known.to_string_lossy())
        )?;
        settings.flush()?;
        Ok(Self { settings, patience })
    }

    /// Has a host do what the arguments say, and hands it an input; its time runs since it was `begun`.
    pub(super) fn talk(
        &self,
        (name, host): (&HostName, &HostEntry),
        what: &What<'_>,
        begun: Instant,
        is_over: &dyn Fn() -> bool,
    ) -> Result<Said, Silent> {
        let mut command = self.command(name, host, what);
        let (input, stays_open) = match what {
            What::Run { script, .. } => (script.as_bytes(), false),
            What::Reach { request, .. } => (request.as_bytes(), true),
        };
        let deadline = begun + self.patience;
        let talk = Talk { input, stays_open, limit: what.limit(), deadline, is_over };
        converse(&mut command, &talk).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Silent("ssh is not installed here".to_owned()),
            _ => Silent(format!("ssh cannot be started: {error}")),
        })
    }

    fn command(&self, name: &HostName, host: &HostEntry, what: &What<'_>) -> Command {
        let deploy = &host.deploy;
        let mut command = Command::new("ssh");
        command.args(["-T", "-F"]).arg(self.settings.path()).args(["-o", "BatchMode=yes"]);
        if host.host_key.is_some() {
            // Its first name in the file of known hosts, whatever it is reached by.
            command.args(["-o", &format!("HostKeyAlias={name}")]);
        }
        command.args(way(deploy));
        if let What::Reach { port, .. } = what {
            command.args(["-W", &format!("127.0.0.1:{port}")]);
        }
        command.args(["-l", &deploy.ssh_user.to_string(), "--", &deploy.hostname.to_string()]);
        if let What::Run { .. } = what {
            command.arg("sh -s");
        }
        // A question on the terminal would only be in the way.
        command.env("SSH_ASKPASS_REQUIRE", "never").env_remove("DISPLAY");
        command
    }

    /// Why an answer is none.
    pub(super) fn silence(&self, said: &Said, host: &HostEntry) -> Silent {
        let at = &host.deploy.hostname;
        let seconds = self.patience.as_secs_f32().round();
        let text = String::from_utf8_lossy(&said.stderr);
        let mut lines =
            text.lines().map(|line| line.trim_matches(['@', '!', ' ', '\r'])).filter(|line| !line.is_empty());
        let known = lines.clone().find_map(|line| Some((line, remedy(line)?)));
        let line = lines.next_back().map(printable);
        Silent(match (&said.end, line) {
            (End::Late, None) => format!("{at} does not answer within {seconds} s: is it up, and is the way to it?"),
            (End::Late, Some(line)) => format!("{at} does not answer within {seconds} s: {line}"),
            (End::TooLong, _) => format!("{at} does not stop talking: does its shell print something at each login?"),
            (End::Dropped, _) => "it was not waited for".to_owned(),
            (End::Exited(_), Some(line)) => match known {
                Some((line, remedy)) => format!("{}: {remedy}", printable(line).trim_end_matches('.')),
                None => line,
            },
            (End::Exited(status), None) => format!("ssh to {at} ended with {status} and says nothing"),
        })
    }
}

/// What a host is to do.
pub(super) enum What<'a> {
    /// Run a script with `sh -s`.
    Run {
        /// The script.
        script: &'a str,
        /// The most bytes of an answer.
        limit: usize,
    },
    /// Pass something on to one of its own ports.
    Reach {
        /// The port.
        port: u16,
        /// What is said there.
        request: &'a str,
        /// The most bytes of an answer.
        limit: usize,
    },
}

impl What<'_> {
    fn limit(&self) -> usize {
        match self {
            Self::Run { limit, .. } | Self::Reach { limit, .. } => *limit,
        }
    }
}

/// The arguments that deploy-rs gives to ssh as well.
fn way(deploy: &DeployEntry) -> Vec<String> {
    let mut args = Vec::new();
    if let Some(jump) = &deploy.jump {
        args.extend(["-J".to_owned(), jump.to_string()]);
    }
    if let Some(port) = deploy.port {
        args.extend(["-p".to_owned(), port.to_string()]);
    }
    args.extend(deploy.ssh_opts.iter().map(ToString::to_string));
    args
}

/// What to do about what ssh complains of.
fn remedy(line: &str) -> Option<&'static str> {
    const REMEDIES: &[(&str, &str)] = &[
        (
            "HOST IDENTIFICATION HAS CHANGED",
            "it has another key than the definition says; if it was installed again, `cistern secrets host-key HOST --scan`",
        ),
        (
            "Host key verification failed",
            "nobody said that this is its key; give it a `host_key` and run `cistern generate`",
        ),
        ("Permission denied", "no key of yours is admitted; is it in the agent, and is the account right?"),
        ("Connection refused", "the machine is up, and nothing listens there"),
        ("No route to host", "it is off, or the way to it is cut"),
        ("Network is unreachable", "the way to it is cut"),
        ("during banner exchange", "something accepts the connection and says nothing; does its SSH server hang?"),
        ("timed out", "it is off, or a firewall drops what comes"),
        ("Could not resolve hostname", "correct `deploy.hostname`, or the name server"),
        ("stdio forwarding failed", "nothing listens on that port there, or its SSH server forbids forwarding"),
        (
            "administratively prohibited",
            "its SSH server forbids forwarding; allow it for this account, or ask with `--ssh`",
        ),
    ];
    REMEDIES.iter().find(|(mark, _)| line.contains(mark)).map(|(_, remedy)| *remedy)
}

/// A path as ssh reads it in a file of settings.
fn quoted(path: &str) -> String {
    format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\""))
}

fn printable(line: &str) -> String {
    line.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(300).collect()
}
