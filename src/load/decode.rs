//! From a tree to typed values, all faults at once: a bad value poisons only itself.

use std::collections::{BTreeMap, BTreeSet};

use std::borrow::Cow;
use std::num::NonZeroU32;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::node::{Body, Entry, Node};
use crate::diag::{Diagnostic, Faults, codes, listed};
use crate::source::Span;

/// What can be read from a node. `None` means that a fault was reported.
pub trait Decode: Sized {
    /// Reads it, or says what is wrong.
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self>;
}

/// What is written as one scalar: a name, a number, an address.
pub trait Scalar: Sized {
    /// What is expected, for messages: `a port`.
    const WHAT: &'static str;

    /// How it is written, for a line of help: `a port is a number from 1 to 65535`.
    const FORM: &'static str = "";

    /// The words that it can be, where they are known.
    const WORDS: &'static [&'static str] = &[];

    /// What it can look like; editors and documents show these.
    const EXAMPLES: &'static [&'static str] = &[];

    /// Reads the text, or says what is wrong with it.
    ///
    /// # Errors
    /// What is wrong in particular, such as `it has a capital letter`; empty where [`Scalar::WHAT`] says all.
    fn read(text: &str) -> Result<Self, String>;

    /// The diagnostic of a text that cannot be read.
    const FAULT: &'static crate::diag::Code = codes::BAD_VALUE;
}

/// A value and the place where it was written.
#[derive(Debug, Clone, Copy)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub span: Span,
}

impl<T> std::ops::Deref for At<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Decode> Decode for At<T> {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        T::decode(node, faults).map(|value| Self { value, span: node.span })
    }
}

/// The diagnostic of a value that has the wrong shape.
pub fn wrong_type(node: &Node, expected: &str) -> Diagnostic {
    Diagnostic::new(codes::WRONG_TYPE, format!("expected {expected}, found {}", node.shape()))
        .at(node.span, format!("not {expected}"))
}

/// The diagnostic of a text that is not what it should be; `why` is what [`Scalar::read`] said of it.
pub fn unreadable<T: Scalar>(text: &str, span: Span, why: &str) -> Diagnostic {
    let shown = Body::shown(text);
    let message = match T::WORDS {
        [] => format!("{shown} is not {}", T::WHAT),
        words => format!("{shown} is none of {}", listed(words)),
    };
    let label = match why {
        "" if T::WORDS.is_empty() => format!("not {}", T::WHAT),
        "" => "not one of these".to_owned(),
        // What stands in no text is the name of a file.
        why if span.start == span.end => format!("the name of this file: {why}"),
        why => why.to_owned(),
    };
    let diagnostic = Diagnostic::new(T::FAULT, message).at(span, label).nearest(text, T::WORDS.iter().copied());
    if T::FORM.is_empty() { diagnostic } else { diagnostic.help(T::FORM) }
}

impl<T: Scalar> Decode for T {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        let Body::Text(scalar) = &node.body else {
            let diagnostic = wrong_type(node, T::WHAT);
            faults.push(match T::WORDS {
                [] => diagnostic,
                words => diagnostic.help(format!("there are {}", listed(words))),
            });
            return None;
        };
        match T::read(&scalar.text) {
            Ok(value) => Some(value),
            Err(why) => {
                faults.push(unreadable::<T>(&scalar.text, node.span, &why));
                None
            }
        }
    }
}

impl Scalar for String {
    const WHAT: &'static str = "text";
    fn read(text: &str) -> Result<Self, String> {
        if text.contains('\0') { Err("it holds a NUL character".to_owned()) } else { Ok(text.to_owned()) }
    }
}

impl Scalar for bool {
    const WHAT: &'static str = "true or false";
    const EXAMPLES: &'static [&'static str] = &["true", "false"];
    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| String::new())
    }
}

macro_rules! integers {
    ($($type:ty: $what:literal),*) => {$(
        impl Scalar for $type {
            const WHAT: &'static str = $what;
            fn read(text: &str) -> Result<Self, String> {
                text.parse().map_err(|_| String::new())
            }
        }
    )*};
}
integers!(
    u16: "a whole number from 0 to 65535", u32: "a whole number from 0 on", NonZeroU32: "a whole number from 1 on",
    i64: "a whole number"
);

/// A list whose bad items were reported and left out.
impl<T: Decode> Decode for Vec<At<T>> {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        let Body::List(items) = &node.body else {
            let single = match &node.body {
                Body::Text(scalar) => format!("write `[{}]`, also for a single item", scalar.text.escape_debug()),
                _ => "write it as `[a, b]`, also for a single item".to_owned(),
            };
            faults.push(wrong_type(node, "a list").help(single));
            return None;
        };
        let good: Vec<_> = items.iter().filter_map(|item| At::decode(item, faults)).collect();
        (good.len() == items.len()).then_some(good)
    }
}

/// A map from names to values, in the order of the names.
#[derive(Debug, Clone)]
pub struct Named<K, V> {
    /// The entries that could be read.
    pub entries: BTreeMap<K, Keyed<V>>,
    /// The keys of those that could not: nothing is said about what refers to them.
    pub poisoned: BTreeSet<String>,
}

/// A value and the place of its key.
#[derive(Debug, Clone)]
pub struct Keyed<V> {
    /// The place of the key.
    pub key: Span,
    /// The value.
    pub value: V,
}

impl<K, V> Default for Named<K, V> {
    fn default() -> Self {
        Self { entries: BTreeMap::new(), poisoned: BTreeSet::new() }
    }
}

impl<K: Ord, V> Named<K, V> {
    /// Says whether nothing at all was written.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.poisoned.is_empty()
    }
}

impl<K: Scalar + Ord, V: Decode> Decode for Named<K, V> {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        let entries = entries_of(node, faults)?;
        let mut named = Self::default();
        for entry in entries {
            let key = match K::read(&entry.key) {
                Ok(key) => Some(key),
                Err(why) => {
                    faults.push(unreadable::<K>(&entry.key, entry.key_span, &why));
                    None
                }
            };
            let value = V::decode(&entry.value, faults);
            match (key, value) {
                (Some(key), Some(value)) => {
                    named.entries.insert(key, Keyed { key: entry.key_span, value });
                }
                _ => {
                    named.poisoned.insert(entry.key.to_string());
                }
            }
        }
        Some(named)
    }
}

/// The entries of a map; nothing written is an empty one.
fn entries_of<'n>(node: &'n Node, faults: &mut Faults) -> Option<&'n [Entry]> {
    match &node.body {
        Body::Map(entries) => Some(entries),
        Body::Null => Some(&[]),
        _ => {
            faults.push(wrong_type(node, "a map"));
            None
        }
    }
}

/// A struct of the definition: a fixed set of keys.
pub trait Keys: Default {
    /// Reads the value of one key; `false` when the key is not one of the struct's.
    fn key(&mut self, entry: &Entry, faults: &mut Faults) -> bool;

    /// Lists the keys.
    fn names(into: &mut Vec<&'static str>);

    /// Notes that something in it could not be read, so that nothing is called missing.
    fn poison(&mut self);
}

/// Reads a struct: every key, whatever the faults of the others.
pub fn decode_keys<T: Keys>(node: &Node, faults: &mut Faults) -> Option<T> {
    let entries = entries_of(node, faults)?;
    let mut value = T::default();
    for entry in entries {
        if !value.key(entry, faults) {
            value.poison();
            let mut known = Vec::new();
            T::names(&mut known);
            faults.push(unknown_key(entry, &known));
        }
    }
    Some(value)
}

/// The diagnostic of a key that is not known, with the nearest one or all of them.
pub fn unknown_key(entry: &Entry, known: &[&'static str]) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(codes::UNKNOWN_KEY, format!("the key `{}` is not known here", entry.key.escape_debug()))
            .at(entry.key_span, "unknown key")
            .nearest(&entry.key, known.iter().copied());
    if diagnostic.suggestion.is_some() {
        return diagnostic;
    }
    let mut known = known.to_vec();
    known.sort_unstable();
    diagnostic.help(format!("known here: {}", known.join(", ")))
}

/// The name of a key from the name of its field.
pub const fn key_name(field: &'static str) -> &'static str {
    match field.as_bytes() {
        [b'r', b'#', ..] => field.split_at(2).1,
        _ => field,
    }
}

impl<T: JsonSchema> JsonSchema for At<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<K: JsonSchema, V: JsonSchema> JsonSchema for Named<K, V> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("Map_of_{}", V::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (names, values) = (generator.subschema_for::<K>(), generator.subschema_for::<V>());
        schemars::json_schema!({ "type": "object", "propertyNames": names, "additionalProperties": values })
    }
}
