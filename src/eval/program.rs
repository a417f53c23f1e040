//! nix as a program that is run.

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use sha2::{Digest, Sha256};

/// What a nix takes from the environment that says which store it means.
const OF_THE_STORE: &[&str] = &["NIX_CONFIG", "NIX_REMOTE", "NIX_STATE_DIR", "NIX_STORE_DIR"];

/// The nix to ask, and where its answers are kept.
#[derive(Debug, Clone)]
pub struct Nix {
    program: PathBuf,
    environment: Vec<(OsString, OsString)>,
    cache: Option<PathBuf>,
}

impl Nix {
    /// The user's nix. Answers are kept below `$XDG_CACHE_HOME/cistern/eval`, or `~/.cache/cistern/eval`.
    pub fn of_the_user() -> Self {
        let absolute = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let home = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")));
        Self::new("nix", [], home.map(|home| home.join("cistern/eval")))
    }

    /// A certain nix, with variables beside those of this process, that keeps its answers in a directory or not at
    /// all.
    pub fn new(
        program: impl Into<PathBuf>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        cache: Option<PathBuf>,
    ) -> Self {
        Self { program: program.into(), environment: environment.into_iter().collect(), cache }
    }

    /// The directory of answers.
    pub(super) fn cache(&self) -> Option<&Path> {
        self.cache.as_deref()
    }

    /// A command of nix. It reads nothing and never writes a lock file by itself.
    pub(super) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.args(["--extra-experimental-features", "nix-command flakes"]).args(args).stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub(super) fn run(&self, args: &[&str]) -> io::Result<Output> {
        self.command(args).output().map_err(unstarted)
    }

    /// What the answers depend on beside the question: which nix, and which store.
    pub(super) fn identity(&self) -> io::Result<String> {
        let version = self.run(&["--version"])?;
        let mut hash = Sha256::new().chain_update(version.stdout);
        for name in OF_THE_STORE {
            let own = self.environment.iter().rev().find(|(own, _)| own == name).map(|(_, value)| value.clone());
            let value = own.or_else(|| env::var_os(name)).unwrap_or_default();
            hash.update(name);
            hash.update(value.as_encoded_bytes());
            hash.update([0]);
        }
        Ok(hex(&hash.finalize()))
    }
}

/// Says what is missing when a program does not start.
pub(super) fn unstarted(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::NotFound => {
            io::Error::new(error.kind(), "nix is not installed: --eval asks it what each host becomes")
        }
        kind => io::Error::new(kind, format!("nix: {error}")),
    }
}

/// The digits of a hash.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
