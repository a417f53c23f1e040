//! `cistern generate`, killed at random points and on a full disk: always the old tree or the new one, and the next
//! run is right.
//!
//! 300 hosts, of which every edit changes sixty: the files of the others are carried over.

#![expect(clippy::disallowed_methods, reason = "runs the program on real directories")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

#[path = "common/mod.rs"]
mod common;

const HOSTS: usize = 300;
const KILLS: usize = 500;

type Files = BTreeMap<String, Vec<u8>>;

#[test]
fn killed_at_random_points() {
    let directory = tempfile::tempdir_in(memory()).expect("a directory");
    let fleet = directory.path();
    let definitions = [definition("Europe/Vienna"), definition("Europe/Rome")];
    let mut trees = Vec::new();
    let mut longest = Duration::ZERO;
    for text in &definitions {
        fs::write(fleet.join("fleet.yaml"), text).expect("written");
        let begin = Instant::now();
        assert!(generate(fleet).status().expect("starts").success());
        longest = begin.elapsed();
        trees.push(files(&fleet.join("generated")));
    }
    assert_ne!(trees[0], trees[1]);
    let changed = trees[0].iter().filter(|(path, bytes)| trees[1].get(*path) != Some(bytes)).count();
    assert!((HOSTS / 5..HOSTS / 2).contains(&changed), "{changed} files change");

    let mut random = Random(0x00c1_57e2);
    let (mut cut, mut whole) = (0, 0);
    for round in 0.. {
        fs::write(fleet.join("fleet.yaml"), &definitions[round % 2]).expect("written");
        let (begin, until) = (Instant::now(), longest.mul_f64(random.fraction()));
        let mut child = generate(fleet).spawn().expect("starts");
        while begin.elapsed() < until && child.try_wait().expect("is ours").is_none() {
            sleep(Duration::from_millis(1));
        }
        let _ = child.kill();
        match child.wait().expect("ends").success() {
            // The machine is not equally fast all the time: the span of the kills follows it.
            true => (whole, longest) = (whole + 1, (longest + begin.elapsed()) / 2),
            false => (cut, longest) = (cut + 1, longest.mul_f64(1.01)),
        }
        let left = files(&fleet.join("generated"));
        assert!(trees.contains(&left), "round {round}: neither the old tree nor the new one");
        if round % 25 == 24 {
            assert!(generate(fleet).status().expect("starts").success(), "round {round}: the next run is right");
            assert!(files(&fleet.join("generated")) == trees[round % 2], "round {round}: and writes the new tree");
            assert_eq!(beside(fleet), ["fleet.yaml", "generated"], "round {round}: nothing is left beside");
        }
        if cut == KILLS {
            break;
        }
        assert!(whole < 2 * KILLS, "{cut} runs were killed and {whole} ended before: the kills come too late");
    }
}

#[test]
fn a_full_disk_leaves_the_old_tree() {
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    if !root {
        common::skip("a small disk of one's own needs root");
        return;
    }
    let directory = common::temp_dir();
    fs::write(directory.path().join("a.yaml"), definition("Europe/Vienna")).expect("written");
    fs::write(directory.path().join("b.yaml"), definition("Europe/Rome")).expect("written");
    // The mount is in a namespace of the shell's own and ends with it.
    let script = r#"
        mkdir disk && mount -t tmpfs -o size=6m none disk && cd disk
        cp ../a.yaml fleet.yaml && "$CISTERN" -q generate && cp -r generated ../old
        cp ../b.yaml fleet.yaml && dd if=/dev/zero of=ballast bs=4k 2>/dev/null || true
        if "$CISTERN" -q generate 2>../said; then echo "the disk was not full"; exit 1; else echo "exit $?"; fi
        diff -r generated ../old && echo old
        rm ballast && "$CISTERN" -q generate && "$CISTERN" -q generate --check && echo new
        ls -A
    "#;
    let output = Command::new("unshare")
        .args(["-m", "sh", "-e", "-c", script])
        .current_dir(directory.path())
        .env("CISTERN", env!("CARGO_BIN_EXE_cistern"))
        .stdin(Stdio::null())
        .output()
        .expect("unshare starts");
    let said = fs::read_to_string(directory.path().join("said")).unwrap_or_default();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "exit 3\nold\nnew\nfleet.yaml\ngenerated\n",
        "{said}{output:?}"
    );
    assert!(said.contains("No space left"), "{said}");
}

/// Where files cost nothing, if there is such a place.
fn memory() -> PathBuf {
    let shared = PathBuf::from("/dev/shm");
    if shared.is_dir() { shared } else { std::env::temp_dir() }
}

fn generate(fleet: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cistern"));
    command.args(["-q", "-C"]).arg(fleet).arg("generate").stdin(Stdio::null()).stderr(Stdio::null());
    command
}

/// A fleet whose one profile, which every fifth host takes up, sets a time zone.
fn definition(time_zone: &str) -> String {
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIChu3qAccXpL58FSEXpuMToxDQ/sT8phPmi1K68tHbO3";
    let mut text = format!(
        "version: 1\nfleet: {{ name: kills, domain: example.org }}\n\
         defaults: {{ system: x86_64-linux, hardware: vm, exporters: {{ node: {{}} }},\n  \
           filesystems: {{ /: {{ device: /dev/vda1, fs_type: ext4 }} }} }}\n\
         access: {{ people: {{ ana: {{ role: admin, keys: [{key}] }} }} }}\n\
         profiles: {{ moved: {{ time_zone: {time_zone} }} }}\nhosts:\n"
    );
    for host in 0..HOSTS {
        let profiles = if host % 5 == 0 { ", profiles: [moved]" } else { "" };
        let (high, low) = (host / 250, host % 250 + 1);
        let _ = writeln!(text, "  h{host}: {{ address: 10.0.{high}.{low}, state_version: \"26.05\"{profiles} }}");
    }
    text
}

fn files(directory: &Path) -> Files {
    let entries = walkdir::WalkDir::new(directory).into_iter().map(|entry| entry.expect("readable"));
    let found = entries.filter(|entry| entry.file_type().is_file());
    found
        .map(|entry| {
            let path = entry.path().strip_prefix(directory).expect("below").to_string_lossy().into_owned();
            (path, fs::read(entry.path()).expect("readable"))
        })
        .collect()
}

fn beside(fleet: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(fleet)
        .expect("readable")
        .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// The same numbers in every run (splitmix64).
struct Random(u64);

impl Random {
    /// A number from 0 to 1.
    fn fraction(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    }
}
