//! What `cistern init` writes: the files of `templates/fleet/`, never over one that is there.

#![expect(clippy::disallowed_methods, reason = "writes a new fleet directory")]

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::kind::embedded_files;

/// Where the flake of a new fleet finds Cistern, unless told otherwise: where this program was built from.
pub const CISTERN: &str = match option_env!("CISTERN_FLAKE") {
    Some(flake) => flake,
    None => concat!("path:", env!("CARGO_MANIFEST_DIR")),
};

/// What stands for [`CISTERN`] in the files.
const PLACEHOLDER: &str = "flake:cistern";

/// Prefix of the files in `templates/`.
const SKELETON: &str = "fleet/";

/// What became of each file.
#[derive(Debug, Default)]
pub struct Written {
    /// Files that were written.
    pub written: Vec<String>,
    /// Files that were there already.
    pub kept: Vec<Kept>,
}

/// A file that was there already.
#[derive(Debug)]
pub struct Kept {
    /// Its path in the fleet directory.
    pub path: String,
    /// The text that it would have got.
    pub text: String,
    /// Whether it has that text already.
    pub same: bool,
}

/// The files of a new fleet, by their path in it.
pub fn files(cistern: &str) -> impl Iterator<Item = (String, String)> {
    embedded_files().filter_map(move |(path, bytes)| {
        let path = path.strip_prefix(SKELETON)?;
        Some((path.to_owned(), String::from_utf8_lossy(bytes).replace(PLACEHOLDER, cistern)))
    })
}

/// Writes a definition into a directory that has none, all of it or nothing. Returns whether it did.
///
/// # Errors
/// The machine's: a directory that cannot be made, a file that cannot be written.
pub fn write_definition(directory: &Path, text: &str) -> io::Result<bool> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", directory.display()));
    let present = ["fleet.yaml", "fleet.yml"].iter().any(|name| fs::symlink_metadata(directory.join(name)).is_ok());
    if present {
        return Ok(false);
    }
    fs::create_dir_all(directory).map_err(named)?;
    let mut file = tempfile::Builder::new()
        .prefix(".fleet.yaml.")
        .permissions(fs::Permissions::from_mode(0o644))
        .tempfile_in(directory)
        .map_err(named)?;
    file.write_all(text.as_bytes()).map_err(named)?;
    match file.persist_noclobber(directory.join("fleet.yaml")) {
        Ok(_) => Ok(true),
        Err(failed) if failed.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(failed) => Err(named(failed.error)),
    }
}

/// Writes the files that are not there yet.
///
/// # Errors
/// The machine's: a directory that cannot be made, a file that cannot be written.
pub fn write(directory: &Path, cistern: &str) -> io::Result<Written> {
    let named = |path: &Path, error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let mut outcome = Written::default();
    for (path, text) in files(cistern) {
        let full = directory.join(&path);
        if fs::symlink_metadata(&full).is_ok() {
            let same = fs::read(&full).is_ok_and(|present| present == text.as_bytes());
            outcome.kept.push(Kept { path, text, same });
            continue;
        }
        if let Some(parent) = full.parent() {
            fs::create_dir_all(parent).map_err(|error| named(parent, error))?;
        }
        fs::write(&full, text).map_err(|error| named(&full, error))?;
        outcome.written.push(path);
    }
    Ok(outcome)
}
