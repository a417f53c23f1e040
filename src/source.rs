//! The files of a fleet directory, in memory. The only place that reads them.
//!
//! Reading decides nothing: a file that cannot be used is kept as [`Rejected`], and `load` says what is wrong with it.

#![expect(clippy::disallowed_methods, reason = "reads the fleet directory")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use rayon::prelude::*;
use walkdir::WalkDir;

use crate::age_file::AgeFile;
use crate::git;

/// The largest definition file that is read, in bytes.
pub const LARGEST_FILE: u64 = 16 << 20;

/// Directories of the fleet that hold nothing for the compiler.
const SKIPPED: &[&str] = &[".cistern", ".direnv", ".git", ".terraform", "generated", "node_modules", "target"];

/// The maps of the definition that may be split out, one file per entry.
pub const SPLIT: &[&str] = &["groups", "hosts", "profiles", "services"];

/// What precedes the path of a file that is compiled into the binary.
pub const BUILT_IN: &str = "cistern:templates/";

/// The place of one file in [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A stretch of one file, in bytes; the end is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file that it stands in.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

/// One text file, by its path below the fleet directory.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The `/`-separated path below the fleet directory.
    pub path: String,
    /// Its whole text.
    pub text: String,
}

/// Why a file that the definition needs cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It is not UTF-8; the number is the first bad byte.
    NotUtf8(usize),
    /// It is larger than [`LARGEST_FILE`]; the number is its size in bytes.
    TooLarge(u64),
    /// It is a symbolic link to something outside of the fleet directory.
    Leaves,
    /// It is a directory, a pipe or a device.
    NoFile,
    /// It ends in `.yml`.
    Suffix,
}

/// A file that the definition needs and that cannot be used.
#[derive(Debug, Clone)]
pub struct Rejected {
    /// The `/`-separated path below the fleet directory.
    pub path: String,
    /// What is wrong with it.
    pub why: Why,
}

/// The files of the fleet directory and the evidence beside them.
#[derive(Debug, Clone)]
pub struct Sources {
    files: Vec<SourceFile>,
    ids: BTreeMap<String, FileId>,
    /// Every file of the directory, read or not, by its path.
    pub paths: BTreeSet<String>,
    /// The files that cannot be used.
    pub rejected: Vec<Rejected>,
    /// The files that git knows, or why it could not be asked, in a clause.
    pub known_to_git: Known,
    /// Files that git is told to ignore, as far as rules ask for it: encrypted ones, and those of Terraform and of
    /// environment variables.
    pub ignored_by_git: BTreeSet<String>,
    /// Files below `generated/` that git does not know, where it could be asked; in the order of their paths.
    pub unknown_generated: Vec<String>,
    /// The encrypted files below `secrets/` by their path, or why one is none, in a clause.
    pub encrypted: Encrypted,
    /// Today, in days since 1970-01-01; 0 when nobody asked the clock.
    pub today: i64,
    /// Links that leave the directory or lead nowhere: what stands below them is not in `paths`.
    pub links: BTreeSet<String>,
}

/// What encrypted files say of themselves, by their path; or why one is none of age's, in a clause.
pub type Encrypted = Arc<BTreeMap<String, Result<AgeFile, String>>>;

/// What git knows of the fleet directory: the paths of its files, or why it could not be asked.
pub type Known = Result<BTreeSet<String>, String>;

impl Default for Sources {
    fn default() -> Self {
        Self {
            files: Vec::new(),
            ids: BTreeMap::new(),
            paths: BTreeSet::new(),
            rejected: Vec::new(),
            known_to_git: Err("nobody asked git".to_owned()),
            ignored_by_git: BTreeSet::new(),
            unknown_generated: Vec::new(),
            encrypted: Encrypted::default(),
            today: 0,
            links: BTreeSet::new(),
        }
    }
}

impl Sources {
    /// Reads a fleet directory.
    ///
    /// # Errors
    /// The machine's faults only: a directory that is absent or may not be read, a failing disk.
    pub fn read(root: &Path) -> io::Result<Self> {
        let base = root.canonicalize().map_err(|error| named(root, &error))?;
        let ((sources, mut unknown_generated), known_to_git) =
            rayon::join(|| rayon::join(|| Self::files(&base), || generated(&base)), || git::known(&base));
        match &known_to_git {
            Ok(known) => unknown_generated.retain(|path| !known.contains(path)),
            Err(_) => unknown_generated.clear(),
        }
        let sources = sources?;
        let ignored_by_git = ignored(&base, &sources.paths, &known_to_git);
        Ok(Self { known_to_git, ignored_by_git, unknown_generated, today: today(), ..sources })
    }

    fn files(base: &Path) -> io::Result<Self> {
        let mut sources = Self::default();
        let mut wanted: Vec<(String, PathBuf)> = Vec::new();
        let mut encrypted: Vec<(String, PathBuf)> = Vec::new();
        let mut linked = Vec::new();
        let walk = WalkDir::new(base).sort_by_file_name().into_iter().filter_entry(|entry| {
            entry.depth() == 0 || !entry.file_type().is_dir() || !is_skipped(&entry.file_name().to_string_lossy())
        });
        for entry in walk {
            let entry = entry.map_err(|error| io::Error::other(error.to_string()))?;
            let Some(path) = relative(base, entry.path()) else { continue };
            if !entry.file_type().is_file() && !entry.path_is_symlink() {
                if is_wanted(&path) {
                    sources.rejected.push(Rejected { path, why: Why::NoFile });
                }
                continue;
            }
            if entry.path_is_symlink() {
                let target = entry.path().canonicalize().ok().filter(|target| target.starts_with(base));
                let target = target.filter(|target| target.is_dir() || target.is_file());
                if target.as_ref().is_some_and(|target| target.is_dir()) {
                    linked.extend(target.and_then(|target| relative(base, &target)).map(|target| (path, target)));
                    continue;
                }
                if target.is_none() {
                    if is_wanted(&path) || may_hold_wanted(&path) {
                        sources.rejected.push(Rejected { path: path.clone(), why: Why::Leaves });
                    }
                    sources.links.insert(path);
                    continue;
                }
            }
            if is_encrypted(&path) {
                encrypted.push((path.clone(), entry.into_path()));
            } else if is_wanted(&path) || is_evidence(&path) {
                wanted.push((path.clone(), entry.into_path()));
            } else if is_misnamed(&path) {
                sources.rejected.push(Rejected { path: path.clone(), why: Why::Suffix });
            }
            sources.paths.insert(path);
        }
        for (link, target) in linked {
            let below = format!("{target}/");
            let found: Vec<_> =
                sources.paths.range(below.clone()..).take_while(|p| p.starts_with(&below)).cloned().collect();
            for path in found {
                let seen = format!("{link}/{}", &path[below.len()..]);
                if is_encrypted(&seen) {
                    encrypted.push((seen.clone(), base.join(path)));
                } else if is_wanted(&seen) || is_evidence(&seen) {
                    wanted.push((seen.clone(), base.join(path)));
                }
                sources.paths.insert(seen);
            }
        }
        let read: Vec<_> = wanted.par_iter().map(|(_, full)| read_text(full)).collect();
        sources.encrypted =
            Arc::new(encrypted.into_par_iter().map(|(path, full)| age_file(path, &full)).collect::<io::Result<_>>()?);
        for ((path, full), outcome) in wanted.into_iter().zip(read) {
            match outcome.map_err(|error| named(&full, &error))? {
                Ok(text) => {
                    sources.add(path, text);
                }
                // What is wrong with a module of the user's, Nix says.
                Err(_) if is_evidence(&path) => {}
                Err(why) => sources.rejected.push(Rejected { path, why }),
            }
        }
        Ok(sources)
    }

    /// Adds a file that is in memory already, and returns its place.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).expect("fewer than four billion files"));
        let path = path.into();
        self.ids.insert(path.clone(), id);
        self.paths.insert(path.clone());
        self.files.push(SourceFile { path, text: text.into() });
        id
    }

    /// Gives the file of a path another text, as if it had been read so; none takes the file away.
    pub fn replace(&mut self, path: &str, text: Option<&str>) {
        match (self.find(path), text) {
            (Some(id), Some(text)) => text.clone_into(&mut self.files[id.0 as usize].text),
            (None, Some(text)) => drop(self.add(path, text)),
            (_, None) => {
                self.ids.remove(path);
                self.paths.remove(path);
            }
        }
    }

    /// Calls a file otherwise wherever it is shown; it is found by its path as before.
    pub fn rename(&mut self, id: FileId, shown: &str) {
        shown.clone_into(&mut self.files[id.0 as usize].path);
    }

    /// Returns one file.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// Finds a file that was read by its path.
    pub fn find(&self, path: &str) -> Option<FileId> {
        self.ids.get(path).copied()
    }

    /// Lists the files that were read and whose path begins so, in the order of their paths.
    pub fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (FileId, &'a SourceFile)> {
        self.ids
            .range(prefix.to_owned()..)
            .take_while(move |(path, _)| path.starts_with(prefix))
            .map(|(_, id)| (*id, self.file(*id)))
    }

    /// Returns the text that a span covers.
    pub fn slice(&self, span: Span) -> &str {
        &self.file(span.file).text[span.start as usize..span.end as usize]
    }

    /// Returns the line and the column of a byte, both from 1; columns count characters.
    pub fn position(&self, file: FileId, byte: u32) -> (usize, usize) {
        let text = &self.file(file).text[..byte as usize];
        let line_start = text.rfind('\n').map_or(0, |at| at + 1);
        let line = text.bytes().filter(|b| *b == b'\n').count() + 1;
        (line, text[line_start..].chars().count() + 1)
    }
}

impl Span {
    /// Makes a span at the beginning of a file, for what the file as a whole is at fault.
    pub fn top(file: FileId) -> Self {
        Self { file, start: 0, end: 0 }
    }

    /// Makes a span from two bytes of a file.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let narrow = |byte: usize| u32::try_from(byte).expect("no file is larger than 16 MiB");
        Self { file, start: narrow(start), end: narrow(end.max(start)) }
    }
}

fn is_skipped(directory: &str) -> bool {
    let staged = [".generated", ".secrets."].iter().any(|start| directory.starts_with(start));
    staged || SKIPPED.contains(&directory)
}

fn is_wanted(path: &str) -> bool {
    let top = path.split('/').next().unwrap_or_default();
    let depth = path.matches('/').count();
    path == "fleet.yaml"
        || path == "placement.lock"
        || path == "secrets/accepted.json"
        || path == "secrets/recipients.json"
        || (depth == 1 && SPLIT.contains(&top) && path.ends_with(".yaml"))
        || (depth == 1 && top == "facts" && path.ends_with(".json"))
        || (top == "templates" && path.ends_with(".j2"))
        || path.ends_with(".pub")
}

fn is_encrypted(path: &str) -> bool {
    path.starts_with("secrets/") && path.ends_with(".age")
}

/// Says whether some rule looks into it, though the definition does not need it: modules, and what may be a key.
fn is_evidence(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let key = name.starts_with("id_") || name.starts_with("ssh_host_");
    key || may_be_ignored(name) || [".key", ".nix", ".pem"].iter().any(|end| name.ends_with(end))
}

/// Says whether a file of that name may hold secrets, and is none of git's as a rule.
fn may_be_ignored(name: &str) -> bool {
    let ends = [".env", ".tf", ".tf.json", ".tfvars", ".tfvars.json"];
    name.starts_with(".env") || ends.iter().any(|end| name.ends_with(end))
}

/// Asks git which of the files that rules ask about it ignores; none where it cannot be asked.
fn ignored(base: &Path, paths: &BTreeSet<String>, known: &Known) -> BTreeSet<String> {
    let Ok(known) = known else { return BTreeSet::new() };
    let asked = |path: &&String| path.ends_with(".age") || may_be_ignored(path.rsplit('/').next().unwrap_or(path));
    let unknown: Vec<&str> =
        paths.iter().filter(|path| !known.contains(*path)).filter(asked).map(String::as_str).collect();
    git::ignored(base, &unknown)
}

/// Lists the files below `generated/`, by their names alone.
fn generated(base: &Path) -> Vec<String> {
    let walk = WalkDir::new(base.join("generated")).sort_by_file_name().into_iter().filter_map(Result::ok);
    walk.filter(|entry| entry.file_type().is_file()).filter_map(|entry| relative(base, entry.path())).collect()
}

fn is_misnamed(path: &str) -> bool {
    path.strip_suffix(".yml").is_some_and(|stem| is_wanted(&format!("{stem}.yaml")))
}

/// Says whether a directory of that path could hold a file that is wanted.
fn may_hold_wanted(path: &str) -> bool {
    SPLIT.contains(&path) || path == "facts" || path == "templates" || path.starts_with("templates/")
}

fn relative(base: &Path, path: &Path) -> Option<String> {
    let below = path.strip_prefix(base).ok()?;
    let parts: Option<Vec<_>> = below.iter().map(|part| part.to_str()).collect();
    parts.filter(|parts| !parts.is_empty()).map(|parts| parts.join("/"))
}

fn read_text(path: &PathBuf) -> io::Result<Result<String, Why>> {
    let size = fs::metadata(path)?.len();
    if size > LARGEST_FILE {
        return Ok(Err(Why::TooLarge(size)));
    }
    let bytes = fs::read(path)?;
    Ok(String::from_utf8(bytes).map_err(|error| Why::NotUtf8(error.utf8_error().valid_up_to())))
}

fn age_file(path: String, full: &Path) -> io::Result<(String, Result<AgeFile, String>)> {
    let bytes = fs::read(full).map_err(|error| named(full, &error))?;
    Ok((path, AgeFile::read(&bytes)))
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

fn today() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs() / 86_400).expect("a number of days")
}
