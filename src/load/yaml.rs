//! Text to tree: builds a [`Node`] from the parser's events, without recursion.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError};

use super::node::{Body, Entry, Node, Scalar};
use crate::diag::{Diagnostic, codes};
use crate::source::{FileId, SourceFile, Span};

const DEEPEST: usize = 64;
const MOST_NODES: usize = 10_000_000;

/// Parses one file; the first fault ends it.
pub(super) fn parse(id: FileId, file: &SourceFile) -> Result<Node, Diagnostic> {
    Builder { id, file, bytes: ByteIndex::new(&file.text), anchors: HashMap::new(), nodes: 0 }.run()
}

struct Builder<'s> {
    id: FileId,
    file: &'s SourceFile,
    bytes: ByteIndex<'s>,
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
}

/// A collection that is still open.
struct Open {
    anchor: usize,
    start: usize,
    nodes_before: usize,
    body: Body,
    /// The key that waits for its value.
    key: Option<(Span, Box<str>)>,
}

impl<'s> Builder<'s> {
    fn run(mut self) -> Result<Node, Diagnostic> {
        let mut parser = Parser::new_from_str(&self.file.text);
        let mut open: Vec<Open> = Vec::new();
        let mut root: Option<Node> = None;
        while let Some(event) = parser.next_event() {
            let (event, at) = event.map_err(|error| self.syntax(&error))?;
            let span = self.span(at.start.index(), at.end.index());
            let done = match event {
                Event::Scalar(text, style, anchor, tag) => {
                    self.no_tag(tag.is_some(), span)?;
                    let node = self.scalar(&text, style, span)?;
                    self.remember(anchor, &node, 1);
                    Some(node)
                }
                Event::Alias(anchor) => Some(self.alias(anchor, span)?),
                Event::SequenceStart(anchor, tag) => {
                    self.no_tag(tag.is_some(), span)?;
                    self.open(&mut open, anchor, span, Body::List(Vec::new()))?;
                    None
                }
                Event::MappingStart(anchor, tag) => {
                    self.no_tag(tag.is_some(), span)?;
                    self.open(&mut open, anchor, span, Body::Map(Vec::new()))?;
                    None
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    let closed = open.pop().expect("the parser balances its events");
                    let end = (span.end as usize).max(closed.start);
                    let node = Node {
                        span: Span::new(self.id, closed.start, trimmed(&self.file.text, closed.start, end)),
                        body: closed.body,
                    };
                    self.remember(closed.anchor, &node, self.nodes - closed.nodes_before);
                    Some(node)
                }
                Event::DocumentStart(_) if root.is_some() => {
                    return Err(self.unsupported(span, "a second document begins here", "Keep one document per file."));
                }
                _ => None,
            };
            if let Some(node) = done {
                match open.last_mut() {
                    Some(parent) => self.attach(parent, node)?,
                    None => root = Some(node),
                }
            }
        }
        root.filter(|node| !matches!(node.body, Body::Null)).ok_or_else(|| {
            Diagnostic::new(codes::EMPTY_FILE, format!("`{}` is empty", self.file.path))
                .file(self.file.path.clone())
                .help("fill it in, or delete it")
        })
    }

    fn open(&mut self, open: &mut Vec<Open>, anchor: usize, span: Span, body: Body) -> Result<(), Diagnostic> {
        if open.len() >= DEEPEST {
            return Err(Diagnostic::new(codes::TOO_DEEP, format!("the file is nested deeper than {DEEPEST} levels"))
                .at(span, "too deep")
                .help("a definition needs about eight levels"));
        }
        self.count(1, span)?;
        open.push(Open { anchor, start: span.start as usize, nodes_before: self.nodes, body, key: None });
        Ok(())
    }

    fn attach(&self, parent: &mut Open, node: Node) -> Result<(), Diagnostic> {
        match &mut parent.body {
            Body::List(items) => items.push(node),
            Body::Map(entries) => match parent.key.take() {
                Some((key_span, key)) => entries.push(Entry { key_span, key, value: node }),
                None => parent.key = Some(self.key(node)?),
            },
            _ => unreachable!("only collections are opened"),
        }
        Ok(())
    }

    fn key(&self, node: Node) -> Result<(Span, Box<str>), Diagnostic> {
        match node.body {
            Body::Text(scalar) if scalar.plain && &*scalar.text == "<<" => Err(self.unsupported(
                node.span,
                "a merge key",
                "Use profiles or groups, which also say where a value came from.",
            )),
            Body::Text(scalar) => Ok((node.span, scalar.text)),
            _ => Err(self.unsupported(node.span, "this key is not text", "Keys are plain words.")),
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, span: Span) -> Result<Node, Diagnostic> {
        self.count(1, span)?;
        let plain = style == ScalarStyle::Plain;
        let body = if plain && matches!(text, "" | "~" | "null") {
            Body::Null
        } else {
            Body::Text(Scalar { text: text.into(), plain })
        };
        let end = trimmed(&self.file.text, span.start as usize, span.end as usize);
        Ok(Node { span: Span::new(self.id, span.start as usize, end), body })
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<Node, Diagnostic> {
        let Some((node, size)) = self.anchors.get(&anchor) else {
            return Err(self.unsupported(span, "this alias is inside of what it refers to", "Write the value out."));
        };
        let (mut node, size) = (node.clone(), *size);
        self.count(size, span)?;
        node.span = span;
        Ok(node)
    }

    fn remember(&mut self, anchor: usize, node: &Node, size: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), size));
        }
    }

    fn count(&mut self, more: usize, span: Span) -> Result<(), Diagnostic> {
        self.nodes += more;
        if self.nodes <= MOST_NODES {
            return Ok(());
        }
        Err(Diagnostic::new(codes::TOO_DEEP, format!("the file unfolds to more than {MOST_NODES} values"))
            .at(span, "here the limit is passed")
            .help("aliases of aliases multiply; write the values out"))
    }

    fn no_tag(&self, tagged: bool, span: Span) -> Result<(), Diagnostic> {
        if tagged { Err(self.unsupported(span, "a tagged value", "Write it without a tag.")) } else { Ok(()) }
    }

    fn unsupported(&self, span: Span, what: &str, help: &str) -> Diagnostic {
        Diagnostic::new(codes::UNSUPPORTED_YAML, "this part of YAML is not read").at(span, what).help(help)
    }

    fn syntax(&mut self, error: &ScanError) -> Diagnostic {
        let at = self.bytes.byte(error.marker().index()).min(self.file.text.len());
        let text = &self.file.text;
        let line_start = text[..at].rfind('\n').map_or(0, |n| n + 1);
        let line = text[line_start..].lines().next().unwrap_or_default();
        let indentation = line.len() - line.trim_start_matches([' ', '\t']).len();
        if let Some(tab) = line[..indentation].find('\t') {
            let span = Span::new(self.id, line_start + tab, line_start + tab + 1);
            return Diagnostic::new(codes::TAB, "this line is indented with a tab")
                .at(span, "a tab")
                .help("indent with two spaces a level");
        }
        if text[at..].starts_with('@') {
            let end = at + text[at..].find([' ', '\n', ',', ']', '}']).unwrap_or(text.len() - at);
            let word = &text[at..end];
            return Diagnostic::new(codes::UNQUOTED_AT, format!("`{word}` must be quoted"))
                .at(Span::new(self.id, at, end), "YAML reserves `@`")
                .help(format!("write \"{word}\" or tag:{}", word.trim_start_matches('@')));
        }
        let width = text[at..].chars().next().map_or(0, |c| if c == '\n' { 0 } else { c.len_utf8() });
        Diagnostic::new(codes::YAML_SYNTAX, "the file is not well-formed YAML")
            .at(Span::new(self.id, at, at + width), error.info().to_owned())
            .help("what follows in this file was not checked")
    }

    fn span(&mut self, start: usize, end: usize) -> Span {
        let start = self.bytes.byte(start);
        Span::new(self.id, start, self.bytes.byte(end))
    }
}

/// Leaves off the white space and the newlines that the parser counts to a block.
fn trimmed(text: &str, start: usize, end: usize) -> usize {
    start + text[start..end].trim_end().len()
}

/// Translates the parser's character numbers to bytes; free for ASCII text.
struct ByteIndex<'s> {
    text: &'s str,
    ascii: bool,
    /// A place that was asked for before: (characters, bytes).
    cursor: (usize, usize),
}

impl<'s> ByteIndex<'s> {
    fn new(text: &'s str) -> Self {
        Self { text, ascii: text.is_ascii(), cursor: (0, 0) }
    }

    fn byte(&mut self, character: usize) -> usize {
        if self.ascii {
            return character.min(self.text.len());
        }
        let (mut chars, mut bytes) = self.cursor;
        if character >= chars {
            for c in self.text[bytes..].chars().take(character - chars) {
                bytes += c.len_utf8();
                chars += 1;
            }
        } else {
            for c in self.text[..bytes].chars().rev().take(chars - character) {
                bytes -= c.len_utf8();
                chars -= 1;
            }
        }
        self.cursor = (chars, bytes);
        bytes
    }
}
