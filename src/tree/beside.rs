//! The names that a commit uses beside its directory, and errors that name a path.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A directory that is to hold a tree.
#[derive(Debug)]
pub(super) struct Target {
    /// The directory itself.
    pub(super) dir: PathBuf,
    /// The directory that it stands in.
    pub(super) parent: PathBuf,
    name: OsString,
}

impl Target {
    /// Names the directory; refuses one that has no name of its own, a symbolic link and a file.
    pub(super) fn new(dir: &Path) -> io::Result<Self> {
        let Some(name) = dir.file_name() else {
            return Err(refuse(dir, "a tree needs a directory with a name of its own"));
        };
        let parent = match dir.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let target = Self { dir: parent.join(name), parent: parent.to_owned(), name: name.to_owned() };
        match fs::symlink_metadata(&target.dir) {
            Ok(meta) if meta.is_symlink() => Err(refuse(dir, "it is a symbolic link; a tree needs a directory")),
            Ok(meta) if !meta.is_dir() => Err(refuse(dir, "it is a file; a tree needs a directory")),
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(dir)(error)),
            _ => Ok(target),
        }
    }

    /// The next tree while it is written, the last one while it is removed.
    pub(super) fn staging(&self) -> PathBuf {
        self.beside(".new")
    }

    /// What is to be done where directories cannot be exchanged.
    pub(super) fn journal(&self) -> PathBuf {
        self.beside(".journal")
    }

    /// The journal while it is written.
    pub(super) fn journal_draft(&self) -> PathBuf {
        self.beside(".journal.new")
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = OsString::from(".");
        name.push(&self.name);
        name.push(suffix);
        self.parent.join(name)
    }
}

/// Adds a path to the message of an error.
pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> io::Error {
    move |error| io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// Makes an error of a path that cannot be used.
pub(super) fn refuse(path: &Path, why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("{}: {why}", path.display()))
}

/// Says whether something has that name, a dangling link included.
pub(super) fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Removes whatever has that name; nothing is fine too.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other.map_err(at(path)),
    }
}
