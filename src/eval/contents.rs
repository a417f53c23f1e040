//! The files of a flake that lies nowhere yet: those of a directory, with a new tree in the place of `generated/`.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use super::program::hex;
use crate::tree::Tree;

/// How much of a file is hashed at once.
const PIECE: usize = 64 << 10;

/// Files by their paths below a root.
#[derive(Debug, Default)]
pub(super) struct Contents {
    files: BTreeMap<PathBuf, File>,
    /// Whether a module of git, which is left out, may belong to them.
    has_modules: bool,
}

/// Where a file's bytes are.
#[derive(Debug)]
enum File {
    OnDisk { path: PathBuf, executable: bool },
    Link(PathBuf),
    InMemory(Arc<[u8]>),
}

impl Contents {
    /// Those of some names below a root. What is no longer there is left out, and so are directories: git's modules.
    pub(super) fn of(root: &Path, names: impl Iterator<Item = PathBuf>) -> io::Result<Self> {
        let mut contents = Self::default();
        for name in names {
            contents.has_modules |= root.join(&name).is_dir();
            contents.add(root, name)?;
        }
        Ok(contents)
    }

    /// Everything below a root.
    pub(super) fn all(root: &Path) -> io::Result<Self> {
        let mut contents = Self::default();
        for entry in WalkDir::new(root).min_depth(1) {
            let entry = entry.map_err(|error| io::Error::other(error.to_string()))?;
            let name = entry.path().strip_prefix(root).expect("the walk stays below its root");
            contents.add(root, name.to_owned())?;
        }
        Ok(contents)
    }

    fn add(&mut self, root: &Path, name: PathBuf) -> io::Result<()> {
        let path = root.join(&name);
        let file = match fs::symlink_metadata(&path) {
            Ok(meta) if meta.is_symlink() => File::Link(fs::read_link(&path).map_err(at(&path))?),
            Ok(meta) if meta.is_file() => File::OnDisk { executable: meta.permissions().mode() & 0o111 != 0, path },
            Ok(_) => return Ok(()),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(());
            }
            Err(error) => return Err(at(&path)(error)),
        };
        self.files.insert(name, file);
        Ok(())
    }

    /// Puts a tree in the place of a directory.
    pub(super) fn replace(&mut self, directory: &Path, tree: &Tree) {
        self.files.retain(|name, _| !name.starts_with(directory));
        for (path, bytes) in tree.iter() {
            self.files.insert(directory.join(path), File::InMemory(Arc::clone(bytes)));
        }
    }

    /// Names the content: two of the same files have the same name. One that is not known whole has none.
    pub(super) fn id(&self) -> io::Result<Option<String>> {
        if self.has_modules {
            return Ok(None);
        }
        let mut hash = Sha256::new();
        for (name, file) in &self.files {
            let path = name.as_os_str().as_encoded_bytes();
            hash.update([file.mark(), 0]);
            hash.update(path.len().to_le_bytes());
            hash.update(path);
            hash.update(file.digest()?);
        }
        Ok(Some(hex(&hash.finalize())))
    }

    /// Writes every file below a directory that is there and empty.
    pub(super) fn write(&self, to: &Path) -> io::Result<()> {
        for (name, file) in &self.files {
            let target = to.join(name);
            let above = target.parent().expect("it is below the directory");
            fs::create_dir_all(above).map_err(at(above))?;
            match file {
                File::OnDisk { path, .. } => drop(fs::copy(path, &target).map_err(at(path))?),
                File::Link(link) => symlink(link, &target).map_err(at(&target))?,
                File::InMemory(bytes) => fs::write(&target, bytes).map_err(at(&target))?,
            }
        }
        Ok(())
    }
}

impl File {
    fn mark(&self) -> u8 {
        match self {
            Self::OnDisk { executable: true, .. } => b'x',
            Self::OnDisk { .. } | Self::InMemory(_) => b'f',
            Self::Link(_) => b'l',
        }
    }

    fn digest(&self) -> io::Result<Vec<u8>> {
        let mut hash = Sha256::new();
        match self {
            Self::Link(link) => hash.update(link.as_os_str().as_encoded_bytes()),
            Self::InMemory(bytes) => hash.update(bytes),
            Self::OnDisk { path, .. } => {
                let mut file = fs::File::open(path).map_err(at(path))?;
                let mut piece = vec![0; PIECE];
                loop {
                    match file.read(&mut piece).map_err(at(path))? {
                        0 => break,
                        read => hash.update(&piece[..read]),
                    }
                }
            }
        }
        Ok(hash.finalize().to_vec())
    }
}

fn at(path: &Path) -> impl Fn(io::Error) -> io::Error {
    move |error| io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_takes_the_place_of_a_directory() {
        let from = tempfile::tempdir().unwrap();
        for name in ["sub/generated/old.nix", "sub/generatedly", "top"] {
            fs::create_dir_all(from.path().join(name).parent().unwrap()).unwrap();
            fs::write(from.path().join(name), name).unwrap();
        }
        symlink("top", from.path().join("link")).unwrap();
        let mut contents = Contents::all(from.path()).unwrap();
        let before = contents.id().unwrap();
        assert_eq!(Contents::all(from.path()).unwrap().id().unwrap(), before);
        contents.replace(Path::new("sub/generated"), &Tree::from_iter([("hosts/new.nix", *b"{ }")]));
        assert_ne!(contents.id().unwrap(), before);

        let to = tempfile::tempdir().unwrap();
        contents.write(to.path()).unwrap();
        let written = Contents::all(to.path()).unwrap();
        let names: Vec<_> = written.files.keys().map(|name| name.to_str().unwrap()).collect();
        assert_eq!(names, ["link", "sub/generated/hosts/new.nix", "sub/generatedly", "top"]);
        assert_eq!(written.id().unwrap(), contents.id().unwrap());
    }

    #[test]
    fn what_is_gone_is_left_out() {
        let from = tempfile::tempdir().unwrap();
        fs::write(from.path().join("here"), "").unwrap();
        let names = ["here", "gone", "here/below"].map(PathBuf::from);
        let contents = Contents::of(from.path(), names.into_iter()).unwrap();
        assert_eq!(contents.files.len(), 1);
        assert!(contents.id().unwrap().is_some());

        fs::create_dir(from.path().join("module")).unwrap();
        let names = ["here", "module"].map(PathBuf::from);
        let contents = Contents::of(from.path(), names.into_iter()).unwrap();
        assert_eq!((contents.files.len(), contents.id().unwrap()), (1, None));
    }
}
