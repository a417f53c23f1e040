//! What every part of a service's import knows.

use std::collections::{BTreeMap, BTreeSet};

use crate::import::Answers;
use crate::import::kinds::Known;

/// A service on its way.
pub(super) struct Service<'a> {
    /// What it is called here.
    pub(super) name: &'a str,
    /// The host that it runs on.
    pub(super) host: &'a str,
    /// The kind that it becomes; none for a container.
    pub(super) known: Option<&'static Known>,
    /// What every service of the file is called in the file.
    pub(super) all: &'a BTreeSet<String>,
    /// The secrets of the file that it reads: by the name that its container knows.
    pub(super) secrets: BTreeMap<String, String>,
}

/// What services share.
pub(super) struct Shared<'a> {
    pub(super) answers: &'a Answers,
    /// The directories of named volumes.
    pub(super) volumes: BTreeMap<String, String>,
    /// The secrets of the file: what they are called there, and here.
    pub(super) secrets: BTreeMap<String, String>,
}

/// The other service that a text names as a host: by itself, before a port, or in a URL.
pub(super) fn names_service(text: &str, service: &Service<'_>) -> Option<String> {
    let words =
        text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"' | '\'' | '=' | '/' | '@' | '?' | '&'));
    let host = |word: &str| {
        let (name, port) = word.split_once(':').unwrap_or((word, ""));
        (port.is_empty() || port.bytes().all(|b| b.is_ascii_digit())).then(|| name.to_owned())
    };
    let in_url = text.contains("://");
    words.filter_map(host).find(|name| {
        let known = service.all.contains(name) && name != service.name;
        known && (in_url || text == name || text.contains(&format!("{name}:")))
    })
}
