//! Commits that are killed, that meet each other, and that meet a disk that is full: the directory holds the old tree
//! or the new one.
//!
//! The program that is killed is this test itself, started anew with `CISTERN_TEST_COMMIT`; see [`kill_at_random`].

#![expect(clippy::disallowed_methods, reason = "programs are started and killed, and files looked at")]

mod common;

use std::env;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use cistern::tree::{Tree, commit, read_current, recover};
use tempfile::TempDir;

/// The variable that makes [`child`] commit to the directory that it names, without end.
const CHILD: &str = "CISTERN_TEST_COMMIT";

/// The tree of one version: 300 hosts, of which every seventh differs from the version before, and one that moves.
fn tree(version: usize) -> Tree {
    let host = |n: usize| (format!("hosts/{n}.nix"), format!("{}\n", (version + n) / 7).repeat(400).into_bytes());
    let moving = (format!("moving/{}/file", version % 3), version.to_string().into_bytes());
    (0..300).map(host).chain([moving, ("version".to_owned(), version.to_string().into_bytes())]).collect()
}

/// The version of a tree, which must be exactly that version's.
fn version(found: &Tree) -> usize {
    let text = found.get("version").expect("the tree has a version");
    let version = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).expect("it is a number");
    assert!(*found == tree(version), "the tree is not that of version {version}");
    version
}

/// A directory in memory where there is such, with the tree of version 0 in it.
fn place() -> (TempDir, PathBuf) {
    let memory = Path::new("/dev/shm");
    let temp = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
    let temp = temp.expect("a directory can be made");
    let dir = temp.path().join("generated");
    put(&dir, 0);
    (temp, dir)
}

fn put(dir: &Path, version: usize) {
    let old = read_current(dir).expect("it can be read");
    commit(dir, &old, &tree(version), &mut |_| {}).expect("it can be written");
}

fn beside(dir: &Path) -> usize {
    fs::read_dir(dir.parent().expect("it has a parent")).expect("it can be read").count() - 1
}

#[test]
fn child() {
    let Some(dir) = env::var_os(CHILD).map(PathBuf::from) else { return };
    loop {
        let old = read_current(&dir).expect("it can be read");
        commit(&dir, &old, &tree(version(&old) + 1), &mut |_| {}).expect("it can be written");
    }
}

fn committing(dir: &Path) -> Command {
    let mut command = Command::new(env::current_exe().expect("the test has a path"));
    command.args(["--exact", "child", "--nocapture"]).env(CHILD, dir).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Starts a program, kills it after at most `longest`, and looks at what it left; so many times, the same on every run
/// as far as clocks allow.
fn kill_at_random(rounds: usize, longest: Duration, mut start: impl FnMut() -> Command, mut look: impl FnMut()) {
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..rounds {
        let mut running = start().spawn().expect("the program starts");
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        sleep(longest.mul_f64((seed % 1000) as f64 / 1000.0));
        running.kill().expect("it runs or has ended");
        running.wait().expect("it has ended");
        look();
    }
}

/// Measures how long a commit takes, the start of the program included, for kills to fall in and around it.
fn twice_one_commit(dir: &Path) -> Duration {
    let start = Instant::now();
    let mut running = committing(dir).spawn().expect("it starts");
    while fs::read(dir.join("version")).is_ok_and(|version| version == b"0") {
        sleep(Duration::from_millis(1));
    }
    running.kill().expect("it runs");
    running.wait().expect("it has ended");
    recover(dir).expect("what is left can be removed");
    start.elapsed() * 2
}

#[test]
fn killed_commits_leave_the_old_tree_or_the_new_one() {
    let (_temp, dir) = place();
    let (mut last, mut remains) = (0, 0);
    kill_at_random(
        200,
        twice_one_commit(&dir),
        || committing(&dir),
        || {
            remains += usize::from(beside(&dir) > 0);
            let found = version(&Tree::read(&dir).expect("it can be read"));
            assert!(found >= last, "version {found} follows {last}");
            last = found;
            recover(&dir).expect("what is left can be removed");
            assert_eq!(beside(&dir), 0);
            assert_eq!(version(&Tree::read(&dir).expect("it can be read")), found);
        },
    );
    assert!(last > 1 && remains > 0, "{last} commits, {remains} kills amid one");
    put(&dir, 1);
    assert_eq!(version(&read_current(&dir).expect("it can be read")), 1);
}

#[test]
fn runs_at_the_same_time_do_not_mix() {
    let (_temp, dir) = place();
    let mut running: Vec<_> = (0..3).map(|_| committing(&dir).spawn().expect("it starts")).collect();
    for _ in 0..50 {
        sleep(Duration::from_millis(10));
        version(&Tree::read(&dir).expect("it can be read amid commits"));
    }
    for one in &mut running {
        one.kill().expect("it runs");
        one.wait().expect("it has ended");
    }
    assert!(version(&read_current(&dir).expect("it can be read")) > 3);
}

/// A file system that only root can make; unmounted when dropped.
struct Mount(TempDir);

impl Mount {
    fn new(kind: &str, options: &str) -> Option<Self> {
        let temp = common::temp_dir();
        let made = Command::new("mount").args(["-t", kind, "-o", options, kind]).arg(temp.path()).output();
        if made.is_ok_and(|made| made.status.success()) {
            return Some(Self(temp));
        }
        common::skip(&format!("a {kind} cannot be mounted; this needs root"));
        None
    }

    fn change(&self, options: &str) {
        common::run(Command::new("mount").args(["-o", &format!("remount,{options}")]).arg(self.0.path()));
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // Lazily, so that a test that failed leaves nothing either.
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_leaves_the_old_tree() {
    let Some(mount) = Mount::new("tmpfs", "size=3m") else { return };
    let dir = mount.0.path().join("generated");
    put(&dir, 0);
    let old = read_current(&dir).expect("it can be read");
    let larger: Tree = tree(1).iter().map(|(path, bytes)| (path, bytes.repeat(20))).collect();
    let error = commit(&dir, &old, &larger, &mut |_| {}).expect_err("the disk is full");
    assert_eq!(error.kind(), ErrorKind::StorageFull, "{error}");
    assert!(error.to_string().contains("/.generated.new/"), "{error}");
    assert_eq!(beside(&dir), 0, "a failed commit leaves nothing");
    assert_eq!(version(&Tree::read(&dir).expect("it can be read")), 0);
    mount.change("size=60m");
    commit(&dir, &old, &larger, &mut |_| {}).expect("now there is room");
    assert_eq!(read_current(&dir).expect("it can be read"), larger);
}

#[test]
fn a_place_that_cannot_be_written_can_be_read() {
    let Some(mount) = Mount::new("tmpfs", "size=9m") else { return };
    let dir = mount.0.path().join("generated");
    put(&dir, 0);
    fs::create_dir(mount.0.path().join(".generated.new")).expect("it can be made");
    mount.change("ro");
    let old = read_current(&dir).expect("a half-written tree does no harm");
    assert_eq!(version(&old), 0);
    let error = commit(&dir, &old, &tree(1), &mut |_| {}).expect_err("nothing can be written");
    assert_eq!(error.kind(), ErrorKind::ReadOnlyFilesystem, "{error}");
    assert!(error.to_string().contains("generated"), "{error}");
    assert_eq!(version(&old), 0);
}

/// An overlay cannot exchange a directory of its lower layer.
#[test]
fn where_directories_cannot_be_exchanged_the_journal_is_rolled_forward() {
    let Some(base) = Mount::new("tmpfs", "size=90m") else { return };
    let layer = |name: &str| {
        let layer = base.0.path().join(name);
        fs::create_dir(&layer).expect("it can be made");
        layer.to_str().expect("it is UTF-8").to_owned()
    };
    let (lower, upper, work) = (layer("lower"), layer("upper"), layer("work"));
    put(&Path::new(&lower).join("generated"), 0);
    let Some(mount) = Mount::new("overlay", &format!("lowerdir={lower},upperdir={upper},workdir={work}")) else {
        return;
    };
    let dir = mount.0.path().join("generated");
    put(&dir, 1);
    let inode = fs::metadata(&dir).expect("it is there").ino();
    put(&dir, 0);
    assert_eq!(fs::metadata(&dir).expect("it is there").ino(), inode, "this overlay exchanges directories");
    let mut last = 0;
    kill_at_random(
        60,
        twice_one_commit(&dir),
        || committing(&dir),
        || {
            let found = version(&read_current(&dir).expect("it can be read"));
            assert!(found >= last, "version {found} follows {last}");
            last = found;
            assert_eq!(beside(&dir), 0);
        },
    );
    assert!(last > 1, "no commit came to its end");
}
