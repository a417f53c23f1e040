//! Writing the next tree beside the present one.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::path::Path;

use rayon::prelude::*;

use super::Tree;
use super::beside::{Target, at, refuse};

/// Up to so many new files are synced one by one; more than that with everything else on the file system.
const FEW: usize = 32;

/// How many files lie between two reports of progress.
const STEP: usize = 1024;

/// How far a commit has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Files that stand in the next tree.
    pub done: usize,
    /// Files that it will have.
    pub total: usize,
}

/// Writes `new` as the staging directory and syncs it: what is unchanged as hard links, the rest anew.
///
/// `old` must be what the target holds.
pub(super) fn stage(target: &Target, old: &Tree, new: &Tree, on: &mut dyn FnMut(Progress)) -> io::Result<()> {
    let staging = target.staging();
    let dirs = directories(target, new)?;
    create_dir(&staging, &target.dir)?;
    for dir in &dirs {
        create_dir(&staging.join(dir), &target.dir.join(dir))?;
    }
    let files: Vec<_> = new.iter().map(|(path, bytes)| (path, bytes, old.holds(path, bytes))).collect();
    let few = files.iter().filter(|(.., same)| !same).count() <= FEW;
    let mut done = 0;
    for part in files.chunks(STEP) {
        part.par_iter().try_for_each(|(path, bytes, same)| {
            let (present, next) = (target.dir.join(path), staging.join(path));
            if *same {
                link(&present, &next, bytes)
            } else {
                let mode = old.get(path).map(|_| present.as_path());
                write(&next, bytes, mode, few)
            }
        })?;
        done += part.len();
        on(Progress { done, total: files.len() });
    }
    sync(&staging, &dirs, few)
}

/// Lists the directories of a tree, parents first.
fn directories<'a>(target: &Target, tree: &'a Tree) -> io::Result<BTreeSet<&'a str>> {
    let mut dirs = BTreeSet::new();
    for (path, _) in tree.iter() {
        if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err(refuse(&target.dir.join(path), "it is no path of a tree"));
        }
        let mut path = path;
        while let Some((dir, _)) = path.rsplit_once('/') {
            if !dirs.insert(dir) {
                break;
            }
            path = dir;
        }
    }
    Ok(dirs)
}

/// Creates a directory with the permissions of the one that it replaces.
fn create_dir(dir: &Path, like: &Path) -> io::Result<()> {
    fs::create_dir(dir).map_err(at(dir))?;
    match fs::symlink_metadata(like) {
        Ok(meta) if meta.is_dir() => fs::set_permissions(dir, meta.permissions()).map_err(at(dir)),
        _ => Ok(()),
    }
}

/// Carries an unchanged file over; copies it where the file system or its owner does not allow a link.
fn link(present: &Path, next: &Path, bytes: &[u8]) -> io::Result<()> {
    if fs::hard_link(present, next).is_ok() {
        return Ok(());
    }
    write(next, bytes, Some(present), true)?;
    let modified = fs::metadata(present).and_then(|meta| meta.modified()).map_err(at(present))?;
    let file = OpenOptions::new().write(true).open(next).map_err(at(next))?;
    file.set_modified(modified).map_err(at(next))
}

/// Writes a new file, with the permissions of the one that it replaces.
fn write(path: &Path, bytes: &[u8], like: Option<&Path>, sync: bool) -> io::Result<()> {
    let mut file = File::create_new(path).map_err(at(path))?;
    file.write_all(bytes).map_err(at(path))?;
    if let Some(like) = like {
        let wanted = fs::metadata(like).map_err(at(like))?.permissions();
        set_permissions(&file, wanted).map_err(at(path))?;
    }
    if sync { file.sync_data().map_err(at(path)) } else { Ok(()) }
}

fn set_permissions(file: &File, wanted: Permissions) -> io::Result<()> {
    if file.metadata()?.permissions() == wanted { Ok(()) } else { file.set_permissions(wanted) }
}

/// Makes sure that the disk has what was written before the directory takes its place.
fn sync(staging: &Path, dirs: &BTreeSet<&str>, few: bool) -> io::Result<()> {
    let root = File::open(staging).map_err(at(staging))?;
    if !few {
        return rustix::fs::syncfs(&root).map_err(|errno| at(staging)(errno.into()));
    }
    for dir in dirs {
        sync_dir(&staging.join(dir))?;
    }
    sync_dir(staging)
}

/// Syncs the names in a directory, where the file system can.
pub(super) fn sync_dir(dir: &Path) -> io::Result<()> {
    match File::open(dir).and_then(|file| file.sync_all()) {
        Err(error) if !matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
            Err(at(dir)(error))
        }
        _ => Ok(()),
    }
}
