//! Writing a value into a page: in place of another, as a new key, as a new item.

use std::ops::Range;

use super::page::{Found, Page, Refusal, Splice, Step};
use super::print::{self, Manner, behind_colon, inline, like, member};
use super::scan::{Blank, blank, column, is_first, line_end, line_start, next_line};
use super::spots::{Form, Spot};
use super::value::Value;

/// Puts a value where the path leads, whatever stands there. `tall` counts the levels of maps that have a line a key,
/// the one that holds the value included.
///
/// What is above the last step must be there, and be a map or nothing.
pub(super) fn put(page: &mut Page, path: &[Step], value: &Value, tall: usize) -> Result<(), Refusal> {
    page.refresh()?;
    page.owned(path, true)?;
    if let Some(found) = page.find(path)? {
        let splices = replaced(&page.text, &found, value, page.manner);
        page.splice(splices);
        return Ok(());
    }
    let Some((Step::Key(key), above)) = path.split_last() else { return Err(Refusal::Unproved) };
    let Some(found) = page.find(above)? else { return Err(Refusal::Unproved) };
    let splices = match &found.spot.form {
        Form::Null => replaced_by_map(&page.text, &found, key, value, tall, page.manner),
        Form::Map { flow: true, members } if members.is_empty() => {
            let only = Value::Map(vec![(key.clone(), value.clone())]);
            let is_long = behind_colon(&only, 0, tall, page.manner).starts_with(page.manner.newline);
            if found.in_flow || !is_long {
                into_empty(&page.text, found.spot, &format!(" {} ", member(key, value)))
            } else {
                replaced_by_map(&page.text, &found, key, value, tall, page.manner)
            }
        }
        Form::Map { flow: true, members } => {
            let last = members.last().expect("it is not empty");
            behind_last(&page.text, (last.start, last.value.end()), found.spot, &member(key, value), page.manner)
        }
        Form::Map { flow: false, .. } => behind_block(&page.text, found.spot, key, value, tall, page.manner),
        _ => return Err(Refusal::NoMap(found.spot.range.clone())),
    };
    page.splice(splices);
    Ok(())
}

/// Puts an item before the one of that number, or behind the last one.
pub(super) fn put_item(page: &mut Page, path: &[Step], at: usize, value: &Value) -> Result<(), Refusal> {
    page.refresh()?;
    page.owned(path, false)?;
    let Some(Found { spot, .. }) = page.find(path)? else { return Err(Refusal::Unproved) };
    let Form::List { flow, items } = &spot.form else { return Err(Refusal::Unproved) };
    let (text, line) = (&page.text, inline(value, *flow));
    let splices = match (items.get(at), items.last()) {
        (_, None) => into_empty(text, spot, &line),
        (Some(next), _) if *flow => vec![insert(next.start, format!("{line}, "))],
        (None, Some(last)) if *flow => behind_last(text, (last.start, last.value.end()), spot, &line, page.manner),
        (next, Some(last)) => {
            let dash = items[0].start;
            if !is_first(text, dash) {
                return Err(Refusal::Form(dash));
            }
            let indent = " ".repeat(column(text, dash));
            match next {
                Some(next) => vec![insert(next.start, format!("- {line}{}{indent}", page.manner.newline))],
                None => {
                    let end = line_end(text, last.value.end());
                    vec![insert(end, format!("{}{indent}- {line}", page.manner.newline))]
                }
            }
        }
    };
    page.splice(splices);
    Ok(())
}

/// One value in place of another.
fn replaced(text: &str, found: &Found<'_>, value: &Value, manner: Manner) -> Vec<Splice> {
    let spot = found.spot;
    let scalar = match spot.form {
        Form::Scalar(style) => Some(like(style, value, found.in_flow)),
        _ => None,
    };
    let behind = match (scalar, found.key_column) {
        (Some(line), _) if !line.starts_with('{') => format!(" {line}"),
        (_, Some(column)) if !found.in_flow => behind_colon(value, column, 0, manner),
        _ => format!(" {}", inline(value, found.in_flow)),
    };
    at_head(text, found, &behind, manner)
}

/// A map with one key in place of nothing or of an empty one.
fn replaced_by_map(
    text: &str,
    found: &Found<'_>,
    key: &str,
    value: &Value,
    tall: usize,
    manner: Manner,
) -> Vec<Splice> {
    let map = Value::Map(vec![(key.to_owned(), value.clone())]);
    let behind = match found.key_column {
        Some(column) if !found.in_flow => behind_colon(&map, column, tall, manner),
        _ => format!(" {}", inline(&map, found.in_flow)),
    };
    at_head(text, found, &behind, manner)
}

/// Writes `behind`, a blank and one line or several lines, behind a colon, in place of the value there.
fn at_head(text: &str, found: &Found<'_>, behind: &str, manner: Manner) -> Vec<Splice> {
    let spot = found.spot;
    let Range { start, end } = spot.range.clone();
    let same_line = line_start(text, start) <= spot.head;
    let lines = behind.starts_with(manner.newline);
    // Between brackets a key may stand alone.
    let alone = found.in_flow && found.key_column.is_some() && spot.anchor == 0 && !text[..spot.head].ends_with(':');
    let colon = if alone { ":" } else { "" };
    let is_item = found.in_flow && found.key_column.is_none() && start < end;
    match (same_line, lines) {
        // The blanks before a value stay, and those before nothing are ours to write.
        (true, false) if start > spot.head || is_item => vec![(start..end, behind[1..].to_owned())],
        (true, false) => vec![(start..end, format!("{colon}{behind}"))],
        (true, true) => {
            let line_end = line_end(text, end);
            vec![(spot.head..end, String::new()), insert(line_end, behind.to_owned())]
        }
        // What stands behind the colon is a comment.
        (false, false) => vec![insert(spot.head, behind.to_owned()), (line_end(text, spot.head)..end, String::new())],
        (false, true) => vec![(line_end(text, spot.head)..end, behind.to_owned())],
    }
}

/// An entry between empty brackets.
fn into_empty(text: &str, spot: &Spot, entry: &str) -> Vec<Splice> {
    let (open, close) = (spot.range.start + 1, spot.range.end - 1);
    let inner = &text[open..close];
    if inner.trim().is_empty() {
        vec![(open..close, entry.to_owned())]
    } else {
        vec![insert(open, format!(" {entry}"))]
    }
}

/// An entry behind the last one between brackets, in a line of its own where that one has one.
fn behind_last(text: &str, last: (usize, usize), spot: &Spot, entry: &str, manner: Manner) -> Vec<Splice> {
    let (start, end) = last;
    let line_end = line_end(text, end);
    if !is_first(text, start) || line_end > spot.range.end - 1 {
        return vec![insert(end, format!(", {entry}"))];
    }
    let indent = " ".repeat(column(text, start));
    if text[end..].trim_start_matches([' ', '\t']).starts_with(',') {
        return vec![insert(line_end, format!("{}{indent}{entry},", manner.newline))];
    }
    vec![insert(end, ",".to_owned()), insert(line_end, format!("{}{indent}{entry}", manner.newline))]
}

/// A key behind the last one of a block.
fn behind_block(text: &str, map: &Spot, key: &str, value: &Value, tall: usize, manner: Manner) -> Vec<Splice> {
    let members = map.members();
    let (first, last) = (&members[0], &members[members.len() - 1]);
    let key_column = column(text, first.start);
    let mut end = line_end(text, last.value.end());
    // Comments that are indented further belong to what stands above them.
    loop {
        let next = next_line(text, end);
        match blank(text, next) {
            Some(Blank::Comment(column)) if next > end && column > key_column => end = line_end(text, next),
            _ => break,
        }
    }
    let apart = members.len() > 1 && has_empty_line(&text[members[members.len() - 2].value.end()..last.start]);
    let gap = manner.newline.repeat(if apart { 2 } else { 1 });
    let behind = behind_colon(value, key_column, tall.saturating_sub(1), manner);
    vec![insert(end, format!("{gap}{:key_column$}{}:{behind}", "", print::key(key)))]
}

/// Says whether an empty line stands in what is between two entries.
fn has_empty_line(between: &str) -> bool {
    let lines: Vec<_> = between.split('\n').collect();
    lines.len() > 2 && lines[1..lines.len() - 1].iter().any(|line| line.trim().is_empty())
}

fn insert(at: usize, text: String) -> Splice {
    (at..at, text)
}
