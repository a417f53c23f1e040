//! Diagnostics: what is wrong with a fleet, where, because of what, and what to do.

pub mod codes;
mod github;
mod json;
mod levels;
mod region;
mod render;
mod sarif;

use crate::source::Span;

pub use codes::{Code, Severity, Stage};
pub use github::github;
pub use json::json;
pub use levels::{Level, Levels, Ruling};
pub use render::{Renderer, summary};
pub use sarif::sarif;

/// One fault of the user's files.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// The row of the table of codes.
    pub code: &'static Code,
    /// How bad it is: the code's own severity, unless [`Levels`] ruled otherwise.
    pub severity: Severity,
    /// Why it was allowed.
    pub reason: Option<String>,
    /// The entries that it is about: one of them can accept it, and selectors choose by them.
    pub about: Vec<Subject>,
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
    /// Secrets in the files: wherever their lines are shown, stars stand in their place.
    pub concealed: Vec<Span>,
}

/// An entry of the definition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// The map that it stands in: `hosts`, `services`, `secrets`, `sites`.
    pub section: &'static str,
    /// Its name.
    pub name: String,
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
        Self {
            code,
            severity: code.severity,
            reason: None,
            about: Vec::new(),
            message: message.into(),
            labels: Vec::new(),
            path: None,
            help: Vec::new(),
            suggestion: None,
            concealed: Vec::new(),
        }
    }

    /// Allows it by itself, whatever becomes of others of its code, and says why.
    #[must_use]
    pub fn allowed(mut self, reason: impl Into<String>) -> Self {
        self.severity = Severity::Allowed;
        self.reason = Some(reason.into());
        self
    }

    /// Says where a secret stands, which no output shows.
    #[must_use]
    pub fn conceal(mut self, span: Span) -> Self {
        self.concealed.push(span);
        self
    }

    /// Names an entry that it is about: the one whose `accept` can allow it comes first.
    #[must_use]
    pub fn about(mut self, section: &'static str, name: impl ToString) -> Self {
        self.about.push(Subject { section, name: name.to_string() });
        self
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
    skipped: Vec<String>,
}

/// How many findings there are of each severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Those that somebody allowed with a reason.
    pub allowed: usize,
}

impl Faults {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Adds all of another list.
    pub fn append(&mut self, mut other: Faults) {
        self.list.append(&mut other.list);
        self.skipped.append(&mut other.skipped);
    }

    /// Notes that a rule could not look, and why: `known to git (there is no git repository)`.
    pub fn skip(&mut self, what: impl Into<String>) {
        self.skipped.push(what.into());
    }

    /// Lists the rules that could not look.
    pub fn skipped(&self) -> &[String] {
        &self.skipped
    }

    /// Keeps those that a question is answered with yes for.
    pub fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.list.retain(keep);
    }

    /// Says whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error)
    }

    /// Lists them all, in the order of their finding.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// Keeps those that a question is answered with yes for, and returns the others.
    #[must_use]
    pub fn split_off(&mut self, keep: impl FnMut(&Diagnostic) -> bool) -> Self {
        let (kept, others) = std::mem::take(&mut self.list).into_iter().partition(keep);
        self.list = kept;
        Self { list: others, skipped: Vec::new() }
    }

    /// Lists the errors and the warnings by file and place; those without a place come first.
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        self.ordered(|severity| severity != Severity::Allowed)
    }

    /// Lists what was allowed, by file and place.
    pub fn allowed(&self) -> Vec<&Diagnostic> {
        self.ordered(|severity| severity == Severity::Allowed)
    }

    fn ordered(&self, wanted: impl Fn(Severity) -> bool) -> Vec<&Diagnostic> {
        let mut all: Vec<_> = self.list.iter().filter(|d| wanted(d.severity)).collect();
        all.sort_by_key(|d| (d.labels.first().map(|l| l.span), d.code.id, d.message.clone()));
        all
    }

    /// Counts them by their severity.
    pub fn counts(&self) -> Counts {
        let of = |severity| self.list.iter().filter(|d| d.severity == severity).count();
        Counts { errors: of(Severity::Error), warnings: of(Severity::Warning), allowed: of(Severity::Allowed) }
    }

    /// Says whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.list.iter().all(|d| d.severity == Severity::Allowed)
    }
}

impl FromIterator<Diagnostic> for Faults {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(list: I) -> Self {
        Self { list: list.into_iter().collect(), skipped: Vec::new() }
    }
}

impl From<Diagnostic> for Faults {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { list: vec![diagnostic], skipped: Vec::new() }
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

/// Puts a number before a noun: `1 host`, `3 hosts`, `2 copies`, `2 keys`.
pub fn counted(number: usize, noun: &str) -> String {
    let plural = match noun.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u'])) {
        Some(stem) if number != 1 => format!("{stem}ies"),
        _ if number != 1 => format!("{noun}s"),
        _ => noun.to_owned(),
    };
    format!("{number} {plural}")
}
