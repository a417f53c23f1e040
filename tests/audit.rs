//! A fleet of 1,000 secrets, encrypted to real keys, in which files drift by chance, the same in every run: the audit
//! finds exactly those, each in the way in which it drifted.

#![expect(clippy::disallowed_methods, reason = "writes fleets, makes keys, and runs the program")]

mod common;
#[path = "common/fleet.rs"]
mod fleet;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::process::Command;

use age::secrecy::SecretString;
use cistern::record::{self, FileRecord, Record};
use cistern::secrets::memory::Plain;
use cistern::secrets::seal::seal;
use common::{everything, run, temp_dir};
use fleet::Fleet;
use rayon::prelude::*;
use serde_json::{Value as Json, json};

const HOSTS: usize = 20;
const SECRETS: usize = 1_000;

/// How often each way of drifting is taken.
const EACH: usize = 5;

/// The ways in which a file drifts, and what the audit calls them.
const WAYS: &[(&str, &[&str])] = &[
    ("removed", &["absent"]),
    ("not for a host that reads it", &["lacks host"]),
    ("not for an admin", &["lacks person"]),
    ("not for the escrow key", &["lacks escrow"]),
    ("for another host", &["extra host"]),
    ("for somebody who left", &["extra tag"]),
    ("for an unknown age key", &["extra key"]),
    ("for another host in place of its own", &["extra host", "lacks host"]),
    ("for fewer age keys, by another program", &["lacks_some"]),
    ("for more age keys, by another program", &["extra number"]),
    ("encrypted by another program", &["unknown"]),
    ("cut off", &["broken"]),
    ("in plain text", &["broken"]),
    ("with other line ends", &["broken"]),
    ("old", &["overdue"]),
    ("of unknown age", &["ageless"]),
];

/// One more, once: it takes long to make.
const WITH_PASSPHRASE: &str = "with a passphrase";

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

/// Public keys by the name of whoever has them.
struct Keys(BTreeMap<String, String>);

impl Keys {
    fn new() -> Self {
        let dir = temp_dir();
        let hosts = (0..HOSTS).map(|number| format!("h{number}"));
        let names: Vec<String> = hosts.chain(["ana", "gone"].map(str::to_owned)).collect();
        let ssh = names.par_iter().map(|name| {
            let file = dir.path().join(name);
            run(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-C", "", "-f"]).arg(&file));
            let public = fs::read_to_string(file.with_extension("pub")).expect("ssh-keygen wrote it");
            (name.clone(), public.trim().to_owned())
        });
        let native = ["jonas", "safe", "stranger"]
            .map(|name| (name.to_owned(), age::x25519::Identity::generate().to_public().to_string()));
        let mut keys: BTreeMap<_, _> = ssh.collect();
        keys.extend(native);
        Self(keys)
    }

    fn of<'k>(&'k self, names: &[&str]) -> Vec<&'k str> {
        names.iter().map(|name| self.0[*name].as_str()).collect()
    }
}

/// A file: who is to read it, and what was taken note of.
struct File {
    path: String,
    hosts: Vec<String>,
    may_age: bool,
}

impl File {
    fn readers(&self) -> Vec<&str> {
        self.hosts.iter().map(String::as_str).chain(["ana", "jonas", "safe"]).collect()
    }
}

#[test]
fn every_drift_is_found_and_none_invented() {
    let keys = Keys::new();
    let mut random = Random(11);
    let fleet = Fleet::new();
    let files = define(&fleet, &keys, &mut random);
    let mut record = Record::default();
    let sealed: Vec<_> = files.par_iter().map(|file| encrypted(&keys.of(&file.readers()), false)).collect();
    for (file, bytes) in files.iter().zip(&sealed) {
        fleet.write(&file.path, bytes);
        record.files.insert(file.path.clone(), noted(bytes, &keys, &["jonas", "safe"]));
    }
    fleet.write(record::PATH, record.write());
    assert_eq!(audited(&fleet, 0), BTreeMap::new(), "nothing has drifted yet");

    let mut expected: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (way, told) in WAYS.iter().flat_map(|way| [way; EACH]).chain([&(WITH_PASSPHRASE, &["broken"] as &[&str])]) {
        let ages = matches!(*way, "old" | "of unknown age");
        let file = loop {
            let file = &files[random.below(files.len())];
            if !expected.contains_key(&file.path) && file.may_age == ages && file.hosts.len() < HOSTS {
                break file;
            }
        };
        drift(&fleet, file, way, &keys, &mut record, &mut random);
        expected.insert(file.path.clone(), told.iter().map(|what| (*what).to_owned()).collect());
    }
    fleet.write("secrets/orphan.age", encrypted(&keys.of(&["ana"]), false));
    fleet.write(record::PATH, record.write());
    assert!(expected.len() > 40, "enough of them");
    assert_eq!(audited(&fleet, 1), expected);
}

/// Writes the definition, and lists its files.
fn define(fleet: &Fleet, keys: &Keys, random: &mut Random) -> Vec<File> {
    let mut hosts = serde_json::Map::new();
    for number in 0..HOSTS {
        let name = format!("h{number}");
        let host = json!({
            "address": format!("10.0.0.{}", number + 1),
            "system": "x86_64-linux",
            "state_version": "25.11",
            "hardware": "vm",
            "host_key": keys.0[&name],
            "filesystems": { "/": { "device": "/dev/vda1", "fs_type": "ext4" } },
        });
        hosts.insert(name, host);
    }
    let (mut secrets, mut files) = (serde_json::Map::new(), Vec::new());
    for number in 0..SECRETS {
        let name = format!("s{number}");
        let readers: BTreeSet<String> = (0..1 + random.below(4)).map(|_| format!("h{}", random.below(HOSTS))).collect();
        let (per_host, may_age) = (random.below(10) == 0, random.below(10) == 0);
        let selector = readers.iter().cloned().collect::<Vec<_>>().join(",");
        let mut secret = json!({ "hosts": selector, "per_host": per_host });
        if may_age {
            secret["rotate_every"] = json!("90d");
        }
        secrets.insert(name.clone(), secret);
        match per_host {
            true => files.extend(readers.into_iter().map(|host| File {
                path: format!("secrets/{host}/{name}.age"),
                hosts: vec![host],
                may_age,
            })),
            false => {
                files.push(File { path: format!("secrets/{name}.age"), hosts: readers.into_iter().collect(), may_age });
            }
        }
    }
    let definition = json!({
        "version": 1,
        "fleet": { "name": "many", "domain": "example.org" },
        "access": {
            "people": {
                "ana": { "role": "admin", "keys": [keys.0["ana"]] },
                "jonas": { "role": "admin", "keys": [keys.0["ana"]], "age_keys": [keys.0["jonas"]] },
            },
            "escrow": { "safe": keys.0["safe"] },
        },
        "hosts": hosts,
        "secrets": secrets,
    });
    fleet.write("fleet.yaml", definition.to_string());
    files
}

/// Makes a file drift.
fn drift(fleet: &Fleet, file: &File, way: &str, keys: &Keys, record: &mut Record, random: &mut Random) {
    let own = file.hosts[random.below(file.hosts.len())].clone();
    let other = loop {
        let other = format!("h{}", random.below(HOSTS));
        if !file.hosts.contains(&other) {
            break other;
        }
    };
    let readers = file.readers();
    let without = |name: &str| -> Vec<&str> { readers.iter().copied().filter(|reader| *reader != name).collect() };
    let mut again = |names: &[&str], is_ours: bool, anonymous: &[&str]| {
        let bytes = encrypted(&keys.of(names), random.below(2) == 0);
        fleet.write(&file.path, &bytes);
        if is_ours {
            record.files.insert(file.path.clone(), noted(&bytes, keys, anonymous));
        }
    };
    let plus = |name: &str| -> Vec<String> {
        readers.iter().map(|reader| (*reader).to_owned()).chain([name.to_owned()]).collect()
    };
    let full = fleet.root().join(&file.path);
    let present = fs::read(&full).expect("it is there");
    match way {
        "removed" => fs::remove_file(&full).expect("it was there"),
        "not for a host that reads it" => again(&without(&own), true, &["jonas", "safe"]),
        "not for an admin" => again(&without("ana"), true, &["jonas", "safe"]),
        "not for the escrow key" => again(&without("safe"), true, &["jonas"]),
        "for another host" => again(&refs(&plus(&other)), true, &["jonas", "safe"]),
        "for somebody who left" => again(&refs(&plus("gone")), true, &["jonas", "safe"]),
        "for an unknown age key" => again(&refs(&plus("stranger")), true, &["jonas", "safe", "stranger"]),
        "for another host in place of its own" => {
            let all: Vec<&str> = without(&own).into_iter().chain([other.as_str()]).collect();
            again(&all, true, &["jonas", "safe"]);
        }
        "for fewer age keys, by another program" => again(&without("jonas"), false, &[]),
        "for more age keys, by another program" => again(&refs(&plus("stranger")), false, &[]),
        "encrypted by another program" => again(&readers, false, &[]),
        // A value that is a few letters shorter is a value too: without a key nobody can tell.
        "cut off" => fleet.write(&file.path, &present[..present.len() - 8 - random.below(30)]),
        "in plain text" => fleet.write(&file.path, b"correct horse battery staple\n"),
        "with other line ends" => {
            let text: Vec<u8> =
                present.iter().flat_map(|byte| if *byte == b'\n' { vec![b'\r', b'\n'] } else { vec![*byte] }).collect();
            fleet.write(&file.path, text);
        }
        "old" => {
            record.files.get_mut(&file.path).expect("it is noted").changed = serde_json::from_str("\"2020-01-01\"").ok()
        }
        "of unknown age" => record.files.get_mut(&file.path).expect("it is noted").changed = None,
        WITH_PASSPHRASE => {
            let mut sealed = Vec::new();
            let passphrase = age::Encryptor::with_user_passphrase(SecretString::from("correct horse".to_owned()));
            let mut writer = passphrase.wrap_output(&mut sealed).expect("in memory");
            writer.write_all(b"x").and_then(|()| writer.finish().map(drop)).expect("in memory");
            fleet.write(&file.path, sealed);
        }
        other => unreachable!("{other}"),
    }
}

fn refs(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

fn encrypted(keys: &[&str], armor: bool) -> Vec<u8> {
    seal(&Plain::new(b"a value".to_vec()), keys, armor).expect("the keys are age's")
}

fn noted(bytes: &[u8], keys: &Keys, anonymous: &[&str]) -> FileRecord {
    FileRecord {
        sha256: record::hash(bytes),
        anonymous: keys.of(anonymous).into_iter().map(str::to_owned).collect(),
        // So far ahead that the files are young whenever the test runs.
        changed: serde_json::from_str("\"2999-01-01\"").ok(),
        ..FileRecord::default()
    }
}

/// What the audit says, by the file: what is wrong, and with whose key.
fn audited(fleet: &Fleet, code: i32) -> BTreeMap<String, BTreeSet<String>> {
    let output = fleet.cistern(&["secrets", "audit", "--format", "json"]);
    assert_eq!(output.status.code(), Some(code), "{}", everything(&output));
    let found: Json = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let diagnostics = found["diagnostics"].as_array().expect("a list");
    let orphans: Vec<_> = diagnostics.iter().filter(|one| one["code"] == "C097").map(|one| &one["path"]).collect();
    assert_eq!(orphans.len(), usize::try_from(code).expect("0 or 1"), "{orphans:?}");
    let files = found["files"].as_array().expect("a list").iter().map(|file| {
        let findings = file["findings"].as_array().expect("a list").iter().map(|finding| {
            let what = finding["what"].as_str().expect("a word");
            let whose = ["host", "person", "escrow", "tag", "number", "key"];
            let whose = whose.iter().find(|key| !finding[**key].is_null() && what != "lacks_some");
            whose.map_or_else(|| what.to_owned(), |whose| format!("{what} {whose}"))
        });
        (file["path"].as_str().expect("a path").to_owned(), findings.collect())
    });
    files.collect()
}
