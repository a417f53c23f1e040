//! Encrypted files against the plan: whom they are for, whether they can be decrypted at all, and how old they are.
//!
//! No key is needed. A header names SSH keys by a part of their hash; of native age recipients it only says how many
//! there are, and `secrets/recipients.json` says who, as long as the file is the one that it knows.

mod document;
mod strangers;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::age_file::{AgeFile, Stanza, ssh_tag};
use crate::model::Kept;
use crate::place::Entries;
use crate::place::recipients::{Recipient, SecretFile, secret_files};
use crate::value::Date;

pub use document::document;
use strangers::Known;
pub use strangers::Stranger;

/// An encrypted file that is not as the plan has it.
#[derive(Debug, Clone)]
pub struct Drift<'p> {
    /// The file.
    pub file: SecretFile<'p>,
    /// In which ways; at least one.
    pub what: Vec<What<'p>>,
}

/// In which way a file is not as the plan has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What<'p> {
    /// It is not there.
    Absent,
    /// It is no file of age's, or for whoever knows a passphrase; why, in a clause.
    Broken(String),
    /// It is not for this key, and should be.
    Lacks(Recipient<'p>),
    /// So many native recipients are missing, and nobody knows which.
    LacksSome(usize),
    /// It is for this key, and should not be.
    Extra(Stranger<'p>),
    /// Nobody can tell who its native recipients are: it is not the file that was taken note of. Their number is right.
    Unknown,
    /// The same of a file of which no note was ever taken, which is none of a fault: agenix takes none.
    Unnoted,
    /// Its value is older than it may become.
    Overdue {
        /// When it was set.
        set: Date,
        /// How old it is, in days.
        age: i64,
    },
    /// It may not become older than so long, and nobody knows how old it is.
    Ageless,
}

impl Drift<'_> {
    /// Says whether something has to be done about it.
    pub fn is_fault(&self) -> bool {
        self.what.iter().any(|what| *what != What::Unnoted)
    }

    /// Says whether encrypting the same value again puts it right.
    pub fn needs_rekey(&self) -> bool {
        self.what.iter().any(What::needs_rekey) && !self.what.iter().any(|what| matches!(what, What::Broken(_)))
    }
}

impl What<'_> {
    /// Says whether encrypting the same value again puts it right.
    pub fn needs_rekey(&self) -> bool {
        matches!(self, Self::Lacks(_) | Self::LacksSome(_) | Self::Extra(_) | Self::Unknown)
    }
}

/// Holds every encrypted file against the plan; lists those that differ, in the order of [`secret_files`].
pub fn audit<'p>(entries: &'p Entries, kept: &'p Kept) -> Vec<Drift<'p>> {
    let known = Known::of(entries);
    let files: Vec<SecretFile<'p>> = secret_files(entries).collect();
    let drifts = files.into_par_iter().filter_map(|file| {
        let mut what = match kept.files.get(&file.path) {
            None => vec![What::Absent],
            Some(Err(why)) => vec![What::Broken(why.clone())],
            Some(Ok(found)) => recipients(&file, found, &known, kept, entries),
        };
        if !matches!(what.as_slice(), [What::Absent]) {
            what.extend(age(&file, kept, entries));
        }
        (!what.is_empty()).then_some(Drift { file, what })
    });
    drifts.collect()
}

/// How the recipients of a file differ from those of the plan.
fn recipients<'p>(
    file: &SecretFile<'p>,
    found: &AgeFile,
    known: &Known<'p>,
    kept: &'p Kept,
    entries: &'p Entries,
) -> Vec<What<'p>> {
    if found.stanzas.contains(&Stanza::Passphrase) {
        return vec![What::Broken("it is encrypted with a passphrase".to_owned())];
    }
    let planned = file.recipients(entries);
    let mut ssh: BTreeMap<&str, Recipient<'p>> = BTreeMap::new();
    let mut native: BTreeMap<&str, Recipient<'p>> = BTreeMap::new();
    for recipient in planned {
        match known.tags.get(recipient.key) {
            Some(tag) => ssh.insert(tag, recipient),
            None => native.insert(recipient.key, recipient),
        };
    }
    let tags: BTreeSet<&str> = found.stanzas.iter().filter_map(tag).collect();
    let lacking = ssh.iter().filter(|(tag, _)| !tags.contains(*tag)).map(|(_, recipient)| What::Lacks(*recipient));
    let mut what: Vec<_> = lacking.collect();
    let strangers = found.stanzas.iter().filter(|one| tag(one).is_some_and(|tag| !ssh.contains_key(tag)));
    what.extend(strangers.map(|one| What::Extra(known.stranger(one))));
    what.extend(anonymous(file, found, &native, kept, known));
    what.dedup();
    what
}

/// How the native recipients of a file differ from those of the plan.
fn anonymous<'p>(
    file: &SecretFile<'_>,
    found: &AgeFile,
    planned: &BTreeMap<&str, Recipient<'p>>,
    kept: &'p Kept,
    known: &Known<'p>,
) -> Vec<What<'p>> {
    let count = found.anonymous();
    let noted = kept.record.files.get(&file.path).filter(|noted| noted.sha256 == found.sha256);
    match noted.filter(|noted| noted.anonymous.len() == count) {
        Some(noted) => {
            let lacking = planned.iter().filter(|(key, _)| !noted.anonymous.contains(**key));
            let extra = noted.anonymous.iter().filter(|key| !planned.contains_key(key.as_str()));
            let lacking = lacking.map(|(_, recipient)| What::Lacks(*recipient));
            lacking.chain(extra.map(|key| What::Extra(known.native(key)))).collect()
        }
        None if count < planned.len() => vec![What::LacksSome(planned.len() - count)],
        None if count > planned.len() => vec![What::Extra(Stranger::Some(count - planned.len()))],
        None if count > 0 && kept.record.files.contains_key(&file.path) => vec![What::Unknown],
        None if count > 0 => vec![What::Unnoted],
        None => Vec::new(),
    }
}

/// Whether the value of a file is older than it may become.
fn age<'p>(file: &SecretFile<'_>, kept: &Kept, entries: &Entries) -> Option<What<'p>> {
    let longest = entries.secrets[file.secret].rotate_every.as_ref()?;
    let noted = kept.record.files.get(&file.path);
    let today = Date::from_days(kept.today);
    match noted.and_then(|noted| Some((noted.changed?, noted.is_older_than(longest, today)?))) {
        None => Some(What::Ageless),
        Some((set, true)) => Some(What::Overdue { set, age: today.days() - set.days() }),
        Some((_, false)) => None,
    }
}

/// The tag of a stanza of an SSH key.
fn tag(stanza: &Stanza) -> Option<&str> {
    match stanza {
        Stanza::Ssh { tag, .. } => Some(tag),
        Stanza::Native | Stanza::Passphrase | Stanza::Plugin(_) => None,
    }
}
