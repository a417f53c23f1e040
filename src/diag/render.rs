//! Diagnostics as a person reads them: the line, the label, the cause, the remedy.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Patch, Renderer as Snippets, Snippet};

use super::{Counts, Diagnostic, Faults, Label, Severity, counted, listed};
use crate::source::{FileId, Sources, Span};

/// Lines of a file that two labels may be apart and still be shown in one piece.
const WIDEST_SLICE: usize = 40;

/// A file, some of its lines, and the numbered labels that stand in them.
type Slice<'d> = (FileId, Range<usize>, Vec<(usize, &'d Label)>);

/// Turns diagnostics into text for a terminal or a pipe.
pub struct Renderer<'a> {
    sources: &'a Sources,
    snippets: Snippets,
}

impl<'a> Renderer<'a> {
    /// Makes a renderer; `color` writes escape sequences, which never carry meaning alone.
    pub fn new(sources: &'a Sources, color: bool) -> Self {
        let snippets = if color { Snippets::styled() } else { Snippets::plain() };
        Self { sources, snippets: snippets.decor_style(DecorStyle::Ascii) }
    }

    /// Renders every error and warning, in the order of files and places.
    pub fn all(&self, faults: &Faults) -> String {
        self.each(faults.sorted(), faults)
    }

    /// Renders what was allowed, with the reasons.
    pub fn allowed(&self, faults: &Faults) -> String {
        self.each(faults.allowed(), faults)
    }

    fn each(&self, diagnostics: Vec<&Diagnostic>, faults: &Faults) -> String {
        let concealed = faults.iter().flat_map(|diagnostic| diagnostic.concealed.iter().copied()).collect();
        let mut text = String::new();
        for diagnostic in diagnostics {
            let _ = write!(text, "{}\n\n", self.one(diagnostic, &concealed));
        }
        text
    }

    /// Renders one diagnostic, without a newline at its end.
    fn one(&self, diagnostic: &Diagnostic, concealed: &BTreeSet<Span>) -> String {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Allowed => Level::NOTE,
        };
        let mut group = level
            .primary_title(diagnostic.message.as_str())
            .id(diagnostic.code.id)
            .elements(Vec::<Snippet<'_, annotate_snippets::Annotation<'_>>>::new());
        for slice in self.slices(&diagnostic.labels, concealed) {
            group = group.element(slice);
        }
        if let Some(path) = &diagnostic.path {
            group = group.element(Origin::path(path.as_str()));
        }
        let allowed = diagnostic.reason.as_ref().map(|reason| format!("allowed: {reason}"));
        if let Some(allowed) = &allowed {
            group = group.element(Level::NOTE.message(allowed.as_str()));
        }
        for help in diagnostic.help.iter().filter(|_| allowed.is_none()) {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        let mut report = vec![group];
        report.extend(self.suggestion(diagnostic, concealed));
        self.snippets.render(&report)
    }

    /// The labels, one snippet for those of a file that stand near each other.
    fn slices<'d>(
        &'d self,
        labels: &'d [Label],
        concealed: &BTreeSet<Span>,
    ) -> Vec<Snippet<'d, annotate_snippets::Annotation<'d>>> {
        let mut groups: Vec<Slice<'_>> = Vec::new();
        for (at, label) in labels.iter().enumerate() {
            let first = self.sources.position(label.span.file, label.span.start).0;
            let last = self.sources.position(label.span.file, label.span.end).0;
            let near = groups.iter_mut().find(|(file, lines, _)| {
                *file == label.span.file && lines.start.min(first) + WIDEST_SLICE > lines.end.max(last)
            });
            match near {
                Some((_, lines, members)) => {
                    *lines = lines.start.min(first)..lines.end.max(last);
                    members.push((at, label));
                }
                None => groups.push((label.span.file, first..last, vec![(at, label)])),
            }
        }
        groups.into_iter().map(|(file, lines, members)| self.slice(file, &lines, &members, concealed)).collect()
    }

    fn slice<'d>(
        &'d self,
        id: FileId,
        lines: &Range<usize>,
        labels: &[(usize, &'d Label)],
        concealed: &BTreeSet<Span>,
    ) -> Snippet<'d, annotate_snippets::Annotation<'d>> {
        let file = self.sources.file(id);
        let window = window(&file.text, lines);
        let annotations = labels.iter().map(|(at, label)| {
            let kind = if *at == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            let start = label.span.start as usize - window.start;
            let end = (label.span.end as usize).min(window.end) - window.start;
            kind.span(start..end.max(start)).label(label.text.as_str())
        });
        Snippet::source(self.shown(id, window.clone(), concealed))
            .path(file.path.as_str())
            .line_start(lines.start)
            .annotations(annotations)
    }

    /// The text of a file with stars in the place of secrets, as many as there are bytes.
    fn shown(&self, id: FileId, window: Range<usize>, concealed: &BTreeSet<Span>) -> Cow<'_, str> {
        let text = &self.sources.file(id).text[window.clone()];
        let of_file = concealed.range(Span::top(id)..).take_while(|span| span.file == id);
        let hits = of_file.map(|span| (span.start as usize).max(window.start)..(span.end as usize).min(window.end));
        let mut shown = Cow::Borrowed(text);
        for hit in hits.filter(|hit| hit.start < hit.end) {
            let hit = hit.start - window.start..hit.end - window.start;
            let stars: String = text[hit.clone()]
                .bytes()
                .map(|byte| if matches!(byte, b'\n' | b'"') { byte as char } else { '*' })
                .collect();
            shown.to_mut().replace_range(hit, &stars);
        }
        shown
    }

    fn suggestion<'d>(&'d self, diagnostic: &'d Diagnostic, concealed: &BTreeSet<Span>) -> Option<Group<'d>> {
        let word = diagnostic.suggestion.as_deref()?;
        let title = Level::HELP.secondary_title(format!("did you mean `{word}`?"));
        let Some(label) = diagnostic.labels.first() else {
            return Some(title.elements(Vec::<Snippet<'_, Patch<'_>>>::new()));
        };
        let file = self.sources.file(label.span.file);
        let line = self.sources.position(label.span.file, label.span.start).0;
        let window = window(&file.text, &(line..line));
        let patch = Patch::new(
            label.span.start as usize - window.start..(label.span.end as usize).min(window.end) - window.start,
            word,
        );
        let snippet = Snippet::source(self.shown(label.span.file, window, concealed))
            .path(file.path.as_str())
            .line_start(line)
            .patch(patch);
        Some(title.element(snippet))
    }
}

/// The bytes of some lines, the last one included.
fn window(text: &str, lines: &Range<usize>) -> Range<usize> {
    let mut starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
    let start = starts.nth(lines.start - 1).unwrap_or(text.len());
    let mut end = start;
    for _ in lines.start..=lines.end {
        end = text[end..].find('\n').map_or(text.len(), |at| end + at + 1);
    }
    start..end
}

/// Sums up a run: `2 errors, 1 warning`, or `no faults`; then what was allowed and what could not be looked at.
pub fn summary(faults: &Faults) -> String {
    let Counts { errors, warnings, allowed } = faults.counts();
    let mut parts = Vec::new();
    if errors > 0 {
        parts.push(counted(errors, "error"));
    }
    if warnings > 0 {
        parts.push(counted(warnings, "warning"));
    }
    if parts.is_empty() {
        parts.push("no faults".to_owned());
    }
    if allowed > 0 {
        parts.push(format!("{allowed} allowed"));
    }
    let mut text = parts.join(", ");
    if !faults.skipped().is_empty() {
        let _ = write!(text, "; not looked at: {}", listed(faults.skipped()));
    }
    text
}
