//! Commits as one process sees them; `tests/commit.rs` kills them.

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::PathBuf;
use std::time::SystemTime;

use tempfile::TempDir;

use super::*;

fn tree(files: &[(&str, &str)]) -> Tree {
    files.iter().map(|(path, text)| (*path, text.as_bytes())).collect()
}

/// A place in memory where there is one: syncing a busy disk takes seconds.
fn place() -> (TempDir, PathBuf) {
    let memory = Path::new("/dev/shm");
    let temp = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    let temp = temp.unwrap();
    let dir = temp.path().join("generated");
    (temp, dir)
}

fn put(dir: &Path, new: &Tree) -> Counts {
    let old = Tree::read(dir).unwrap();
    let counts = commit(dir, &old, new, &mut |_| {}).unwrap();
    assert_eq!(Tree::read(dir).unwrap(), *new);
    assert_eq!(fs::read_dir(dir.parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
    counts
}

fn modified(path: &Path) -> SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

#[test]
fn directories_hold_exactly_the_tree() {
    let (_temp, dir) = place();
    let first = tree(&[("a", "1"), ("b/c", "2"), ("b/d/e", "3")]);
    assert_eq!(put(&dir, &first), Counts { written: 3, deleted: 0, unchanged: 0 });
    let (before, inode) = (modified(&dir.join("b/c")), fs::metadata(&dir).unwrap().ino());

    assert_eq!(put(&dir, &first), Counts { written: 0, deleted: 0, unchanged: 3 });
    assert_eq!(fs::metadata(&dir).unwrap().ino(), inode, "nothing was touched");

    fs::create_dir(dir.join("empty")).unwrap();
    let second = tree(&[("a", "2"), ("b/c", "2"), ("f", "")]);
    assert_eq!(put(&dir, &second), Counts { written: 2, deleted: 1, unchanged: 1 });
    assert_eq!(modified(&dir.join("b/c")), before, "what did not change keeps its time");
    assert!(!dir.join("empty").exists() && !dir.join("b/d").exists());

    // A file becomes a directory and a directory a file.
    put(&dir, &tree(&[("a/x", "1"), ("b", "2")]));
    put(&dir, &Tree::default());
    assert!(dir.is_dir());
}

#[test]
fn the_journal_does_the_same() {
    let (_temp, dir) = place();
    put(&dir, &tree(&[("a", "1"), ("b/c", "2"), ("d/e", "3")]));
    let before = modified(&dir.join("b/c"));
    for refusal in [Errno::INVAL, Errno::NOSYS, Errno::OPNOTSUPP, Errno::XDEV] {
        let refuse: Exchange = match refusal {
            Errno::INVAL => |_, _| Err(Errno::INVAL),
            Errno::NOSYS => |_, _| Err(Errno::NOSYS),
            Errno::XDEV => |_, _| Err(Errno::XDEV),
            _ => |_, _| Err(Errno::OPNOTSUPP),
        };
        for new in [tree(&[("a/z", "1"), ("b/c", "2"), ("f/g", "4")]), tree(&[("a", "1"), ("b/c", "2"), ("d/e", "3")])]
        {
            let old = Tree::read(&dir).unwrap();
            let counts = commit_with(&dir, &old, &new, &mut |_| {}, refuse).unwrap();
            assert_eq!((counts.written, counts.deleted, counts.unchanged), (2, 2, 1));
            assert_eq!(Tree::read(&dir).unwrap(), new);
            assert_eq!(modified(&dir.join("b/c")), before);
            assert_eq!(fs::read_dir(dir.parent().unwrap()).unwrap().count(), 1);
        }
    }
}

#[test]
fn another_commit_since_the_reading_is_seen() {
    let (_temp, dir) = place();
    put(&dir, &tree(&[("a", "1"), ("b", "1")]));
    let stale = Tree::read(&dir).unwrap();
    put(&dir, &tree(&[("a", "2"), ("b", "1"), ("c", "2")]));
    let new = tree(&[("a", "1"), ("b", "2")]);
    let counts = commit(&dir, &stale, &new, &mut |_| {}).unwrap();
    assert_eq!(counts, Counts { written: 2, deleted: 1, unchanged: 0 });
    assert_eq!(Tree::read(&dir).unwrap(), new);
}

#[test]
fn permissions_stay() {
    let (_temp, dir) = place();
    put(&dir, &tree(&[("a", "1"), ("b/c", "1"), ("b/d", "1")]));
    let mode = |path: &str| fs::metadata(dir.join(path)).unwrap().permissions().mode() & 0o7777;
    for (path, mode) in [("", 0o750), ("b", 0o2775), ("a", 0o600), ("b/c", 0o640)] {
        fs::set_permissions(dir.join(path), fs::Permissions::from_mode(mode)).unwrap();
    }
    put(&dir, &tree(&[("a", "2"), ("b/c", "1"), ("b/d", "2")]));
    assert_eq!([mode(""), mode("b"), mode("a"), mode("b/c")], [0o750, 0o2775, 0o600, 0o640]);
}

#[test]
fn links_and_files_are_refused() {
    let (temp, dir) = place();
    let real = temp.path().join("real");
    fs::create_dir(&real).unwrap();
    symlink(&real, &dir).unwrap();
    let new = tree(&[("a", "1")]);
    let refused = |dir: &Path| commit(dir, &Tree::default(), &new, &mut |_| {}).unwrap_err().to_string();
    assert!(refused(&dir).ends_with("generated: it is a symbolic link; a tree needs a directory"));
    assert!(recover(&dir).is_err());
    fs::remove_file(&dir).unwrap();
    fs::write(&dir, "").unwrap();
    assert!(refused(&dir).ends_with("generated: it is a file; a tree needs a directory"));
    assert!(refused(Path::new("/")).contains("a name of its own"));
    assert!(refused(Path::new("..")).contains("a name of its own"));
    assert!(refused(&temp.path().join("missing/generated")).contains("missing"));
    fs::remove_file(&dir).unwrap();
    for path in ["../a", "/a", "a//b", "", "a/."] {
        let error = commit(&dir, &Tree::default(), &tree(&[(path, "1")]), &mut |_| {}).unwrap_err();
        assert!(error.to_string().ends_with("it is no path of a tree"), "{path}: {error}");
    }
    let both = tree(&[("a", "1"), ("a/b", "1")]);
    assert!(commit(&dir, &Tree::default(), &both, &mut |_| {}).is_err());
    assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 1, "a failed commit leaves nothing");
}

#[test]
fn leftovers_are_removed() {
    let (_temp, dir) = place();
    let first = tree(&[("a", "1")]);
    put(&dir, &first);
    let staging = dir.parent().unwrap().join(".generated.new");
    fs::create_dir_all(staging.join("b")).unwrap();
    put(&dir, &first);
    fs::create_dir_all(staging.join("b")).unwrap();
    put(&dir, &tree(&[("a", "2")]));
    symlink(&dir, &staging).unwrap();
    recover(&dir).unwrap();
    assert_eq!(Tree::read(&dir).unwrap(), tree(&[("a", "2")]), "a link is removed, not what it leads to");
    assert!(!exists(&staging));
}

#[test]
fn progress_is_told() {
    let (_temp, dir) = place();
    let many: Tree = (0..3_000).map(|n| (format!("hosts/{n}.nix"), n.to_string().into_bytes())).collect();
    let mut told = Vec::new();
    commit(&dir, &Tree::default(), &many, &mut |progress| told.push(progress)).unwrap();
    assert_eq!(told.iter().map(|progress| progress.done).collect::<Vec<_>>(), [1024, 2048, 3000]);
    assert!(told.iter().all(|progress| progress.total == 3_000));
}
