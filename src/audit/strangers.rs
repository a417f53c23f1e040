//! Whose the keys are that a file should not be for.

use std::collections::BTreeMap;
use std::fmt;

use super::{Stanza, ssh_tag};
use crate::place::Entries;
use crate::place::recipients::Whose;

/// A key that a file is for and should not be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stranger<'p> {
    /// One that the fleet knows.
    Known(Whose<'p>),
    /// An SSH key that it does not know, by its tag.
    Ssh {
        /// `ssh-ed25519` or `ssh-rsa`.
        algorithm: String,
        /// Six letters.
        tag: String,
    },
    /// A native recipient that it does not know.
    Native(String),
    /// So many native recipients of whom nothing is known.
    Some(usize),
}

/// The keys that the fleet knows.
pub(super) struct Known<'p> {
    /// The tags of the SSH keys.
    pub(super) tags: BTreeMap<&'p str, String>,
    by_tag: BTreeMap<String, Whose<'p>>,
    native: BTreeMap<&'p str, Whose<'p>>,
}

impl<'p> Known<'p> {
    pub(super) fn of(entries: &'p Entries) -> Self {
        let mut known = Self { tags: BTreeMap::new(), by_tag: BTreeMap::new(), native: BTreeMap::new() };
        for (name, key) in &entries.escrow {
            known.add(&key.0, Whose::Escrow(name));
        }
        for (name, person) in &entries.people {
            person.ssh_keys.iter().for_each(|key| known.add(&key.0, Whose::Person(name)));
            person.age_keys.iter().for_each(|key| known.add(&key.0, Whose::Person(name)));
        }
        for (name, host) in &entries.hosts {
            host.host_key.iter().for_each(|key| known.add(&key.0, Whose::Host(name)));
        }
        known
    }

    fn add(&mut self, key: &'p str, whose: Whose<'p>) {
        match ssh_tag(key) {
            Some(tag) => {
                self.by_tag.insert(tag.clone(), whose);
                self.tags.insert(key, tag);
            }
            None => drop(self.native.insert(key, whose)),
        }
    }

    /// Whose an SSH key is that a file names.
    pub(super) fn stranger(&self, stanza: &Stanza) -> Stranger<'p> {
        let Stanza::Ssh { algorithm, tag } = stanza else { return Stranger::Some(1) };
        match self.by_tag.get(tag) {
            Some(whose) => Stranger::Known(*whose),
            None => Stranger::Ssh { algorithm: algorithm.clone(), tag: tag.clone() },
        }
    }

    /// Whose a native recipient is.
    pub(super) fn native(&self, key: &str) -> Stranger<'p> {
        match self.native.get(key) {
            Some(whose) => Stranger::Known(*whose),
            None => Stranger::Native(key.to_owned()),
        }
    }
}

impl fmt::Display for Stranger<'_> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(whose) => whose.fmt(to),
            Self::Ssh { algorithm, tag } => write!(to, "an {algorithm} key that the fleet does not know (tag {tag})"),
            Self::Native(key) => write!(to, "an age key that the fleet does not know ({key})"),
            Self::Some(1) => write!(to, "an age key that nobody can name"),
            Self::Some(count) => write!(to, "{count} age keys that nobody can name"),
        }
    }
}
