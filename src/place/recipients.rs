//! Encrypted files and those who can decrypt them, from the plan.

use std::fmt;

use super::plan::Entries;
use crate::check::secrets::file;
use crate::value::{EscrowName, HostName, PersonName, SecretName};

/// An encrypted file: a secret, or the value of one that every host has for itself.
#[derive(Debug, Clone)]
pub struct SecretFile<'p> {
    /// Its path below the fleet directory.
    pub path: String,
    /// The secret.
    pub secret: &'p SecretName,
    /// The host whose value it is, where each has one of its own.
    pub host: Option<&'p HostName>,
    /// The hosts that read it.
    pub hosts: Vec<&'p HostName>,
    /// The people who can decrypt it.
    pub people: Vec<&'p PersonName>,
}

/// Whose key it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose<'p> {
    /// A host's.
    Host(&'p HostName),
    /// A person's.
    Person(&'p PersonName),
    /// One that is kept away for the day on which all others are lost.
    Escrow(&'p EscrowName),
}

/// A key that a file is encrypted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recipient<'p> {
    /// Whose it is.
    pub whose: Whose<'p>,
    /// The key: `ssh-ed25519 …`, `ssh-rsa …` or `age1…`.
    pub key: &'p str,
}

impl fmt::Display for Whose<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(name) => write!(f, "host `{name}`"),
            Self::Person(name) => write!(f, "`{name}`"),
            Self::Escrow(name) => write!(f, "escrow key `{name}`"),
        }
    }
}

impl<'p> SecretFile<'p> {
    /// Lists the keys that it is to be encrypted to: exactly those of its hosts, of its people, and the escrow keys.
    pub fn recipients(&self, entries: &'p Entries) -> Vec<Recipient<'p>> {
        let hosts = self.hosts.iter().filter_map(|name| {
            let key = entries.hosts[*name].host_key.as_ref()?;
            Some(Recipient { whose: Whose::Host(name), key: &key.0 })
        });
        let people = self.people.iter().flat_map(|name| {
            let person = &entries.people[*name];
            let ssh = person.ssh_keys.iter().map(|key| &*key.0);
            let keys = ssh.chain(person.age_keys.iter().map(|key| &*key.0));
            keys.map(|key| Recipient { whose: Whose::Person(name), key })
        });
        let escrow = entries.escrow.iter().map(|(name, key)| Recipient { whose: Whose::Escrow(name), key: &key.0 });
        hosts.chain(people).chain(escrow).collect()
    }
}

/// Lists every encrypted file of the fleet in the order of the secrets' names, then of the hosts'.
pub fn secret_files(entries: &Entries) -> impl Iterator<Item = SecretFile<'_>> {
    entries.secrets.keys().flat_map(|name| files_of(entries, name))
}

/// Lists the files of one secret: one, or one per host where each has a value of its own.
pub fn files_of<'p>(entries: &'p Entries, name: &'p SecretName) -> Vec<SecretFile<'p>> {
    let secret = &entries.secrets[name];
    if !secret.per_host {
        let (hosts, people) = (secret.hosts.iter().collect(), secret.people.iter().collect());
        return vec![SecretFile { path: file(name, None), secret: name, host: None, hosts, people }];
    }
    let of_host = |host: &'p HostName| SecretFile {
        path: file(name, Some(host)),
        secret: name,
        host: Some(host),
        hosts: vec![host],
        people: secret.people.iter().filter(|person| entries.people[*person].hosts.contains(host)).collect(),
    };
    secret.hosts.iter().map(of_host).collect()
}
