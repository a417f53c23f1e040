//! Mistakes that people make: each is applied to an example, and must be told by its code at its place.
//!
//! A mutation replaces one stretch of one file, which must be there exactly once. What stands between `⟦` and `⟧` in the
//! new text is the mistake: the first label of the diagnostic covers it. Nothing else may be said, unless the row names
//! what follows from the mistake. `⟦⟧` with nothing between them stands for a fault that is about a whole file.
//!
//! To add one, add a row to `tests/mutations/{homelab,company,services}.rs`.

#![expect(clippy::disallowed_methods, reason = "reads the examples")]

#[path = "mutations/company.rs"]
mod company;
#[path = "mutations/homelab.rs"]
mod homelab;
#[path = "mutations/services.rs"]
mod services;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use cistern::diag::{Diagnostic, Renderer, Severity};
use cistern::source::Sources;
use cistern::{Compiled, compile_sources, kind};
use rayon::prelude::*;
use walkdir::WalkDir;

/// The fewest mistakes that are tried.
const FEWEST: usize = 60;

/// A mistake.
struct Mutation {
    /// What somebody did.
    name: &'static str,
    /// The file below the example.
    file: &'static str,
    /// What stood there; nothing for a file that is added.
    from: &'static str,
    /// What stands there now, with the mistake between `⟦` and `⟧`.
    to: &'static str,
    /// The code that tells it.
    code: &'static str,
    /// Further codes that follow from it.
    also: &'static [&'static str],
}

/// A row of the table.
const fn row(
    name: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    code: &'static str,
) -> Mutation {
    Mutation { name, file, from, to, code, also: &[] }
}

impl Mutation {
    /// Names what follows from the mistake and is told as well.
    const fn also(mut self, codes: &'static [&'static str]) -> Self {
        self.also = codes;
        self
    }
}

#[test]
fn every_mistake_is_told_at_its_place() {
    let examples: [(&str, &[Mutation]); 3] =
        [("homelab", homelab::MUTATIONS), ("company", company::MUTATIONS), ("services", services::MUTATIONS)];
    let count: usize = examples.iter().map(|(_, mutations)| mutations.len()).sum();
    assert!(count >= FEWEST, "{count} mutations");
    let mut wrong = Vec::new();
    for (name, mutations) in examples {
        let files = read(name);
        let names: BTreeSet<_> = mutations.iter().map(|mutation| mutation.name).collect();
        assert_eq!(names.len(), mutations.len(), "{name}: two mutations have one name");
        let faults = mutations.par_iter().filter_map(|mutation| mutation.fault(&files).err());
        wrong.extend(faults.map(|fault| format!("{name}: {fault}")).collect::<Vec<_>>());
    }
    assert!(wrong.is_empty(), "{} of {count} wrong:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn the_examples_themselves_are_silent() {
    for name in ["homelab", "company", "services"] {
        let compiled = compile(&read(name));
        assert_eq!(told(&compiled), "", "{name}");
    }
}

/// The files of an example; those that are not text by their path only.
type Files = Vec<(String, Option<String>)>;

fn read(example: &str) -> Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(example);
    let entries = WalkDir::new(&root).sort_by_file_name().into_iter().map(|entry| entry.expect("an example"));
    let files =
        entries.filter(|entry| entry.file_type().is_file() && !entry.path().starts_with(root.join("generated")));
    files
        .map(|entry| {
            let path =
                entry.path().strip_prefix(&root).expect("below the root").to_str().expect("plain names").to_owned();
            (path, fs::read_to_string(entry.path()).ok())
        })
        .collect()
}

fn compile(files: &Files) -> Compiled {
    let mut sources = Sources::default();
    for (path, text) in files {
        let is_read = !path.ends_with(".md") && !path.ends_with(".age");
        match text.as_ref().filter(|_| is_read) {
            Some(text) => {
                sources.add(path.clone(), text.clone());
            }
            None => {
                sources.paths.insert(path.clone());
            }
        }
    }
    kind::add_built_in(&mut sources);
    compile_sources(sources)
}

fn told(compiled: &Compiled) -> String {
    Renderer::new(&compiled.sources, false).all(&compiled.faults)
}

impl Mutation {
    /// Applies the mistake and says what is wrong with what is told of it.
    fn fault(&self, files: &Files) -> Result<(), String> {
        let (mutated, mark) = self.applied(files)?;
        let compiled = compile(&mutated);
        let error = |why: String| Err(format!("{}: {why}\n{}", self.name, told(&compiled)));
        let shown: Vec<&Diagnostic> = compiled.faults.sorted();
        let Some(found) = shown.iter().find(|diagnostic| diagnostic.code.id == self.code) else {
            return error(format!("{} is not found", self.code));
        };
        if found.severity == Severity::Allowed {
            return error("it was allowed".to_owned());
        }
        let others = shown.iter().filter(|d| d.code.id != self.code && !self.also.contains(&d.code.id));
        let others: BTreeSet<_> = others.map(|diagnostic| diagnostic.code.id).collect();
        if !others.is_empty() {
            return error(format!("{others:?} are told as well"));
        }
        if let Some(code) = self.also.iter().find(|code| !shown.iter().any(|d| d.code.id == **code)) {
            return error(format!("{code} does not follow"));
        }
        if mark.is_empty() {
            return Ok(());
        }
        let covers = |diagnostic: &&&Diagnostic| {
            diagnostic.code.id == self.code
                && diagnostic.labels.first().is_some_and(|label| {
                    compiled.sources.file(label.span.file).path == self.file
                        && label.span.start as usize <= mark.start
                        && mark.end <= label.span.end as usize
                })
        };
        if !shown.iter().any(|diagnostic| covers(&diagnostic)) {
            return error("its first label does not cover the mistake".to_owned());
        }
        Ok(())
    }

    fn applied(&self, files: &Files) -> Result<(Files, std::ops::Range<usize>), String> {
        let (before, rest) = self.to.split_once('⟦').ok_or(format!("{}: no mark", self.name))?;
        let (mistake, after) = rest.split_once('⟧').ok_or(format!("{}: no end of the mark", self.name))?;
        let new = format!("{before}{mistake}{after}");
        let mut files = files.clone();
        if self.from.is_empty() {
            files.retain(|(path, _)| path != self.file);
            files.push((self.file.to_owned(), Some(new)));
            return Ok((files, before.len()..before.len() + mistake.len()));
        }
        let file = files.iter_mut().find(|(path, _)| path == self.file).and_then(|(_, text)| text.as_mut());
        let text = file.ok_or(format!("{}: there is no {}", self.name, self.file))?;
        let count = text.matches(self.from).count();
        if count != 1 {
            return Err(format!("{}: what it replaces stands {count} times in {}", self.name, self.file));
        }
        let at = text.find(self.from).expect("it was counted") + before.len();
        *text = text.replace(self.from, &new);
        Ok((files, at..at + mistake.len()))
    }
}
