//! Making a directory hold exactly a tree, all or nothing.

use std::fs;
use std::io;
use std::path::Path;

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::Tree;
use super::beside::{Target, at, exists, remove};
use super::lock::{PATIENCE, lock};
use super::read::Stamp;
use super::stage::Progress;
use super::{journal, stage};

/// How many files a commit changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Files that are new or have other bytes.
    pub written: usize,
    /// Files that are no longer there.
    pub deleted: usize,
    /// Files that were not touched.
    pub unchanged: usize,
}

/// How a directory takes the place of another.
type Exchange = fn(&Path, &Path) -> Result<(), Errno>;

/// Makes `dir` hold exactly `new`, all or nothing.
///
/// `old` is what [`Tree::read`] found there. If another run has committed since, it is read again; what somebody else
/// edits between the reading and the commit is not seen, and an edit within a file that did not change stays. Where
/// both trees are equal, nothing at all is touched. Otherwise the next tree is written beside `dir`, unchanged files as
/// hard links (their times stay), synced, and exchanged with it in one step; where the file system cannot do
/// that, a journal that the next run rolls forward takes its place. Directories keep their permissions, and
/// empty ones vanish. A run that is killed at any point, or a disk that is full, leaves the old tree or the new
/// one.
///
/// `on` is told how many files are written, from time to time.
///
/// # Errors
///
/// What the machine refuses, with the path in the message; `dir` is then as it was. Another run that
/// does not end within ten seconds. A `dir` that is a link.
pub fn commit(dir: &Path, old: &Tree, new: &Tree, on: &mut dyn FnMut(Progress)) -> io::Result<Counts> {
    commit_with(dir, old, new, on, exchange)
}

/// Puts right what a killed run left beside `dir`. To be called before `dir` is read; costs two look-ups where
/// nothing is left.
///
/// # Errors
///
/// What the machine refuses. Where only a half-written tree is left, which does no harm, and the place cannot be
/// written, it stays.
pub fn recover(dir: &Path) -> io::Result<()> {
    let target = Target::new(dir)?;
    let unfinished = exists(&target.journal());
    if !unfinished && !exists(&target.staging()) && !exists(&target.journal_draft()) {
        return Ok(());
    }
    let recovered = lock(&target, PATIENCE).and_then(|_lock| clear(&target));
    match recovered {
        Err(error) if !unfinished && is_read_only(&error) => Ok(()),
        other => other,
    }
}

/// Reads what `dir` holds, after [`recover`]: to be used wherever the tree on disk is wanted.
///
/// # Errors
///
/// Those of [`recover`] and of [`Tree::read`].
pub fn read_current(dir: &Path) -> io::Result<Tree> {
    recover(dir)?;
    Tree::read(dir)
}

fn commit_with(
    dir: &Path,
    old: &Tree,
    new: &Tree,
    on: &mut dyn FnMut(Progress),
    exchange: Exchange,
) -> io::Result<Counts> {
    let target = Target::new(dir)?;
    let lock = lock(&target, PATIENCE)?;
    clear(&target)?;
    let again;
    let old = if old.stamp == Some(Stamp::of(&target.dir)?) {
        old
    } else {
        again = Tree::read_locked(&target.dir)?;
        &again
    };
    let counts = count(old, new);
    if counts.written == 0 && counts.deleted == 0 {
        return Ok(counts);
    }
    let staging = target.staging();
    if let Err(error) = stage::stage(&target, old, new, on) {
        // The first error says more than one about its remains, which the next run removes.
        let _ = remove(&staging);
        return Err(error);
    }
    if exists(&target.dir) {
        match exchange(&staging, &target.dir) {
            Ok(()) => {}
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP | Errno::XDEV) => {
                journal::write(&target, old, new)?;
                journal::roll_forward(&target)?;
            }
            Err(errno) => {
                let _ = remove(&staging);
                return Err(at(&target.dir)(errno.into()));
            }
        }
    } else {
        fs::rename(&staging, &target.dir).map_err(at(&target.dir))?;
    }
    // The disk learns of the new tree before the old one goes.
    stage::sync_dir(&target.parent)?;
    // The commit is done; what cannot be removed now is tried again by the next run.
    let _ = remove(&staging);
    drop(lock);
    Ok(counts)
}

/// Ends or undoes what a killed run began. The lock must be held.
fn clear(target: &Target) -> io::Result<()> {
    if exists(&target.journal()) {
        journal::roll_forward(target)?;
    }
    remove(&target.journal_draft())?;
    remove(&target.staging())
}

fn count(old: &Tree, new: &Tree) -> Counts {
    let unchanged = new.iter().filter(|(path, bytes)| old.holds(path, bytes)).count();
    let deleted = old.iter().filter(|(path, _)| new.get(path).is_none()).count();
    Counts { written: new.len() - unchanged, deleted, unchanged }
}

fn exchange(a: &Path, b: &Path) -> Result<(), Errno> {
    renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE)
}

fn is_read_only(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

#[cfg(test)]
mod tests;
