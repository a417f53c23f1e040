//! Taking a key or an item off a page, with the comments that belong to it.

use std::ops::Range;

use super::page::{Page, Refusal, Splice, Step};
use super::scan::{Blank, blank, column, is_first, line_end, line_start, next_line, trivia};
use super::spots::{Form, Spot};

/// Takes away what the path leads to, key or dash included.
pub(super) fn cut(page: &mut Page, path: &[Step]) -> Result<(), Refusal> {
    page.refresh()?;
    page.owned(path, true)?;
    let Some((step, above)) = path.split_last() else { return Err(Refusal::Unproved) };
    let Some(found) = page.find(above)? else { return Err(Refusal::Unproved) };
    let spot = found.spot;
    let all: Vec<Range<usize>> = match &spot.form {
        Form::Map { members, .. } => members.iter().map(|m| m.start..m.value.end().max(m.start)).collect(),
        Form::List { items, .. } => items.iter().map(|i| i.start..i.value.end().max(i.start)).collect(),
        _ => return Err(Refusal::NoMap(spot.range.clone())),
    };
    let at = match step {
        Step::Key(key) => spot.members().iter().position(|member| member.key == *key),
        Step::Item(at) => (*at < all.len()).then_some(*at),
    };
    let Some(at) = at else { return Err(Refusal::Unproved) };
    let splices = match &spot.form {
        Form::Map { flow: true, .. } | Form::List { flow: true, .. } => from_brackets(&page.text, spot, &all, at),
        form => {
            if !is_first(&page.text, all[at].start) {
                return Err(Refusal::Form(all[at].start));
            }
            let mut splices = vec![(lines(&page.text, &all, at), String::new())];
            if all.len() == 1 {
                let empty = if matches!(form, Form::Map { .. }) { "{}" } else { "[]" };
                splices.push(emptied(spot, above.is_empty(), &splices[0].0, empty, page.manner.newline));
            }
            splices
        }
    };
    page.splice(splices);
    Ok(())
}

/// Writes empty brackets where the only entry stood.
fn emptied(spot: &Spot, is_root: bool, cut: &Range<usize>, empty: &str, newline: &str) -> Splice {
    if is_root { (cut.end..cut.end, format!("{empty}{newline}")) } else { (spot.head..spot.head, format!(" {empty}")) }
}

/// The lines of an entry of a block: those of its comments too, and an empty one where two would be left.
fn lines(text: &str, all: &[Range<usize>], at: usize) -> Range<usize> {
    let own = column(text, all[at].start);
    let mut start = line_start(text, all[at].start);
    let mut above = start;
    while above > 0 {
        let line = line_start(text, above - 1);
        match blank(text, line) {
            Some(Blank::Comment(column)) if column == own => above = line,
            _ => break,
        }
    }
    // What stands in the first line is about the file.
    if above > 0 {
        start = above;
    }
    let mut end = next_line(text, all[at].end);
    let mut below = end;
    while let Some(kind) = blank(text, below) {
        below = next_line(text, below);
        match kind {
            Blank::Comment(column) if column > own => end = below,
            Blank::Comment(_) => break,
            Blank::Empty => {}
        }
    }
    let is_empty = |line| matches!(blank(text, line), Some(Blank::Empty));
    let empty_above = start > 0 && is_empty(line_start(text, start - 1));
    let empty_below = end == text.len() || is_empty(end);
    if empty_above && empty_below {
        while start > 0 && is_empty(line_start(text, start - 1)) {
            start = line_start(text, start - 1);
        }
    } else if at == 0 && empty_below {
        while is_empty(end) {
            end = next_line(text, end);
        }
    }
    // A file without a line end keeps none.
    if end == text.len() && !text.ends_with('\n') && start > 0 {
        start = line_end(text, line_start(text, start - 1));
    }
    start..end
}

/// What to take away between brackets, so that commas are right.
fn from_brackets(text: &str, spot: &Spot, all: &[Range<usize>], at: usize) -> Vec<Splice> {
    let Range { start, end } = all[at].clone();
    let (open, close) = (spot.range.start + 1, spot.range.end - 1);
    let cut = |range: Range<usize>| vec![(range, String::new())];
    if all.len() == 1 {
        return cut(open..close);
    }
    let next = all.get(at + 1).map(|next| next.start);
    if is_first(text, start) {
        let line = line_end(text, end);
        let alone = next.is_none_or(|next| next > line) && close > line;
        return match next {
            _ if alone => cut(lines(text, all, at)),
            Some(next) => cut(start..next),
            // The bracket closes in the same line; the comma before may stay.
            None => cut(start..trivia(text, end).min(close)),
        };
    }
    match (next, at) {
        (Some(next), _) if next <= line_end(text, end) => cut(start..next),
        (_, 0) => {
            let comma = trivia(text, end);
            let behind = if text[comma..].starts_with(',') { comma + 1 } else { end };
            cut(start..behind)
        }
        _ => cut(all[at - 1].end..end),
    }
}
