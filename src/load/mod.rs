//! Sources → Raw: one tree of keys and values with the place of each, whatever file it stands in.
//!
//! Every file is read to its end or to its own first syntax error; a broken file poisons only what it defines.

pub mod declare;
pub mod decode;
pub mod merge;
mod node;
pub mod schema;
mod yaml;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;

use crate::diag::{Diagnostic, Faults, codes};
use crate::source::{FileId, SPLIT, SourceFile, Sources, Span, Why};

use decode::wrong_type;
pub use node::{Body, Entry, Node, Scalar};
pub(crate) use yaml::ByteIndex;
pub use yaml::Foreign;

/// The definition as written, every key and value with its place.
#[derive(Debug, Clone)]
pub struct Raw {
    /// The top-level map, with the entries of the split files in their sections.
    pub root: Node,
    /// Entries whose file could not be read: section → names.
    pub poisoned: BTreeMap<String, BTreeSet<String>>,
    /// Sections of `fleet.yaml` that are no maps, and hold only what stands in files of its own.
    pub unreadable: BTreeSet<String>,
    /// Whether `fleet.yaml` itself could not be read, so that nothing may be called unknown.
    pub incomplete: bool,
}

/// Parses every file of the definition.
pub fn load(sources: &Sources) -> (Raw, Faults) {
    let mut faults = Faults::default();
    let mut poisoned: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for rejected in &sources.rejected {
        faults.push(rejection(&rejected.path, rejected.why));
        if let Some((section, name)) = split_entry(&rejected.path) {
            poisoned.entry(section.to_owned()).or_default().insert(name.to_owned());
        }
    }
    let main = sources.find("fleet.yaml");
    if main.is_none() && !sources.rejected.iter().any(|r| matches!(r.path.as_str(), "fleet.yaml" | "fleet.yml")) {
        faults.push(
            Diagnostic::new(codes::NO_DEFINITION, "there is no fleet.yaml here")
                .file("fleet.yaml")
                .help("run `cistern init`, or name the fleet directory with `-C DIR`"),
        );
    }
    let (root, main_broken) = match main.map(|id| parse(id, sources.file(id), &mut faults)) {
        Some(Some(node)) => (node, false),
        _ => (empty_root(), true),
    };
    let mut raw = Raw { root, poisoned, unreadable: BTreeSet::new(), incomplete: main_broken };
    for section in SPLIT {
        raw.join(section, sources, &mut faults);
    }
    (raw, faults)
}

/// Parses one file that is not part of the definition, such as the front matter of a kind.
pub fn parse(id: FileId, file: &SourceFile, faults: &mut Faults) -> Option<Node> {
    match yaml::parse(id, file) {
        Ok(mut node) => {
            unique_keys(&mut node, faults);
            Some(node)
        }
        Err(diagnostic) => {
            faults.push(*diagnostic);
            None
        }
    }
}

/// Parses a file of another program, whose YAML may hold tags and merge keys.
pub fn parse_foreign(id: FileId, file: &SourceFile, faults: &mut Faults) -> Option<(Node, Foreign)> {
    match yaml::parse_foreign(id, file) {
        Ok((mut node, foreign)) => {
            unique_keys(&mut node, faults);
            Some((node, foreign))
        }
        Err(diagnostic) => {
            faults.push(*diagnostic);
            None
        }
    }
}

impl Raw {
    /// Finds the entry of a section that a place stands in, by the section's and its own name.
    pub fn entry_at(&self, span: Span) -> Option<(&str, &str)> {
        let Body::Map(sections) = &self.root.body else { return None };
        let inside = |entry: &&Entry| {
            // The key of an entry with a file of its own is the file.
            let (first, last) = (entry.key_span, entry.value.span);
            let own_file = first.start == first.end && first.file == span.file;
            own_file || (last.file == span.file && first.start <= span.start && span.start <= last.end)
        };
        sections.iter().find_map(|section| {
            let Body::Map(entries) = &section.value.body else { return None };
            Some((&*section.key, &*entries.iter().find(inside)?.key))
        })
    }

    /// Takes entries out of a section that a question is answered with yes for, and says nothing of what refers to them.
    pub fn take(&mut self, section: &str, mut which: impl FnMut(&str) -> bool) -> Vec<Entry> {
        let Body::Map(sections) = &mut self.root.body else { return Vec::new() };
        let found = sections.iter_mut().find(|entry| &*entry.key == section).map(|entry| &mut entry.value.body);
        let Some(Body::Map(entries)) = found else { return Vec::new() };
        let (taken, kept) = std::mem::take(entries).into_iter().partition(|entry| which(&entry.key));
        *entries = kept;
        let taken: Vec<Entry> = taken;
        if !taken.is_empty() {
            let names = taken.iter().map(|entry| entry.key.to_string());
            self.poisoned.entry(section.to_owned()).or_default().extend(names);
        }
        taken
    }

    /// Puts back what was taken out.
    pub fn put(&mut self, section: &str, taken: Vec<Entry>) {
        let Body::Map(sections) = &mut self.root.body else { return };
        let found = sections.iter_mut().find(|entry| &*entry.key == section).map(|entry| &mut entry.value.body);
        let Some(Body::Map(entries)) = found else { return };
        if let Some(poisoned) = self.poisoned.get_mut(section) {
            taken.iter().for_each(|entry| _ = poisoned.remove(&*entry.key));
        }
        entries.extend(taken);
    }

    /// Puts the files of one section into the tree.
    fn join(&mut self, section: &str, sources: &Sources, faults: &mut Faults) {
        let prefix = format!("{section}/");
        let files: Vec<(FileId, &SourceFile)> =
            sources.below(&prefix).filter(|(_, file)| split_entry(&file.path).is_some()).collect();
        let parsed: Vec<_> = files
            .par_iter()
            .map(|(id, file)| {
                let mut faults = Faults::default();
                let node = parse(*id, file, &mut faults);
                (*id, file.path.as_str(), node, faults)
            })
            .collect();
        let mut entries = Vec::new();
        for (id, path, node, found) in parsed {
            faults.append(found);
            let (_, name) = split_entry(path).expect("only entry files were taken");
            match node {
                Some(value) => entries.push(Entry { key_span: Span::top(id), key: name.into(), value }),
                None => {
                    self.poisoned.entry(section.to_owned()).or_default().insert(name.to_owned());
                }
            }
        }
        if entries.is_empty() {
            return;
        }
        let present = self.section(section, faults);
        let places: HashMap<Box<str>, Span> = present.iter().map(|entry| (entry.key.clone(), entry.key_span)).collect();
        for entry in entries {
            match places.get(&entry.key) {
                Some(first) => faults.push(
                    Diagnostic::new(codes::SPLIT_TWICE, format!("`{section}.{}` is defined twice", entry.key))
                        .at(*first, "here")
                        .at(entry.key_span, "and as a file of its own")
                        .help("keep one of the two"),
                ),
                None => present.push(entry),
            }
        }
    }

    /// The entries of a top-level map, which is made when it is absent.
    fn section(&mut self, name: &str, faults: &mut Faults) -> &mut Vec<Entry> {
        let span = self.root.span;
        if !matches!(self.root.body, Body::Map(_)) {
            faults.push(wrong_type(&self.root, "a map"));
            self.incomplete = true;
            self.root.body = Body::Map(Vec::new());
        }
        let Body::Map(top) = &mut self.root.body else { unreachable!("made a map just above") };
        let at = top.iter().position(|entry| &*entry.key == name).unwrap_or_else(|| {
            let value = Node { span, body: Body::Map(Vec::new()) };
            top.push(Entry { key_span: span, key: name.into(), value });
            top.len() - 1
        });
        let value = &mut top[at].value;
        if !matches!(value.body, Body::Map(_)) {
            if !matches!(value.body, Body::Null) {
                faults.push(wrong_type(value, "a map"));
                self.unreadable.insert(name.to_owned());
            }
            value.body = Body::Map(Vec::new());
        }
        match &mut value.body {
            Body::Map(entries) => entries,
            _ => unreachable!("made a map just above"),
        }
    }
}

fn empty_root() -> Node {
    let nowhere = Sources::default().add("", "");
    Node { span: Span::top(nowhere), body: Body::Map(Vec::new()) }
}

/// `hosts/eden.yaml` → (`hosts`, `eden`).
fn split_entry(path: &str) -> Option<(&str, &str)> {
    let (section, file) = path.split_once('/')?;
    let name = file.strip_suffix(".yaml").or_else(|| file.strip_suffix(".yml"))?;
    (SPLIT.contains(&section) && !name.contains('/')).then_some((section, name))
}

fn rejection(path: &str, why: Why) -> Diagnostic {
    let (code, message, help) = match why {
        Why::NotUtf8(byte) => (
            codes::NOT_UTF8,
            format!("`{path}` is not UTF-8 (byte {byte})"),
            "convert it, for instance with `iconv -f latin1 -t utf-8`".to_owned(),
        ),
        Why::TooLarge(size) => (
            codes::TOO_LARGE,
            format!("`{path}` has {} MiB; at most 16 are read", size >> 20),
            "a definition of ten thousand machines takes 5 MiB, so this is most likely something else".to_owned(),
        ),
        Why::Leaves => (
            codes::LINK_LEAVES,
            format!("`{path}` is a link that leaves the fleet directory, or leads nowhere"),
            "copy what it leads to: a flake sees nothing outside of its directory".to_owned(),
        ),
        Why::NoFile => (
            codes::NOT_A_FILE,
            format!("`{path}` is a directory, a pipe or a device"),
            "put a file in its place".to_owned(),
        ),
        Why::Suffix => (
            codes::WRONG_SUFFIX,
            format!("`{path}` would not be read"),
            format!("rename it to `{}yaml`", path.trim_end_matches("yml")),
        ),
    };
    Diagnostic::new(code, message).file(path).help(help)
}

/// Reports keys that stand twice in one map and drops the later ones.
fn unique_keys(node: &mut Node, faults: &mut Faults) {
    match &mut node.body {
        Body::List(items) => items.iter_mut().for_each(|item| unique_keys(item, faults)),
        Body::Map(entries) => {
            let again = repeated(entries);
            for (later, first) in &again {
                let (later, first) = (&entries[*later], &entries[*first]);
                faults.push(
                    Diagnostic::new(codes::DUPLICATE_KEY, format!("`{}` stands twice in this map", later.key))
                        .at(later.key_span, "again")
                        .at(first.key_span, "first here")
                        .help("merge the two, or remove one"),
                );
            }
            for (later, _) in again.iter().rev() {
                entries.remove(*later);
            }
            entries.iter_mut().for_each(|entry| unique_keys(&mut entry.value, faults));
        }
        Body::Null | Body::Text(_) => {}
    }
}

/// The places of entries whose key stood before, each with the place of the first one.
fn repeated(entries: &[Entry]) -> Vec<(usize, usize)> {
    /// Up to here looking is faster than hashing; most maps are this small.
    const FEW: usize = 12;
    if entries.len() <= FEW {
        let first = |at: usize| entries[..at].iter().position(|entry| entry.key == entries[at].key);
        return (1..entries.len()).filter_map(|at| Some((at, first(at)?))).collect();
    }
    let mut seen: HashMap<&str, usize> = HashMap::with_capacity(entries.len());
    let mut places = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let first = *seen.entry(&*entry.key).or_insert(at);
        if first != at {
            places.push((at, first));
        }
    }
    places
}
