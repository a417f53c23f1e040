//! `NAME [--host HOST]`: one encrypted file.

use clap::Args;

use crate::diag::{listed, nearest};
use crate::place::Entries;
use crate::place::recipients::{SecretFile, files_of};

/// The secret, and whose value of it.
#[derive(Args)]
pub(super) struct Which {
    /// The secret.
    pub(super) name: String,
    /// The host whose value it is, of a secret that has one per host.
    #[arg(long)]
    pub(super) host: Option<String>,
}

impl Which {
    /// Finds the file.
    ///
    /// # Errors
    /// Why there is no such file, in a sentence.
    pub(super) fn file<'p>(&self, entries: &'p Entries) -> Result<SecretFile<'p>, String> {
        let Some((name, secret)) = entries.secrets.iter().find(|(name, _)| name.as_str() == self.name) else {
            return Err(unknown(&self.name, entries));
        };
        let mut files = files_of(entries, name);
        match (&self.host, secret.per_host) {
            (None, false) => Ok(files.remove(0)),
            (Some(_), false) => Err(format!("`{name}` is the same on every host; leave `--host` out")),
            (host, true) => {
                let position = files.iter().position(|file| file.host.map(|host| host.as_str()) == host.as_deref());
                position.map(|at| files.swap_remove(at)).ok_or_else(|| {
                    let hosts: Vec<_> = secret.hosts.iter().map(|host| format!("`{host}`")).collect();
                    let of = if hosts.is_empty() { "no host reads it".to_owned() } else { listed(&hosts) };
                    match host {
                        None => format!("`{name}` has a value for every host; name one with `--host`: {of}"),
                        Some(host) => format!("host `{host}` does not read `{name}`; those that do: {of}"),
                    }
                })
            }
        }
    }
}

/// Says that there is no such secret.
pub(super) fn unknown(name: &str, entries: &Entries) -> String {
    match nearest(name, entries.secrets.keys().map(|known| known.as_str())) {
        Some(near) => format!("there is no secret `{name}`; the nearest is `{near}`"),
        None => format!("there is no secret `{name}`; `cistern secrets list` prints those that there are"),
    }
}
