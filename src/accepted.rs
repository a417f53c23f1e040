//! `secrets/accepted.json`: texts that look like secrets, and that somebody has looked at and accepted.
//!
//! It holds no text, only the hash of each together with its file: the same text elsewhere is told again, and so is
//! another one in its place.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Where it stands, below the fleet directory.
pub const PATH: &str = "secrets/accepted.json";

/// The format that this version writes and reads.
const VERSION: u32 = 1;

/// What was accepted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accepted {
    /// By the file and the hash of the text, the reason.
    reasons: BTreeMap<(String, String), String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    file: String,
    sha256: String,
    reason: String,
}

impl Accepted {
    /// Reads the text of the file.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Document {
            version: u32,
            accepted: Vec<Entry>,
        }
        let document: Document = serde_json::from_str(text)?;
        if document.version != VERSION {
            let message = format!("version {} is not known; this program knows {VERSION}", document.version);
            return Err(serde::de::Error::custom(message));
        }
        let reasons = document.accepted.into_iter().map(|entry| ((entry.file, entry.sha256), entry.reason));
        Ok(Self { reasons: reasons.collect() })
    }

    /// Writes the text of the file: a line for every entry, so that git merges it.
    pub fn write(&self) -> String {
        let line = |((file, sha256), reason): (&(String, String), &String)| {
            let entry = Entry { file: file.clone(), sha256: sha256.clone(), reason: reason.clone() };
            format!("    {}", serde_json::to_string(&entry).expect("three texts"))
        };
        let lines: Vec<_> = self.reasons.iter().map(line).collect();
        match lines.is_empty() {
            true => format!("{{\n  \"version\": {VERSION},\n  \"accepted\": []\n}}\n"),
            false => format!("{{\n  \"version\": {VERSION},\n  \"accepted\": [\n{}\n  ]\n}}\n", lines.join(",\n")),
        }
    }

    /// Accepts a text of a file; says whether that is new.
    pub fn add(&mut self, file: &str, text: &str, reason: &str) -> bool {
        self.reasons.insert((file.to_owned(), hash(file, text)), reason.to_owned()).is_none()
    }

    /// Why a text of a file was accepted, if it was.
    pub fn reason(&self, file: &str, text: &str) -> Option<&str> {
        if self.reasons.is_empty() {
            return None;
        }
        self.reasons.get(&(file.to_owned(), hash(file, text))).map(String::as_str)
    }

    /// Lists the files that something was accepted in, once for each entry, with the hash.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.reasons.keys().map(|(file, sha256)| (file.as_str(), sha256.as_str()))
    }

    /// Takes out the entries that a question is answered with no for.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &str) -> bool) {
        self.reasons.retain(|(file, sha256), _| keep(file, sha256));
    }
}

/// The hash of a text and its file.
pub fn hash(file: &str, text: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(file);
    hash.update([0]);
    hash.update(text);
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_and_holds_no_text() {
        let mut accepted = Accepted::default();
        assert_eq!(Accepted::read(&accepted.write()).unwrap(), accepted);
        assert!(accepted.add("a.tf", "hunter2", "an example"));
        assert!(!accepted.add("a.tf", "hunter2", "an example of the vendor's"));
        accepted.add("b.nix", "hunter2", "of a test");
        let text = accepted.write();
        assert_eq!(Accepted::read(&text).unwrap(), accepted);
        assert!(!text.contains("hunter2") && text.lines().count() == 7, "{text}");
        assert_eq!(accepted.reason("a.tf", "hunter2"), Some("an example of the vendor's"));
        assert_eq!(accepted.reason("c.tf", "hunter2"), None);
        assert_eq!(accepted.reason("a.tf", "hunter3"), None);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for (text, why) in [
            ("{\"version\": 2, \"accepted\": []}", "version 2"),
            ("{\"version\": 1, \"accepted\": [{\"file\": \"a\"}]}", "missing field"),
            ("<<<<<<< HEAD", "expected value"),
        ] {
            let error = Accepted::read(text).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
