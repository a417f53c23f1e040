//! One output file: taken over when nothing that goes in has changed, else rendered, formatted and parsed.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::Context;
use super::header::{self, State};
use super::pieces::Piece;
use crate::diag::{Diagnostic, Faults, codes};
use crate::kind::BUILT_IN;
use crate::nix::{self, Fault, Trace};
use crate::source::Span;

/// Rows that are formatted together.
const ROWS: usize = 256;

/// A file, or the faults of the templates that it is made from.
pub(super) struct Output {
    pub(super) path: String,
    pub(super) bytes: Result<Arc<[u8]>, Box<Faults>>,
    pub(super) state: State,
}

impl Context<'_> {
    /// A file without a header: compared, and shared with the one that is there when it is the same.
    pub(super) fn plain(&self, path: &str, text: Vec<u8>) -> Output {
        let same = self.previous.get(path).filter(|present| ***present == text[..]).cloned();
        Output { path: path.to_owned(), bytes: Ok(same.unwrap_or_else(|| text.into())), state: State::Intact }
    }

    /// A file with a header; `body` is asked only when the inputs are not those of the file that is there.
    pub(super) fn headed(
        &self,
        path: String,
        entry: &str,
        inputs: &str,
        body: impl FnOnce() -> Result<String, Box<Faults>>,
    ) -> Output {
        let present = self.previous.get(&path).map(|bytes| (bytes, std::str::from_utf8(bytes).unwrap_or_default()));
        let state = present.map_or(State::Intact, |(_, text)| header::state(text));
        if let Some((bytes, text)) = present {
            let same = header::read(text).is_some_and(|(header, body)| {
                header.inputs == inputs && header.is_intact(body) && text.starts_with(&header::first_line(entry))
            });
            if same {
                return Output { path, bytes: Ok(bytes.clone()), state };
            }
        }
        let bytes = body().map(|body| header::write(entry, inputs, &body).into_bytes().into());
        Output { path, bytes, state }
    }

    /// Fills in a template, checks that the result is Nix, and formats it.
    pub(super) fn nix(&self, template: &str, context: &impl serde::Serialize) -> Result<String, Box<Faults>> {
        let text = self.fill(template, context)?;
        let page = match self.pieces.page(&text) {
            Ok(Some(page)) => Ok(page),
            // A fault is told of the text as a whole, with its own lines.
            Ok(None) | Err(_) => nix::finish(&text),
        };
        page.map_err(|fault| self.not_nix(template, &fault, &text))
    }

    /// Fills in a template that gives one attribute a row, some rows at a time: the formatter's tree of a whole fleet
    /// would take a gigabyte. A template of the user's own may hold more than rows, and gets all of them at once.
    pub(super) fn nix_rows<R: serde::Serialize + Sync>(
        &self,
        template: &str,
        name: &'static str,
        rows: &[R],
    ) -> Result<String, Box<Faults>> {
        let page = |rows| self.nix(template, &BTreeMap::from([(name, rows)]));
        if rows.len() <= ROWS || self.sources.find(&format!("templates/{template}")).is_some() {
            return page(rows);
        }
        let parts: Result<Vec<String>, _> = rows.par_chunks(ROWS).map(page).collect();
        let inner = |part: &String| {
            let rows = part.strip_prefix("{\n").and_then(|rest| rest.strip_suffix("}\n"));
            rows.expect("Cistern's own template gives a set of rows").to_owned()
        };
        Ok(format!("{{\n{}}}\n", parts?.iter().map(inner).collect::<String>()))
    }

    /// Formats a module that a template gave, for a place in a page.
    pub(super) fn piece(&self, template: &str, title: String, body: String) -> Result<Piece, Box<Faults>> {
        // Only a body that is not Nix by itself is told of: then its lines are those of what the template gave.
        let fault = |fault: Fault, body: &str| self.not_nix(template, &nix::parse(body).err().unwrap_or(fault), body);
        let whole = body.clone();
        self.pieces.format(title, body).map_err(|found| fault(found, &whole))
    }

    /// Fills in a template.
    pub(super) fn fill(&self, template: &str, context: &impl serde::Serialize) -> Result<String, Box<Faults>> {
        self.templates.render(template, context).map_err(|fault| self.failed(template, &fault))
    }

    /// Fills in a template to learn which of its lines give which options.
    pub(super) fn trace(&self, template: &str, context: &impl serde::Serialize) -> Result<Trace, Box<Faults>> {
        self.templates.trace(template, context).map_err(|fault| self.failed(template, &fault))
    }

    fn failed(&self, template: &str, fault: &Fault) -> Box<Faults> {
        let diagnostic = Diagnostic::new(codes::TEMPLATE_FAILED, fault.message.clone());
        Box::new(Faults::from(self.locate(diagnostic, template, fault)))
    }

    /// The diagnostic of text that a template gave and that is not Nix.
    pub(super) fn not_nix(&self, template: &str, fault: &Fault, text: &str) -> Box<Faults> {
        let line = text.lines().nth(fault.line.saturating_sub(1)).unwrap_or_default().trim();
        let nowhere = Fault { line: 0, range: (0, 0), ..fault.clone() };
        let diagnostic =
            Diagnostic::new(codes::NOT_NIX, format!("the template gave text that is not Nix: {}", fault.message));
        let diagnostic = self.locate(diagnostic, template, &nowhere);
        Box::new(Faults::from(diagnostic.help(format!("line {} of what came out: {line}", fault.line))))
    }

    /// Points at a place of the user's template. A fault of Cistern's own template is a fault of Cistern's.
    fn locate(&self, diagnostic: Diagnostic, template: &str, fault: &Fault) -> Diagnostic {
        let name = if fault.name.is_empty() { template } else { &fault.name };
        match self.sources.find(&format!("templates/{name}")) {
            Some(file) => {
                let label = if fault.line == 0 { "in this template" } else { "here" };
                let diagnostic = diagnostic.at(Span::new(file, fault.range.0, fault.range.1), label);
                fault.help.iter().fold(diagnostic, |diagnostic, help| diagnostic.help(help.clone()))
            }
            None => panic!(
                "Cistern's own template {BUILT_IN}{name} failed; please report this with your definition: {fault}"
            ),
        }
    }

    /// The hash of a template's text.
    pub(super) fn stamp(&self, template: &str) -> &str {
        self.stamps.get(template).map_or("", String::as_str)
    }
}
