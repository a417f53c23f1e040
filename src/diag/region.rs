//! Where a label stands, as other programs count it: the file as seen from the repository, lines and columns from 1.

use crate::source::{BUILT_IN, Sources, Span};

/// The file that a diagnostic is shown at when it is about none in particular.
pub(super) const DEFINITION: &str = "fleet.yaml";

/// A stretch of a file. The end is the column after the last one, on the last line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) end_line: usize,
    pub(super) end_column: usize,
}

impl Region {
    /// Finds the place of a span; `unit` counts the columns that a text takes.
    pub(super) fn of(span: Span, sources: &Sources, unit: fn(&str) -> usize) -> Self {
        let text = sources.file(span.file).text.as_str();
        let (line, column) = place(text, span.start as usize, unit);
        let (end_line, end_column) = place(text, span.end as usize, unit);
        Self { line, column, end_line, end_column }
    }
}

fn place(text: &str, byte: usize, unit: fn(&str) -> usize) -> (usize, usize) {
    let before = &text[..byte];
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.bytes().filter(|b| *b == b'\n').count() + 1, unit(&before[start..]) + 1)
}

/// The path of a file of the fleet as seen from the root of the repository. `base` leads from there to the fleet
/// directory: it is empty, or ends with a slash.
pub(super) fn seen(base: &str, path: &str) -> String {
    if path.starts_with(BUILT_IN) { path.to_owned() } else { format!("{base}{path}") }
}
