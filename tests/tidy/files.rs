//! The files of the repository, read once.

use std::fmt;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

/// Every file that git knows or would know.
#[derive(Debug, Default)]
pub(crate) struct Files(Vec<File>);

/// One file.
#[derive(Debug)]
pub(crate) struct File {
    /// Its `/`-separated path below the repository.
    pub(crate) path: String,
    /// Its text; empty when it is not UTF-8.
    pub(crate) text: String,
}

/// Something that is not tidy.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    message: String,
}

impl Files {
    /// Returns the files of this repository: those of the index and new ones, but not what is ignored.
    pub(crate) fn repository() -> &'static Self {
        static FILES: OnceLock<Files> = OnceLock::new();
        FILES.get_or_init(|| Self::read(Path::new(env!("CARGO_MANIFEST_DIR"))))
    }

    /// Makes up files, as path and text.
    pub(crate) fn sample(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(path, text)| File { path: (*path).to_owned(), text: (*text).to_owned() }).collect())
    }

    /// Lists every file.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &File> {
        self.0.iter()
    }

    /// Lists the files whose path begins and ends so.
    pub(crate) fn like<'a>(&'a self, prefix: &'a str, suffix: &'a str) -> impl Iterator<Item = &'a File> {
        self.iter().filter(move |file| file.path.starts_with(prefix) && file.path.ends_with(suffix))
    }

    /// Finds a file by its path.
    pub(crate) fn find(&self, path: &str) -> Option<&File> {
        self.iter().find(|file| file.path == path)
    }

    fn read(root: &Path) -> Self {
        let output = Command::new("git")
            // In a container the repository often belongs to another user.
            .args(["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()
            .expect("git is installed");
        assert!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr));
        let list = String::from_utf8(output.stdout).expect("paths are UTF-8");
        let mut paths: Vec<&str> = list.split_terminator('\0').collect();
        paths.sort_unstable();
        paths.dedup();
        let read = |path: &str| {
            // A file of the index may be deleted, or a link that leads nowhere.
            let text = String::from_utf8(std::fs::read(root.join(path)).ok()?).unwrap_or_default();
            Some(File { path: path.to_owned(), text })
        };
        Self(paths.into_iter().filter_map(read).collect())
    }
}

impl File {
    /// Lists the lines with their numbers, from 1.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(at, line)| (at + 1, line))
    }

    /// Objects to one of its lines.
    pub(crate) fn finding(&self, line: usize, message: impl Into<String>) -> Finding {
        Finding::new(&self.path, line, message)
    }
}

impl Finding {
    /// Objects to a line of a file.
    pub(crate) fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into() }
    }

    /// Where it is, as `path:line`.
    pub(crate) fn place(&self) -> String {
        format!("{}:{}", self.path, self.line)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place(), self.message)
    }
}

/// The places of findings, for samples.
pub(crate) fn places(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(Finding::place).collect()
}

#[test]
fn the_repository_is_read() {
    let files = Files::repository();
    assert!(files.find("src/lib.rs").is_some_and(|file| file.text.contains("pub mod")));
    assert!(files.find("tests/tidy/files.rs").is_some(), "new files count too");
    assert!(!files.iter().any(|file| file.path.starts_with("target/")));
}
