//! Diagnostics as a person reads them: the line, the label, the cause, the remedy.

use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Patch, Renderer as Snippets, Snippet};

use super::{Diagnostic, Faults, Label, Severity, counted};
use crate::source::{FileId, Sources};

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

    /// Renders every diagnostic, in the order of files and places.
    pub fn all(&self, faults: &Faults) -> String {
        let mut text = String::new();
        for diagnostic in faults.sorted() {
            let _ = write!(text, "{}\n\n", self.one(diagnostic));
        }
        text
    }

    /// Renders one diagnostic, without a newline at its end.
    pub fn one(&self, diagnostic: &Diagnostic) -> String {
        let level = match diagnostic.code.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut group = level
            .primary_title(diagnostic.message.as_str())
            .id(diagnostic.code.id)
            .elements(Vec::<Snippet<'_, annotate_snippets::Annotation<'_>>>::new());
        for slice in self.slices(&diagnostic.labels) {
            group = group.element(slice);
        }
        if let Some(path) = &diagnostic.path {
            group = group.element(Origin::path(path.as_str()));
        }
        for help in &diagnostic.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        let mut report = vec![group];
        report.extend(self.suggestion(diagnostic));
        self.snippets.render(&report)
    }

    /// The labels, one snippet for those of a file that stand near each other.
    fn slices<'d>(&'d self, labels: &'d [Label]) -> Vec<Snippet<'d, annotate_snippets::Annotation<'d>>> {
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
        groups.into_iter().map(|(file, lines, members)| self.slice(file, &lines, &members)).collect()
    }

    fn slice<'d>(
        &'d self,
        id: FileId,
        lines: &Range<usize>,
        labels: &[(usize, &'d Label)],
    ) -> Snippet<'d, annotate_snippets::Annotation<'d>> {
        let file = self.sources.file(id);
        let window = window(&file.text, lines);
        let annotations = labels.iter().map(|(at, label)| {
            let kind = if *at == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            let start = label.span.start as usize - window.start;
            let end = (label.span.end as usize).min(window.end) - window.start;
            kind.span(start..end.max(start)).label(label.text.as_str())
        });
        Snippet::source(&file.text[window.clone()])
            .path(file.path.as_str())
            .line_start(lines.start)
            .annotations(annotations)
    }

    fn suggestion<'d>(&'d self, diagnostic: &'d Diagnostic) -> Option<Group<'d>> {
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
        let snippet = Snippet::source(&file.text[window]).path(file.path.as_str()).line_start(line).patch(patch);
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

/// Sums up a run: `2 errors, 1 warning`, or `no faults`.
pub fn summary(faults: &Faults) -> String {
    let (errors, warnings) = faults.counts();
    match (errors, warnings) {
        (0, 0) => "no faults".to_owned(),
        (0, _) => counted(warnings, "warning"),
        (_, 0) => counted(errors, "error"),
        _ => format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")),
    }
}
