//! `secrets/recipients.json`: what the encrypted files do not say of themselves, kept by Cistern and committed.
//!
//! A file names those of its recipients that are SSH keys and counts those that are native (`age1…`). Who these are,
//! when the value was set and how often it was changed, stands here, together with the hash of the file that it is
//! true of. Files that were encrypted by another program since have another hash, and only the value's age is kept.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use crate::age_file::hash;
use crate::value::{Date, Duration};

/// Where it stands, below the fleet directory.
pub const PATH: &str = "secrets/recipients.json";

/// The format that this version writes and reads.
const VERSION: u32 = 1;

/// What is known of every encrypted file, by its path below the fleet directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// The files.
    pub files: BTreeMap<String, FileRecord>,
}

/// What is known of one encrypted file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRecord {
    /// The SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// The native recipients (`age1…`) that it was encrypted to.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub anonymous: BTreeSet<String>,
    /// How often the value was changed since it was first set; whoever reads it restarts when this grows.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub epoch: u32,
    /// The day on which the value was set last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<Date>,
}

impl FileRecord {
    /// Says whether the value is older than so long; nothing when nobody noted when it was set.
    pub fn is_older_than(&self, longest: &Duration, today: Date) -> Option<bool> {
        Some(today.seconds() - self.changed?.seconds() > longest.seconds())
    }
}

impl Record {
    /// Reads the text of the file.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Document {
            version: u32,
            files: BTreeMap<String, FileRecord>,
        }
        let document: Document = serde_json::from_str(text)?;
        if document.version != VERSION {
            let message = format!("version {} is not known; this program knows {VERSION}", document.version);
            return Err(serde::de::Error::custom(message));
        }
        Ok(Self { files: document.files })
    }

    /// Writes the text of the file: a line for every entry, so that git merges it.
    pub fn write(&self) -> String {
        let line = |(path, file): (&String, &FileRecord)| {
            let file = serde_json::to_string(file).expect("text, numbers and lists");
            format!("    {}: {file}", serde_json::Value::from(path.as_str()))
        };
        let lines: Vec<_> = self.files.iter().map(line).collect();
        match lines.is_empty() {
            true => format!("{{\n  \"version\": {VERSION},\n  \"files\": {{}}\n}}\n"),
            false => format!("{{\n  \"version\": {VERSION},\n  \"files\": {{\n{}\n  }}\n}}\n", lines.join(",\n")),
        }
    }
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::decode::Scalar as _;

    #[test]
    fn what_is_written_is_read_again() {
        let mut record = Record::default();
        assert_eq!(Record::read(&record.write()).unwrap(), record);
        record.files.insert("secrets/b.age".to_owned(), FileRecord { sha256: hash(b""), ..FileRecord::default() });
        let full = FileRecord {
            sha256: hash(b"abc"),
            anonymous: BTreeSet::from(["age1x".to_owned()]),
            epoch: 3,
            changed: Date::read("2026-11-21").ok(),
        };
        record.files.insert("secrets/a.age".to_owned(), full);
        let text = record.write();
        assert_eq!(Record::read(&text).unwrap(), record);
        assert_eq!(text.lines().count(), 7, "{text}");
        assert!(text.contains("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"), "{text}");
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for (text, why) in [
            ("{\"version\": 2, \"files\": {}}", "version 2"),
            ("{\"version\": 1, \"files\": {\"a\": {\"sha256\": \"\", \"x\": 1}}}", "unknown field"),
            ("<<<<<<< HEAD", "expected value"),
        ] {
            let error = Record::read(text).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
