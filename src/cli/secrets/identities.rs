//! `-i FILE`: the private keys that open files.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::Terminal;
use crate::secrets::identity::{Ask, Identities};

/// The private keys to open files with.
#[derive(Args)]
pub(super) struct Chosen {
    /// A private key: an identity file of age (with a passphrase or without), of an age plugin, or an SSH key of type
    /// ed25519 or RSA. May be given more than once. Without it: ~/.ssh/id_ed25519, ~/.ssh/id_rsa and
    /// ~/.config/age/keys.txt, those that there are.
    #[arg(short = 'i', long = "identity", value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Chosen {
    /// Reads them; says what is wrong and returns nothing when one that was named cannot be used.
    pub(super) fn load(&self, ask: Arc<dyn Ask>, terminal: &Terminal) -> Option<Identities> {
        if self.files.is_empty() {
            return Some(Identities::found(&usual(), ask));
        }
        Identities::load(&self.files, ask)
            .map_err(|faults| faults.iter().for_each(|fault| terminal.error(&format!("identity {fault}"))))
            .ok()
    }
}

/// Where private keys usually are.
fn usual() -> Vec<PathBuf> {
    let home = env::var_os("HOME").map(PathBuf::from);
    let settings = env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let settings = settings.or_else(|| Some(home.as_ref()?.join(".config")));
    let ssh = |home: &Path| ["id_ed25519", "id_rsa"].map(|name| home.join(".ssh").join(name));
    let of_age = settings.map(|settings| settings.join("age/keys.txt"));
    home.as_deref().map(ssh).into_iter().flatten().chain(of_age).collect()
}
