//! Values that are written into a definition, and how they are read from the words of a command line.

use crate::diag::Faults;
use crate::load::{self, Body, Node, Scalar};
use crate::source::{SourceFile, Sources, Span};

/// A value to write, and what is read of one: two that are equal mean the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text; quoted where it would be read as something else.
    Text(String),
    /// A number, `true`, `null`: written as it is.
    Plain(String),
    /// A list.
    List(Vec<Value>),
    /// A map, in this order.
    Map(Vec<(String, Value)>),
}

/// What a key takes, as far as it decides how a word is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Want {
    /// Text; the words that it can be, where there is a choice.
    Text(Vec<String>),
    /// A number, or true or false.
    Plain,
    /// A list of those.
    List(Box<Want>),
    /// A map of names to those.
    Map(Box<Want>),
    /// A map with these keys.
    Keys(Vec<Key>),
    /// Whatever the word looks like.
    Any,
}

/// A key of the definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub name: String,
    /// What it means, in a sentence.
    pub doc: String,
    /// What it takes.
    pub want: Want,
}

impl Want {
    /// What a key below takes.
    pub fn below(&self, key: &str) -> &Want {
        match self {
            Self::Map(want) => want,
            Self::Keys(keys) => keys.iter().find(|known| known.name == key).map_or(&Self::Any, |known| &known.want),
            _ => &Self::Any,
        }
    }
}

impl Value {
    /// Reads a word: text where text is wanted, `a,b` where a list is, YAML between brackets or quotes.
    pub fn read(word: &str, want: &Want) -> Self {
        let written = written(word);
        match (want, written) {
            (Want::Text(_), Some(Self::Text(text))) => Self::Text(text),
            (Want::Text(_), _) => Self::Text(word.to_owned()),
            (_, Some(value @ (Self::List(_) | Self::Map(_)))) => value.fit(want),
            (Want::List(_), _) if word.is_empty() => Self::List(Vec::new()),
            (Want::List(item), _) => Self::List(word.split(',').map(|word| Self::read(word.trim(), item)).collect()),
            (_, Some(value)) => value,
            (_, None) => Self::scalar(word),
        }
    }

    /// What a node of a definition says.
    pub fn of(node: &Node) -> Self {
        match &node.body {
            Body::Null => Self::Plain("null".to_owned()),
            Body::Text(scalar) if node.to_json().is_string() => Self::Text(scalar.text.to_string()),
            Body::Text(scalar) => Self::Plain(scalar.text.to_string()),
            Body::List(items) => Self::List(items.iter().map(Self::of).collect()),
            Body::Map(entries) => {
                Self::Map(entries.iter().map(|entry| (entry.key.to_string(), Self::of(&entry.value))).collect())
            }
        }
    }

    /// Says whether it is nothing, as behind a key without a value.
    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Plain(text) if matches!(text.as_str(), "null" | "~" | ""))
    }

    /// What stands at a path.
    pub(super) fn get(&self, path: &[String]) -> Option<&Self> {
        let Some((key, rest)) = path.split_first() else { return Some(self) };
        let Self::Map(members) = self else { return None };
        members.iter().find(|(name, _)| name == key).and_then(|(_, value)| value.get(rest))
    }

    /// Puts a value at a path, behind what is there; the maps on the way are made.
    pub(super) fn set(&mut self, path: &[String], value: Self) {
        let Some((key, rest)) = path.split_first() else {
            let present = std::mem::replace(self, Self::List(Vec::new()));
            *self = value.in_order_of(&present);
            return;
        };
        if !matches!(self, Self::Map(_)) {
            *self = Self::Map(Vec::new());
        }
        let Self::Map(members) = self else { unreachable!("made a map just above") };
        let at = members.iter().position(|(name, _)| name == key).unwrap_or_else(|| {
            members.push((key.clone(), Self::Map(Vec::new())));
            members.len() - 1
        });
        members[at].1.set(rest, value);
    }

    /// The same with the keys of maps in the order of `present`, and those that are new behind them.
    fn in_order_of(self, present: &Self) -> Self {
        let (Self::Map(members), Self::Map(old)) = (&self, present) else { return self };
        let place = |key: &String| old.iter().position(|(name, _)| name == key).unwrap_or(old.len());
        let mut members = members.clone();
        members.sort_by_key(|(key, _)| place(key));
        let ordered = members.into_iter().map(|(key, value)| match old.iter().find(|(name, _)| *name == key) {
            Some((_, old)) => (key, value.in_order_of(old)),
            None => (key, value),
        });
        Self::Map(ordered.collect())
    }

    /// Takes away what stands at a path.
    pub(super) fn unset(&mut self, path: &[String]) {
        let (Self::Map(members), Some((key, rest))) = (self, path.split_first()) else { return };
        match (members.iter().position(|(name, _)| name == key), rest) {
            (Some(at), []) => drop(members.remove(at)),
            (Some(at), rest) => members[at].1.unset(rest),
            (None, _) => {}
        }
    }

    /// Calls a key otherwise.
    pub(super) fn rename(&mut self, path: &[String], name: &str) {
        let (Self::Map(members), Some((key, rest))) = (self, path.split_first()) else { return };
        let Some((present, value)) = members.iter_mut().find(|(present, _)| present == key) else { return };
        if rest.is_empty() { name.clone_into(present) } else { value.rename(rest, name) }
    }

    /// Lays its members over, in place of those of the same keys where they are no maps.
    pub fn lay(&mut self, over: Self) {
        match (self, over) {
            (Self::Map(members), Self::Map(over)) => {
                for (key, value) in over {
                    match members.iter_mut().find(|(name, _)| *name == key) {
                        Some((_, present)) => present.lay(value),
                        None => members.push((key, value)),
                    }
                }
            }
            (present, over) => *present = over,
        }
    }

    /// What a word says without quotes.
    fn scalar(word: &str) -> Self {
        if matches!(word, "null" | "~") {
            return Self::Plain("null".to_owned());
        }
        let span = Span::top(nowhere().0);
        Self::of(&Node { span, body: Body::Text(Scalar { text: word.into(), plain: true }) })
    }

    /// Reads once more what is text, now that it is known what the key takes.
    fn fit(self, want: &Want) -> Self {
        match (self, want) {
            (value, Want::Text(_)) if value.is_null() => value,
            (Self::Plain(text), Want::Text(_)) => Self::Text(text),
            (Self::List(items), Want::List(item)) => Self::List(items.into_iter().map(|i| i.fit(item)).collect()),
            (Self::Map(members), _) => {
                Self::Map(members.into_iter().map(|(key, value)| (want.below(&key), key, value)).map(fitted).collect())
            }
            (value, _) => value,
        }
    }
}

fn fitted((want, key, value): (&Want, String, Value)) -> (String, Value) {
    (key, value.fit(want))
}

/// Reads what stands between brackets or quotes; nothing if it is something else.
fn written(word: &str) -> Option<Value> {
    if !word.trim_start().starts_with(['[', '{', '"', '\'']) {
        return None;
    }
    let (id, file) = nowhere();
    let file = SourceFile { text: word.to_owned(), ..file };
    let mut faults = Faults::default();
    let node = load::parse(id, &file, &mut faults)?;
    faults.is_empty().then(|| Value::of(&node))
}

fn nowhere() -> (crate::source::FileId, SourceFile) {
    (Sources::default().add("", ""), SourceFile { path: String::new(), text: String::new() })
}
