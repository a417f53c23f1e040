//! Which files there are below what somebody named, and their bytes.

#![expect(clippy::disallowed_methods, reason = "reads files that somebody names")]

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::agenix;
use crate::secrets::memory::{LARGEST, Plain};

/// A file, and what it is called below what was named.
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) name: String,
}

/// Why something cannot be imported.
#[derive(Debug)]
pub struct Problem {
    path: PathBuf,
    why: String,
}

impl Problem {
    pub(super) fn new(path: &Path, why: String) -> Self {
        Self { path: path.to_owned(), why }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.why)
    }
}

/// Files that are never secrets, by their ends.
const OTHERS: &[&str] = &[".gitignore", ".md", ".nix", ".pub", "flake.lock", "recipients.json"];

/// Lists the files that a path means: itself, those that the rules of an agenix repository name, or all below it.
pub(super) fn below(path: &Path) -> Result<Vec<Found>, Problem> {
    let fail = |error: &dyn fmt::Display| Problem::new(path, error.to_string());
    let meta = path.metadata().map_err(|error| fail(&error))?;
    if meta.is_file() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        return Ok(vec![Found { path: path.to_owned(), name }]);
    }
    if !meta.is_dir() {
        return Err(fail(&"it is neither a file nor a directory"));
    }
    let rules = path.join("secrets.nix");
    if rules.is_file() {
        let named = agenix::named(&rules).map_err(|why| Problem::new(&rules, why))?;
        let there: BTreeSet<_> = named.into_iter().filter(|name| path.join(name).is_file()).collect();
        let found = |name: String| {
            let shown = name.strip_prefix("secrets/").unwrap_or(&name).to_owned();
            Found { path: path.join(&name), name: shown }
        };
        return Ok(there.into_iter().map(found).collect());
    }
    let mut found = Vec::new();
    for entry in WalkDir::new(path).sort_by_file_name().into_iter().filter_entry(|entry| entry.file_name() != ".git") {
        let entry = entry.map_err(|error| fail(&error))?;
        let name = entry.path().strip_prefix(path).unwrap_or(entry.path()).to_string_lossy().into_owned();
        if entry.file_type().is_file() && !OTHERS.iter().any(|end| name.ends_with(end)) {
            found.push(Found { path: entry.into_path(), name });
        }
    }
    Ok(found)
}

/// Reads a file into locked memory.
pub(super) fn read(path: &Path) -> Result<Plain, String> {
    let mut file = File::open(path).map_err(|error| error.to_string())?;
    Plain::read(&mut file, LARGEST).map_err(|error| error.to_string())
}
