//! The tree of a YAML file with the place of every key and value.

use crate::source::Span;

/// A value and its place.
#[derive(Debug, Clone)]
pub struct Node {
    /// The whole value.
    pub span: Span,
    /// What it is.
    pub body: Body,
}

/// The shapes of YAML.
#[derive(Debug, Clone)]
pub enum Body {
    /// Nothing, `~` or `null`.
    Null,
    /// A scalar.
    Text(Scalar),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in the order of the file.
    Map(Vec<Entry>),
}

/// The text of a scalar as written, unquoted.
#[derive(Debug, Clone)]
pub struct Scalar {
    /// The text.
    pub text: Box<str>,
    /// Whether it stood without quotes, so that `true` and `5` are not text.
    pub plain: bool,
}

/// A key and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The place of the key.
    pub key_span: Span,
    /// The key.
    pub key: Box<str>,
    /// Its value.
    pub value: Node,
}

impl Node {
    /// Finds an entry of a mapping.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        match &self.body {
            Body::Map(entries) => entries.iter().find(|entry| &*entry.key == key),
            _ => None,
        }
    }

    /// Finds what stands below some keys.
    pub fn at<K: AsRef<str>>(&self, keys: &[K]) -> Option<&Self> {
        keys.iter().try_fold(self, |node, key| node.get(key.as_ref()).map(|entry| &entry.value))
    }

    /// Says in words what it is, for messages.
    pub fn shape(&self) -> String {
        match &self.body {
            Body::Null => "nothing".to_owned(),
            Body::Text(scalar) => Body::shown(&scalar.text),
            Body::List(_) => "a list".to_owned(),
            Body::Map(_) => "a map".to_owned(),
        }
    }

    /// Turns it into the value that the YAML core schema gives it.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        match &self.body {
            Body::Null => Value::Null,
            Body::Text(scalar) => scalar.to_json(),
            Body::List(items) => Value::Array(items.iter().map(Node::to_json).collect()),
            Body::Map(entries) => {
                Value::Object(entries.iter().map(|e| (e.key.to_string(), e.value.to_json())).collect())
            }
        }
    }
}

impl Body {
    /// Shows a text in a message, a long one by its beginning.
    pub fn shown(text: &str) -> String {
        match text.char_indices().nth(40) {
            Some((end, _)) => format!("`{}…`", text[..end].escape_debug()),
            None => format!("`{}`", text.escape_debug()),
        }
    }
}

impl Scalar {
    fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        if !self.plain {
            return Value::String(self.text.to_string());
        }
        match &*self.text {
            "true" => return Value::Bool(true),
            "false" => return Value::Bool(false),
            _ => {}
        }
        if let Ok(number) = self.text.parse::<i64>() {
            return Value::from(number);
        }
        let numeric = self.text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+' || c == '.');
        match self.text.parse::<f64>() {
            Ok(number) if numeric && number.is_finite() => Value::from(number),
            _ => Value::String(self.text.to_string()),
        }
    }
}
