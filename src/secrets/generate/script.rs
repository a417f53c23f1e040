//! What a program prints.
//!
//! The values that it needs are files in memory, which it finds by `$CISTERN_SECRETS`: arguments and variables of a
//! program can be seen by others.

#![expect(clippy::disallowed_methods, reason = "runs a program of the fleet's, and gives it files in memory")]

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::statfs;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::flag;
use tempfile::TempDir;

use super::Sources;
use crate::recipe::Script;
use crate::secrets::memory::Plain;

/// The variable that names the directory of the values.
const VARIABLE: &str = "CISTERN_SECRETS";

/// The longest value that a program may print, in bytes.
const LONGEST: usize = 1 << 20;

/// File systems that are in memory only: tmpfs, which may be swapped out, and ramfs.
const IN_MEMORY: &[u64] = &[0x0102_1994, 0x8584_58f6];

/// Runs a program and returns what it prints, without the line break at its end.
pub(super) fn printed(script: &Script, sources: &Sources<'_>, fleet: &Path) -> Result<Plain, String> {
    let stopped = stopped().map_err(|error| format!("signals cannot be handled: {error}"))?;
    let directory = files(sources)?;
    let fleet = fleet.canonicalize().map_err(|error| format!("{}: {error}", fleet.display()))?;
    let (mut command, name) = match script {
        Script::File(path) => (Command::new(fleet.join(&*path.0)), format!("./{}", path.0)),
        Script::Shell(lines) => {
            let mut shell = Command::new("/bin/sh");
            shell.args(["-eu", "-c", lines]);
            (shell, "the script".to_owned())
        }
    };
    command.current_dir(&fleet).env(VARIABLE, directory.path()).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("{name} cannot be run: {error}"))?;
    let mut stdout = child.stdout.take().expect("it is piped");
    let value = Plain::read(&mut stdout, LONGEST);
    drop(stdout);
    let status = child.wait().map_err(|error| format!("{name}: {error}"))?;
    if stopped.load(Ordering::Relaxed) {
        return Err(format!("{name} was told to stop"));
    }
    if !status.success() {
        return Err(format!("{name} failed ({status}); what it said stands above"));
    }
    let mut value = value.map_err(|error| format!("{name}: {error}"))?;
    if value.bytes().ends_with(b"\n") {
        value.truncate(value.len() - 1);
    }
    match value.is_empty() {
        true => Err(format!("{name} printed nothing")),
        false => Ok(value),
    }
}

/// Keeps a signal from ending this program before its files are gone. A second one ends it all the same.
fn stopped() -> io::Result<Arc<AtomicBool>> {
    let stopped = Arc::new(AtomicBool::new(false));
    for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM] {
        flag::register_conditional_default(signal, stopped.clone())?;
        flag::register(signal, stopped.clone())?;
    }
    Ok(stopped)
}

/// Writes the values into a directory that is gone when it is dropped.
fn files(sources: &Sources<'_>) -> Result<TempDir, String> {
    let place = in_memory()?;
    let directory = tempfile::Builder::new()
        .prefix("cistern-")
        .permissions(fs::Permissions::from_mode(0o700))
        .tempdir_in(&place)
        .map_err(|error| format!("{}: {error}", place.display()))?;
    for (name, value) in sources {
        let path = directory.path().join(name.as_str());
        let file = File::options().write(true).create_new(true).mode(0o400).open(&path);
        file.and_then(|mut file| file.write_all(value.bytes()))
            .map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(directory)
}

/// A directory that is no disk's.
fn in_memory() -> Result<PathBuf, String> {
    let own = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let known = own.into_iter().chain([PathBuf::from("/dev/shm")]);
    let found = known.into_iter().find(|place| {
        let kind = statfs(place).map(|found| found.f_type);
        kind.is_ok_and(|kind| u64::try_from(kind).is_ok_and(|kind| IN_MEMORY.contains(&(kind & 0xffff_ffff))))
    });
    found.ok_or_else(|| "neither $XDG_RUNTIME_DIR nor /dev/shm is in memory, and values are put on no disk".to_owned())
}
