//! Several files of the fleet directory that change together.

use std::io;
use std::path::Path;

use crate::placement_lock::{self, PlacementLock};
use crate::source::Sources;
use crate::{diff, tree};

use super::Terminal;

/// A file and what is to become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    /// Its path below the fleet directory.
    pub(super) path: String,
    /// The text that it has; none if it is new.
    pub(super) before: Option<String>,
    /// The text that it gets; none if it goes.
    pub(super) after: Option<String>,
}

impl Change {
    /// What becomes of `placement.lock`; nothing when it stays as it is.
    pub(super) fn of_lock(sources: &Sources, after: &PlacementLock) -> Option<Self> {
        let before = sources.find(placement_lock::PATH).map(|id| sources.file(id).text.clone());
        let after = after.write();
        let path = placement_lock::PATH.to_owned();
        (before != after).then_some(Self { path, before, after })
    }

    /// Shows what changes in it.
    pub(super) fn show(&self, terminal: &Terminal) -> io::Result<()> {
        terminal.print(&diff::unified(&self.path, self.before.as_deref(), self.after.as_deref(), terminal.color()))
    }

    /// Puts the text that it had back.
    fn undo(&self, directory: &Path) {
        // The first error says more than one about this.
        let _ = tree::replace(directory, &self.path, self.after.as_deref(), self.before.as_deref());
    }
}

/// Writes every change and then does the rest; when one of them fails, those before are put back.
///
/// A run that is killed in between leaves whole files: whatever is derived from them is stale then, and made anew from
/// them by the next `cistern generate`.
pub(super) fn write_then<T>(
    directory: &Path,
    changes: &[Change],
    rest: impl FnOnce() -> io::Result<T>,
) -> io::Result<T> {
    let mut done: Vec<&Change> = Vec::new();
    for change in changes {
        let written = tree::replace(directory, &change.path, change.before.as_deref(), change.after.as_deref());
        if let Err(error) = written {
            done.iter().rev().for_each(|change| change.undo(directory));
            return Err(error);
        }
        done.push(change);
    }
    rest().inspect_err(|_| done.iter().rev().for_each(|change| change.undo(directory)))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn change(path: &str, before: Option<&str>, after: Option<&str>) -> Change {
        Change { path: path.to_owned(), before: before.map(str::to_owned), after: after.map(str::to_owned) }
    }

    #[test]
    fn all_are_written_or_none() {
        let temp = tempfile::tempdir().unwrap();
        let read = |path: &str| fs::read_to_string(temp.path().join(path)).ok();
        fs::write(temp.path().join("a"), "1").unwrap();
        let both = [change("a", Some("1"), Some("2")), change("b", None, Some("new"))];
        write_then(temp.path(), &both, || Ok(())).unwrap();
        assert_eq!((read("a").as_deref(), read("b").as_deref()), (Some("2"), Some("new")));
        // The second file says something else by now.
        let stale = [change("a", Some("2"), Some("3")), change("b", Some("old"), None)];
        write_then(temp.path(), &stale, || Ok(())).unwrap_err();
        assert_eq!((read("a").as_deref(), read("b").as_deref()), (Some("2"), Some("new")));
        // What follows fails.
        let gone = [change("b", Some("new"), None)];
        write_then(temp.path(), &gone, || Err::<(), _>(io::Error::other("full"))).unwrap_err();
        assert_eq!(read("b").as_deref(), Some("new"));
    }
}
