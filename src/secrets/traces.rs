//! What git knows of a file whose value is a secret.

use std::path::Path;

use crate::git::Git;

/// What git knows of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Trace {
    /// Whether the next commit would hold it.
    pub tracked: bool,
    /// Whether some commit of the repository holds it.
    pub in_history: bool,
}

/// Asks git about a file, in whichever repository it stands; nothing is known of one that stands in none.
pub fn trace(file: &Path) -> Trace {
    let (Some(directory), Some(name)) = (file.parent(), file.file_name().and_then(|name| name.to_str())) else {
        return Trace::default();
    };
    let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    let Ok(Ok(git)) = Git::find(directory) else { return Trace::default() };
    let says = |args: &[&str]| git.run(args, &[]).is_ok_and(|said| !said.is_empty());
    Trace {
        tracked: says(&["ls-files", "-z", "--", name]),
        in_history: says(&["log", "--all", "--max-count=1", "--format=%H", "--", name]),
    }
}
