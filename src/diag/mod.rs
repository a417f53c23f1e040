//! Diagnostics: what is wrong with a fleet, where, because of what, and what to do.

pub mod codes;
mod json;
mod render;

use crate::source::Span;

pub use codes::{Code, Severity, Stage};
pub use json::json;
pub use render::{Renderer, summary};

/// One fault of the user's files.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// The row of the table of codes.
    pub code: &'static Code,
    /// What is wrong, in one sentence with the names in it.
    pub message: String,
    /// The fault first, then its causes.
    pub labels: Vec<Label>,
    /// The file that is at fault where there is no text to point at.
    pub path: Option<String>,
    /// What to do.
    pub help: Vec<String>,
    /// Text that would be right in the place of the fault.
    pub suggestion: Option<String>,
}

/// A place in the text and what is to be seen there.
#[derive(Debug, Clone)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// A few words.
    pub text: String,
}

impl Diagnostic {
    /// Begins a diagnostic.
    pub fn new(code: &'static Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), labels: Vec::new(), path: None, help: Vec::new(), suggestion: None }
    }

    /// Points at a place: the first call at the fault, later ones at its causes.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Names the file that is at fault as a whole.
    #[must_use]
    pub fn file(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Offers the nearest of the known words, when one is near, as a replacement of the fault.
    #[must_use]
    pub fn nearest<'a>(mut self, found: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        if let Some(word) = nearest(found, known) {
            self.suggestion = Some(word.to_owned());
        }
        self
    }
}

/// Every diagnostic of a run, in the order of their finding.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    list: Vec<Diagnostic>,
}

impl Faults {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Adds all of another list.
    pub fn append(&mut self, mut other: Faults) {
        self.list.append(&mut other.list);
    }

    /// Keeps those that a question is answered with yes for.
    pub fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.list.retain(keep);
    }

    /// Says whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.code.severity == Severity::Error)
    }

    /// Lists them by file and place; those without a place come first.
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut all: Vec<_> = self.list.iter().collect();
        all.sort_by_key(|d| (d.labels.first().map(|l| l.span), d.code.id, d.message.clone()));
        all
    }

    /// Counts the errors and the warnings.
    pub fn counts(&self) -> (usize, usize) {
        let errors = self.list.iter().filter(|d| d.code.severity == Severity::Error).count();
        (errors, self.list.len() - errors)
    }

    /// Says whether there is none at all.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

impl From<Diagnostic> for Faults {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { list: vec![diagnostic] }
    }
}

/// Finds the known word that is nearest to a mistyped one.
pub fn nearest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (found.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|word| (strsim::damerau_levenshtein(&found.to_lowercase(), &word.to_lowercase()), word))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, word)| word)
}

/// Joins words as a sentence does: `a`, `a and b`, `a, b and c`.
pub fn listed<S: AsRef<str>>(words: &[S]) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [most @ .., last] => {
            let most: Vec<_> = most.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", most.join(", "), last.as_ref())
        }
    }
}

/// Puts a number before a noun: `1 host`, `3 hosts`.
pub fn counted(number: usize, noun: &str) -> String {
    let plural = match noun.strip_suffix('y') {
        Some(stem) if number != 1 => format!("{stem}ies"),
        _ if number != 1 => format!("{noun}s"),
        _ => noun.to_owned(),
    };
    format!("{number} {plural}")
}
