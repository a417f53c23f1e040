//! The files below `secrets/` and their record: read once, changed in memory, and written as a set, all or nothing.

#![expect(clippy::disallowed_methods, reason = "reads and locks the encrypted files")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::memory::Plain;
use super::seal;
use crate::age_file::{hash, is_armored};
use crate::place::Entries;
use crate::place::recipients::SecretFile;
use crate::record::{self, FileRecord, Record};
use crate::tree::{self, Counts, Progress, Tree};
use crate::value::Date;

/// The directory below the fleet directory.
const DIRECTORY: &str = "secrets";

/// The encrypted files of a fleet, while nobody else changes them.
#[derive(Debug)]
pub struct Store {
    /// Where they are; links are resolved.
    directory: PathBuf,
    tree: Tree,
    record: Record,
    /// What is to be written, by path below the fleet directory; none takes a file away.
    changes: BTreeMap<String, Option<Vec<u8>>>,
    /// Whether the directory was made for this run.
    is_ours: bool,
    lock: File,
}

impl Store {
    /// Locks and reads what stands below `secrets/` of a fleet directory, which is made if there is none.
    ///
    /// # Errors
    /// What the machine refuses, and another run that changes the secrets now: this one does not wait. A record that
    /// cannot be read.
    pub fn open(fleet: &Path) -> io::Result<Self> {
        let (directory, is_ours) = place(fleet)?;
        let lock = lock(&directory)?;
        let tree = tree::read_current(&directory)?;
        if tree.iter().any(|(path, _)| path.starts_with(".git/")) {
            let message = format!(
                "{}: it is a git repository of its own, which cannot be exchanged as a whole; make it a submodule",
                directory.display()
            );
            return Err(io::Error::other(message));
        }
        let record = match tree.get(below(record::PATH)) {
            None => Record::default(),
            Some(bytes) => Record::read(&String::from_utf8_lossy(bytes)).map_err(|error| {
                let help =
                    "take it from git again, or remove it: then every secret counts as changed by another program";
                io::Error::other(format!("{}: {error}; {help}", record::PATH))
            })?,
        };
        Ok(Self { directory, tree, record, changes: BTreeMap::new(), is_ours, lock })
    }

    /// Returns the bytes of a file, by its path below the fleet directory; those that it is to get, if it is to change.
    pub fn read(&self, path: &str) -> Option<&[u8]> {
        match self.changes.get(path) {
            Some(change) => change.as_deref(),
            None => self.tree.get(below(path)).map(|bytes| &**bytes),
        }
    }

    /// Lists the paths of all files, below the fleet directory.
    pub fn paths(&self) -> Vec<String> {
        let present = self.tree.iter().map(|(path, _)| above(path));
        let (kept, gone): (Vec<_>, Vec<_>) = self.changes.iter().partition(|(_, bytes)| bytes.is_some());
        let is_gone = |path: &String| gone.iter().any(|(other, _)| *other == path);
        let mut paths: BTreeSet<_> = present.filter(|path| !is_gone(path)).collect();
        paths.extend(kept.into_iter().map(|(path, _)| path.clone()));
        paths.into_iter().collect()
    }

    /// What is known of the files; changes included.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Gives a secret a value: encrypts it to exactly those who are to read it, and notes when that was.
    ///
    /// Whoever reads it restarts when there was a value before. What was written in letters stays so.
    ///
    /// # Errors
    /// Why it cannot be encrypted, in a sentence.
    pub fn put(&mut self, file: &SecretFile<'_>, entries: &Entries, value: &Plain, today: Date) -> Result<(), String> {
        let present = self.read(&file.path);
        let keys = keys(file, entries);
        if keys.is_empty() {
            return Err("nobody is to read it: name services, hosts or people with keys".to_owned());
        }
        let sealed = seal::seal(value, &keys, present.is_some_and(is_armored))?;
        let known = self.record.files.get(&file.path);
        let epoch = match (present, known) {
            (None, None) => 0,
            (_, known) => known.map_or(0, |known| known.epoch) + 1,
        };
        self.keep(&file.path, sealed, &keys);
        let noted = self.record.files.get_mut(&file.path).expect("it was just kept");
        (noted.epoch, noted.changed) = (epoch, Some(today));
        Ok(())
    }

    /// Replaces the bytes of a file whose value is the same, after it was encrypted to these keys.
    pub fn keep(&mut self, path: &str, sealed: Vec<u8>, keys: &[&str]) {
        let noted = self.record.files.entry(path.to_owned()).or_default();
        noted.sha256 = hash(&sealed);
        noted.anonymous = anonymous(keys);
        self.changes.insert(path.to_owned(), Some(sealed));
    }

    /// Writes a file that is no secret, such as the public half of a key; it stands below `secrets/`.
    pub fn write(&mut self, path: &str, bytes: Vec<u8>) {
        self.changes.insert(path.to_owned(), Some(bytes));
    }

    /// Takes a file away, and what is known of it.
    pub fn remove(&mut self, path: &str) {
        self.changes.insert(path.to_owned(), None);
        self.record.files.remove(path);
    }

    /// Changes what is known of a file.
    pub fn note(&mut self, path: &str, noted: FileRecord) {
        self.record.files.insert(path.to_owned(), noted);
    }

    /// Writes every change and the record as a set: after a crash all files are as before, or all are as after.
    ///
    /// Files that do not change keep their bytes, times and inodes. `on` is told how far it has come.
    ///
    /// # Errors
    /// What the machine refuses; then nothing has changed.
    pub fn commit(mut self, on: &mut dyn FnMut(Progress)) -> io::Result<Counts> {
        if !self.record.files.is_empty() || self.tree.get(below(record::PATH)).is_some() {
            let record = self.record.write();
            self.changes.insert(record::PATH.to_owned(), Some(record.into_bytes()));
        }
        let unchanged = self.tree.iter().filter(|(path, _)| !self.changes.contains_key(&above(path)));
        let mut next: Tree = unchanged.map(|(path, bytes)| (path, bytes.clone())).collect();
        for (path, bytes) in std::mem::take(&mut self.changes) {
            if let Some(bytes) = bytes {
                next.insert(below(&path), bytes);
            }
        }
        tree::commit(&self.directory, &self.tree, &next, on)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        if self.is_ours {
            // Made for the lock alone; with something in it, it stays.
            let _ = fs::remove_dir(&self.directory);
        }
        let _ = flock(&self.lock, FlockOperation::Unlock);
    }
}

/// The keys that a file is to be encrypted to.
pub fn keys<'p>(file: &SecretFile<'p>, entries: &'p Entries) -> Vec<&'p str> {
    file.recipients(entries).into_iter().map(|recipient| recipient.key).collect()
}

/// Reads one encrypted file without keeping others from changing it.
///
/// # Errors
/// What the machine refuses; `NotFound` for one that is not there.
pub fn read(fleet: &Path, path: &str) -> io::Result<Vec<u8>> {
    tree::recover(&fleet.join(DIRECTORY)).or_else(|error| match error.kind() {
        // A link, which leads elsewhere.
        io::ErrorKind::InvalidInput => Ok(()),
        _ => Err(error),
    })?;
    fs::read(fleet.join(path)).map_err(|error| named(&fleet.join(path), &error))
}

/// Those of the keys that a file does not name.
fn anonymous(keys: &[&str]) -> BTreeSet<String> {
    keys.iter().filter(|key| key.starts_with("age1")).map(|key| (*key).to_owned()).collect()
}

/// Finds the directory, or makes it, and says whether it did.
fn place(fleet: &Path) -> io::Result<(PathBuf, bool)> {
    let directory = fleet.join(DIRECTORY);
    match fs::symlink_metadata(&directory) {
        Ok(meta) if meta.is_symlink() => {
            let target = directory.canonicalize().map_err(|error| named(&directory, &error))?;
            Ok((target, false))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir(&directory).map_err(|error| named(&directory, &error))?;
            Ok((directory, true))
        }
        Ok(_) => Ok((directory, false)),
        Err(error) => Err(named(&directory, &error)),
    }
}

/// Locks the directory that stands in this place now, or refuses at once.
fn lock(directory: &Path) -> io::Result<File> {
    loop {
        let file = File::open(directory).map_err(|error| named(directory, &error))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) | Err(Errno::NOLCK | Errno::NOSYS | Errno::OPNOTSUPP | Errno::INVAL) => {}
            Err(Errno::WOULDBLOCK) => {
                let message = format!(
                    "{}: another cistern is changing the secrets; nothing was done, run it again when the other has ended",
                    directory.display()
                );
                return Err(io::Error::new(io::ErrorKind::WouldBlock, message));
            }
            Err(Errno::INTR) => continue,
            Err(errno) => return Err(named(directory, &errno.into())),
        }
        // A run that has ended since may have put another directory into the place of the one that was locked.
        let (own, present) = (file.metadata()?, fs::metadata(directory).map_err(|error| named(directory, &error))?);
        if (own.dev(), own.ino()) == (present.dev(), present.ino()) {
            return Ok(file);
        }
    }
}

/// `secrets/a.age` → `a.age`.
fn below(path: &str) -> &str {
    path.strip_prefix("secrets/").expect("every encrypted file stands below secrets/")
}

/// `a.age` → `secrets/a.age`.
fn above(path: &str) -> String {
    format!("{DIRECTORY}/{path}")
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
