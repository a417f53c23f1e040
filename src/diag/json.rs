//! Diagnostics as a program reads them.

use serde::Serialize;

use super::{Counts, Diagnostic, Faults};
use crate::source::{Sources, Span};

#[derive(Serialize)]
struct Report<'a> {
    /// Raised when a reader of an older version would misread this one.
    version: u32,
    errors: usize,
    warnings: usize,
    allowed: usize,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    not_looked_at: &'a [String],
    diagnostics: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    code: &'a str,
    severity: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    labels: Vec<Place<'a>>,
    help: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<&'a str>,
}

#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    text: &'a str,
}

/// Writes every diagnostic as one JSON document, lines and columns from 1.
pub fn json(faults: &Faults, sources: &Sources) -> String {
    let Counts { errors, warnings, allowed } = faults.counts();
    let all = faults.sorted().into_iter().chain(faults.allowed());
    let diagnostics = all.map(|d| entry(d, sources)).collect();
    let report = Report { version: 1, errors, warnings, allowed, not_looked_at: faults.skipped(), diagnostics };
    serde_json::to_string_pretty(&report).expect("a report holds nothing but text and numbers")
}

fn entry<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Entry<'a> {
    Entry {
        code: diagnostic.code.id,
        severity: diagnostic.severity.word(),
        reason: diagnostic.reason.as_deref(),
        message: &diagnostic.message,
        path: diagnostic.path.as_deref(),
        labels: diagnostic.labels.iter().map(|label| place(label.span, &label.text, sources)).collect(),
        help: &diagnostic.help,
        suggestion: diagnostic.suggestion.as_deref(),
    }
}

fn place<'a>(span: Span, text: &'a str, sources: &'a Sources) -> Place<'a> {
    let (line, column) = sources.position(span.file, span.start);
    let (end_line, end_column) = sources.position(span.file, span.end);
    Place { path: &sources.file(span.file).path, line, column, end_line, end_column, text }
}
