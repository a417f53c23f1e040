//! A template as the Nix that it nearly is: every hole becomes a name of the same length, so that places stay.

use std::ops::Range;

use super::body_of;
use crate::nix::assigned::{Assigned, assigned};

/// A hole of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hole {
    /// The whole of it, braces included, in bytes of the template.
    pub range: Range<usize>,
    /// What stands between the braces.
    pub expression: String,
}

/// A template's holes, and what its body sets.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    /// The holes, in the order of the text.
    pub holes: Vec<Hole>,
    /// What it sets, whichever branches are taken; places are those of the template.
    pub assigned: Vec<Assigned>,
}

/// Reads a template without filling it in: all branches at once, and every hole as a name that is computed.
pub fn outline(source: &str) -> Outline {
    let (text, holes) = mask(source);
    let mut assigned = assigned(&text);
    if assigned.is_empty() {
        assigned = bindings(&text);
    }
    for segment in assigned.iter_mut().flat_map(|one| &mut one.path) {
        if holes.iter().any(|hole| hole.range.contains(&segment.range.start)) {
            segment.name = None;
        }
    }
    Outline { holes, assigned }
}

/// Reads the text of a template that others include in a set: bindings without the braces around them.
fn bindings(text: &str) -> Vec<Assigned> {
    let mut found = assigned(&format!("{{{text}}}"));
    let one_back = |range: &mut Range<usize>| *range = range.start.saturating_sub(1)..range.end.saturating_sub(1);
    for one in &mut found {
        one_back(&mut one.range);
        one.path.iter_mut().for_each(|segment| one_back(&mut segment.range));
    }
    // Text that is no bindings takes the brace behind it into what it seems to say.
    found.retain(|one| {
        let mut places = one.path.iter().map(|segment| &segment.range).chain([&one.range]);
        places.all(|range| text.get(range.clone()).is_some())
    });
    found
}

impl Outline {
    /// The holes within a stretch of the template.
    pub fn holes_in(&self, range: &Range<usize>) -> impl Iterator<Item = &Hole> {
        self.holes.iter().filter(move |hole| range.start <= hole.range.start && hole.range.end <= range.end)
    }
}

/// Blanks front matter, statements and comments, and puts a name in the place of every hole.
fn mask(source: &str) -> (String, Vec<Hole>) {
    let body = body_of(source);
    let mut text = blank(&source[..body]);
    let mut holes = Vec::new();
    let mut at = body;
    while let Some(found) = source[at..].find('{') {
        let start = at + found;
        text.push_str(&source[at..start]);
        let close = match source.as_bytes().get(start + 1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => "#}",
            _ => {
                text.push('{');
                at = start + 1;
                continue;
            }
        };
        let end = end_of(source, start + 2, close);
        let whole = &source[start..end];
        if close == "}}" {
            let inner = whole[2..].strip_suffix("}}").unwrap_or(&whole[2..]);
            let expression = inner.trim_start_matches(['-', '+']).trim_end_matches(['-', '+']).trim().to_owned();
            holes.push(Hole { range: start..end, expression });
            text.push('_');
            text.extend(std::iter::repeat_n('h', whole.len() - 1));
        } else {
            text.push_str(&blank(whole));
        }
        at = end;
    }
    text.push_str(&source[at..]);
    (text, holes)
}

/// Finds the end of a hole or statement; its delimiter does not count within quotes, which comments have none of.
fn end_of(source: &str, start: usize, close: &str) -> usize {
    let mut quote = None;
    let bytes = source.as_bytes();
    let mut at = start;
    while at < bytes.len() {
        match quote {
            Some(_) if bytes[at] == b'\\' => at += 1,
            Some(open) if bytes[at] == open => quote = None,
            Some(_) => {}
            None if bytes[at..].starts_with(close.as_bytes()) => return at + close.len(),
            None if close != "#}" && matches!(bytes[at], b'"' | b'\'') => quote = Some(bytes[at]),
            None => {}
        }
        at += 1;
    }
    source.len()
}

/// As many blanks as there are bytes; the ends of lines stay.
fn blank(text: &str) -> String {
    text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_template() {
        let source = "---\nversion: 1\n---\n{# {{ no }} #}\n{ services.{{ service | attr }} = {\n{% if \"%}\" %}\n  \
                      port = lib.mkOverride 900 {{ ports.web ~ \"}}\" }};\n{% else %}\n  port = 1;\n{% endif %}\n}; }\n";
        let outline = outline(source);
        let paths: Vec<_> = outline.assigned.iter().map(Assigned::dotted).collect();
        assert_eq!(paths, ["services.*.port", "services.*.port"]);
        let value = &outline.assigned[0].range;
        assert_eq!(&source[value.clone()], "{{ ports.web ~ \"}}\" }}");
        let hole = outline.holes_in(value).next().unwrap();
        assert_eq!(hole.expression, "ports.web ~ \"}}\"");
        assert_eq!(outline.holes.len(), 2);
    }

    #[test]
    fn bindings_without_braces_are_read() {
        let source = "  users.{{ user | attr }} = {\n    uid = 5;\n  };\n";
        let outline = outline(source);
        assert_eq!(outline.assigned[0].dotted(), "users.*.uid");
        assert_eq!(&source[outline.assigned[0].range.clone()], "5");
    }
}
