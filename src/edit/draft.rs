//! A file on its way from one text to another, and the proof that it says what it should in the end.

use super::Edited;
use super::page::{Page, Refusal};
use super::path::Path;
use super::value::Value;
use super::{print, steps};
use crate::diag::{Diagnostic, Faults, codes};
use crate::load::{self, Node};
use crate::source::{FileId, SourceFile, Sources, Span};

/// A file while it is edited.
pub(super) struct Draft<'s> {
    sources: &'s mut Sources,
    id: FileId,
    page: Page,
    /// What the file must say.
    expected: Value,
    edited: Edited,
}

/// Reads a file that is to be edited; one with a fault is not.
pub(super) fn parse(id: FileId, file: &SourceFile) -> Result<Node, Faults> {
    let mut faults = Faults::default();
    match load::parse(id, file, &mut faults) {
        Some(node) if faults.is_empty() => Ok(node),
        _ => Err(faults),
    }
}

impl<'s> Draft<'s> {
    /// Begins with what the sources hold; `says` is what that says, where somebody has read it already.
    pub(super) fn open(sources: &'s mut Sources, path: &str, says: Option<Value>) -> Result<Self, Faults> {
        let Some(id) = sources.find(path) else { return Err(load::load(sources).1) };
        let file = sources.file(id);
        let expected = match says {
            Some(says) => says,
            None => Value::of(&parse(id, file)?),
        };
        let before = file.text.clone();
        let page = match Page::open(&before) {
            Ok(page) => page,
            Err(refusal) => return Err(refused(&refusal, id, path).into()),
        };
        let path = path.to_owned();
        let edited = Edited { path, before: Some(before), after: None, added: 0, changed: 0, removed: 0 };
        Ok(Self { sources, id, page, expected, edited })
    }

    /// Gives what stands at a path below `prefix` a value.
    pub(super) fn set(&mut self, prefix: &[String], path: &Path, value: &Value) -> Result<(), Faults> {
        let full = [prefix, &path.0].concat();
        match self.expected.get(&full) {
            Some(present) if present == value => return Ok(()),
            Some(_) => self.edited.changed += 1,
            None => self.edited.added += 1,
        }
        // The entry itself has a line a key.
        self.make(&full, path, value, prefix.len() + 1)
    }

    /// Adds an entry.
    pub(super) fn add(&mut self, path: &Path, value: &Value) -> Result<(), Faults> {
        self.edited.added += 1;
        self.make(&path.0, path, value, path.0.len() + 1)
    }

    /// Gives what stands at a path a value and takes `other` away; in its place, where the two are neighbours.
    pub(super) fn instead(
        &mut self,
        prefix: &[String],
        path: &Path,
        value: &Value,
        other: &Path,
    ) -> Result<(), Faults> {
        let (new, old) = ([prefix, &path.0].concat(), [prefix, &other.0].concat());
        let (Some((name, beside)), Some((_, above))) = (new.split_last(), old.split_last()) else { return Ok(()) };
        match (self.expected.get(&old).is_some(), self.expected.get(&new).is_some()) {
            (false, _) => return self.set(prefix, path, value),
            (true, false) if above == beside => {
                let made = steps::rename(&mut self.page, &old, name);
                self.taken(made, other)?;
                self.expected.rename(&old, name);
            }
            _ => self.unset(prefix, other)?,
        }
        self.set(prefix, path, value)
    }

    /// Takes away what stands at a path below `prefix`.
    pub(super) fn unset(&mut self, prefix: &[String], path: &Path) -> Result<(), Faults> {
        let full = [prefix, &path.0].concat();
        if self.expected.get(&full).is_none() {
            return Err(self.absent(&full, path).into());
        }
        self.edited.removed += 1;
        let made = steps::unmake(&mut self.page, &full);
        self.taken(made, path)?;
        self.expected.unset(&full);
        Ok(())
    }

    /// The text of another file in the manner of this one.
    pub(super) fn file(&mut self, value: &Value) -> Result<String, Faults> {
        let text = print::file(value, self.page.manner);
        self.proved(&text, value)?;
        Ok(text)
    }

    /// Ends the edit, if the text says what it should.
    pub(super) fn finish(mut self) -> Result<Edited, Faults> {
        let expected = std::mem::replace(&mut self.expected, Value::List(Vec::new()));
        let text = std::mem::take(&mut self.page.text);
        self.proved(&text, &expected)?;
        Ok(Edited { after: Some(text), ..self.edited })
    }

    fn make(&mut self, full: &[String], path: &Path, value: &Value, tall: usize) -> Result<(), Faults> {
        let made = steps::make(&mut self.page, &self.expected, full, value, tall);
        self.taken(made, path)?;
        self.expected.set(full, value.clone());
        Ok(())
    }

    fn proved(&mut self, text: &str, expected: &Value) -> Result<(), Faults> {
        let file = SourceFile { path: self.edited.path.clone(), text: text.to_owned() };
        match parse(self.id, &file) {
            Ok(node) if Value::of(&node) == *expected => Ok(()),
            _ => Err(refused(&Refusal::Unproved, self.id, &self.edited.path).into()),
        }
    }

    /// Turns a refusal into a diagnostic whose places are those of the text as it is now.
    fn taken(&mut self, made: Result<(), Refusal>, path: &Path) -> Result<(), Faults> {
        let Err(refusal) = made else { return Ok(()) };
        self.sources.replace(&self.edited.path, Some(&self.page.text));
        let diagnostic = refused(&refusal, self.id, &self.edited.path);
        Err(match refusal {
            Refusal::NoMap(_) => Diagnostic {
                message: format!("the path `{path}` leads through something that is no map"),
                ..diagnostic
            },
            _ => diagnostic,
        }
        .into())
    }

    /// The diagnostic of a key that is to go and is not there.
    fn absent(&self, full: &[String], path: &Path) -> Diagnostic {
        let (key, above) = full.split_last().expect("a path has a key");
        let known: Vec<_> = match self.expected.get(above) {
            Some(Value::Map(members)) => members.iter().map(|(key, _)| key.as_str()).collect(),
            _ => Vec::new(),
        };
        let diagnostic = Diagnostic::new(codes::NO_PATH, format!("there is no `{path}` to take away"))
            .file(self.edited.path.clone())
            .nearest(key, known.iter().copied());
        match (&diagnostic.suggestion, known.as_slice()) {
            (Some(_), _) => diagnostic,
            (None, []) => diagnostic.help("nothing stands there"),
            (None, known) => diagnostic.help(format!("there are {}", crate::diag::listed(known))),
        }
    }
}

fn refused(refusal: &Refusal, id: FileId, path: &str) -> Diagnostic {
    let span = |range: &std::ops::Range<usize>| Span::new(id, range.start, range.end);
    match refusal {
        Refusal::Form(at) => {
            Diagnostic::new(codes::EDIT_FORM, "the file is written in a form that is not edited by a program")
                .at(Span::new(id, *at, *at), "not understood from here on")
                .help("edit the file by hand, or write this place in the usual form")
        }
        Refusal::Shared(place, other) => {
            Diagnostic::new(codes::EDIT_SHARED, "the edit would change what stands in two places")
                .at(span(place), "what is edited")
                .at(span(other), "stands for the same")
                .help("write the value out in one of the two places, or edit the file by hand")
        }
        Refusal::NoMap(range) => Diagnostic::new(codes::NO_PATH, "a path leads through something that is no map")
            .at(span(range), "no map")
            .help("lists are set as a whole: `--set tags=[a, b]`"),
        Refusal::Unproved => Diagnostic::new(codes::EDIT_FORM, format!("the edit of `{path}` cannot be proved right"))
            .file(path)
            .help("the result would not say exactly what was asked for; edit the file by hand"),
    }
}
