//! Mutations: each known mistake in an example is found, under its code and where it was made.
//!
//! A mutation is a row of `tests/mutations/`: a name, the code, a file, a text that occurs in it exactly once, and what
//! stands there instead. What is wrong stands between guillemets, which are taken out: the first label has to cover it.
//! Where the fault shows somewhere else, `at` has that text; an empty one is the beginning of a file, or all of it.

#![expect(clippy::disallowed_methods, reason = "reads the examples")]

#[path = "mutations/company.rs"]
mod company;
#[path = "mutations/homelab.rs"]
mod homelab;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use cistern::diag::codes::{self, CODES};
use cistern::diag::{Diagnostic, Renderer};
use cistern::kind::add_built_in;
use cistern::source::Sources;
use cistern::{Compiled, compile_sources};
use rayon::prelude::*;

/// More codes than this are a cascade: one mistake is told once, of each host that has it, or from two sides.
const MOST_CODES: usize = 2;

/// One mistake.
pub(crate) struct Mutation {
    name: &'static str,
    code: &'static str,
    change: Change,
    /// The file and text that the first label covers, where that is not what is marked.
    at: Option<(&'static str, &'static str)>,
}

enum Change {
    /// Replaces a text.
    Edit { file: &'static str, from: &'static str, to: &'static str },
    /// Puts a file there, or another text into one that is there.
    Put { file: &'static str, text: &'static str },
    /// Takes a file away.
    Remove { file: &'static str },
}

/// A text in the place of another.
pub(crate) fn edit(
    name: &'static str,
    code: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
) -> Mutation {
    Mutation { name, code, change: Change::Edit { file, from, to }, at: None }
}

/// A file that is new, or has another text.
pub(crate) fn put(name: &'static str, code: &'static str, file: &'static str, text: &'static str) -> Mutation {
    Mutation { name, code, change: Change::Put { file, text }, at: None }
}

/// A file that is gone.
pub(crate) fn remove(name: &'static str, code: &'static str, file: &'static str) -> Mutation {
    Mutation { name, code, change: Change::Remove { file }, at: None }
}

impl Mutation {
    /// Says which text of which file is at fault.
    pub(crate) fn at(self, file: &'static str, text: &'static str) -> Self {
        Self { at: Some((file, text)), ..self }
    }
}

/// An example as it is on the disk.
struct Example {
    sources: Sources,
    texts: BTreeMap<String, String>,
}

impl Example {
    fn read(name: &str) -> Self {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
        let sources = Sources::read(&directory).expect("the example can be read");
        let texts = sources.below("").map(|(_, file)| (file.path.clone(), file.text.clone())).collect();
        Self { sources, texts }
    }

    /// Compiles other texts in the place of its own.
    fn compile(&self, texts: &BTreeMap<String, String>) -> Compiled {
        let mut sources = Sources::default();
        for (path, text) in texts {
            sources.add(path.as_str(), text.as_str());
        }
        let is_there = |path: &&String| !self.texts.contains_key(*path) || texts.contains_key(*path);
        sources.paths.extend(self.sources.paths.iter().filter(is_there).cloned());
        sources.known_to_git = self.sources.known_to_git.clone();
        sources.today = self.sources.today;
        add_built_in(&mut sources);
        compile_sources(sources)
    }

    /// Makes a mistake, and says what became of it.
    fn hold(&self, mutation: &Mutation) -> Result<(), String> {
        let (texts, marked) = self.mutated(mutation)?;
        let compiled = self.compile(&texts);
        let found: Vec<_> = compiled.faults.sorted();
        let covers = |diagnostic: &&&Diagnostic| match (&marked, diagnostic.labels.first()) {
            (Some((file, range)), Some(label)) => {
                compiled.sources.file(label.span.file).path == *file
                    && label.span.start as usize <= range.start
                    && range.end <= label.span.end as usize
            }
            // Without a text at fault, the file as a whole is.
            (Some((file, _)), None) => diagnostic.path.as_ref() == Some(file),
            (None, _) => true,
        };
        let shown = || found.iter().take(8).map(|diagnostic| line(&compiled.sources, diagnostic)).collect::<String>();
        let mut of_code = found.iter().filter(|diagnostic| diagnostic.code.id == mutation.code).peekable();
        if of_code.peek().is_none() {
            return Err(format!("{} is not found:\n{}", mutation.code, shown()));
        }
        if of_code.find(covers).is_none() {
            return Err(format!("{} does not stand at the mistake:\n{}", mutation.code, shown()));
        }
        let told: BTreeSet<_> = found.iter().map(|diagnostic| diagnostic.code.id).collect();
        if told.len() > MOST_CODES {
            return Err(format!("{} findings of one mistake:\n{}", found.len(), shown()));
        }
        Ok(())
    }

    /// The texts with the mistake, and its place.
    #[expect(clippy::type_complexity, reason = "the texts, and a file with a range")]
    fn mutated(
        &self,
        mutation: &Mutation,
    ) -> Result<(BTreeMap<String, String>, Option<(String, Range<usize>)>), String> {
        let mut texts = self.texts.clone();
        let mut marked = None;
        match mutation.change {
            Change::Edit { file, from, to } => {
                let text = texts.get_mut(file).ok_or_else(|| format!("there is no {file}"))?;
                let count = text.matches(from).count();
                if count != 1 {
                    return Err(format!("`{from}` stands {count} times in {file}"));
                }
                let (plain, range) = unmarked(to);
                let start = text.find(from).unwrap_or_default();
                *text = text.replacen(from, &plain, 1);
                marked = range.map(|range| (file.to_owned(), start + range.start..start + range.end));
            }
            Change::Put { file, text } => {
                let (plain, range) = unmarked(text);
                texts.insert(file.to_owned(), plain);
                marked = Some((file.to_owned(), range.unwrap_or_default()));
            }
            Change::Remove { file } => {
                if texts.remove(file).is_none() {
                    return Err(format!("there is no {file}"));
                }
            }
        }
        if let Some((file, at)) = mutation.at {
            let text = texts.get(file).map_or("", String::as_str);
            let (plain, range) = unmarked(at);
            let count = text.matches(plain.as_str()).count();
            if !plain.is_empty() && count != 1 {
                return Err(format!("`{plain}` stands {count} times in {file}"));
            }
            let start = text.find(plain.as_str()).unwrap_or_default();
            let range = range.unwrap_or(0..plain.len());
            marked = Some((file.to_owned(), start + range.start..start + range.end));
        }
        match marked {
            None => Err("nothing is marked".to_owned()),
            marked => Ok((texts, marked)),
        }
    }
}

/// A finding on one line.
fn line(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let place = diagnostic.labels.first().map_or_else(
        || diagnostic.path.clone().unwrap_or_default(),
        |label| {
            let (line, column) = sources.position(label.span.file, label.span.start);
            format!("{}:{line}:{column} `{}`", sources.file(label.span.file).path, sources.slice(label.span))
        },
    );
    format!("    {} {place}: {}\n", diagnostic.code.id, diagnostic.message)
}

/// The text without its marks, and the place between them.
fn unmarked(text: &str) -> (String, Option<Range<usize>>) {
    let plain = text.replace(['«', '»'], "");
    let range = text.find('«').zip(text.find('»')).map(|(start, end)| start..end - '«'.len_utf8());
    (plain, range)
}

fn hold(example: &str, mutations: &[Mutation]) {
    let example = Example::read(example);
    let untouched = example.compile(&example.texts);
    assert!(untouched.faults.is_empty(), "{}", Renderer::new(&untouched.sources, false).all(&untouched.faults));
    let faults: Vec<_> = mutations
        .par_iter()
        .filter_map(|mutation| Some(format!("{}: {}", mutation.name, example.hold(mutation).err()?)))
        .collect();
    assert!(faults.is_empty(), "{} of {} mistakes:\n\n{}", faults.len(), mutations.len(), faults.join("\n"));
}

#[test]
fn mistakes_in_homelab_are_found() {
    hold("homelab", &homelab::mutations());
}

#[test]
fn mistakes_in_company_are_found() {
    hold("company", &company::mutations());
}

#[test]
fn mistakes_are_many_and_known_by_name() {
    let all = [homelab::mutations(), company::mutations()];
    let all: Vec<_> = all.iter().flatten().collect();
    let names: BTreeSet<_> = all.iter().map(|mutation| mutation.name).collect();
    assert_eq!(names.len(), all.len(), "a name stands twice");
    assert!(all.len() >= 60, "{} mistakes", all.len());
    for mutation in &all {
        assert!(codes::find(mutation.code).is_some(), "{}: there is no {}", mutation.name, mutation.code);
    }
    let told: BTreeSet<_> = all.iter().map(|mutation| mutation.code).collect();
    assert!(told.len() * 2 > CODES.len(), "{} of {} codes", told.len(), CODES.len());
}
