//! `cistern secrets` when things go wrong: killed at random points, on a full disk, with files that are damaged, two at
//! a time, and with bytes that nobody meant to be a file of age's. What was there stays, whole.

#![expect(clippy::disallowed_methods, reason = "runs the program on real directories")]

mod common;
#[path = "common/fleet.rs"]
mod fleet;
#[path = "fuzz/random.rs"]
mod random;
#[path = "common/vault.rs"]
mod vault;

#[path = "secrets_faults/bytes.rs"]
mod bytes;
#[path = "secrets_faults/damage.rs"]
mod damage;
#[path = "secrets_faults/kills.rs"]
mod kills;

use std::path::Path;
use std::sync::Arc;

use cistern::secrets::identity::{Identities, Nobody};
use serde_json::{Value as Json, json};
use vault::Vault;

/// How many secrets the fleets here have.
const SECRETS: usize = 50;

/// A fleet of fifty secrets, each with its name for a value, which `ana` opens.
struct Full {
    vault: Vault,
    host: String,
    admins: [String; 2],
}

impl Full {
    fn new() -> Self {
        let vault = Vault::new();
        let host = vault.ssh_key("web", "ed25519", "");
        let admins = ["ana", "eva"].map(|name| vault.ssh_key(name, "ed25519", ""));
        let full = Self { vault, host, admins };
        full.define(1);
        for name in names() {
            full.vault.set(&[&name], name.as_bytes());
        }
        full
    }

    /// Lets so many of the admins open the secrets.
    fn define(&self, admins: usize) {
        let people: serde_json::Map<String, Json> = ["ana", "eva"]
            .iter()
            .zip(&self.admins)
            .take(admins)
            .map(|(name, key)| ((*name).to_owned(), json!({ "role": "admin", "keys": [key] })))
            .collect();
        let secrets: serde_json::Map<String, Json> =
            names().into_iter().map(|name| (name, json!({ "hosts": "web" }))).collect();
        self.vault.define(&[("web", &self.host)], &json!(people), &json!(secrets));
    }

    fn identities(&self) -> Identities {
        Identities::load(&[self.vault.key("ana")], Arc::new(Nobody)).unwrap_or_else(|faults| panic!("{faults:?}"))
    }

    fn secrets(&self) -> std::path::PathBuf {
        self.vault.fleet.root().join("secrets")
    }
}

fn names() -> Vec<String> {
    (0..SECRETS).map(|number| format!("secret-{number:02}")).collect()
}

/// What lies in a directory, and nothing below that.
fn beside(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).expect("readable").map(|entry| entry.expect("readable"));
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
