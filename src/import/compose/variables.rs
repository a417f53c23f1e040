//! Files of variables (`.env`, `env_file`) and what `${NAME}` stands for.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::import::confidential::{is_secret, named_secret};
use crate::import::input::{Input, Text};
use crate::import::tree::{Body, Entry, Fate, Leaf, Tree};

/// The tag of a value that a secret was filled into, so that nobody reads it as plain text.
pub(super) const CONFIDENTIAL: &str = "!confidential";

/// Reads a file of variables: `NAME=value` a line, quotes as in a shell.
pub(super) fn read(text: &Text, input: &mut Input) -> Vec<(String, Tree)> {
    let mut variables = Vec::new();
    let whole = text.text.as_str();
    let mut at = 0;
    while at < whole.len() {
        let end = whole[at..].find('\n').map_or(whole.len(), |end| at + end);
        let line = whole[at..end].trim_end_matches('\r');
        let body = line.trim_start();
        let start = at + line.len() - body.len();
        at = end + 1;
        if body.trim().is_empty() || body.starts_with('#') {
            continue;
        }
        let assigned = body.strip_prefix("export ").unwrap_or(body).split_once('=');
        let Some((name, value)) = assigned.map(|(name, value)| (name.trim(), value)).filter(|(name, _)| is_name(name))
        else {
            // The line is not repeated: it may be part of a key.
            let leaf = input.leaf(text, "(a line)".to_owned(), start);
            Tree::text_of(leaf, "").lost("it is not NAME=value", "correct the line");
            continue;
        };
        let value_at = start + body.len() - value.len();
        let (value, used) = value_of(&whole[value_at..], value);
        // A value in quotes goes on over lines.
        at = at.max(whole[value_at + used..].find('\n').map_or(whole.len(), |end| value_at + used + end + 1));
        let leaf = input.leaf(text, name.to_owned(), start);
        variables.push((name.to_owned(), Tree::text_of(leaf, value)));
    }
    variables
}

/// The value at the beginning of a text, and how many bytes it takes.
fn value_of(rest: &str, line: &str) -> (String, usize) {
    let skipped = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let body = &rest[skipped..];
    let quote = body.chars().next().filter(|c| matches!(c, '\'' | '"'));
    if let Some(quote) = quote {
        let mut value = String::new();
        let mut chars = body[1..].char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                c if c == quote => return (value, skipped + 1 + at + 1),
                '\\' if quote == '"' => match chars.next() {
                    Some((_, 'n')) => value.push('\n'),
                    Some((_, 't')) => value.push('\t'),
                    Some((_, next)) => value.push(next),
                    None => break,
                },
                c => value.push(c),
            }
        }
    }
    let bare = line.split(" #").next().unwrap_or_default().trim();
    (bare.to_owned(), line.len())
}

fn is_name(text: &str) -> bool {
    text.len() <= 100
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

/// The variables of `.env`, and where they are used.
#[derive(Debug, Default)]
pub(super) struct Known {
    values: BTreeMap<String, Tree>,
    used: BTreeMap<String, Vec<Rc<Leaf>>>,
}

impl Known {
    /// Takes in the variables of `.env`; the last one of a name counts.
    pub(super) fn of(variables: Vec<(String, Tree)>) -> Self {
        let mut known = Self::default();
        for (name, value) in variables {
            let place = value.place.to_string();
            if let Some(earlier) = known.values.insert(name, value) {
                earlier.beaten(format!("{place} wins over it"));
            }
        }
        known
    }

    /// The same tree with every variable filled in. What cannot be filled in is marked, and becomes nothing.
    pub(super) fn fill(&mut self, tree: &Tree) -> Tree {
        let body = match &tree.body {
            Body::Text(leaf, text) if text.contains('$') => match self.filled(text, leaf, 0) {
                Ok((text, secret)) => {
                    let tag = if secret { Some(CONFIDENTIAL.to_owned()) } else { tree.tag.clone() };
                    return Tree { body: Body::Text(leaf.clone(), text), tag, ..tree.clone() };
                }
                Err(()) => {
                    // Not named: what stands behind a `$` may be a part of a password.
                    tree.lost(
                        "a variable in it is set nowhere, neither in .env nor with a default",
                        "write the value into .env or into the file, and import again",
                    );
                    Body::Null(leaf.clone())
                }
            },
            Body::List(items) => Body::List(items.iter().map(|item| self.fill(item)).collect()),
            Body::Map(entries) => Body::Map(
                entries.iter().map(|entry| Entry { key: entry.key.clone(), value: self.fill(&entry.value) }).collect(),
            ),
            body => body.clone(),
        };
        Tree { body, ..tree.clone() }
    }

    /// Notes what became of the variables, by what became of the values that use them.
    pub(super) fn settle(&self) {
        for (name, value) in &self.values {
            let fates: Vec<Fate> = self.used.get(name).into_iter().flatten().map(|leaf| leaf.fate()).collect();
            let stored = fates.iter().find_map(|fate| if let Fate::Store(secret) = fate { Some(secret) } else { None });
            match stored {
                Some(secret) => value.store(secret),
                None if fates.contains(&Fate::Carried) => value.carried(),
                None if fates.is_empty() => value
                    .lost("nothing that is imported uses it", "delete it, or look for what reads it beside Compose"),
                None => value.lost("what uses it was not carried over", ""),
            }
        }
    }

    /// Fills in a text. `Err` where a variable is not set.
    fn filled(&mut self, text: &str, leaf: &Rc<Leaf>, depth: usize) -> Result<(String, bool), ()> {
        let (mut out, mut secret, mut rest) = (String::new(), false, text);
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('$') {
                out.push('$');
                rest = after;
                continue;
            }
            let (inside, after) = match rest.strip_prefix('{') {
                Some(braced) => match closing(braced) {
                    Some(end) => (&braced[..end], &braced[end + 1..]),
                    None => return Err(()),
                },
                None => {
                    rest.split_at(rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len()))
                }
            };
            if inside.is_empty() {
                out.push('$');
                rest = after;
                continue;
            }
            let (value, hidden) = self.value(inside, leaf, depth)?;
            out.push_str(&value);
            secret |= hidden;
            rest = after;
        }
        out.push_str(rest);
        Ok((out, secret))
    }

    /// What `NAME`, `NAME:-default`, `NAME-default`, `NAME:?message` or `NAME:+other` stands for.
    fn value(&mut self, inside: &str, leaf: &Rc<Leaf>, depth: usize) -> Result<(String, bool), ()> {
        let end = inside.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inside.len());
        let (name, operator) = inside.split_at(end);
        let (strict, operator) = operator.strip_prefix(':').map_or((false, operator), |operator| (true, operator));
        let set =
            self.values.get(name).and_then(Tree::text).map(str::to_owned).filter(|value| !strict || !value.is_empty());
        if self.values.contains_key(name) {
            self.used.entry(name.to_owned()).or_default().push(leaf.clone());
        }
        let fallback = operator.get(1..).unwrap_or_default();
        let chosen = match (operator.chars().next(), &set) {
            (Some('+'), Some(_)) | (Some('-'), None) if depth < 8 => return self.filled(fallback, leaf, depth + 1),
            (Some('+'), None) => String::new(),
            (_, Some(value)) => value.clone(),
            (_, None) => return Err(()),
        };
        let secret = is_secret(name, &chosen) || named_secret(name);
        Ok((chosen, secret))
    }
}

/// The end of `${…}`, with others inside of it.
fn closing(text: &str) -> Option<usize> {
    let mut open = 1;
    for (at, c) in text.char_indices() {
        match c {
            '{' => open += 1,
            '}' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::File;

    fn known(text: &str) -> (Known, Vec<(String, String)>) {
        let mut input = Input::default();
        let file = File { path: ".env".to_owned(), bytes: text.as_bytes().to_vec() };
        let text = input.text(&file).unwrap();
        let read = read(&text, &mut input);
        let shown = read.iter().map(|(name, value)| (name.clone(), value.text().unwrap().to_owned())).collect();
        (Known::of(read), shown)
    }

    #[test]
    fn files_of_variables_are_read() {
        let (_, found) = known(
            "# x\nA=1\nexport B = two words # not this\nC='a # b'\nD=\"x\\ny\"\nE=\"over\nlines\"\nF=\nno line\nG=\"open\nH=1#2\n",
        );
        let found: Vec<_> = found.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(
            found,
            [
                ("A", "1"),
                ("B", "two words"),
                ("C", "a # b"),
                ("D", "x\ny"),
                ("E", "over\nlines"),
                ("F", ""),
                ("G", "\"open"),
                ("H", "1#2")
            ]
        );
    }

    #[test]
    fn variables_are_filled_in() {
        let (mut known, _) = known("A=1\nEMPTY=\nDB_PASSWORD=x\n");
        let leaf = Leaf::new(String::new(), crate::import::tree::Place { file: "x".into(), line: 1, column: 1 });
        let mut fill = |text: &str| known.filled(text, &leaf, 0);
        for (text, expected) in [
            ("a${A}b$A", "a1b1"),
            ("$$A", "$A"),
            ("${B:-x}", "x"),
            ("${B-${A}}", "1"),
            ("${EMPTY:-x}${EMPTY-x}", "x"),
            ("${A:+y}${B:+y}", "y"),
            ("100$", "100$"),
        ] {
            assert_eq!(fill(text), Ok((expected.to_owned(), false)), "{text}");
        }
        assert_eq!(fill("u:${DB_PASSWORD}"), Ok(("u:x".to_owned(), true)));
        assert_eq!(fill("${B}"), Err(()));
        assert_eq!(fill("${B:?must be set}"), Err(()));
        assert!(fill("${A").is_err());
    }
}
