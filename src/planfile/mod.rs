//! Plan files: a diff, and hashes of everything that it was made from, so that it can be told later whether it still holds.
//!
//! A plan file holds no time and no path of the machine: the same fleet gives the same bytes.

mod moved;
mod show;
mod signature;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::source::{BUILT_IN, Sources};
use crate::tree::Tree;

pub use moved::{Moved, moved, table};
pub use show::show;
pub use signature::{Key, NAMESPACE, Refusal, signer};

/// The format of plan files; raised when an older Cistern would misread one.
pub const FORMAT: u32 = 1;

/// A diff and what it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanFile {
    /// [`FORMAT`].
    pub format: u32,
    /// The version of Cistern.
    pub cistern: String,
    /// The hash of the definition: the paths and the bytes of all files of it that were read.
    pub definition: String,
    /// The hash of the tree that it gives.
    pub tree: String,
    /// The hash of `flake.lock`, when there is one.
    pub flake_lock: Option<String>,
    /// The commit that was checked out, when there was one.
    pub revision: Option<Revision>,
    /// What the tree was compared with.
    pub against: Base,
    /// What `cistern diff --format json` prints.
    pub diff: Value,
}

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revision {
    /// Its id.
    pub commit: String,
    /// Whether files that git knows were not as it holds them.
    pub dirty: bool,
}

/// What a tree was compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Base {
    /// The word of `--against`, when there was one.
    pub asked: Option<String>,
    /// What it was: `HEAD (a1b2c3d)`.
    pub what: String,
    /// The hash of its tree.
    pub tree: String,
}

/// Why a file is not a plan that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// It is no plan file; why, in a clause.
    Unreadable(String),
    /// It is of a newer format, written by that version of Cistern.
    Newer(String),
}

impl PlanFile {
    /// Reads a plan file.
    ///
    /// # Errors
    /// It is none, or of a newer format.
    pub fn read(text: &[u8]) -> Result<Self, Unusable> {
        #[derive(Deserialize)]
        struct Head {
            format: u32,
            cistern: String,
        }
        let unreadable = |error: serde_json::Error| Unusable::Unreadable(error.to_string());
        let head: Head = serde_json::from_slice(text).map_err(unreadable)?;
        if head.format > FORMAT {
            return Err(Unusable::Newer(head.cistern));
        }
        serde_json::from_slice(text).map_err(unreadable)
    }

    /// Writes it, as it is signed.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).expect("a plan holds nothing but text and numbers") + "\n"
    }
}

impl std::fmt::Display for Unusable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreadable(why) => write!(f, "it is no plan file: {why}"),
            Self::Newer(version) => {
                write!(f, "it was written by Cistern {version}, which is newer: use that version or a later one")
            }
        }
    }
}

/// Hashes the files of the definition that were read, hand-written modules and templates of the fleet's own included.
pub fn definition_hash(sources: &Sources) -> String {
    let own = sources.below("").map(|(_, file)| file).filter(|file| !file.path.starts_with(BUILT_IN));
    hash_of_files(own.map(|file| (file.path.as_str(), file.text.as_bytes())))
}

/// Hashes every file of a tree.
pub fn tree_hash(tree: &Tree) -> String {
    hash_of_files(tree.iter().map(|(path, bytes)| (path, &**bytes)))
}

/// Hashes bytes: SHA-256, in hexadecimal.
pub fn hash(bytes: &[u8]) -> String {
    hex(Sha256::new_with_prefix(bytes))
}

/// Hashes files in the order that they are given in; lengths keep a path apart from its bytes.
fn hash_of_files<'f>(files: impl Iterator<Item = (&'f str, &'f [u8])>) -> String {
    let mut hasher = Sha256::new();
    for (path, bytes) in files {
        for part in [path.as_bytes(), bytes] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
    }
    hex(hasher)
}

fn hex(hasher: Sha256) -> String {
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_tells_paths_and_bytes_apart() {
        let of =
            |files: &[(&str, &str)]| tree_hash(&files.iter().map(|(path, text)| (*path, text.as_bytes())).collect());
        let all = [
            of(&[]),
            of(&[("a", "b")]),
            of(&[("ab", "")]),
            of(&[("a", ""), ("b", "")]),
            of(&[("a", "c")]),
            of(&[("b", "b")]),
        ];
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
        assert_eq!(hash(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn templates_of_the_program_are_not_of_the_definition() {
        let mut sources = Sources::default();
        sources.add("fleet.yaml", "version: 1\n");
        let before = definition_hash(&sources);
        crate::kind::add_built_in(&mut sources);
        assert_eq!(definition_hash(&sources), before);
        sources.add("hosts/eden.yaml", "");
        assert_ne!(definition_hash(&sources), before);
    }

    #[test]
    fn what_is_no_plan_says_so() {
        let unreadable = |text: &str| matches!(PlanFile::read(text.as_bytes()), Err(Unusable::Unreadable(_)));
        assert!(unreadable("") && unreadable("{}") && unreadable("{\"format\": 1, \"cistern\": \"1\"}"));
        let newer = PlanFile::read(b"{\"format\": 2, \"cistern\": \"9.9\", \"more\": 1}");
        assert_eq!(newer, Err(Unusable::Newer("9.9".to_owned())));
    }
}
