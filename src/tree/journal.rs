//! For file systems that cannot exchange directories: a list of what is to be done, written before any of it is done.
//!
//! The staging directory is complete when the journal appears. Then files are deleted from the target and moved into
//! it one by one. A run that is killed meanwhile leaves a mixed directory and the journal; whoever comes next ends the
//! work, since every step may be done twice.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};
use walkdir::WalkDir;

use super::Tree;
use super::beside::{Target, at, exists, remove};
use super::stage::sync_dir;

/// What is to be done.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Journal {
    delete: Vec<String>,
    write: Vec<String>,
}

/// Writes the journal of a change whose staging directory is complete.
pub(super) fn write(target: &Target, old: &Tree, new: &Tree) -> io::Result<()> {
    let paths = |files: &mut dyn Iterator<Item = &str>| files.map(str::to_owned).collect();
    let journal = Journal {
        delete: paths(&mut old.iter().map(|(path, _)| path).filter(|path| new.get(path).is_none())),
        write: paths(&mut new.iter().filter(|(path, bytes)| !old.holds(path, bytes)).map(|(path, _)| path)),
    };
    let draft = target.journal_draft();
    let text = serde_json::to_vec(&journal)?;
    let mut file = File::create(&draft).map_err(at(&draft))?;
    file.write_all(&text).and_then(|()| file.sync_all()).map_err(at(&draft))?;
    fs::rename(&draft, target.journal()).map_err(at(&target.journal()))?;
    sync_dir(&target.parent)
}

/// Does what the journal says, from wherever it stopped, and removes it.
pub(super) fn roll_forward(target: &Target) -> io::Result<()> {
    let path = target.journal();
    let text = fs::read(&path).map_err(at(&path))?;
    let journal: Journal = serde_json::from_slice(&text).map_err(|error| at(&path)(error.into()))?;
    touch(&target.dir)?;
    apply(target, &journal, usize::MAX)?;
    touch(&target.dir)?;
    sync_dir(&target.dir)?;
    remove(&path)?;
    sync_dir(&target.parent)
}

/// Takes up to so many steps.
fn apply(target: &Target, journal: &Journal, steps: usize) -> io::Result<()> {
    let staging = target.staging();
    for path in journal.delete.iter().take(steps) {
        let full = target.dir.join(path);
        match fs::remove_file(&full) {
            // What is gone was deleted before; something new may stand in its place already.
            Err(error) if !is_gone(&error) => return Err(at(&full)(error)),
            _ => {}
        }
    }
    prune(&target.dir);
    for path in journal.write.iter().take(steps.saturating_sub(journal.delete.len())) {
        let (from, to) = (staging.join(path), target.dir.join(path));
        // What is no longer there was moved before.
        if exists(&from) {
            let dir = to.parent().unwrap_or(&target.dir);
            fs::create_dir_all(dir).map_err(at(dir))?;
            fs::rename(&from, &to).map_err(at(&to))?;
        }
    }
    Ok(())
}

/// Changes the stamp of the directory, so that whoever reads it meanwhile or has read it before takes notice.
fn touch(dir: &Path) -> io::Result<()> {
    let permissions = fs::symlink_metadata(dir).map_err(at(dir))?.permissions();
    fs::set_permissions(dir, permissions).map_err(at(dir))
}

fn is_gone(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(error.kind(), Kind::NotFound | Kind::NotADirectory | Kind::IsADirectory)
}

/// Removes empty directories, which a tree does not have and which may be in the way of a file.
fn prune(dir: &Path) {
    let inner = WalkDir::new(dir).min_depth(1).contents_first(true);
    for entry in inner.into_iter().flatten().filter(|entry| entry.file_type().is_dir()) {
        // One that is not empty stays.
        let _ = fs::remove_dir(entry.path());
    }
}

#[cfg(test)]
mod tests {
    use super::super::commit::recover;
    use super::super::stage::stage;
    use super::*;

    fn tree(files: &[(&str, &str)]) -> Tree {
        files.iter().map(|(path, text)| (*path, text.as_bytes())).collect()
    }

    #[test]
    fn every_stop_is_rolled_forward() {
        let old = tree(&[("a", "1"), ("b/c", "1"), ("d/e/f", "1"), ("g", "1"), ("same/x", "1")]);
        // A file becomes a directory and a directory a file.
        let new = tree(&[("a/z", "2"), ("b", "2"), ("g", "2"), ("h/i/j", "2"), ("same/x", "1")]);
        let temp = tempfile::tempdir().unwrap();
        let target = Target::new(&temp.path().join("generated")).unwrap();
        for steps in 0..9 {
            remove(&target.dir).unwrap();
            for (path, bytes) in old.iter() {
                let full = target.dir.join(path);
                fs::create_dir_all(full.parent().unwrap()).unwrap();
                fs::write(full, bytes).unwrap();
            }
            stage(&target, &old, &new, &mut |_| {}).unwrap();
            write(&target, &old, &new).unwrap();
            let journal = serde_json::from_slice(&fs::read(target.journal()).unwrap()).unwrap();
            apply(&target, &journal, steps).unwrap();
            recover(&target.dir).unwrap();
            assert_eq!(Tree::read(&target.dir).unwrap(), new, "{steps}");
            assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 1, "nothing is left beside it");
            assert!(!target.dir.join("d").exists(), "no empty directory stays");
        }
    }

    #[test]
    fn a_draft_counts_for_nothing() {
        let temp = tempfile::tempdir().unwrap();
        let target = Target::new(&temp.path().join("generated")).unwrap();
        fs::create_dir_all(target.staging()).unwrap();
        fs::create_dir_all(&target.dir).unwrap();
        fs::write(target.dir.join("a"), "1").unwrap();
        fs::write(target.journal_draft(), "{").unwrap();
        recover(&target.dir).unwrap();
        assert_eq!(Tree::read(&target.dir).unwrap(), tree(&[("a", "1")]));
        assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 1);
    }
}
