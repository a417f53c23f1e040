//! Files and keys whose bytes were changed at random: they are refused, or they open. Nothing panics.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use age::secrecy::ExposeSecret as _;
use cistern::secrets::identity::{Identities, Nobody};
use cistern::secrets::memory::Plain;
use cistern::secrets::seal;

use crate::common::temp_dir;
use crate::random::Random;
use crate::vault::Vault;

/// How many changed files are opened.
const FILES: u64 = 4000;

/// How many changed keys are read.
const KEYS: u64 = 1000;

/// Pieces that the formats are made of.
const PIECES: [&[u8]; 12] = [
    b"age-encryption.org/v1\n",
    b"-> ssh-ed25519 ",
    b"-> ssh-rsa AAAA\n",
    b"-> X25519 ",
    b"-> scrypt AAAAAAAAAAAAAAAAAAAAAA 1\n",
    b"\n--- ",
    b"\r\n",
    b"-----END AGE ENCRYPTED FILE-----\n",
    b"-----BEGIN AGE ENCRYPTED FILE-----\n",
    b"=",
    b"\n\n",
    b"\0\0\0\x7f\xff",
];

/// Changes some bytes, takes some away, puts some in, or cuts the rest off.
fn mutated(mut bytes: Vec<u8>, random: &mut Random) -> Vec<u8> {
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len().max(1)).min(bytes.len());
        // The header is where the forms are.
        let at = if random.once_in(3) { at } else { at.min(random.below(400)) };
        let end = (at + random.below(9)).min(bytes.len());
        match random.below(6) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => drop(bytes.splice(at..at, random.one(&PIECES).copied().unwrap_or_default().iter().copied())),
            3 => {
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            _ if at < bytes.len() => bytes[at] = random.byte(),
            _ => bytes.push(random.byte()),
        }
    }
    bytes
}

#[test]
fn changed_files_do_no_harm() {
    let vault = Vault::new();
    let recipients = [vault.ssh_key("ed", "ed25519", ""), vault.ssh_key("rsa", "rsa", "")];
    let keys: Vec<PathBuf> = ["ed", "rsa"].iter().map(|name| vault.key(name)).collect();
    let identities = Identities::load(&keys, Arc::new(Nobody)).unwrap_or_else(|faults| panic!("{faults:?}"));
    let value = Plain::new(b"the value of a secret".to_vec());
    let mut corpus = Vec::new();
    for armor in [false, true] {
        for keys in [&[&*recipients[0]][..], &[&*recipients[1]], &[&*recipients[0], &*recipients[1]]] {
            corpus.push(seal::seal(&value, keys, armor).expect("it is sealed"));
        }
    }
    let (mut opened, mut refused) = (0, 0);
    for seed in 0..FILES {
        let mut random = Random::of(seed);
        let bytes = mutated(corpus[random.below(corpus.len())].clone(), &mut random);
        let outcome = catch_unwind(AssertUnwindSafe(|| seal::open(&bytes, &identities)));
        match outcome.unwrap_or_else(|_| panic!("seed {seed} panics: {}", bytes.escape_ascii())) {
            Ok(found) => {
                // What is authenticated cannot have become something else.
                assert_eq!(found, value, "seed {seed}");
                opened += 1;
            }
            Err(why) => {
                assert!(!why.is_empty(), "seed {seed}");
                refused += 1;
            }
        }
    }
    eprintln!("{refused} refused, {opened} opened all the same");
    assert!(refused > FILES / 2 && opened > 0, "{refused} refused, {opened} opened");
}

#[test]
fn changed_keys_do_no_harm() {
    let vault = Vault::new();
    let mut corpus = vec![
        format!("# a key\n{}\n", age::x25519::Identity::generate().to_string().expose_secret()).into_bytes(),
        b"AGE-PLUGIN-MIRROR-1D45HYUN0WGD4NEXL\n".to_vec(),
    ];
    for (name, kind, passphrase) in
        [("a", "ed25519", ""), ("b", "rsa", ""), ("c", "ecdsa", ""), ("d", "ed25519", "secret"), ("e", "rsa", "secret")]
    {
        vault.ssh_key(name, kind, passphrase);
        corpus.push(fs::read(vault.key(name)).expect("it was made"));
        corpus.push(fs::read(vault.key(&format!("{name}.pub"))).expect("it was made"));
    }
    let directory = temp_dir();
    let file = directory.path().join("key");
    for seed in 0..KEYS {
        let mut random = Random::of(seed);
        let bytes = mutated(corpus[random.below(corpus.len())].clone(), &mut random);
        fs::write(&file, &bytes).expect("the directory is ours");
        let outcome = catch_unwind(|| Identities::load(std::slice::from_ref(&file), Arc::new(Nobody)).err());
        let faults = outcome.unwrap_or_else(|_| panic!("seed {seed} panics: {}", bytes.escape_ascii()));
        for fault in faults.into_iter().flatten() {
            assert!(fault.contains(file.to_str().expect("a plain path")), "seed {seed}: {fault}");
        }
    }
}
