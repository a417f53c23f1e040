//! The tree: every output file in memory, and the one way it reaches the disk.
//!
//! [`commit`] makes a directory hold exactly a tree, all or nothing. Beside `generated/` it uses two names:
//! `.generated.new`, the next tree while it is written or the last one while it is removed, and `.generated.journal`
//! where the file system cannot exchange directories. Neither outlives a run that ends; what a killed run left
//! behind, the next [`commit`] or [`recover`] puts right.
//!
//! [`replace`] does the same for one file of the definition.

#![expect(clippy::disallowed_methods, reason = "this is where the output is written")]

mod beside;
mod commit;
mod journal;
mod lock;
mod read;
mod replace;
mod stage;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use commit::{Counts, commit, read_current, recover};
use read::Stamp;
pub use replace::replace;
pub use stage::Progress;

/// A set of files, keyed by their `/`-separated path below the tree's root.
///
/// The bytes are shared, so that a file that did not change costs nothing to carry over. Two trees are equal when
/// their files are.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    files: BTreeMap<String, Arc<[u8]>>,
    /// The directory that the files were read from, as it was then; none where they come from elsewhere.
    stamp: Option<Stamp>,
}

impl Tree {
    /// Adds a file or replaces the one of that path.
    pub fn insert(&mut self, path: impl Into<String>, bytes: impl Into<Arc<[u8]>>) {
        self.stamp = None;
        self.files.insert(path.into(), bytes.into());
    }

    /// Returns the bytes of one file.
    pub fn get(&self, path: &str) -> Option<&Arc<[u8]>> {
        self.files.get(path)
    }

    /// Lists every file in the order of its path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Arc<[u8]>)> {
        self.files.iter().map(|(path, bytes)| (path.as_str(), bytes))
    }

    /// Counts the files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Says whether there is no file at all.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Says whether the file of that path has exactly these bytes.
    fn holds(&self, path: &str, bytes: &Arc<[u8]>) -> bool {
        self.get(path).is_some_and(|own| Arc::ptr_eq(own, bytes) || own == bytes)
    }
}

impl PartialEq for Tree {
    fn eq(&self, other: &Self) -> bool {
        self.files == other.files
    }
}

impl Eq for Tree {}

impl<P: Into<String>, B: Into<Arc<[u8]>>> FromIterator<(P, B)> for Tree {
    fn from_iter<I: IntoIterator<Item = (P, B)>>(files: I) -> Self {
        let files = files.into_iter().map(|(path, bytes)| (path.into(), bytes.into())).collect();
        Self { files, stamp: None }
    }
}
