//! Names of other programs as names of a definition: the nearest one that is legal, each given once.

use std::collections::{BTreeMap, BTreeSet};

/// The names of one section.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// What has a name, and which.
    of: BTreeMap<String, String>,
    given: BTreeSet<String>,
    /// The number to try next where a name is taken.
    next: BTreeMap<String, usize>,
}

impl Names {
    /// The name for something, always the same for the same thing: lower-case letters, digits and hyphens.
    pub(super) fn label(&mut self, of: &str) -> String {
        self.give(of, &label(of))
    }

    /// The name for something that already has the right form; a number follows where it is taken.
    pub(super) fn give(&mut self, of: &str, wanted: &str) -> String {
        if let Some(name) = self.of.get(of) {
            return name.clone();
        }
        let next = self.next.entry(wanted.to_owned()).or_insert(1);
        let numbered = (*next + 1..).map(|number| {
            *next = number;
            let end = format!("-{number}");
            format!("{}{end}", &wanted[..wanted.len().min(63 - end.len())])
        });
        let free = std::iter::once(wanted.to_owned()).chain(numbered).find(|name| !self.given.contains(name));
        let name = free.expect("numbers do not end");
        self.given.insert(name.clone());
        self.of.insert(of.to_owned(), name.clone());
        name
    }
}

/// The nearest text of lower-case letters, digits and hyphens, a letter first.
pub(super) fn label(text: &str) -> String {
    shaped(text, &[])
}

/// The nearest tag, which may also have `_`.
pub(super) fn tag(text: &str) -> String {
    shaped(text, &['_'])
}

/// The nearest name of a secret, which also names a file.
pub(super) fn secret(text: &str) -> String {
    let kept: String =
        text.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '-' }).collect();
    let kept = kept.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let kept = &kept[..kept.len().min(90)];
    if kept.is_empty() { "secret".to_owned() } else { kept.to_owned() }
}

fn shaped(text: &str, also: &[char]) -> String {
    let mut name = String::new();
    for c in text.to_lowercase().chars() {
        if c.is_ascii_lowercase() || c.is_ascii_digit() || also.contains(&c) {
            name.push(c);
        } else if !name.ends_with('-') {
            name.push('-');
        }
    }
    let trimmed = name.trim_matches('-');
    let begun =
        if trimmed.starts_with(|c: char| c.is_ascii_lowercase()) { trimmed.to_owned() } else { format!("x-{trimmed}") };
    begun[..begun.len().min(63)].trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::decode::Scalar;
    use crate::value::{HostName, SecretName, Tag};

    #[test]
    fn every_name_is_legal() {
        for text in ["", "a", "Web_1", "192.168.1.5", "--", "ä", "a b", "web-", "1", &"x".repeat(200), "Ünïcode", "a\0"]
        {
            assert!(HostName::read(&label(text)).is_ok(), "{text:?} became {:?}", label(text));
            assert!(Tag::read(&tag(text)).is_ok(), "{text:?} became {:?}", tag(text));
            assert!(SecretName::read(&secret(text)).is_ok(), "{text:?} became {:?}", secret(text));
        }
    }

    #[test]
    fn every_name_is_given_once() {
        let mut names = Names::default();
        let given = ["web_1", "web-1", "WEB 1", "web_1"].map(|of| names.label(of));
        assert_eq!(given, ["web-1", "web-1-2", "web-1-3", "web-1"]);
    }
}
