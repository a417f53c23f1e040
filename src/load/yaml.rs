//! Text to tree: builds a [`Node`] from the parser's events, without recursion.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Tag};

use super::node::{Body, Entry, Node, Scalar};
use crate::diag::{Diagnostic, codes};
use crate::source::{FileId, SourceFile, Span};

const DEEPEST: usize = 64;
/// How many values all aliases of a file may unfold to; written values are bounded by the size of the file.
const MOST_UNFOLDED: usize = 1_000_000;

/// What a file of another program holds beside the YAML of a definition.
#[derive(Debug, Default)]
pub struct Foreign {
    /// Tags such as `!vault`, by the first byte of the value that they stand before.
    pub tags: BTreeMap<u32, String>,
    /// What aliases stand for: the place of the value, by the first byte of the alias.
    pub aliases: BTreeMap<u32, Span>,
}

/// Parses one file; the first fault ends it.
pub(super) fn parse(id: FileId, file: &SourceFile) -> Result<Node, Box<Diagnostic>> {
    Builder::new(id, file).run().map(|(node, _)| node)
}

/// Parses a file of another program: its tags are kept beside the tree, its merge keys are keys called `<<`.
pub(super) fn parse_foreign(id: FileId, file: &SourceFile) -> Result<(Node, Foreign), Box<Diagnostic>> {
    Builder { foreign: Some(Foreign::default()), ..Builder::new(id, file) }.run()
}

struct Builder<'s> {
    id: FileId,
    file: &'s SourceFile,
    bytes: ByteIndex<'s>,
    anchors: HashMap<usize, Anchored>,
    /// Every value so far, the unfolded ones included.
    nodes: usize,
    /// The values that stand in the place of aliases.
    unfolded: usize,
    /// What only another program's file may hold; none for a definition.
    foreign: Option<Foreign>,
}

/// What an alias stands for.
struct Anchored {
    node: Node,
    /// How many values it is.
    size: usize,
    /// How many collections stand inside of each other in it.
    depth: usize,
}

/// A collection that is still open.
struct Open {
    anchor: usize,
    start: usize,
    nodes_before: usize,
    /// How deep its deepest value is.
    deepest: usize,
    body: Body,
    /// The key that waits for its value.
    key: Option<(Span, Box<str>)>,
}

impl<'s> Builder<'s> {
    fn new(id: FileId, file: &'s SourceFile) -> Self {
        let bytes = ByteIndex::new(&file.text);
        Self { id, file, bytes, anchors: HashMap::new(), nodes: 0, unfolded: 0, foreign: None }
    }

    fn run(mut self) -> Result<(Node, Foreign), Box<Diagnostic>> {
        let mut parser = Parser::new_from_str(&self.file.text);
        let mut open: Vec<Open> = Vec::new();
        let mut root: Option<Node> = None;
        while let Some(event) = parser.next_event() {
            let (event, at) = event.map_err(|error| self.syntax(&error))?;
            let span = self.span(at.start.index(), at.end.index());
            let done = match event {
                Event::Scalar(text, style, anchor, tag) => {
                    self.tag(tag, span)?;
                    let node = self.scalar(&text, style, span);
                    self.remember(anchor, &node, 1, 0);
                    Some((node, 0))
                }
                Event::Alias(anchor) => Some(self.alias(anchor, open.len(), span)?),
                Event::SequenceStart(anchor, tag) => {
                    self.tag(tag, span)?;
                    self.open(&mut open, anchor, span, Body::List(Vec::new()))?;
                    None
                }
                Event::MappingStart(anchor, tag) => {
                    self.tag(tag, span)?;
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
                    let depth = closed.deepest + 1;
                    self.remember(closed.anchor, &node, self.nodes - closed.nodes_before + 1, depth);
                    Some((node, depth))
                }
                Event::DocumentStart(_) if root.is_some() => {
                    return Err(unsupported("a file holds one document", span, "a second one begins here")
                        .help("move it to a file of its own, or remove the `---`")
                        .into());
                }
                _ => None,
            };
            if let Some((node, depth)) = done {
                match open.last_mut() {
                    Some(parent) => {
                        parent.deepest = parent.deepest.max(depth);
                        attach(parent, node, self.foreign.is_some())?;
                    }
                    None => root = Some(node),
                }
            }
        }
        let root = root.filter(|node| !matches!(node.body, Body::Null)).ok_or_else(|| {
            Diagnostic::new(codes::EMPTY_FILE, format!("`{}` is empty", self.file.path))
                .file(self.file.path.clone())
                .help("fill it in, or delete it")
        })?;
        Ok((root, self.foreign.unwrap_or_default()))
    }

    fn open(&mut self, open: &mut Vec<Open>, anchor: usize, span: Span, body: Body) -> Result<(), Box<Diagnostic>> {
        if open.len() >= DEEPEST {
            return Err(too_deep(span).into());
        }
        self.nodes += 1;
        let (start, nodes_before) = (span.start as usize, self.nodes);
        open.push(Open { anchor, start, nodes_before, deepest: 0, body, key: None });
        Ok(())
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, span: Span) -> Node {
        self.nodes += 1;
        let plain = style == ScalarStyle::Plain;
        let body = if plain && matches!(text, "" | "~" | "null") {
            Body::Null
        } else {
            Body::Text(Scalar { text: text.into(), plain })
        };
        let end = trimmed(&self.file.text, span.start as usize, span.end as usize);
        Node { span: Span::new(self.id, span.start as usize, end), body }
    }

    /// What an alias stands for, and how deep it is; refused before it is copied.
    fn alias(&mut self, anchor: usize, level: usize, span: Span) -> Result<(Node, usize), Box<Diagnostic>> {
        let Some(anchored) = self.anchors.get(&anchor) else {
            return Err(unsupported("an alias stands inside of what it refers to", span, "this alias")
                .help("write the value out")
                .into());
        };
        if level + anchored.depth > DEEPEST {
            return Err(too_deep(span).into());
        }
        self.nodes += anchored.size;
        self.unfolded += anchored.size;
        if self.unfolded > MOST_UNFOLDED {
            return Err(Box::new(
                Diagnostic::new(codes::TOO_DEEP, "the aliases of the file unfold to more than a million values")
                    .at(span, "here the limit is passed")
                    .help("aliases of aliases multiply; write the values out"),
            ));
        }
        if let Some(foreign) = &mut self.foreign {
            foreign.aliases.insert(span.start, anchored.node.span);
        }
        Ok((Node { span, ..anchored.node.clone() }, anchored.depth))
    }

    fn remember(&mut self, anchor: usize, node: &Node, size: usize, depth: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, Anchored { node: node.clone(), size, depth });
        }
    }

    fn tag(&mut self, tag: Option<Cow<'_, Tag>>, span: Span) -> Result<(), Box<Diagnostic>> {
        let Some(tag) = tag else { return Ok(()) };
        let Some(foreign) = &mut self.foreign else {
            return Err(unsupported("tags are not read", span, "a tagged value")
                .help("write it without the tag")
                .into());
        };
        if !tag.is_yaml_core_schema() {
            foreign.tags.insert(span.start, format!("{}{}", tag.handle, tag.suffix));
        }
        Ok(())
    }

    fn syntax(&mut self, error: &ScanError) -> Diagnostic {
        let at = self.bytes.byte(error.marker().index()).min(self.file.text.len());
        let text = &self.file.text;
        if error.info().contains("recursion limit") {
            return too_deep(Span::new(self.id, at, at));
        }
        // The parser finds some tabs only behind the word before them.
        let at = if error.info().contains("tab") { at + text[at..].find('\t').unwrap_or(0) } else { at };
        let line_start = text[..at].rfind('\n').map_or(0, |n| n + 1);
        // A tab often makes the line behind it look wrong.
        let before = text[..line_start.saturating_sub(1)].rfind('\n').map_or(0, |n| n + 1);
        for start in [line_start, before] {
            let line = text[start..].lines().next().unwrap_or_default();
            let indentation = line.len() - line.trim_start_matches([' ', '\t']).len();
            if let Some(tab) = line[..indentation].find('\t') {
                let span = Span::new(self.id, start + tab, start + tab + 1);
                return Diagnostic::new(codes::TAB, "a line is indented with a tab")
                    .at(span, "a tab")
                    .help("indent with two spaces a level");
            }
        }
        // What another program's file holds is not repeated: it may be a password.
        if text[at..].starts_with('@') && self.foreign.is_none() {
            // Between brackets the value ends at the next comma or bracket, else with its line.
            let ends: &[char] =
                if text[line_start..at].contains(['{', '[']) { &[',', ']', '}', '\n'] } else { &['\n'] };
            let rest = &text[at..at + text[at..].find(ends).unwrap_or(text.len() - at)];
            let value = rest.split(" #").next().unwrap_or(rest).trim_end();
            return Diagnostic::new(codes::UNQUOTED_AT, format!("`{value}` must be quoted"))
                .at(Span::new(self.id, at, at + value.len()), "YAML reserves `@`")
                .help(format!("write \"{value}\" or {}", value.replace('@', "tag:")));
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

/// Hangs a value on the collection that it stands in.
fn attach(parent: &mut Open, node: Node, foreign: bool) -> Result<(), Box<Diagnostic>> {
    match &mut parent.body {
        Body::List(items) => items.push(node),
        Body::Map(entries) => match parent.key.take() {
            Some((key_span, key)) => entries.push(Entry { key_span, key, value: node }),
            None => parent.key = Some(key(node, foreign)?),
        },
        _ => unreachable!("only collections are opened"),
    }
    Ok(())
}

fn key(node: Node, foreign: bool) -> Result<(Span, Box<str>), Box<Diagnostic>> {
    match node.body {
        Body::Text(scalar) if scalar.plain && &*scalar.text == "<<" && !foreign => {
            Err(unsupported("merge keys are not read", node.span, "a merge key")
                .help("use profiles or groups, which also say where a value came from")
                .into())
        }
        Body::Text(scalar) => Ok((node.span, scalar.text)),
        _ => Err(unsupported("a key is not text", node.span, "this key").help("keys are plain words").into()),
    }
}

fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::new(codes::TOO_DEEP, format!("the file is nested deeper than {DEEPEST} levels"))
        .at(span, "too deep")
        .help("a definition needs about eight levels")
}

fn unsupported(message: &str, span: Span, label: &str) -> Diagnostic {
    Diagnostic::new(codes::UNSUPPORTED_YAML, message).at(span, label)
}

/// Leaves off the white space and the newlines that the parser counts to a block.
fn trimmed(text: &str, start: usize, end: usize) -> usize {
    start + text[start..end].trim_end().len()
}

/// Translates the parser's character numbers to bytes; free for ASCII text.
pub(crate) struct ByteIndex<'s> {
    text: &'s str,
    ascii: bool,
    /// A place that was asked for before: (characters, bytes).
    cursor: (usize, usize),
}

impl<'s> ByteIndex<'s> {
    /// Begins at the first byte.
    pub(crate) fn new(text: &'s str) -> Self {
        Self { text, ascii: text.is_ascii(), cursor: (0, 0) }
    }

    /// Returns the byte at which a character begins.
    pub(crate) fn byte(&mut self, character: usize) -> usize {
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
