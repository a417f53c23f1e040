//! Alloy's language, as far as a configuration of Cistern uses it: blocks, attributes, and expressions of text, numbers,
//! lists, maps, names and calls.

use std::collections::BTreeMap;
use std::iter::Peekable;

/// `name "label" { … }`.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) name: String,
    pub(crate) label: Option<String>,
    pub(crate) attributes: BTreeMap<String, Value>,
    pub(crate) blocks: Vec<Block>,
}

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Value {
    Text(String),
    Number(String),
    List(Vec<Value>),
    Map(BTreeMap<String, Value>),
    Name(String),
    Call(String, Vec<Value>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Number(String),
    Sign(char),
    Line,
}

type Tokens = Peekable<std::vec::IntoIter<Token>>;

/// Reads a configuration; panics at what is not of the language.
pub(crate) fn read(text: &str) -> Vec<Block> {
    let mut tokens = tokens(text).into_iter().peekable();
    let body = body(&mut tokens, None);
    assert!(body.0.is_empty(), "attributes stand in blocks");
    body.1
}

impl Block {
    /// What others call it.
    pub(crate) fn address(&self) -> Option<String> {
        Some(format!("{}.{}", self.name, self.label.as_ref()?))
    }

    /// The names of what other components export.
    pub(crate) fn references(&self) -> Vec<String> {
        let mut found = Vec::new();
        for value in self.attributes.values() {
            names(value, &mut found);
        }
        found.extend(self.blocks.iter().flat_map(Block::references));
        found.retain(|name| name.starts_with("loki."));
        found
    }
}

fn names(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Name(name) => found.push(name.clone()),
        Value::List(values) | Value::Call(_, values) => values.iter().for_each(|value| names(value, found)),
        Value::Map(map) => map.values().for_each(|value| names(value, found)),
        Value::Text(_) | Value::Number(_) => {}
    }
}

/// Does what one rule of `loki.relabel` does: it replaces, with a pattern that holds for the whole.
pub(crate) fn relabel(rule: &Block, labels: &mut BTreeMap<String, String>) {
    let text = |key: &str, usual: &str| match rule.attributes.get(key) {
        Some(Value::Text(text)) => text.clone(),
        None => usual.to_owned(),
        other => panic!("{key}: {other:?}"),
    };
    let Some(Value::List(sources)) = rule.attributes.get("source_labels") else { panic!("no source") };
    let Value::Text(source) = &sources[0] else { panic!("no text") };
    let value = labels.get(source).cloned().unwrap_or_default();
    let pattern = text("regex", "(.*)");
    let output = std::process::Command::new("perl")
        .args([
            "-e",
            "my ($v, $p, $r) = @ARGV; exit 1 unless $v =~ /^(?:$p)$/s; my @g = ($1, $2); \
            $r =~ s/\\$(\\d)/$g[$1 - 1] \\/\\/ q()/ge; print $r",
        ])
        .args([&value, &pattern, &text("replacement", "$1")])
        .output()
        .expect("perl starts");
    if output.status.success() {
        let new = String::from_utf8(output.stdout).expect("text");
        let target = text("target_label", "");
        if new.is_empty() {
            labels.remove(&target)
        } else {
            labels.insert(target, new)
        };
    }
}

fn body(tokens: &mut Tokens, end: Option<char>) -> (BTreeMap<String, Value>, Vec<Block>) {
    let (mut attributes, mut blocks) = (BTreeMap::new(), Vec::new());
    loop {
        match tokens.next() {
            Some(Token::Line) => {}
            None if end.is_none() => return (attributes, blocks),
            Some(Token::Sign(sign)) if Some(sign) == end => return (attributes, blocks),
            Some(Token::Word(name)) => match tokens.next() {
                Some(Token::Sign('=')) => {
                    let value = value(tokens);
                    assert!(attributes.insert(name.clone(), value).is_none(), "{name} stands twice");
                    assert!(matches!(tokens.peek(), Some(Token::Line)), "{name}: the line goes on");
                }
                Some(Token::Sign('{')) => blocks.push(block(name, None, tokens)),
                Some(Token::Text(label)) => {
                    assert_eq!(tokens.next(), Some(Token::Sign('{')), "{name}");
                    assert!(label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'), "{label}");
                    blocks.push(block(name, Some(label), tokens));
                }
                other => panic!("{name}: {other:?}"),
            },
            other => panic!("{other:?}"),
        }
    }
}

fn block(name: String, label: Option<String>, tokens: &mut Tokens) -> Block {
    let (attributes, blocks) = body(tokens, Some('}'));
    Block { name, label, attributes, blocks }
}

fn value(tokens: &mut Tokens) -> Value {
    match tokens.next() {
        Some(Token::Text(text)) => Value::Text(text),
        Some(Token::Number(number)) => Value::Number(number),
        Some(Token::Sign('[')) => Value::List(list(tokens, ']')),
        Some(Token::Sign('{')) => Value::Map(map(tokens)),
        Some(Token::Word(name)) if tokens.peek() == Some(&Token::Sign('(')) => {
            tokens.next();
            Value::Call(name, list(tokens, ')'))
        }
        Some(Token::Word(name)) => Value::Name(name),
        other => panic!("no value: {other:?}"),
    }
}

fn list(tokens: &mut Tokens, end: char) -> Vec<Value> {
    let mut values = Vec::new();
    loop {
        match tokens.peek() {
            Some(Token::Sign(sign)) if *sign == end => {
                tokens.next();
                return values;
            }
            Some(Token::Sign(',') | Token::Line) => _ = tokens.next(),
            _ => values.push(value(tokens)),
        }
    }
}

fn map(tokens: &mut Tokens) -> BTreeMap<String, Value> {
    let mut map = BTreeMap::new();
    loop {
        match tokens.next() {
            Some(Token::Line) => {}
            Some(Token::Sign('}')) => return map,
            Some(Token::Word(key) | Token::Text(key)) => {
                assert_eq!(tokens.next(), Some(Token::Sign('=')), "{key}");
                map.insert(key.clone(), value(tokens));
                // A line ends with a comma here, also the last.
                match tokens.next() {
                    Some(Token::Sign(',')) => {}
                    Some(Token::Sign('}')) => return map,
                    other => panic!("{key}: {other:?}"),
                }
            }
            other => panic!("{other:?}"),
        }
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\n' => found.push(Token::Line),
            ' ' => {}
            '/' if characters.peek() == Some(&'/') => while characters.next_if(|next| *next != '\n').is_some() {},
            '"' => {
                let mut literal = String::from('"');
                while let Some(next) = characters.next() {
                    literal.push(next);
                    match next {
                        '\\' => literal.extend(characters.next()),
                        '"' => break,
                        _ => {}
                    }
                }
                found.push(Token::Text(serde_json::from_str(&literal).expect("a text that ends")));
            }
            c if c.is_ascii_alphabetic() || c == '_' => {
                let mut word = String::from(c);
                while let Some(next) = characters.next_if(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.')) {
                    word.push(next);
                }
                found.push(Token::Word(word));
            }
            c if c.is_ascii_digit() => {
                let mut number = String::from(c);
                while let Some(next) = characters.next_if(char::is_ascii_digit) {
                    number.push(next);
                }
                found.push(Token::Number(number));
            }
            '{' | '}' | '[' | ']' | '(' | ')' | '=' | ',' => found.push(Token::Sign(character)),
            other => panic!("`{other}` is none of the language's"),
        }
    }
    found
}
