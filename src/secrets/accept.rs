//! Accepting what only looks like a secret.

use std::collections::BTreeSet;

use crate::accepted::{Accepted, hash};
use crate::diag::{Diagnostic, Faults};
use crate::source::{Sources, Span};

/// A place that somebody names: a file of the fleet directory, and a line of it.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The path below the fleet directory.
    pub file: &'a str,
    /// The line, from 1.
    pub line: Option<usize>,
}

impl<'a> Place<'a> {
    /// Reads `FILE` or `FILE:LINE`.
    pub fn read(text: &'a str) -> Self {
        let text = text.trim_start_matches("./");
        match text.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse().ok()?))) {
            Some((file, line)) => Self { file, line: Some(line) },
            None => Self { file: text, line: None },
        }
    }
}

/// Accepts what a check has found at a place, and returns how much that is; texts that were accepted before count.
pub fn accept(accepted: &mut Accepted, place: Place<'_>, reason: &str, faults: &Faults, sources: &Sources) -> usize {
    let here = |span: &&Span| {
        let at = |line| line == sources.position(span.file, span.start).0;
        sources.file(span.file).path == place.file && place.line.is_none_or(at)
    };
    let found: BTreeSet<Span> = texts(faults).filter(|span| here(&span)).collect();
    for span in &found {
        accepted.add(place.file, sources.slice(*span), reason);
    }
    found.len()
}

/// Forgets what stands nowhere any more, and returns how much that was.
pub fn forget(accepted: &mut Accepted, faults: &Faults, sources: &Sources) -> usize {
    let met: BTreeSet<(&str, String)> = texts(faults)
        .map(|span| {
            let path = &*sources.file(span.file).path;
            (path, hash(path, sources.slice(span)))
        })
        .collect();
    let before = accepted.entries().count();
    accepted.retain(|file, sha256| met.contains(&(file, sha256.to_owned())));
    before - accepted.entries().count()
}

/// The texts that findings conceal, accepted ones among them.
fn texts(faults: &Faults) -> impl Iterator<Item = Span> + '_ {
    faults.iter().flat_map(|diagnostic: &Diagnostic| diagnostic.concealed.iter().copied())
}
