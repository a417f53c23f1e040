//! Files that are damaged or for others, and keys that cannot be read, among many that are in order.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;

use crate::Full;
use crate::common::everything;
use crate::fleet::expect_exit;

/// Every file below `secrets/`: what it holds, its inode and its time.
fn state(full: &Full) -> BTreeMap<String, (Vec<u8>, u64, i64)> {
    let files = full.vault.fleet.files().into_iter().filter(|(path, _)| path.starts_with("secrets/"));
    files
        .map(|(path, bytes)| {
            let meta = fs::metadata(full.vault.fleet.root().join(&path)).expect("it was read");
            (path, (bytes, meta.ino(), meta.mtime_nsec()))
        })
        .collect()
}

#[test]
fn every_broken_file_among_fifty_is_named_and_nothing_is_changed() {
    let full = Full::new();
    let file = |name: &str| full.secrets().join(name);
    let whole = fs::read(file("secret-07.age")).expect("it is there");
    fs::write(file("secret-07.age"), &whole[..whole.len() - 3]).expect("it is ours");
    let mut flipped = fs::read(file("secret-19.age")).expect("it is there");
    *flipped.last_mut().expect("it is not empty") ^= 1;
    fs::write(file("secret-19.age"), flipped).expect("it is ours");
    fs::write(file("secret-23.age"), "no file of age's\n").expect("it is ours");
    fs::write(file("secret-24.age"), "").expect("it is ours");
    full.define(2);
    let before = state(&full);
    let ana = full.vault.key("ana");
    for more in [&[][..], &["--all"]] {
        let output = full.vault.secrets(&[&["rekey", "-i", ana.to_str().expect("a plain path")], more].concat());
        expect_exit(&output, 1);
        let said = everything(&output);
        for (name, why) in [
            ("secret-07", "changed or cut off"),
            ("secret-19", "changed or cut off"),
            ("secret-23", "it does not begin as age's files do"),
            ("secret-24", "it is empty"),
        ] {
            let line = said.lines().find(|line| line.contains(&format!("secrets/{name}.age"))).unwrap_or_default();
            assert!(line.contains(why), "{name}: {said}");
        }
        assert!(said.contains("nothing was changed: 4 of 50 files cannot be encrypted anew"), "{said}");
        assert_eq!(said.matches("secrets/secret-").count(), 4, "{said}");
        assert_eq!(state(&full), before);
    }
}

#[test]
fn files_for_somebody_else_are_all_named() {
    let full = Full::new();
    full.define(2);
    let before = state(&full);
    // Nobody gave `eva` the files yet.
    let eva = full.vault.key("eva");
    let output = full.vault.secrets(&["rekey", "-i", eva.to_str().expect("a plain path")]);
    expect_exit(&output, 1);
    let said = everything(&output);
    assert_eq!(said.matches("none of your identities opens it").count(), 50, "{said}");
    assert_eq!(state(&full), before);
    for (key, why) in [("missing", "No such file"), ("ana.pub", "public key"), (".ssh", "directory")] {
        let key = full.vault.key(key);
        let output = full.vault.secrets(&["rekey", "-i", key.to_str().expect("a plain path")]);
        expect_exit(&output, 2);
        assert!(everything(&output).contains(why), "{}", everything(&output));
        assert_eq!(state(&full), before);
    }
}
