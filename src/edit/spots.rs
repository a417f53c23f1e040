//! Where everything stands in a file: the extent of each value, its anchor and its brackets.
//!
//! The structure comes from the parser that `load` uses. Its places are not exact enough to edit by (it counts
//! blanks, comments and commas to a value), so the extents are found here. What does not agree with the parser is
//! not edited.

use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput};

use super::scan::{commas, line_end, trivia};
use crate::load::ByteIndex;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Spot {
    /// Behind the colon, the dash or the anchor: where a value can be written that stands in one line.
    pub(super) head: usize,
    /// The value without its anchor, and without white space and comments around it.
    pub(super) range: Range<usize>,
    /// The number of its anchor; 0 if it has none.
    pub(super) anchor: usize,
    /// What it is.
    pub(super) form: Form,
}

/// The shapes of YAML, as far as they matter for writing.
#[derive(Debug, Clone)]
pub(super) enum Form {
    /// Nothing, `~` or `null`.
    Null,
    /// A scalar.
    Scalar(ScalarStyle),
    /// What the anchor of that number says.
    Alias(usize),
    /// A sequence.
    List { flow: bool, items: Vec<Item> },
    /// A mapping.
    Map { flow: bool, members: Vec<Member> },
}

/// An item of a sequence.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// Its dash, or its first byte between brackets.
    pub(super) start: usize,
    /// Its value.
    pub(super) value: Spot,
}

/// A key and its value.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// The key.
    pub(super) key: String,
    /// The first byte of the key.
    pub(super) start: usize,
    /// The byte behind the key.
    pub(super) key_end: usize,
    /// The value.
    pub(super) value: Spot,
}

impl Spot {
    /// The byte behind all of it; that of nothing is where it would be written.
    pub(super) fn end(&self) -> usize {
        self.range.end
    }

    /// Finds a member of a mapping.
    pub(super) fn member(&self, key: &str) -> Option<&Member> {
        self.members().iter().find(|member| member.key == key)
    }

    /// The members of a mapping.
    pub(super) fn members(&self) -> &[Member] {
        match &self.form {
            Form::Map { members, .. } => members,
            _ => &[],
        }
    }

    /// The items of a sequence.
    pub(super) fn items(&self) -> &[Item] {
        match &self.form {
            Form::List { items, .. } => items,
            _ => &[],
        }
    }

    /// The values that stand directly in it.
    pub(super) fn children(&self) -> impl Iterator<Item = &Spot> {
        self.members().iter().map(|m| &m.value).chain(self.items().iter().map(|i| &i.value))
    }
}

/// Finds every value of a file that `load` accepts; otherwise the byte that is not understood.
pub(super) fn read(text: &str) -> Result<Spot, usize> {
    let mut reader = Reader { text, parser: Parser::new_from_str(text), bytes: ByteIndex::new(text), at: 0 };
    loop {
        match reader.event()? {
            (Event::StreamStart, _) => {}
            // Directives and the three dashes.
            (Event::DocumentStart(explicit), range) => {
                if explicit {
                    reader.at = reader.at.max(range.end);
                }
                break;
            }
            (_, range) => return Err(range.start),
        }
    }
    let first = reader.event()?;
    let head = reader.at;
    reader.value(first, head, false)
}

struct Reader<'t> {
    text: &'t str,
    parser: Parser<'t, StrInput<'t>>,
    bytes: ByteIndex<'t>,
    /// Up to here everything is understood.
    at: usize,
}

/// An event and the bytes that the parser gives it.
type At<'t> = (Event<'t>, Range<usize>);

impl<'t> Reader<'t> {
    fn event(&mut self) -> Result<At<'t>, usize> {
        let (event, span) = self.parser.next_event().and_then(Result::ok).ok_or(self.at)?;
        let start = self.bytes.byte(span.start.index());
        Ok((event, start..self.bytes.byte(span.end.index())))
    }

    /// Reads the value that begins with an event; `head` is behind the colon or dash before it.
    fn value(&mut self, (event, given): At<'t>, head: usize, in_flow: bool) -> Result<Spot, usize> {
        let anchor = match &event {
            Event::Scalar(_, _, anchor, _) | Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _) => {
                *anchor
            }
            _ => 0,
        };
        let head = if anchor == 0 { head } else { self.anchor(head)? };
        let start = trivia(self.text, head);
        let spot = |range, form| Spot { head, range, anchor, form };
        match event {
            Event::Alias(anchor) => {
                self.expect(start, '*')?;
                self.at = given.end;
                Ok(spot(start..given.end, Form::Alias(anchor)))
            }
            Event::Scalar(text, ScalarStyle::Plain, ..) => {
                if text.is_empty() {
                    self.at = head;
                    return Ok(spot(head..head, Form::Null));
                }
                let end = self.trimmed(start, given.end);
                if !self.text[start..].starts_with(text.chars().next().unwrap_or_default()) {
                    return Err(start);
                }
                self.at = end;
                let form = if matches!(&*text, "~" | "null") { Form::Null } else { Form::Scalar(ScalarStyle::Plain) };
                Ok(spot(start..end, form))
            }
            Event::Scalar(_, style, ..) => {
                self.at = self.scalar_end(style, start, given.end)?;
                Ok(spot(start..self.at, Form::Scalar(style)))
            }
            Event::SequenceStart(..) => {
                let flow = self.text[start..].starts_with('[');
                let items = if flow { self.flow_list(start)? } else { self.block_list(in_flow)? };
                let end = self.at;
                Ok(spot(start..end, Form::List { flow, items }))
            }
            Event::MappingStart(..) => {
                let flow = self.text[start..].starts_with('{');
                if in_flow && !flow {
                    return Err(start);
                }
                let members = self.map(start, flow)?;
                let end = self.at;
                Ok(spot(start..end, Form::Map { flow, members }))
            }
            _ => Err(given.start),
        }
    }

    /// Passes over an anchor.
    fn anchor(&self, head: usize) -> Result<usize, usize> {
        let start = trivia(self.text, head);
        self.expect(start, '&')?;
        let name = |c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '{' | '}');
        Ok(self.text[start..].find(name).map_or(self.text.len(), |length| start + length))
    }

    /// The end of a scalar that is no plain one.
    fn scalar_end(&self, style: ScalarStyle, start: usize, given: usize) -> Result<usize, usize> {
        let bytes = self.text.as_bytes();
        let mut at = start + 1;
        match style {
            ScalarStyle::DoubleQuoted => {
                self.expect(start, '"')?;
                while *bytes.get(at).ok_or(start)? != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                Ok(at + 1)
            }
            ScalarStyle::SingleQuoted => {
                self.expect(start, '\'')?;
                loop {
                    match (bytes.get(at).ok_or(start)?, bytes.get(at + 1)) {
                        (b'\'', Some(b'\'')) => at += 2,
                        (b'\'', _) => return Ok(at + 1),
                        _ => at += 1,
                    }
                }
            }
            _ if self.text[start..].starts_with(['|', '>']) => {
                Ok(self.trimmed(start, given.max(start)).max(line_end(self.text, start)))
            }
            _ => Err(start),
        }
    }

    fn map(&mut self, start: usize, flow: bool) -> Result<Vec<Member>, usize> {
        let mut members = Vec::new();
        self.at = if flow { start + 1 } else { start };
        loop {
            let (event, given) = self.event()?;
            let start = if flow { commas(self.text, self.at) } else { trivia(self.text, self.at) };
            match event {
                Event::MappingEnd => {
                    if flow {
                        self.expect(start, '}')?;
                        self.at = start + 1;
                    }
                    return Ok(members);
                }
                // A key of its own line (`? key`), one with an anchor or an alias: nobody writes those here.
                Event::Scalar(..) if self.text[start..].starts_with(['?', '&', '*', '!', '|', '>']) => {
                    return Err(start);
                }
                Event::Scalar(key, style, ..) => {
                    let end = match style {
                        ScalarStyle::Plain => self.trimmed(start, given.end),
                        _ => self.scalar_end(style, start, given.end)?,
                    };
                    let colon = trivia(self.text, end);
                    let head = if self.text[colon..].starts_with(':') { colon + 1 } else { end };
                    self.at = head;
                    let next = self.event()?;
                    let value = self.value(next, head, flow)?;
                    if head == end && !(flow && matches!(value.form, Form::Null)) {
                        return Err(colon);
                    }
                    members.push(Member { key: key.into_owned(), start, key_end: end, value });
                }
                _ => return Err(given.start),
            }
        }
    }

    fn flow_list(&mut self, start: usize) -> Result<Vec<Item>, usize> {
        let mut items = Vec::new();
        self.at = start + 1;
        loop {
            let event = self.event()?;
            let start = commas(self.text, self.at);
            if matches!(event.0, Event::SequenceEnd) {
                self.expect(start, ']')?;
                self.at = start + 1;
                return Ok(items);
            }
            items.push(Item { start, value: self.value(event, start, true)? });
        }
    }

    fn block_list(&mut self, in_flow: bool) -> Result<Vec<Item>, usize> {
        let mut items = Vec::new();
        if in_flow {
            return Err(self.at);
        }
        loop {
            let event = self.event()?;
            if matches!(event.0, Event::SequenceEnd) {
                return Ok(items);
            }
            let dash = trivia(self.text, self.at);
            self.expect(dash, '-')?;
            self.at = dash + 1;
            items.push(Item { start: dash, value: self.value(event, dash + 1, false)? });
        }
    }

    fn expect(&self, at: usize, char: char) -> Result<(), usize> {
        if self.text.get(at..).is_some_and(|rest| rest.starts_with(char)) { Ok(()) } else { Err(at) }
    }

    fn trimmed(&self, start: usize, end: usize) -> usize {
        start + self.text[start..end.max(start)].trim_end().len()
    }
}
