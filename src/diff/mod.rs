//! Tree × Tree → Report: what is different by meaning, what it does, and file by file.
//!
//! Headers of generated files hold hashes, which say again what the body says. A file that differs there alone is
//! counted and not shown, and no host changes by it: a comment enters no derivation.

mod deploy;
mod header;
mod hosts;
mod human;
pub mod impact;
pub mod inputs;
mod json;
mod lines;
mod markdown;
pub mod meaning;
mod only;
mod options;
mod report;
mod routed;
mod sides;
mod summary;
mod targets;
mod text;
mod unified;
mod visible;
mod waits;
mod watchers;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::tree::Tree;

pub use hosts::{Detail, HostChange};
pub use human::human;
pub use json::{Document, json, schema};
pub use markdown::markdown;
pub use only::Left;
pub use options::Options;
pub use report::{Beside, Report, impact_code};
pub use sides::{Sides, When};
pub use summary::summary;
pub use targets::TargetChange;
pub use text::files;
pub use unified::unified;

/// Files that repeat what the others say: they are shown last, and only on request.
const RECORDS: &[&str] = &["manifest.json", "plan.jsonl"];

/// The bytes of a file, shared with the tree that it comes from.
type Bytes = Arc<[u8]>;

/// What is different between an old tree and a new one.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    files: Vec<File>,
    /// Files in which nothing but hashes of the header differ.
    headers: Vec<File>,
}

/// One file that is different.
#[derive(Debug, Clone)]
pub struct File {
    path: String,
    added: usize,
    removed: usize,
    content: Content,
    /// The numbers of the hunks that are shown, when not all are.
    hunks: Option<Vec<usize>>,
    is_header_only: bool,
}

/// What became of a file or of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It is in the new tree only.
    Created,
    /// It is in the old tree only.
    Removed,
    /// It is in both, and not the same.
    Changed,
}

#[derive(Debug, Clone)]
enum Content {
    Created(Bytes),
    Removed(Bytes),
    Changed(Bytes, Bytes),
}

/// Compares two trees. What both share costs nothing, and what is equal costs one comparison of its bytes.
pub fn diff(old: &Tree, new: &Tree) -> Changes {
    let different = different(old, new);
    let files: Vec<_> = different.into_par_iter().map(|(path, content)| File::new(path, content)).collect();
    let (files, headers) = files.into_iter().partition(|file| !file.is_header_only);
    Changes { files, headers }
}

impl Changes {
    /// Says whether a deployment of the new tree is one of the old: nothing differs, but for headers.
    pub fn is_same(&self) -> bool {
        self.files.is_empty()
    }

    /// Lists the files that differ by more than their header, in the order of their paths.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// Counts the files that differ in nothing but their header.
    pub fn header_only(&self) -> usize {
        self.headers.len()
    }

    /// Counts the lines that differ in nothing but hashes, which are masked.
    pub fn normalised(&self) -> usize {
        self.headers.len() + self.files.iter().filter(|file| file.has_other_header()).count()
    }

    /// Lists the hosts whose own file differs, in the order of their names.
    pub fn hosts(&self) -> BTreeMap<&str, Kind> {
        self.files.iter().filter_map(|file| Some((file.host()?, file.kind()))).collect()
    }

    /// Counts the files of one kind.
    fn count(&self, kind: Kind) -> usize {
        self.files.iter().filter(|file| file.kind() == kind).count()
    }
}

impl File {
    /// Measures what is different.
    fn new(path: &str, content: Content) -> Self {
        let mut is_header_only = false;
        let (added, removed) = match &content {
            Content::Created(new) => (lines::count(new), 0),
            Content::Removed(old) => (0, lines::count(old)),
            Content::Changed(old, new) => {
                let (old, new) = (header::masked(old), header::masked(new));
                is_header_only = old == new;
                if is_header_only { (0, 0) } else { lines::changed(&old, &new) }
            }
        };
        Self { path: path.to_owned(), added, removed, content, hunks: None, is_header_only }
    }

    /// Says whether the hashes of its header differ.
    fn has_other_header(&self) -> bool {
        let Content::Changed(old, new) = &self.content else { return false };
        let first = |bytes: &Bytes| bytes.split(|byte| *byte == b'\n').take(2).map(<[u8]>::to_vec).collect::<Vec<_>>();
        let masked = |bytes: &Bytes| header::masked(bytes).len() != bytes.len();
        masked(old) && masked(new) && first(old) != first(new)
    }

    /// Returns the `/`-separated path below the tree's root.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Says what became of the file.
    pub fn kind(&self) -> Kind {
        match self.content {
            Content::Created(_) => Kind::Created,
            Content::Removed(_) => Kind::Removed,
            Content::Changed(..) => Kind::Changed,
        }
    }

    /// Counts the lines that are in the new file only; 0 where a side is not text.
    pub fn added(&self) -> usize {
        self.added
    }

    /// Counts the lines that are in the old file only; 0 where a side is not text.
    pub fn removed(&self) -> usize {
        self.removed
    }

    /// Names the host whose own file this is.
    pub fn host(&self) -> Option<&str> {
        let name = self.path.strip_prefix("hosts/")?.strip_suffix(".nix")?;
        (!name.contains('/')).then_some(name)
    }

    /// Says whether a side is something else than text.
    pub fn is_binary(&self) -> bool {
        let (old, new) = self.bytes();
        lines::text(old).is_none() || lines::text(new).is_none()
    }

    /// Says whether the file repeats what others say.
    fn is_record(&self) -> bool {
        RECORDS.contains(&self.path.as_str())
    }

    fn bytes(&self) -> (&[u8], &[u8]) {
        match &self.content {
            Content::Created(new) => (&[], new),
            Content::Removed(old) => (old, &[]),
            Content::Changed(old, new) => (old, new),
        }
    }

    /// Both sides as they are compared: the hashes of two headers are masked, those of one are shown.
    ///
    /// With `raw` nothing is masked.
    fn compared(&self, raw: bool) -> (Cow<'_, [u8]>, Cow<'_, [u8]>) {
        let (old, new) = self.bytes();
        match self.kind() {
            Kind::Changed if !raw => (header::masked(old), header::masked(new)),
            _ => (Cow::Borrowed(old), Cow::Borrowed(new)),
        }
    }
}

impl Kind {
    /// The word that says so.
    pub fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }

    fn symbol(self) -> char {
        match self {
            Self::Created => '+',
            Self::Removed => '-',
            Self::Changed => '~',
        }
    }
}

/// Walks both trees side by side, in the order of the paths.
fn different<'t>(old: &'t Tree, new: &'t Tree) -> Vec<(&'t str, Content)> {
    let (mut olds, mut news) = (old.iter().peekable(), new.iter().peekable());
    let mut found = Vec::new();
    loop {
        let (before, after) = match (olds.peek(), news.peek()) {
            (None, None) => return found,
            (Some(old), Some(new)) => (old.0 <= new.0, new.0 <= old.0),
            (old, new) => (old.is_some(), new.is_some()),
        };
        match (before.then(|| olds.next()).flatten(), after.then(|| news.next()).flatten()) {
            (Some((path, old)), Some((_, new))) if !is_equal(old, new) => {
                found.push((path, Content::Changed(Arc::clone(old), Arc::clone(new))));
            }
            (Some((path, old)), None) => found.push((path, Content::Removed(Arc::clone(old)))),
            (None, Some((path, new))) => found.push((path, Content::Created(Arc::clone(new)))),
            _ => {}
        }
    }
}

fn is_equal(old: &Bytes, new: &Bytes) -> bool {
    Arc::ptr_eq(old, new) || old == new
}
