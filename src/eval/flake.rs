//! Where a side of the comparison is, and how nix is told so.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::contents::Contents;
use crate::current;
use crate::git::{self, Git};
use crate::tree::Tree;

/// The directory of a fleet that holds its tree.
const GENERATED: &str = "generated";

/// What makes a directory a flake.
const FLAKE: &str = "flake.nix";

/// Where the flake of one side is.
#[derive(Debug, Clone)]
pub enum Source {
    /// A commit of the repository that a fleet directory is in.
    Revision {
        /// The fleet directory.
        directory: PathBuf,
        /// A branch, a tag or a commit.
        revision: String,
    },
    /// A directory with a flake, or `generated/` in one: everything that is in it.
    Directory(PathBuf),
    /// A flake reference, as nix takes it.
    Reference(String),
    /// A fleet directory as it is on the disk, with a tree in the place of `generated/`.
    Working {
        /// The fleet directory.
        directory: PathBuf,
        /// The tree.
        generated: Tree,
    },
}

/// A flake that nix can be asked about. Its files, where they had to be written, are deleted with it.
#[derive(Debug)]
pub struct Flake {
    reference: String,
    /// What names its content, where that can be named.
    id: Option<String>,
    written: Option<TempDir>,
}

impl Flake {
    /// Finds the flake of a source, and writes it where it lies nowhere.
    ///
    /// # Errors
    /// There is none, git fails, or files cannot be read or written.
    pub fn new(source: &Source) -> io::Result<Self> {
        match source {
            Source::Reference(reference) => Ok(Self::at(reference.clone(), None)),
            Source::Directory(directory) => Self::in_directory(directory),
            Source::Revision { directory, revision } => {
                let absent = |absence: git::Absence| {
                    io::Error::other(format!("{}: {}", directory.display(), absence.sentence()))
                };
                let repository = Repository::find(directory)?.map_err(absent)?;
                repository.committed(revision)
            }
            Source::Working { directory, generated } => match Repository::find(directory)? {
                Ok(repository) => repository.working(generated),
                Err(_) => unversioned(directory, generated),
            },
        }
    }

    /// How nix is told where it is.
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// What names its content.
    pub(super) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Where it was written to, when it was.
    pub fn written(&self) -> Option<&Path> {
        self.written.as_ref().map(TempDir::path)
    }

    fn at(reference: String, id: Option<String>) -> Self {
        Self { reference, id, written: None }
    }

    fn in_directory(directory: &Path) -> io::Result<Self> {
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", directory.display()));
        let whole = directory.canonicalize().map_err(named)?;
        let found = [Some(whole.as_path()), whole.parent().filter(|_| whole.ends_with(GENERATED))];
        let flake = found.into_iter().flatten().find(|directory| directory.join(FLAKE).is_file());
        let flake = flake.ok_or_else(|| {
            io::Error::other(format!("{} has no {FLAKE}: there is no system to evaluate", directory.display()))
        })?;
        Ok(Self::at(format!("path:{}", encoded(flake)), None))
    }

    /// Writes a flake; `below` is the way from its root to the fleet directory.
    fn write(contents: &Contents, below: &str) -> io::Result<Self> {
        let temp = tempfile::Builder::new().prefix("cistern-eval-").tempdir()?;
        let root = temp.path().canonicalize()?.join("source");
        fs::create_dir(&root)?;
        contents.write(&root)?;
        let reference = format!("path:{}{}", encoded(&root), directory_in(below, "?"));
        let id = contents.id()?.map(|id| format!("files {below} {id}"));
        Ok(Self { reference, id, written: Some(temp) })
    }
}

/// The repository around a fleet directory.
struct Repository {
    git: Git,
    root: PathBuf,
    /// The way from the root to the fleet directory: empty, or with a slash at its end.
    below: String,
    directory: PathBuf,
}

impl Repository {
    /// Finds it; a directory of which git knows nothing is in none.
    fn find(directory: &Path) -> io::Result<Result<Self, git::Absence>> {
        let git = match Git::find(directory).map_err(failed)? {
            Ok(git) => git,
            Err(absence) => return Ok(Err(absence)),
        };
        if git::known(directory).is_err() {
            return Ok(Err(git::Absence::Repository));
        }
        let root = line(git.run(&["rev-parse", "--show-toplevel"], b"").map_err(failed)?);
        let below = line(git.run(&["rev-parse", "--show-prefix"], b"").map_err(failed)?);
        let below =
            String::from_utf8(below).map_err(|_| io::Error::other("the fleet directory's name is not UTF-8"))?;
        let root = PathBuf::from(OsStr::from_bytes(&root));
        Ok(Ok(Self { directory: root.join(&below), git, root, below }))
    }

    fn committed(&self, revision: &str) -> io::Result<Flake> {
        let name = format!("{revision}^{{commit}}");
        let printed = self.git.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &name], b"");
        let id =
            printed.map_err(|_| io::Error::other(format!("there is no revision `{}`", revision.escape_debug())))?;
        let id = String::from_utf8_lossy(&line(id)).into_owned();
        let path = format!("{id}:{}{FLAKE}", self.below);
        if self.git.run(&["cat-file", "-e", &path], b"").is_err() {
            let what = format!("{revision} has no {}{FLAKE}: there is no system to evaluate", self.below);
            return Err(io::Error::other(what));
        }
        let shallow = line(self.git.run(&["rev-parse", "--is-shallow-repository"], b"").map_err(failed)?);
        let shallow = if shallow == b"true" { "&shallow=1" } else { "" };
        let directory = directory_in(&self.below, "&");
        let reference = format!("git+file://{}?rev={id}{shallow}{directory}", encoded(&self.root));
        Ok(Flake::at(reference, Some(format!("commit {id} {}", self.below))))
    }

    /// The working tree as nix would see it, where it holds that tree already.
    fn working(&self, generated: &Tree) -> io::Result<Flake> {
        let listing = self.git.run(&["-C", &self.up(), "ls-files", "-z"], b"").map_err(failed)?;
        let names = listing.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        let mut contents = Contents::of(&self.root, names.map(|name| PathBuf::from(OsStr::from_bytes(name))))?;
        let paths: Vec<String> = generated.iter().map(|(path, _)| format!("{GENERATED}/{path}")).collect();
        let unknown = current::unknown_to_git(&self.directory, paths.iter().map(String::as_str));
        let on_disk = || Tree::read(&self.directory.join(GENERATED)).is_ok_and(|tree| tree == *generated);
        if unknown.is_some_and(|unknown| unknown.is_empty()) && on_disk() {
            let id = contents.id()?.map(|id| format!("working {} {id}", self.below));
            let reference = format!("git+file://{}{}", encoded(&self.root), directory_in(&self.below, "?"));
            return Ok(Flake::at(reference, id));
        }
        contents.replace(&Path::new(&self.below).join(GENERATED), generated);
        Flake::write(&contents, &self.below)
    }

    /// The way from the fleet directory to the root.
    fn up(&self) -> String {
        format!("./{}", "../".repeat(self.below.matches('/').count()))
    }
}

/// The same for a directory that git knows nothing of.
fn unversioned(directory: &Path, generated: &Tree) -> io::Result<Flake> {
    if Tree::read(&directory.join(GENERATED)).is_ok_and(|tree| tree == *generated) {
        return Flake::in_directory(directory);
    }
    let mut contents = Contents::all(directory)?;
    contents.replace(Path::new(GENERATED), generated);
    Flake::write(&contents, "")
}

fn failed(error: git::Error) -> io::Error {
    io::Error::other(error.to_string())
}

/// What a program printed, without the newline at the end.
fn line(mut printed: Vec<u8>) -> Vec<u8> {
    if printed.last() == Some(&b'\n') {
        printed.pop();
    }
    printed
}

/// `dir=SUB` for a flake below the root, behind `?` or `&`.
fn directory_in(below: &str, mark: &str) -> String {
    match below.trim_end_matches('/') {
        "" => String::new(),
        below => format!("{mark}dir={}", encoded(Path::new(below))),
    }
}

/// A path as it stands in a flake reference.
fn encoded(path: &Path) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let bytes = path.as_os_str().as_bytes().iter();
    bytes.map(|byte| if plain(*byte) { char::from(*byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_encoded() {
        assert_eq!(encoded(Path::new("/srv/my fleet#1/ä")), "/srv/my%20fleet%231/%C3%A4");
        assert_eq!(directory_in("", "?"), "");
        assert_eq!(directory_in("nix/fleet/", "&"), "&dir=nix/fleet");
    }

    #[test]
    fn what_is_no_flake_is_said() {
        let temp = tempfile::tempdir().unwrap();
        let error = Flake::new(&Source::Directory(temp.path().to_owned())).unwrap_err();
        assert!(error.to_string().ends_with("has no flake.nix: there is no system to evaluate"), "{error}");
        fs::write(temp.path().join(FLAKE), "{ }").unwrap();
        fs::create_dir(temp.path().join(GENERATED)).unwrap();
        let flake = Flake::new(&Source::Directory(temp.path().join(GENERATED))).unwrap();
        assert!(flake.reference().starts_with("path:/") && !flake.reference().contains(GENERATED), "{flake:?}");
        assert_eq!(flake.id(), None);
    }

    #[test]
    fn a_tree_that_lies_nowhere_is_written_and_deleted() {
        let temp = tempfile::tempdir().unwrap();
        fs::write(temp.path().join(FLAKE), "{ }").unwrap();
        let generated = Tree::from_iter([("hosts.nix", *b"{ }")]);
        let source = Source::Working { directory: temp.path().to_owned(), generated };
        let flake = Flake::new(&source).unwrap();
        let written = flake.written().unwrap().to_owned();
        assert!(written.join("source/generated/hosts.nix").is_file());
        assert!(written.join("source").join(FLAKE).is_file());
        drop(flake);
        assert!(!written.exists());
    }
}
