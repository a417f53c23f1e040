//! Who can decrypt what: real keys, the rules that Cistern generates, and the real age.
//!
//! Values are encrypted as agenix does it, to the recipients that `secrets.nix` names for a file. Then every key of
//! the fleet tries to decrypt every file.

#![expect(clippy::disallowed_methods, reason = "makes keys and runs age and nix")]

mod common;
#[path = "common/fleet.rs"]
mod fleet;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use common::{Lab, require, run, temp_dir};
use fleet::{Fleet, Nix, Program, directories, repository, text_of, texts_of};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use walkdir::WalkDir;

/// Who can decrypt each file, and nobody else.
const READERS: &[(&str, &[&str])] = &[
    // Of a service: the hosts that run it.
    ("secrets/shop-env.age", &["web-1", "web-2", "ana", "jonas", "rosa"]),
    // Of one host, with two admins of its own.
    ("secrets/dump-key.age", &["db-1", "ana", "dora", "jonas", "rosa"]),
    // Of a service and of a host beside it.
    ("secrets/shared.age", &["web-1", "web-2", "db-1", "ana", "dora", "jonas", "rosa"]),
    // Each host's own.
    ("secrets/db-1/token.age", &["db-1", "ana", "dora", "jonas", "rosa"]),
    ("secrets/nas/token.age", &["nas", "ana", "jonas", "rosa"]),
    ("secrets/web-1/token.age", &["web-1", "ana", "jonas", "rosa"]),
    ("secrets/web-2/token.age", &["web-2", "ana", "jonas", "rosa"]),
];

#[test]
fn exactly_the_named_readers_decrypt() {
    let Some(lab) = require(&["age", "age-keygen"]) else { return };
    let Some(nix) = Nix::new(Program::Absent) else { return };
    let keys = Keys::new(lab);
    let fleet = Fleet::new();
    fleet.write("fleet.yaml", definition(&keys));
    fleet.write("secrets.nix", "import ./generated/secrets.nix\n");
    fleet.generate();

    let rules = nix.eval_file(&fleet.root().join("secrets.nix"));
    let rules = rules.as_object().expect("a map of rules");
    let files: BTreeSet<&str> = rules.keys().map(String::as_str).collect();
    assert_eq!(files, READERS.iter().map(|(file, _)| *file).collect());
    for (file, rule) in rules {
        fleet.write(file, "");
        encrypt(lab, &texts_of(&rule["publicKeys"]), file, &fleet.root().join(file));
    }
    // Now that they are there, nothing is left to warn of.
    let output = fleet.cistern(&["check", "--format", "json"]);
    let faults: Json = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(faults["diagnostics"], json!([]), "{faults}");

    for (file, readers) in READERS {
        for (name, key) in &keys.all {
            let found = decrypt(lab, key, &fleet.root().join(file));
            let expected = readers.contains(&name.as_str()).then(|| (*file).to_owned());
            assert_eq!(found, expected, "{name} and {file}");
        }
    }

    // What a host's module names is there, and is what that host's key decrypts.
    for (host, bindings) in bindings(&nix, &fleet) {
        let named: BTreeSet<&str> = bindings.iter().map(|(_, file)| file.as_str()).collect();
        let readable = READERS.iter().filter(|(_, readers)| readers.contains(&host.as_str())).map(|(file, _)| *file);
        assert_eq!(named, readable.collect(), "{host}");
        for (_, file) in &bindings {
            let found = decrypt(lab, &keys.all[&host], &fleet.root().join(file));
            assert_eq!(found.as_ref(), Some(file), "{host}");
        }
    }
}

/// A fleet in which everybody who may have a key has one.
fn definition(keys: &Keys) -> String {
    let host = |name: &str, number: u8, tags: &[&str]| {
        json!({
            "address": format!("10.0.0.{number}"),
            "system": "x86_64-linux",
            "state_version": "25.11",
            "hardware": "vm",
            "host_key": keys.public(name),
            "tags": tags,
            "filesystems": { "/": { "device": "/dev/vda1", "fs_type": "ext4" } },
        })
    };
    let mut nas = host("nas", 5, &["all"]);
    nas["managed"] = json!("node");
    for key in ["state_version", "hardware", "filesystems"] {
        nas.as_object_mut().expect("it is one").remove(key);
    }
    let image = format!("registry.example.org/shop@sha256:{}", "0".repeat(64));
    let definition = json!({
        "version": 1,
        "fleet": { "name": "readers", "domain": "example.org" },
        "access": { "people": {
            "ana": { "role": "admin", "keys": [keys.public("ana")] },
            "rosa": { "role": "admin", "keys": [keys.public("rosa")] },
            // age cannot use the one, so the other is given.
            "jonas": { "role": "admin", "keys": [keys.public("jonas-ssh")], "age_keys": [keys.public("jonas")] },
            "dora": { "role": "admin", "keys": [keys.public("dora")], "hosts": "@db" },
            "bo": { "role": "operator", "keys": [keys.public("bo")] },
        } },
        "hosts": {
            "web-1": host("web-1", 1, &["web", "all"]),
            "web-2": host("web-2", 2, &["web", "all"]),
            "db-1": host("db-1", 3, &["db", "all"]),
            "idle": host("idle", 4, &["db"]),
            "nas": nas,
        },
        "services": { "shop": {
            "image": image,
            "placement": { "selector": "@web" },
            "ports": { "web": 8080 },
            "settings": { "environment_file": { "secret": "shop-env" } },
        } },
        "secrets": {
            "shop-env": {},
            "dump-key": { "hosts": "db-1" },
            "shared": { "services": ["shop"], "hosts": "db-1" },
            "token": { "hosts": "@all", "per_host": true },
        },
    });
    serde_json::to_string_pretty(&definition).expect("it is JSON")
}

/// Keys of hosts and people: the public half, and the file of the private one.
struct Keys {
    all: BTreeMap<String, PathBuf>,
    public: BTreeMap<String, String>,
    _dir: TempDir,
}

impl Keys {
    fn new(lab: &Lab) -> Self {
        let dir = temp_dir();
        let (mut all, mut public) = (BTreeMap::new(), BTreeMap::new());
        let ed25519 = ["web-1", "db-1", "idle", "nas", "ana", "dora", "bo"].map(|name| (name, "ed25519"));
        let others = [("web-2", "rsa"), ("rosa", "rsa"), ("jonas-ssh", "ecdsa"), ("jonas", "age")];
        for (name, kind) in ed25519.into_iter().chain(others) {
            let file = dir.path().join(name);
            if kind == "age" {
                run(lab.command("age-keygen").arg("-o").arg(&file));
                public.insert(name.to_owned(), run(lab.command("age-keygen").arg("-y").arg(&file)).trim().to_owned());
            } else {
                let mut keygen = Command::new("ssh-keygen");
                keygen.args(["-q", "-N", "", "-C", name, "-t", kind, "-f"]).arg(&file);
                run(if kind == "rsa" { keygen.args(["-b", "2048"]) } else { &mut keygen });
                let text = fs::read_to_string(file.with_extension("pub")).expect("ssh-keygen wrote it");
                public.insert(name.to_owned(), text.trim().to_owned());
            }
            all.insert(name.to_owned(), file);
        }
        Self { all, public, _dir: dir }
    }

    fn public(&self, name: &str) -> &str {
        &self.public[name]
    }
}

/// Encrypts a text as agenix does.
fn encrypt(lab: &Lab, recipients: &[String], text: &str, to: &std::path::Path) {
    let mut age = lab.command("age");
    age.args(recipients.iter().flat_map(|recipient| ["--recipient", recipient]));
    let mut child = age.arg("--output").arg(to).stdin(Stdio::piped()).spawn().expect("age starts");
    std::io::Write::write_all(&mut child.stdin.take().expect("it is a pipe"), text.as_bytes()).expect("age reads");
    assert!(child.wait().expect("age ends").success(), "{recipients:?}");
}

/// Decrypts a file with a private key, if that can be done.
fn decrypt(lab: &Lab, key: &std::path::Path, file: &std::path::Path) -> Option<String> {
    let output = lab.command("age").args(["--decrypt", "--identity"]).arg(key).arg(file).output().expect("age starts");
    output.status.success().then(|| String::from_utf8(output.stdout).expect("it was text"))
}

/// The secrets of every host's module, and the files that they are in, below the fleet directory.
fn bindings(nix: &Nix, fleet: &Fleet) -> BTreeMap<String, Vec<(String, String)>> {
    fleet.write(
        "bindings.nix",
        "builtins.mapAttrs (_: host:
           builtins.mapAttrs (_: secret: toString secret.file)
             (import host.module { lib.mkOverride = _: value: value; }).age.secrets or { })
         (import ./generated/hosts.nix)",
    );
    let found = nix.eval_file(&fleet.root().join("bindings.nix"));
    let root = format!("{}/", fleet.root().display());
    let below = |file: &Json| text_of(file).strip_prefix(&root).expect("it lies in the fleet").to_owned();
    let hosts = found.as_object().expect("a map of hosts").iter();
    hosts
        .map(|(host, secrets)| {
            let secrets = secrets.as_object().expect("a map of secrets").iter();
            (host.clone(), secrets.map(|(name, file)| (name.clone(), below(file))).collect())
        })
        .collect()
}

#[test]
fn the_examples_are_encrypted_to_their_readers() {
    let Some(nix) = Nix::new(Program::Absent) else { return };
    for example in directories("examples") {
        let root = repository().join("examples").join(&example);
        let rules = nix.eval_file(&root.join("secrets.nix"));
        let rules = rules.as_object().expect("a map of rules");
        let walk = WalkDir::new(root.join("secrets")).into_iter().map(|entry| entry.expect("it can be read"));
        let is_encrypted = |entry: &walkdir::DirEntry| entry.path().extension().is_some_and(|end| end == "age");
        let files = walk.filter(is_encrypted).map(|entry| {
            entry.path().strip_prefix(&root).expect("the walk stays below").to_str().expect("a plain path").to_owned()
        });
        let files: BTreeSet<String> = files.collect();
        assert_eq!(files, rules.keys().cloned().collect(), "{example}");
        for (file, rule) in rules {
            let bytes = fs::read(root.join(file)).expect("it was listed");
            let mut wanted: Vec<String> = texts_of(&rule["publicKeys"]).iter().map(|key| stanza_of(key)).collect();
            wanted.sort();
            assert_eq!(stanzas(&bytes), wanted, "{example}: {file}");
        }
    }
}

/// What an age file says of each of its recipients, sorted: type and tag of an SSH key, the type alone of others.
fn stanzas(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    assert!(text.starts_with("age-encryption.org/v1\n"), "it is no age file");
    let header = text.split("\n--- ").next().expect("a header");
    let lines = header.lines().filter_map(|line| line.strip_prefix("-> ")).filter(|line| !line.contains("-grease"));
    let mut stanzas: Vec<_> = lines
        .map(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            if words[0].starts_with("ssh-") { words[..2].join(" ") } else { words[0].to_owned() }
        })
        .collect();
    stanzas.sort();
    stanzas
}

/// What a file says of this recipient: of an SSH key the first four bytes of its hash, in base64.
fn stanza_of(key: &str) -> String {
    if key.starts_with("age1") {
        return "X25519".to_owned();
    }
    let public = ssh_key::PublicKey::from_openssh(key).expect("it is a public key");
    let hash = Sha256::digest(public.to_bytes().expect("it has a wire format"));
    format!("{} {}", public.algorithm(), base64([hash[0], hash[1], hash[2], hash[3]]))
}

/// Base64 of four bytes, without padding.
fn base64(bytes: [u8; 4]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    // Thirty-two bits and four more are six letters.
    let bits = u64::from(u32::from_be_bytes(bytes)) << 4;
    (0..6).rev().map(|at| char::from(LETTERS[(bits >> (6 * at) & 63) as usize])).collect()
}
