//! The files that are imported: from bytes to trees, with the place of every value.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::tree::{Body, Entry, Leaf, Place, Tree};
use crate::diag::{Diagnostic, Faults, codes};
use crate::load::{self, Foreign, Node, parse_foreign};
use crate::source::{FileId, LARGEST_FILE, Sources, Span};

/// A file in memory, by the path that the user knows it by.
#[derive(Debug, Clone)]
pub struct File {
    /// The path, as it was named or found.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Everything that was read, and every leaf of it.
#[derive(Debug, Default)]
pub(super) struct Input {
    /// The files, for the places of faults.
    pub sources: Sources,
    /// Why something cannot be imported at all.
    pub faults: Faults,
    leaves: Vec<Rc<Leaf>>,
    shared: BTreeMap<Span, Rc<Leaf>>,
}

/// A text file and where its lines begin.
pub(super) struct Text {
    id: FileId,
    path: Rc<str>,
    /// The whole text.
    pub text: String,
    /// The first byte of each line.
    lines: Vec<usize>,
    /// How many characters stand before each 1024th byte; none for ASCII.
    characters: Vec<usize>,
}

impl Input {
    /// Every leaf, in the order of the files.
    pub(super) fn leaves(&self) -> &[Rc<Leaf>] {
        &self.leaves
    }

    /// Takes a file for text, or says why it cannot be.
    pub(super) fn text(&mut self, file: &File) -> Option<Text> {
        if file.bytes.len() as u64 > LARGEST_FILE {
            self.fault(
                Diagnostic::new(codes::TOO_LARGE, format!("`{}` has more than 16 MiB", file.path))
                    .file(&file.path)
                    .help("it is most likely not what it was named as; split it otherwise"),
            );
            return None;
        }
        let text = match std::str::from_utf8(&file.bytes) {
            Ok(text) => text.to_owned(),
            Err(error) => {
                let byte = error.valid_up_to();
                self.fault(
                    Diagnostic::new(codes::NOT_UTF8, format!("`{}` is not UTF-8 (byte {byte})", file.path))
                        .file(&file.path)
                        .help("name a text file; convert it if it is one, with `iconv -f latin1 -t utf-8`"),
                );
                return None;
            }
        };
        let id = self.sources.add(&*file.path, text.as_str());
        Some(Text::new(id, &file.path, text))
    }

    /// Reads a YAML file.
    pub(super) fn yaml(&mut self, file: &File) -> Option<Tree> {
        let mut text = self.text(file)?;
        if file.path.ends_with(".json") {
            // JSON may be indented with tabs, YAML may not; a string of JSON holds none.
            text.text = text.text.replace('\t', " ");
        }
        let source = crate::source::SourceFile { path: file.path.clone(), text: text.text.clone() };
        let before = self.faults.counts().errors;
        let (node, foreign) = parse_foreign(text.id, &source, &mut self.faults)?;
        (self.faults.counts().errors == before).then(|| self.tree(&node, &foreign, &text, String::new()))
    }

    /// Makes a leaf for a stretch of a file that is not YAML.
    pub(super) fn leaf(&mut self, text: &Text, path: String, start: usize) -> Rc<Leaf> {
        self.keep(path, text.place(start))
    }

    /// Makes a leaf whose place is known already.
    pub(super) fn keep(&mut self, path: String, place: Place) -> Rc<Leaf> {
        let leaf = Leaf::new(path, place);
        self.leaves.push(leaf.clone());
        leaf
    }

    /// Notes what makes an import impossible.
    pub(super) fn fault(&mut self, diagnostic: Diagnostic) {
        self.faults.push(diagnostic);
    }

    fn tree(&mut self, node: &Node, foreign: &Foreign, text: &Text, path: String) -> Tree {
        let tag = foreign.tags.get(&node.span.start).cloned();
        let place = text.place(node.span.start as usize);
        let body = match &node.body {
            load::Body::Null => Body::Null(self.shared(node, foreign, &path, &place)),
            load::Body::Text(scalar) => Body::Text(self.shared(node, foreign, &path, &place), scalar.text.to_string()),
            load::Body::List(items) if items.is_empty() => Body::Empty(self.shared(node, foreign, &path, &place)),
            load::Body::Map(entries) if entries.is_empty() => Body::Empty(self.shared(node, foreign, &path, &place)),
            load::Body::List(items) => {
                let item = |(at, item)| self.tree(item, foreign, text, format!("{path}[{at}]"));
                Body::List(items.iter().enumerate().map(item).collect())
            }
            load::Body::Map(entries) => {
                let read = entries.iter().map(|entry| Entry {
                    key: entry.key.to_string(),
                    value: self.tree(&entry.value, foreign, text, join(&path, &entry.key)),
                });
                Body::Map(merged(read.collect()))
            }
        };
        Tree { path, place, tag, body }
    }

    /// The leaf of a value; what aliases stand for has one leaf, wherever it is used.
    fn shared(&mut self, node: &Node, foreign: &Foreign, path: &str, place: &Place) -> Rc<Leaf> {
        let span = foreign.aliases.get(&node.span.start).copied().unwrap_or(node.span);
        if span.start == span.end {
            return self.keep(path.to_owned(), place.clone());
        }
        if let Some(leaf) = self.shared.get(&span) {
            return leaf.clone();
        }
        let leaf = self.keep(path.to_owned(), place.clone());
        self.shared.insert(span, leaf.clone());
        leaf
    }
}

/// Puts a key behind a path.
pub(super) fn join(path: &str, key: &str) -> String {
    let plain = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '/'));
    let key = if plain { key.to_owned() } else { format!("\"{}\"", key.escape_debug()) };
    if path.is_empty() { key } else { format!("{path}.{key}") }
}

/// Resolves merge keys: what a map says itself beats what it merges, and what is merged first beats what follows.
fn merged(entries: Vec<Entry>) -> Vec<Entry> {
    if !entries.iter().any(|entry| entry.key == "<<") {
        return entries;
    }
    let (merges, mut own): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.key == "<<");
    for source in merges.iter().flat_map(|merge| merge.value.items()) {
        if !source.is_map() {
            source.lost("a merge key takes a map, or a list of maps", "correct the alias");
            continue;
        }
        for entry in source.entries() {
            match own.iter().find(|present| present.key == entry.key) {
                Some(present) => entry.value.beaten(format!("{} wins over what is merged here", present.value.place)),
                None => own.push(entry.clone()),
            }
        }
        if matches!(source.body, Body::Null(_) | Body::Empty(_)) {
            source.carried();
        }
    }
    own
}

impl Text {
    fn new(id: FileId, path: &str, text: String) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let mut characters = Vec::new();
        if !text.is_ascii() {
            let (mut seen, bytes) = (0, text.as_bytes());
            for chunk in bytes.chunks(1024) {
                characters.push(seen);
                seen += chunk.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
            }
            characters.push(seen);
        }
        Self { id, path: path.into(), text, lines, characters }
    }

    /// The lines with their first bytes, without what ends them.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines.iter().map(|start| (*start, self.text[*start..].lines().next().unwrap_or_default()))
    }

    /// The place of a byte.
    pub(super) fn place(&self, byte: usize) -> Place {
        let line = self.lines.partition_point(|start| *start <= byte);
        let column = self.character(byte) - self.character(self.lines[line - 1]) + 1;
        let narrow = |number: usize| u32::try_from(number).expect("no file is larger than 16 MiB");
        Place { file: self.path.clone(), line: narrow(line), column: narrow(column) }
    }

    /// A stretch of the file, for faults.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.id, start, end)
    }

    fn character(&self, byte: usize) -> usize {
        let Some(before) = self.characters.get(byte / 1024) else {
            return byte;
        };
        let begin = byte / 1024 * 1024;
        before + self.text.as_bytes()[begin..byte].iter().filter(|byte| **byte & 0xc0 != 0x80).count()
    }
}
