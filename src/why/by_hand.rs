//! Hand-written modules that set the same option: they have the last word, unless they say it more weakly.

use std::cmp::Ordering;

use super::matching::{PLAIN, line_of, priority, relation};
use super::view::View;
use crate::model::Hardware;
use crate::nix;
use crate::source::{FileId, Span};
use crate::value::ModuleRef;

/// A line of a module of the user's.
#[derive(Debug, Clone)]
pub struct ByHand {
    /// Its place.
    pub span: Span,
    /// The option that it sets.
    pub option: String,
    /// What it sets it to, as Nix.
    pub text: String,
    /// How strongly: lower numbers win.
    pub priority: u32,
    /// What becomes of it beside Cistern's own line.
    pub verdict: Verdict,
}

/// Which of two lines holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The module's.
    LastWord,
    /// Both: they merge.
    Adds,
    /// Cistern's.
    Yields,
    /// Neither is stronger: Nix refuses two values that differ.
    Clash,
    /// The module's: Cistern says nothing of it.
    Alone,
}

impl Verdict {
    /// The words that say so.
    pub fn words(self) -> &'static str {
        match self {
            Self::LastWord => "last word",
            Self::Adds => "adds",
            Self::Yields => "yields",
            Self::Clash => "must agree",
            Self::Alone => "by hand",
        }
    }
}

/// Lists the lines of the host's modules that set an option, the strongest first.
pub(super) fn of(view: &View<'_>, path: &str, strongest: Option<u32>, adds_up: bool) -> Vec<ByHand> {
    let mut found = Vec::new();
    for file in files(view) {
        let text = &view.known.sources.file(file).text;
        for one in nix::assigned(text) {
            if relation(&one, path).is_none() {
                continue;
            }
            let priority = priority(text, &one);
            let verdict = match strongest.map(|strongest| priority.cmp(&strongest)) {
                None => Verdict::Alone,
                Some(Ordering::Less) => Verdict::LastWord,
                Some(Ordering::Equal) if adds_up && priority == PLAIN => Verdict::Adds,
                Some(Ordering::Equal) => Verdict::Clash,
                Some(Ordering::Greater) => Verdict::Yields,
            };
            let start = line_of(text, &one);
            let value = text[one.range.clone()].split_whitespace().collect::<Vec<_>>().join(" ");
            found.push(ByHand {
                span: Span::new(file, start, start),
                option: one.dotted(),
                text: value,
                priority,
                verdict,
            });
        }
    }
    found.sort_by_key(|one| one.priority);
    found
}

/// The files of the fleet directory that the host's module imports.
fn files(view: &View<'_>) -> Vec<FileId> {
    let modules = view.host.layer.modules.iter().flat_map(|modules| &modules.0);
    let named = modules.filter_map(|at| match &at.value {
        ModuleRef::File(path) => Some(path),
        ModuleRef::Flake { .. } => None,
    });
    let hardware = match &view.host.hardware {
        Some(Hardware::File(path)) => Some(path),
        _ => None,
    };
    let sources = &view.known.sources;
    let find = |path: &str| sources.find(path).or_else(|| sources.find(&format!("{path}/default.nix")));
    named.chain(hardware).filter_map(|path| find(&path.0)).collect()
}
