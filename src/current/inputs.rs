//! The input files in which two sides differ.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rayon::prelude::*;
use walkdir::WalkDir;

use super::{Error, GENERATED, Place, blob_id, blobs};
use crate::diff::inputs::{InputFile, InputFiles, is_input};
use crate::git::Git;

const LOCK: &str = "flake.lock";

/// The length of an id where no repository says which kind of hash it has.
const SHA1: usize = 40;

/// Compares the input files of two sides. Nothing is known of a tree that stands alone.
///
/// # Errors
/// Git fails, or a file cannot be read.
pub fn inputs(fleet_dir: &Path, old: &Place, new: &Place) -> Result<InputFiles, Error> {
    if old == new || [old, new].contains(&&Place::Nowhere) {
        return Ok(InputFiles::default());
    }
    let git = Git::find(fleet_dir)?.ok();
    let files = match (&git, old, new) {
        (Some(git), Place::Commit(old), Place::Commit(new)) => by_git(git, fleet_dir, &[old, new])?,
        (Some(git), Place::Commit(old), Place::Worktree) => by_git(git, fleet_dir, &[old])?,
        (git, old, new) => {
            let list = |place: &Place| listing(git.as_ref(), fleet_dir, place);
            let (olds, mut news) = (list(old)?, list(new)?);
            let mut files: Vec<InputFile> = olds
                .into_iter()
                .map(|(path, old)| InputFile { new: news.remove(&path), path, old: Some(old) })
                .filter(|file| file.old != file.new)
                .collect();
            files.extend(news.into_iter().map(|(path, new)| InputFile { path, old: None, new: Some(new) }));
            files
        }
    };
    let mut files: Vec<_> = files.into_iter().filter(|file| is_input(&file.path)).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let locks = match files.iter().find(|file| file.path == LOCK) {
        None => None,
        Some(file) => {
            let text = |place: &Place, id: &Option<String>| lock(git.as_ref(), fleet_dir, place, id.as_deref());
            Some((text(old, &file.old)?, text(new, &file.new)?))
        }
    };
    Ok(InputFiles { files, locks })
}

/// What git says differs: between two commits, or between one and the working tree, which it knows without reading
/// every file.
fn by_git(git: &Git, fleet_dir: &Path, commits: &[&String]) -> Result<Vec<InputFile>, Error> {
    let mut args = vec!["diff", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff", "--relative"];
    args.extend(commits.iter().map(|id| id.as_str()));
    // What is generated is compared as a tree.
    let others = format!(":(exclude){GENERATED}");
    args.extend(["--", ".", &others]);
    let printed = git.run(&args, b"")?;
    let mut parts = printed.split(|byte| *byte == 0);
    let mut found = Vec::new();
    while let (Some(head), Some(path)) = (parts.next(), parts.next()) {
        let head = String::from_utf8_lossy(head);
        let words: Vec<&str> = head.trim_start_matches(':').split(' ').collect();
        let ([was, is, old, new, _], Ok(path)) = (words.as_slice(), str::from_utf8(path)) else { continue };
        if !is_input(path) {
            continue;
        }
        // A file that git has no id of yet is one of the working tree.
        let new = match new.bytes().all(|byte| byte == b'0') && *is != "000000" {
            true => blob_id(&read(&fleet_dir.join(path))?, new.len()),
            false => (*new).to_owned(),
        };
        let id = |mode: &str, id: String| (mode != "000000").then_some(id);
        let file = InputFile { path: path.to_owned(), old: id(was, (*old).to_owned()), new: id(is, new) };
        if file.old != file.new {
            found.push(file);
        }
    }
    Ok(found)
}

/// The input files of a side by their paths, with their ids.
fn listing(git: Option<&Git>, fleet_dir: &Path, place: &Place) -> Result<BTreeMap<String, String>, Error> {
    let directory = match place {
        Place::Nowhere => return Ok(BTreeMap::new()),
        Place::Worktree => fleet_dir,
        Place::Directory(directory) => directory,
        Place::Commit(id) => {
            let Some(git) = git else { return Ok(BTreeMap::new()) };
            let listing = git.run(&["ls-tree", "-r", "-z", id], b"")?;
            let row = |row: &[u8]| {
                let row = String::from_utf8_lossy(row);
                let (head, path) = row.split_once('\t')?;
                is_input(path).then(|| Some((path.to_owned(), head.split(' ').nth(2)?.to_owned())))?
            };
            return Ok(listing.split(|byte| *byte == 0).filter_map(row).collect());
        }
    };
    let hidden = |name: &str| name.starts_with('.') || name == GENERATED || name == "result";
    let walk = WalkDir::new(directory).into_iter();
    let walk = walk.filter_entry(|entry| entry.depth() == 0 || !entry.file_name().to_str().is_some_and(hidden));
    let mut paths = Vec::new();
    for entry in walk {
        let entry = entry.map_err(|error| Error::Io { path: directory.to_owned(), error: error.into() })?;
        let below = entry.path().strip_prefix(directory).ok().and_then(Path::to_str);
        if let Some(path) = below.filter(|path| entry.file_type().is_file() && is_input(path)) {
            paths.push(path.to_owned());
        }
    }
    let id = |path: String| {
        let bytes = read(&directory.join(&path))?;
        Ok((path, blob_id(&bytes, SHA1)))
    };
    paths.into_par_iter().map(id).collect()
}

/// The text of a side's lock file; empty where there is none.
fn lock(git: Option<&Git>, fleet_dir: &Path, place: &Place, id: Option<&str>) -> Result<String, Error> {
    let bytes = match (place, git, id) {
        (_, _, None) | (Place::Nowhere, ..) => return Ok(String::new()),
        (Place::Commit(_), Some(git), Some(id)) => blobs(git, &[id])?.first().map(|bytes| bytes.to_vec()),
        (Place::Directory(directory), ..) => Some(read(&directory.join(LOCK))?),
        _ => Some(read(&fleet_dir.join(LOCK))?),
    };
    Ok(String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned())
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|error| Error::Io { path: path.to_owned(), error })
}
