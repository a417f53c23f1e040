//! Today's flake: the tree that a new one is compared with, and what git knows of the working tree.

#![expect(clippy::disallowed_methods, reason = "this is where git and the directories to compare with are read")]

mod inputs;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use rayon::prelude::*;
use sha1::{Digest, Sha1};
use sha2::Sha256;

use crate::git::{self, Absence, Git};
use crate::tree::Tree;

pub use inputs::inputs;

/// The directory of a fleet that holds its tree.
const GENERATED: &str = "generated";

/// Digits of a commit's id that are shown.
const SHORT_ID: usize = 7;

/// What to compare a new tree with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Against {
    /// The last commit's; the working tree's where there is none.
    Head,
    /// That of a branch, a tag or a commit.
    Revision(String),
    /// That on the disk.
    Worktree,
    /// That of another fleet directory, or a directory that is itself a tree.
    Directory(PathBuf),
    /// That of a flake elsewhere, which nix fetches.
    Flake(String),
}

/// Where a side lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A commit of the repository around the fleet directory, by its id.
    Commit(String),
    /// The fleet directory as it is.
    Worktree,
    /// Another fleet directory.
    Directory(PathBuf),
    /// A tree alone, with nothing beside it.
    Nowhere,
}

/// Today's tree.
#[derive(Debug)]
pub struct Current {
    /// Its files.
    pub tree: Tree,
    /// Where it comes from: `HEAD (a1b2c3d)`, `the working tree (git is not installed)`.
    pub what: String,
    /// Where its input files lie.
    pub place: Place,
}

/// Why there is nothing to compare with.
#[derive(Debug)]
pub enum Error {
    /// Git knows no such commit.
    Revision(String),
    /// There is no repository to look a revision up in, or to make files known to.
    Repository(PathBuf),
    /// A directory holds neither a tree nor a fleet.
    Directory(PathBuf),
    /// Nix cannot get a flake, and says why.
    Flake(String, String),
    /// Git failed.
    Git(git::Error),
    /// A file cannot be read.
    Io {
        /// The directory that was read.
        path: PathBuf,
        /// What happened.
        error: io::Error,
    },
}

/// Reads the tree to compare with. Files that are the same in `newer` are shared with it, and not read.
///
/// `on_disk` gives the working tree's, which a caller mostly has in hand; it is asked only when that is wanted.
///
/// # Errors
/// The user's if a revision or a directory does not exist, else the machine's: [`Error::is_of_the_machine`] says which.
pub fn tree(
    fleet_dir: &Path,
    against: &Against,
    newer: &Tree,
    on_disk: impl FnOnce() -> io::Result<Tree>,
) -> Result<Current, Error> {
    let worktree = |why: &str| {
        let tree = on_disk().map_err(|error| Error::Io { path: fleet_dir.join(GENERATED), error })?;
        Ok(Current { tree, what: format!("the working tree{why}"), place: Place::Worktree })
    };
    match against {
        Against::Head => match Git::find(fleet_dir)? {
            Err(absence) => worktree(&format!(" ({})", absence.sentence())),
            Ok(git) => match commit(&git, "HEAD") {
                None => worktree(" (git has no commit yet)"),
                Some(id) => committed(&git, "HEAD", &id, newer),
            },
        },
        Against::Revision(revision) => match Git::find(fleet_dir)? {
            Err(absence) => Err(without(absence, fleet_dir)),
            Ok(git) => {
                let found = commit(&git, &format!("{revision}^{{commit}}"));
                let id = found.ok_or_else(|| Error::Revision(revision.clone()))?;
                committed(&git, revision, &id, newer)
            }
        },
        Against::Worktree => worktree(""),
        Against::Directory(directory) => elsewhere(directory),
        Against::Flake(reference) => {
            let found = elsewhere(&fetched(fleet_dir, reference)?)?;
            Ok(Current { what: reference.clone(), ..found })
        }
    }
}

/// Lists which of the files git does not know, untracked and ignored ones: a flake cannot see them.
///
/// The paths are relative to the fleet directory, as in `generated/hosts/eden.nix`. Nothing is known without git.
pub fn unknown_to_git<'p>(fleet_dir: &Path, paths: impl Iterator<Item = &'p str>) -> Option<Vec<String>> {
    unknown(&Git::find(fleet_dir).ok()?.ok()?, paths).ok()
}

/// The way from the root of the repository to a fleet directory: empty, or with a slash at its end. Nothing is known
/// without git.
pub fn below_root(fleet_dir: &Path) -> Option<String> {
    let printed = Git::find(fleet_dir).ok()?.ok()?.run(&["rev-parse", "--show-prefix"], &[]).ok()?;
    Some(String::from_utf8(printed).ok()?.trim_end_matches('\n').to_owned())
}

/// Makes files known to git, their content not yet (`git add -N`), and counts those that were not.
///
/// The paths are relative to the fleet directory. What is staged of known files is left alone.
///
/// # Errors
/// There is no repository, or git refuses: it does so for ignored files, and still adds the others.
pub fn stage<'p>(fleet_dir: &Path, paths: impl Iterator<Item = &'p str>) -> Result<usize, Error> {
    let git = Git::find(fleet_dir)?.map_err(|absence| without(absence, fleet_dir))?;
    let unknown = unknown(&git, paths)?;
    if !unknown.is_empty() {
        let add = ["add", "--intent-to-add", "--ignore-removal", "--pathspec-from-file=-", "--pathspec-file-nul"];
        let names = whole_directories(&git, &unknown)?.unwrap_or_else(|| unknown.join("\0"));
        git.run(&[&["-c", "advice.addIgnoredFile=false"], &add[..]].concat(), names.as_bytes())?;
    }
    Ok(unknown.len())
}

impl Error {
    /// Says whether the machine is at fault, and not what the user asked for.
    pub fn is_of_the_machine(&self) -> bool {
        matches!(self, Self::Git(_) | Self::Io { .. })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Revision(name) => {
                write!(to, "there is no revision `{}`: name a branch, a tag or a commit", name.escape_debug())
            }
            Self::Repository(path) => {
                write!(to, "{} is in no git repository: run `git init` there first", path.display())
            }
            Self::Directory(path) => {
                write!(to, "{} is neither a fleet directory with {GENERATED}/ nor a tree itself", path.display())
            }
            Self::Flake(reference, why) => write!(to, "nix cannot get the flake `{reference}`: {why}"),
            Self::Git(error) => error.fmt(to),
            Self::Io { path, error } => write!(to, "{} cannot be read: {error}", path.display()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}

impl From<git::Error> for Error {
    fn from(error: git::Error) -> Self {
        Self::Git(error)
    }
}

fn without(absence: Absence, fleet_dir: &Path) -> Error {
    match absence {
        Absence::Program => git::Error { command: "git".to_owned(), said: absence.sentence().to_owned() }.into(),
        Absence::Repository => Error::Repository(fleet_dir.to_owned()),
    }
}

/// The directory of a flake in the store. Its inputs are not looked for: they are compared by the lock file.
fn fetched(fleet_dir: &Path, reference: &str) -> Result<PathBuf, Error> {
    let refused = |why: &str| Error::Flake(reference.to_owned(), why.to_owned());
    let mut nix = Command::new("nix");
    nix.args(["--extra-experimental-features", "nix-command flakes", "flake", "prefetch", "--json", "--", reference]);
    let output = nix.current_dir(fleet_dir).output().map_err(|error| refused(&error.to_string()))?;
    if !output.status.success() {
        return Err(refused(String::from_utf8_lossy(&output.stderr).trim()));
    }
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).map_err(|e| refused(&e.to_string()))?;
    let store = found["storePath"].as_str().ok_or_else(|| refused("it has no path in the store"))?;
    let query = reference.split_once('?').map_or("", |(_, query)| query).split('#').next().unwrap_or_default();
    let below = query.split('&').find_map(|pair| pair.strip_prefix("dir=")).unwrap_or_default();
    Ok(Path::new(store).join(below))
}

fn elsewhere(directory: &Path) -> Result<Current, Error> {
    let below = directory.join(GENERATED);
    let is_empty = || directory.read_dir().is_ok_and(|mut entries| entries.next().is_none());
    let (path, place) = match directory {
        _ if below.is_dir() => (below.as_path(), Place::Directory(directory.to_owned())),
        _ if directory.join("manifest.json").is_file() || is_empty() => (directory, Place::Nowhere),
        // With any other directory all of Cistern's files would look new, and all of that directory's removed.
        _ => return Err(Error::Directory(directory.to_owned())),
    };
    Ok(Current { tree: read(path)?, what: path.display().to_string(), place })
}

fn read(path: &Path) -> Result<Tree, Error> {
    Tree::read(path).map_err(|error| Error::Io { path: path.to_owned(), error })
}

/// Looks a commit up; a name that begins with a dash, or that names a range or a file, is none.
fn commit(git: &Git, name: &str) -> Option<String> {
    let printed = git.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", name], b"").ok()?;
    let id = String::from_utf8(printed).ok()?.trim_end().to_owned();
    (id.len() > SHORT_ID && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(id)
}

fn committed(git: &Git, revision: &str, id: &str, newer: &Tree) -> Result<Current, Error> {
    let listing = git.run(&["ls-tree", "-r", "-z", id, "--", &format!("{GENERATED}/")], b"")?;
    let entries: Vec<_> = listing.split(|byte| *byte == 0).filter_map(entry).collect();
    let shared: Vec<_> = entries
        .par_iter()
        .map(|(id, path)| newer.get(path).filter(|bytes| is_blob(bytes, id)).map(Arc::clone))
        .collect();
    let other: Vec<_> = entries.iter().zip(&shared).filter(|(_, shared)| shared.is_none()).map(|(e, _)| e.0).collect();
    let mut read = blobs(git, &other)?.into_iter();
    let mut tree = Tree::default();
    for ((_, path), shared) in entries.iter().zip(shared) {
        let bytes = shared.or_else(|| read.next()).expect("git answers every request, or it has failed");
        tree.insert(path.as_str(), bytes);
    }
    let nothing = if tree.is_empty() { ", which has no generated/" } else { "" };
    let what = format!("{revision} ({}){nothing}", &id[..SHORT_ID]);
    Ok(Current { tree, what, place: Place::Commit(id.to_owned()) })
}

/// Reads `100644 blob ID\tgenerated/PATH`; links and submodules are no files of a tree.
fn entry(row: &[u8]) -> Option<(&str, String)> {
    let tab = row.iter().position(|byte| *byte == b'\t')?;
    let mut words = str::from_utf8(&row[..tab]).ok()?.split(' ');
    let is_file = words.next()?.starts_with("100") && words.next()? == "blob";
    let path = String::from_utf8_lossy(&row[tab + 1..]);
    let path = path.strip_prefix(GENERATED)?.strip_prefix('/')?.to_owned();
    is_file.then_some((words.next()?, path))
}

/// Says whether git would give these bytes this id.
fn is_blob(bytes: &[u8], id: &str) -> bool {
    blob_id(bytes, id.len()) == id
}

/// The id that git gives these bytes, as long as those of its kind of hash.
fn blob_id(bytes: &[u8], length: usize) -> String {
    fn digest<D: Digest>(bytes: &[u8]) -> Vec<u8> {
        D::new().chain_update(format!("blob {}\0", bytes.len())).chain_update(bytes).finalize().to_vec()
    }
    let digest = if length == 64 { digest::<Sha256>(bytes) } else { digest::<Sha1>(bytes) };
    let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)])).collect()
}

/// Reads files by their ids, in that order, from one run of git.
fn blobs(git: &Git, ids: &[&str]) -> Result<Vec<Arc<[u8]>>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let printed = git.run(&["cat-file", "--batch", "--buffer"], (ids.join("\n") + "\n").as_bytes())?;
    let mut rest = printed.as_slice();
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let (bytes, after) = blob(rest).ok_or_else(|| git::Error {
            command: "git cat-file --batch".to_owned(),
            said: format!("the file with the id {id} is missing"),
        })?;
        found.push(bytes.into());
        rest = after;
    }
    Ok(found)
}

/// Reads `ID blob LENGTH`, that many bytes and a newline, and what stands after them.
fn blob(answer: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = answer.iter().position(|byte| *byte == b'\n')?;
    let mut words = str::from_utf8(&answer[..end]).ok()?.split(' ').skip(1);
    let length: usize = words.next().filter(|kind| *kind == "blob").and(words.next())?.parse().ok()?;
    let (bytes, after) = answer[end + 1..].split_at_checked(length)?;
    Some((bytes, after.strip_prefix(b"\n")?))
}

fn unknown<'p>(git: &Git, paths: impl Iterator<Item = &'p str>) -> Result<Vec<String>, Error> {
    let listing = git.run(&["ls-files", "-z"], b"")?;
    let known: BTreeSet<_> = listing.split(|byte| *byte == 0).collect();
    Ok(paths.filter(|path| !known.contains(path.as_bytes())).map(str::to_owned).collect())
}

/// The top directories of these files if git knows all else in them. It needs the square of the time for the files
/// one by one: 3 s for 10,000.
fn whole_directories(git: &Git, unknown: &[String]) -> Result<Option<String>, Error> {
    let tops: BTreeSet<_> = unknown.iter().map(|path| path.split('/').next().unwrap_or(path)).collect();
    let tops: Vec<_> = tops.into_iter().collect();
    let args = ["ls-files", "-z", "--others", "--exclude-standard", "--"];
    let listing = git.run(&[&args[..], &tops].concat(), b"")?;
    let others: BTreeSet<_> = listing.split(|byte| *byte == 0).filter(|path| !path.is_empty()).collect();
    let wanted: BTreeSet<_> = unknown.iter().map(|path| path.as_bytes()).collect();
    Ok((others == wanted).then(|| tops.join("\0")))
}
