//! Git as a program that is run in the fleet directory, whatever a hook has set for its own repository.

#![expect(clippy::disallowed_methods, reason = "runs git, and reads what it sets for its hooks")]

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::fmt;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

/// What git sets for hooks and aliases: the repository is the one around the fleet directory, not the caller's.
/// `GIT_DIR` alone would make git take the fleet directory for the top of the working tree.
const OF_THE_CALLER: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// Paths are names, not patterns; messages are in one language; reading takes no lock.
const OF_OURS: &[(&str, &str)] = &[("GIT_LITERAL_PATHSPECS", "1"), ("GIT_OPTIONAL_LOCKS", "0"), ("LC_ALL", "C")];

/// The repository whose working tree holds a directory.
pub(crate) struct Git {
    directory: PathBuf,
    /// The index of a commit that is being made, where a hook of this repository runs us.
    index: Option<OsString>,
}

/// Git failed.
#[derive(Debug)]
pub struct Error {
    /// The command.
    pub command: String,
    /// What git said.
    pub said: String,
}

/// Why there is no repository to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Absence {
    Program,
    Repository,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` failed: {}", self.command, self.said)
    }
}

impl std::error::Error for Error {}

/// Lists the files of a directory that git knows, by their paths below it.
///
/// # Errors
/// Why git could not be asked, in a clause.
pub(crate) fn known(directory: &Path) -> Result<BTreeSet<String>, String> {
    let args = ["ls-files", "-z"];
    // Which index is ours matters in a hook only; asking for that costs another run.
    let git = match env::var_os("GIT_INDEX_FILE") {
        Some(_) => Git::find(directory).map_err(|error| error.to_string())?.map_err(|absence| absence.sentence())?,
        None => Git { directory: directory.to_owned(), index: None },
    };
    match git.start(&args, &[]) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Absence::Program.sentence().to_owned()),
        Err(error) => Err(error.to_string()),
        Ok(output) if output.status.success() => {
            let names = output.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty());
            let known: BTreeSet<_> = names.map(|name| String::from_utf8_lossy(name).into_owned()).collect();
            // A directory that the repository around it ignores is no part of it; nix takes it by its path.
            if known.is_empty() { Err("git knows nothing of this directory".to_owned()) } else { Ok(known) }
        }
        Ok(output) => match String::from_utf8_lossy(&output.stderr) {
            said if is_nowhere(&said) => Err(Absence::Repository.sentence().to_owned()),
            said => Err(failed(&args, &said).to_string()),
        },
    }
}

/// Lists those of some files, none of which it knows, that git is told to ignore; none where it cannot be asked.
pub(crate) fn ignored(directory: &Path, paths: &[&str]) -> BTreeSet<String> {
    if paths.is_empty() {
        return BTreeSet::new();
    }
    let git = Git { directory: directory.to_owned(), index: None };
    // This command refuses to be told that paths are no patterns; one that begins so is none of those that mean more.
    let mut command = git.command(&["check-ignore", "-z", "--stdin"]);
    command.env_remove("GIT_LITERAL_PATHSPECS");
    let asked: Vec<u8> = paths.iter().flat_map(|path| format!("./{path}\0").into_bytes()).collect();
    let Ok(output) = answer(command, &asked) else { return BTreeSet::new() };
    let names = output.stdout.split(|byte| *byte == 0).filter_map(|name| name.strip_prefix(b"./"));
    names.map(|name| String::from_utf8_lossy(name).into_owned()).collect()
}

fn is_nowhere(said: &str) -> bool {
    said.contains("not a git repository") || said.contains("must be run in a work tree")
}

impl Absence {
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::Program => "git is not installed",
            Self::Repository => "there is no git repository",
        }
    }
}

impl Git {
    /// Finds the repository around a directory. One that git refuses to read is a fault, not an absence.
    pub(crate) fn find(directory: &Path) -> Result<Result<Self, Absence>, Error> {
        let args = ["rev-parse", "--is-inside-work-tree", "--absolute-git-dir"];
        let mut git = Self { directory: directory.to_owned(), index: None };
        let output = match git.start(&args, &[]) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Err(Absence::Program)),
            other => other.map_err(|error| failed(&args, &error.to_string()))?,
        };
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            return if is_nowhere(&said) { Ok(Err(Absence::Repository)) } else { Err(failed(&args, &said)) };
        }
        let printed = String::from_utf8_lossy(&output.stdout);
        let Some(own) = printed.strip_prefix("true\n") else { return Ok(Err(Absence::Repository)) };
        git.index = index_in(Path::new(own.trim_end_matches('\n')));
        Ok(Ok(git))
    }

    /// Runs git to its success and returns what it printed; `input` is what it reads.
    pub(crate) fn run(&self, args: &[&str], input: &[u8]) -> Result<Vec<u8>, Error> {
        let output = self.start(args, input).map_err(|error| failed(args, &error.to_string()))?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let said = if said.trim().is_empty() { output.status.to_string() } else { said.into_owned() };
        Err(failed(args, &said))
    }

    fn start(&self, args: &[&str], input: &[u8]) -> io::Result<Output> {
        answer(self.command(args), input)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("git");
        OF_THE_CALLER.iter().for_each(|name| {
            command.env_remove(name);
        });
        command.envs(OF_OURS.iter().copied());
        command.envs(self.index.iter().map(|index| ("GIT_INDEX_FILE", index)));
        // Not `current_dir`: a directory that is missing would look like a git that is missing.
        command.arg("-C").arg(&self.directory).args(args);
        command
    }
}

/// Runs a command to its end while it reads `input`.
fn answer(mut command: Command, input: &[u8]) -> io::Result<Output> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let mut stdin = child.stdin.take().expect("stdin is a pipe");
    thread::scope(|scope| {
        // A thread of its own: git may answer before it has read everything, and both pipes would be full. If it goes
        // away early its exit code says so.
        scope.spawn(move || {
            let _ = stdin.write_all(input);
        });
        child.wait_with_output()
    })
}

/// The caller's index if it belongs to this repository: in a hook of `git commit -a` the usual one is locked.
fn index_in(own: &Path) -> Option<OsString> {
    let index = PathBuf::from(env::var_os("GIT_INDEX_FILE")?);
    let inside = index.is_absolute() && index.parent()?.canonicalize().ok()? == own.canonicalize().ok()?;
    inside.then(|| index.into_os_string())
}

fn failed(args: &[&str], said: &str) -> Error {
    let words: Vec<_> = args.iter().map(|word| word.escape_debug().to_string()).collect();
    Error { command: format!("git {}", words.join(" ")), said: said.trim().to_owned() }
}
