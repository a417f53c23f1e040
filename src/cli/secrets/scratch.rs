//! A file for an editor that holds a value for as long as that takes, in memory.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

use rustix::fs::{FlockOperation, flock, statfs};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::flag;
use tempfile::TempDir;

use crate::secrets::memory::{LARGEST, Plain};

/// What file systems that live in memory are known by.
const IN_MEMORY: [i128; 2] = [0x0102_1994, 0x8584_58f6];

/// How the directories begin that are made here.
const PREFIX: &str = "cistern-edit-";

/// How often the editor is looked after.
const STEP: Duration = Duration::from_millis(20);

/// The file, in a directory of its own that goes with it.
pub(super) struct Scratch {
    file: PathBuf,
    /// Held for as long as the directory is in use.
    _lock: File,
    _directory: TempDir,
}

impl Scratch {
    /// Says whether a directory lies in memory and can be used.
    pub(super) fn is_in_memory(place: &Path) -> bool {
        let kind = statfs(place).map(|found| i128::from(found.f_type));
        kind.is_ok_and(|kind| IN_MEMORY.contains(&kind))
            && rustix::fs::access(place, rustix::fs::Access::WRITE_OK).is_ok()
    }

    /// Writes a value into a file that only this user can read. What a killed run left in the same place goes.
    pub(super) fn new(place: &Path, name: &str, value: &Plain) -> io::Result<Self> {
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", place.display()));
        sweep(place);
        let directory = tempfile::Builder::new().prefix(PREFIX).tempdir_in(place).map_err(named)?;
        let lock = File::open(directory.path()).map_err(named)?;
        // A file system without locks only leaves more to sweep.
        let _ = flock(&lock, FlockOperation::NonBlockingLockExclusive);
        let file = directory.path().join(name);
        let mut open = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file).map_err(named)?;
        open.write_all(value.bytes()).map_err(named)?;
        Ok(Self { file, _lock: lock, _directory: directory })
    }

    /// Runs the editor to its end and reads what it left.
    ///
    /// # Errors
    /// What the machine refuses; in the inner result why the text does not count, in a clause.
    pub(super) fn edit(&self, editor: &str) -> io::Result<Result<Plain, String>> {
        let stopped = Arc::new(AtomicBool::new(false));
        // The editor gets what is typed; what would end this program must not leave the file behind.
        for signal in [SIGHUP, SIGTERM] {
            flag::register(signal, stopped.clone())?;
        }
        for signal in [SIGINT, SIGQUIT] {
            flag::register(signal, Arc::default())?;
        }
        let status = match self.run(editor, &stopped)? {
            Some(status) => status,
            None => return Ok(Err("it was told to stop".to_owned())),
        };
        if !status.success() {
            return Ok(Err(format!("`{editor}` failed ({status})")));
        }
        match fs::symlink_metadata(&self.file) {
            Ok(meta) if meta.is_file() => Ok(File::open(&self.file)
                .and_then(|mut file| Plain::read(&mut file, LARGEST))
                .map_err(|error| error.to_string())),
            _ => Ok(Err(format!("`{editor}` left no file"))),
        }
    }

    /// Waits for the editor; none when this program was told to stop, and the editor with it.
    fn run(&self, editor: &str, stopped: &AtomicBool) -> io::Result<Option<ExitStatus>> {
        // The shell takes it apart, as git does: an editor may have arguments.
        let script = format!("{editor} {}\"$@\"", private(editor));
        let mut child = Command::new("sh").args(["-c", &script, editor]).arg(&self.file).spawn()?;
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(Some(status));
            }
            if stopped.load(Ordering::Relaxed) {
                child.kill()?;
                child.wait()?;
                return Ok(None);
            }
            sleep(STEP);
        }
    }
}

/// Arguments that keep vim from writing swap, undo and history files elsewhere.
fn private(editor: &str) -> &'static str {
    let name = editor.rsplit('/').next().unwrap_or(editor);
    if matches!(name, "vim" | "nvim") { "-n -i NONE -c 'set nobackup nowritebackup noundofile' " } else { "" }
}

/// Removes what killed runs left behind: directories that nobody holds.
fn sweep(place: &Path) {
    let Ok(entries) = fs::read_dir(place) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX)) {
        let held =
            File::open(entry.path()).map(|directory| flock(&directory, FlockOperation::NonBlockingLockExclusive));
        if matches!(held, Ok(Ok(()))) {
            // Somebody else's stays: it cannot even be opened.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
