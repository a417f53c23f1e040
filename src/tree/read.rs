//! Reading a tree from a directory.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use walkdir::WalkDir;

use super::Tree;
use super::beside::{Target, at, exists, refuse};
use super::lock::{PATIENCE, lock};

/// How much is read at once.
const PIECE: usize = 64 << 10;

/// What tells one state of a directory from another: every commit exchanges the directory, or touches it when it
/// rolls a journal forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stamp {
    /// It is not there.
    Absent,
    /// Its device, inode and time of change.
    Present(u64, u64, i64, i64),
}

impl Stamp {
    /// Takes the stamp of a directory.
    pub(super) fn of(dir: &Path) -> io::Result<Self> {
        match fs::symlink_metadata(dir) {
            Ok(meta) if meta.is_dir() => Ok(Self::Present(meta.dev(), meta.ino(), meta.ctime(), meta.ctime_nsec())),
            Ok(_) => Err(refuse(dir, "it is no directory")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::Absent),
            Err(error) => Err(at(dir)(error)),
        }
    }
}

impl Tree {
    /// Reads every file below a directory; one that is missing is an empty tree.
    ///
    /// A commit that happens meanwhile does no harm: the tree is read again while no other can begin. What a killed
    /// run left behind is for [`recover`](super::recover), which should be called before.
    ///
    /// # Errors
    ///
    /// What the machine refuses, a path that is not UTF-8, and anything that is neither a file nor a directory:
    /// links among them. The message names the path.
    pub fn read(dir: &Path) -> io::Result<Self> {
        let target = Target::new(dir).ok();
        let before = Stamp::of(dir)?;
        let files = read(dir, before);
        // In this order: a journal that is gone has changed the stamp.
        let rolling = target.as_ref().is_some_and(|target| exists(&target.journal()));
        if !rolling && before == Stamp::of(dir)? {
            return Ok(Self { files: files?, stamp: Some(before) });
        }
        let _lock = target.map(|target| lock(&target, PATIENCE)).transpose()?;
        Self::read_locked(dir)
    }

    /// Reads a directory that nobody else can commit to meanwhile.
    pub(super) fn read_locked(dir: &Path) -> io::Result<Self> {
        let stamp = Stamp::of(dir)?;
        Ok(Self { files: read(dir, stamp)?, stamp: Some(stamp) })
    }
}

fn read(dir: &Path, stamp: Stamp) -> io::Result<BTreeMap<String, Arc<[u8]>>> {
    if stamp == Stamp::Absent {
        return Ok(BTreeMap::new());
    }
    let files = list(dir)?.into_par_iter();
    files.map_init(Vec::new, |buffer, (name, path)| Ok((name, read_file(&path, buffer).map_err(at(&path))?))).collect()
}

/// Reads a file by way of a buffer that many files share.
fn read_file(path: &Path, buffer: &mut Vec<u8>) -> io::Result<Arc<[u8]>> {
    // Not `read_to_end`, which asks for the size first: most of the time goes into such calls.
    let mut file = File::open(path)?;
    let mut end = 0;
    loop {
        if buffer.len() < end + PIECE {
            buffer.resize(end + PIECE, 0);
        }
        match file.read(&mut buffer[end..]) {
            Ok(0) => return Ok(Arc::from(&buffer[..end])),
            Ok(read) => end += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Lists files by their path below the directory.
fn list(dir: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut files = Vec::new();
    for entry in WalkDir::new(dir).min_depth(1) {
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(dir).to_owned();
            at(&path)(error.into_io_error().unwrap_or_else(|| io::Error::other("directories contain each other")))
        })?;
        let kind = entry.file_type();
        if kind.is_dir() {
            continue;
        }
        let path = entry.into_path();
        if !kind.is_file() {
            let what = if kind.is_symlink() { "a symbolic link" } else { "neither a file nor a directory" };
            return Err(refuse(&path, &format!("it is {what}; a tree has files only")));
        }
        let name = path.strip_prefix(dir).ok().and_then(Path::to_str);
        let Some(name) = name else {
            return Err(refuse(&path, "its name is not UTF-8"));
        };
        files.push((name.to_owned(), path));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    #[test]
    fn trees_are_read() {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("generated");
        assert!(Tree::read(&dir).unwrap().is_empty());
        fs::create_dir_all(dir.join("a/b")).unwrap();
        fs::create_dir_all(dir.join("empty")).unwrap();
        fs::write(dir.join("a/b/c"), "1").unwrap();
        fs::write(dir.join("a.b"), "2").unwrap();
        let tree = Tree::read(&dir).unwrap();
        assert_eq!(tree, Tree::from_iter([("a/b/c", *b"1"), ("a.b", *b"2")]));
        assert_eq!(tree.iter().map(|(path, _)| path).collect::<Vec<_>>(), ["a.b", "a/b/c"]);
    }

    #[test]
    fn what_is_no_file_is_named() {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("generated");
        fs::create_dir_all(dir.join("a")).unwrap();
        std::os::unix::fs::symlink("nowhere", dir.join("a/link")).unwrap();
        let error = Tree::read(&dir).unwrap_err();
        assert!(
            error.to_string().ends_with("generated/a/link: it is a symbolic link; a tree has files only"),
            "{error}"
        );
        fs::remove_file(dir.join("a/link")).unwrap();
        fs::write(dir.join("a").join(std::ffi::OsStr::from_bytes(b"\xff")), "").unwrap();
        assert!(Tree::read(&dir).unwrap_err().to_string().ends_with("its name is not UTF-8"));
        let file = temp.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(Tree::read(&file).unwrap_err().to_string().ends_with("file: it is no directory"));
        std::os::unix::fs::symlink(&dir, temp.path().join("link")).unwrap();
        assert!(Tree::read(&temp.path().join("link")).is_err());
    }
}
