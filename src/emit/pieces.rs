//! Modules that stand in the `imports` of many hosts: formatted and parsed once, then put in their places.
//!
//! Most instances of a service come out alike, and formatting costs more than everything else together. A page is
//! formatted with a word in the place of each piece, and the pieces with the indentation that they get there; the
//! result is what the formatter makes of the whole (`tests/laws.rs` says so).

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::nix::{self, Fault, Fragment};

/// More pieces than this are not remembered: then they are not alike.
const REMEMBERED: usize = 4096;

/// The word in the place of a piece.
const PLACE: &str = "cistern_piece_";

/// The line that ends a section of a page.
const SECTION: &str = "  # ---\n";

/// The indentation of an item of `imports`.
const INDENT: &str = "    ";

/// Pieces that were formatted before, by their text.
#[derive(Default)]
pub(super) struct Pieces {
    known: RwLock<HashMap<Box<str>, Option<Arc<str>>>>,
    sections: RwLock<HashMap<Box<str>, Arc<str>>>,
}

/// One module of a page.
pub(super) struct Piece {
    /// What the comment above it says.
    pub(super) title: String,
    /// Its text, not formatted.
    pub(super) body: String,
    /// Its formatted text; nothing when it cannot be moved to its place.
    pub(super) text: Option<Arc<str>>,
}

impl Pieces {
    /// Formats a module.
    ///
    /// # Errors
    /// Text that is not Nix.
    pub(super) fn format(&self, title: String, body: String) -> Result<Piece, Fault> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).get(body.as_str()).cloned();
        let text = match known {
            Some(text) => text,
            None => self.remember(&body)?,
        };
        Ok(Piece { title, body, text })
    }

    /// Formats a page section by section; `None` for one that has no sections.
    ///
    /// # Errors
    /// Text that is not Nix.
    pub(super) fn page(&self, text: &str) -> Result<Option<String>, Fault> {
        let Some((rest, "}\n")) = text.rsplit_once(SECTION) else { return Ok(None) };
        let mut parts = rest.split(SECTION);
        let head = parts.next().unwrap_or_default();
        let head = nix::finish(&format!("{head}}}"))?;
        let Some(head) = head.strip_suffix("{ }\n").or_else(|| head.strip_suffix("{\n}\n")) else { return Ok(None) };
        let mut page = String::with_capacity(text.len() * 2);
        page.push_str(head);
        page.push('{');
        for part in parts {
            page.push('\n');
            page.push_str(&self.section(part)?);
        }
        page.push_str("}\n");
        Ok(Some(page))
    }

    /// Formats bindings as they stand in a set.
    fn section(&self, text: &str) -> Result<Arc<str>, Fault> {
        if let Some(known) = self.sections.read().unwrap_or_else(PoisonError::into_inner).get(text) {
            return Ok(known.clone());
        }
        let formatted = nix::finish(&format!("{{\n{}\n}}", text.trim()))?;
        let inner = formatted.strip_prefix("{\n").and_then(|rest| rest.strip_suffix("}\n"));
        let section: Arc<str> = inner.expect("bindings stand on lines of their own").into();
        let mut known = self.sections.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < REMEMBERED {
            known.insert(text.into(), section.clone());
        }
        Ok(section)
    }

    fn remember(&self, body: &str) -> Result<Option<Arc<str>>, Fault> {
        // As the item of a list two columns further left, and with as many columns fewer.
        let listed = nix::finish_shifted(&format!("[\n{}]", item("a piece", body)), INDENT.len() - 2)?;
        let text = listed.strip_prefix("[\n  # a piece\n").and_then(|rest| rest.trim_end().strip_suffix("\n]"));
        let text = text.expect("a list with a comment in it has a line for each item");
        let text = nix::can_shift(body).then(|| indented(text).into());
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < REMEMBERED {
            known.insert(body.into(), text.clone());
        }
        Ok(text)
    }
}

/// What stands in a page for its pieces; the pieces themselves when one of them cannot be moved.
pub(super) fn places(pieces: &[Piece]) -> Vec<Fragment> {
    let whole = !can_compose(pieces);
    let place = |(number, piece): (usize, &Piece)| match whole {
        true => Fragment::new(item(&piece.title, &piece.body)),
        false => Fragment::new(format!("# {}\n{PLACE}{number}\n\n", piece.title)),
    };
    pieces.iter().enumerate().map(place).collect()
}

/// Puts the pieces of a formatted page in their places.
pub(super) fn compose(page: String, pieces: &[Piece]) -> String {
    if !can_compose(pieces) {
        return page;
    }
    let texts = || pieces.iter().filter_map(|piece| piece.text.as_deref());
    let mut whole = String::with_capacity(page.len() + texts().map(str::len).sum::<usize>());
    let mut texts = texts();
    for line in page.split_inclusive('\n') {
        match line.trim_start().strip_prefix(PLACE).and_then(|_| texts.next()) {
            Some(text) => {
                whole.push_str(text);
                whole.push('\n');
            }
            None => whole.push_str(line),
        }
    }
    whole
}

fn can_compose(pieces: &[Piece]) -> bool {
    pieces.iter().all(|piece| piece.text.is_some())
}

/// A module as an item of `imports`, under a comment that names it.
fn item(title: &str, body: &str) -> String {
    let (open, close) = if is_function(body) { ("(", ")") } else { ("", "") };
    format!("# {title}\n{open}{}\n{close}\n", body.trim())
}

/// Moves lines that stand two columns from the left to where items of `imports` stand.
fn indented(text: &str) -> String {
    let more = &INDENT[2..];
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for (number, line) in text.lines().enumerate() {
        if number > 0 {
            out.push('\n');
        }
        if !line.is_empty() {
            out.push_str(more);
            out.push_str(line);
        }
    }
    out
}

/// Says whether a module is a function and not a set.
fn is_function(body: &str) -> bool {
    let body = body.trim();
    let pattern = body.starts_with('{')
        && body
            .find('}')
            .is_some_and(|end| !body[1..end].contains('=') && body[end + 1..].trim_start().starts_with([':', '@']));
    pattern || body.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}
