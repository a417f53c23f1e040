//! Runs that are killed, a disk that is full, and two runs at once.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use cistern::age_file::{AgeFile, hash};
use cistern::record::{PATH, Record};
use cistern::secrets::identity::Identities;
use cistern::secrets::seal;

use crate::common::{everything, skip};
use crate::fleet::expect_exit;
use crate::random::Random;
use crate::{Full, beside, names};

/// How many runs have to be killed in the middle.
const KILLS: usize = 200;

/// Two hosts or admins open a file, or three.
const SIZES: [usize; 2] = [2, 3];

#[test]
fn killed_at_random_points_of_a_rekey() {
    let full = Full::new();
    let identities = full.identities();
    let root = full.vault.fleet.root().to_owned();
    let ana = full.vault.key("ana");
    let ana = ana.to_str().expect("a plain path");
    let rekey = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cistern"));
        command.args(["-q", "secrets", "rekey", "-i", ana]).current_dir(&root);
        command.stdin(Stdio::null()).stderr(Stdio::null());
        command
    };
    let mut longest = Duration::ZERO;
    for admins in [2, 1] {
        full.define(admins);
        let began = Instant::now();
        assert!(rekey().status().expect("starts").success());
        longest = longest.max(began.elapsed());
        assert_eq!(recipients(&root, &identities), SIZES[admins - 1]);
    }

    let mut random = Random::of(0x00c1_57e2);
    let (mut cut, mut whole, mut moved) = (0, 0, 0);
    let mut present = 2;
    for round in 0.. {
        // What they are to become is what they are not.
        full.define(if present == 2 { 2 } else { 1 });
        // The files are written at the end, so half of the kills are late.
        let share = random.below(1000) as f64 / 1000.0;
        let share = if round % 2 == 0 { share } else { 0.6 + share * 0.5 };
        let (began, until) = (Instant::now(), longest.mul_f64(share));
        let mut child = rekey().spawn().expect("starts");
        while began.elapsed() < until && child.try_wait().expect("is ours").is_none() {
            sleep(Duration::from_micros(300));
        }
        let _ = child.kill();
        match child.wait().expect("ends").success() {
            true => (whole, longest) = (whole + 1, (longest + began.elapsed()) / 2),
            false => (cut, longest) = (cut + 1, longest.mul_f64(1.01)),
        }
        let found = recipients(&root, &identities);
        moved += usize::from(found != present);
        present = found;
        if round % 20 == 19 {
            full.define(if present == 2 { 2 } else { 1 });
            assert!(rekey().status().expect("starts").success(), "round {round}: the next run is right");
            present = recipients(&root, &identities);
            assert_eq!(beside(&root), ["fleet.yaml", "secrets"], "round {round}: nothing is left beside");
        }
        if cut == KILLS {
            break;
        }
        assert!(whole < 2 * KILLS, "{cut} runs were killed and {whole} ended before: the kills come too late");
    }
    eprintln!("{cut} runs killed, {whole} ended before, {moved} left the files as after");
}

/// How many keys open the files: the same number for each of them, and everything else is in order.
fn recipients(root: &Path, identities: &Identities) -> usize {
    let record = fs::read_to_string(root.join(PATH)).expect("it is there");
    let record = Record::read(&record).expect("the record is whole");
    let mut sizes = Vec::new();
    for name in names() {
        let path = format!("secrets/{name}.age");
        let bytes = fs::read(root.join(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        let value = seal::open(&bytes, identities).unwrap_or_else(|why| panic!("{path}: {why}"));
        assert_eq!(value.bytes(), name.as_bytes());
        assert_eq!(record.files[&path].sha256, hash(&bytes), "{path}: the record knows it");
        sizes.push(AgeFile::read(&bytes).expect("it was opened").stanzas.len());
    }
    assert!(sizes.iter().all(|size| *size == sizes[0]), "some are as before and some as after: {sizes:?}");
    sizes[0]
}

#[test]
fn a_full_disk_leaves_the_old_files() {
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    if !root {
        skip("a small disk of one's own needs root");
        return;
    }
    let full = Full::new();
    full.define(2);
    // The mount is in a namespace of the shell's own and ends with it.
    let script = r#"
        mkdir disk && mount -t tmpfs -o size=1m none disk && cp -r fleet.yaml secrets disk && cd disk
        dd if=/dev/zero of=ballast bs=4k 2>/dev/null || true
        if "$CISTERN" -q secrets rekey -i "$KEY" 2>../said; then echo "the disk was not full"; else echo "exit $?"; fi
        diff -r secrets ../secrets && echo old
        if echo x | "$CISTERN" -q secrets set secret-00 --from - 2>>../said; then echo "full?"; else echo "exit $?"; fi
        diff -r secrets ../secrets && echo old
        rm ballast && "$CISTERN" -q secrets rekey -i "$KEY" && "$CISTERN" secrets rekey --dry-run 2>&1
        ls -A
    "#;
    let output = Command::new("unshare")
        .args(["-m", "sh", "-e", "-c", script])
        .current_dir(full.vault.fleet.root())
        .env("CISTERN", env!("CARGO_BIN_EXE_cistern"))
        .env("KEY", full.vault.key("ana"))
        .stdin(Stdio::null())
        .output()
        .expect("unshare starts");
    let said = fs::read_to_string(full.vault.fleet.root().join("said")).unwrap_or_default();
    let text = everything(&output);
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let expected = ["exit 3", "old", "exit 3", "old", "Would rekey 0 files, 50 unchanged", "fleet.yaml", "secrets"];
    assert_eq!(lines, expected, "{said}");
    assert_eq!(said.matches("No space left").count(), 2, "{said}");
}

#[test]
fn of_two_runs_the_second_refuses_at_once() {
    let full = Full::new();
    full.define(2);
    let root = full.vault.fleet.root();
    full.vault.fleet.write("editor", "touch begun; while [ ! -e end ]; do sleep 0.05; done; printf new >\"$1\"\n");
    let ana = full.vault.key("ana");
    let ana = ana.to_str().expect("a plain path");
    let mut first = full.vault.command(&["secrets", "edit", "secret-00", "-i", ana]);
    let mut first = first.env("EDITOR", "sh ./editor").stderr(Stdio::null()).spawn().expect("starts");
    let began = Instant::now();
    while !root.join("begun").exists() {
        assert!(began.elapsed() < Duration::from_secs(60), "the editor never began");
        sleep(Duration::from_millis(10));
    }
    let before = full.vault.fleet.files();
    for args in
        [&["rekey", "-i", ana][..], &["set", "secret-01", "--from", "fleet.yaml"], &["rm", "secret-01", "--yes"]]
    {
        let began = Instant::now();
        let output = full.vault.secrets(args);
        expect_exit(&output, 3);
        assert!(everything(&output).contains("another cistern is changing the secrets"), "{}", everything(&output));
        assert!(began.elapsed() < Duration::from_secs(5), "{args:?} waited");
    }
    assert_eq!(full.vault.fleet.files(), before);
    // Reading is for everybody.
    assert_eq!(full.vault.show(&["secret-01"], "ana").as_deref(), Some(&b"secret-01"[..]));
    full.vault.fleet.write("end", "");
    assert!(first.wait().expect("it ends").success());
    assert_eq!(full.vault.show(&["secret-00"], "eva").as_deref(), Some(&b"new"[..]));
    expect_exit(&full.vault.secrets(&["rekey", "-i", ana]), 0);
    assert_eq!(full.vault.show(&["secret-49"], "eva").as_deref(), Some(&b"secret-49"[..]));
}
