//! Nix values, as Rust holds them before they are text.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::fault::Unprintable;
use super::literal::{self, Place};
use super::path::RelativePath;

/// A Nix value that has a literal.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float; it must be finite and not subnormal to be printed.
    Float(f64),
    /// A string; it must not hold NUL to be printed.
    Str(String),
    /// A path literal.
    Path(RelativePath),
    /// A list.
    List(Vec<Value>),
    /// An attribute set, sorted by name.
    Attrs(BTreeMap<String, Value>),
}

impl Value {
    /// Makes an attribute set of pairs; of two with one name the later wins.
    pub fn attrs<K: Into<String>, V: Into<Value>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        Self::Attrs(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// Writes the value as it may stand right of a `=`, all on one line: [`format`](super::format) breaks the lines.
    ///
    /// # Errors
    ///
    /// What Nix cannot hold; `out` is then not to be used.
    pub fn print(&self, out: &mut String) -> Result<(), Unprintable> {
        self.write(Place::Alone, 0, out)
    }

    /// Writes the value as one operand, which may be an argument or an element of a list.
    ///
    /// # Errors
    ///
    /// What Nix cannot hold; `out` is then not to be used.
    pub fn print_operand(&self, out: &mut String) -> Result<(), Unprintable> {
        self.write(Place::Operand, 0, out)
    }

    fn write(&self, place: Place, depth: usize, out: &mut String) -> Result<(), Unprintable> {
        if depth > Unprintable::DEEPEST {
            return Err(Unprintable::TooDeep);
        }
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Int(number) => literal::int(*number, place, out),
            Self::Float(number) => literal::float(*number, place, out)?,
            Self::Str(text) => literal::string(text, out)?,
            Self::Path(path) => path.print(place, out)?,
            Self::List(items) => {
                out.push_str("[ ");
                for item in items {
                    item.write(Place::Operand, depth + 1, out)?;
                    out.push(' ');
                }
                out.push(']');
            }
            Self::Attrs(attrs) => {
                out.push_str("{ ");
                for (name, value) in attrs {
                    out.push_str(&literal::attr_name(name)?);
                    out.push_str(" = ");
                    value.write(Place::Alone, depth + 1, out)?;
                    out.push_str("; ");
                }
                out.push('}');
            }
        }
        Ok(())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

macro_rules! from_integers {
    ($($kind:ty)*) => {$(
        impl From<$kind> for Value {
            fn from(number: $kind) -> Self {
                Self::Int(number.into())
            }
        }
    )*};
}

from_integers!(i8 i16 i32 i64 u8 u16 u32);

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Str(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Str(text)
    }
}

impl From<RelativePath> for Value {
    fn from(path: RelativePath) -> Self {
        Self::Path(path)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        items.into_iter().collect()
    }
}

impl<T: Into<Value>> From<BTreeMap<String, T>> for Value {
    fn from(attrs: BTreeMap<String, T>) -> Self {
        Self::attrs(attrs)
    }
}

impl<T: Into<Value>> FromIterator<T> for Value {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

/// JSON knows integers that Nix does not.
impl TryFrom<serde_json::Value> for Value {
    type Error = Unprintable;

    fn try_from(json: serde_json::Value) -> Result<Self, Unprintable> {
        use serde_json::Value as Json;
        Ok(match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(value),
            Json::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(int), _) => Self::Int(int),
                (None, Some(float)) if number.is_f64() => Self::Float(float),
                _ => return Err(Unprintable::TooLarge(number.to_string())),
            },
            Json::String(text) => Self::Str(text),
            Json::Array(items) => Self::List(items.into_iter().map(Self::try_from).collect::<Result<_, _>>()?),
            Json::Object(attrs) => Self::Attrs(
                attrs.into_iter().map(|(name, value)| Ok((name, Self::try_from(value)?))).collect::<Result<_, _>>()?,
            ),
        })
    }
}

/// To the context of a template a value goes as it is, paths included.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(number) => serializer.serialize_i64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Str(text) => serializer.serialize_str(text),
            Self::Path(path) => path.serialize(serializer),
            Self::List(items) => items.serialize(serializer),
            Self::Attrs(attrs) => attrs.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(value: impl Into<Value>) -> String {
        let mut out = String::new();
        value.into().print(&mut out).unwrap();
        out
    }

    #[test]
    fn every_kind_of_value() {
        assert_eq!(printed(None::<bool>), "null");
        assert_eq!(printed(true), "true");
        assert_eq!(printed(-5), "-5");
        assert_eq!(printed(0.25), "0.25");
        assert_eq!(printed("a"), "\"a\"");
        assert_eq!(printed(RelativePath::new("../a b").unwrap()), "../. + \"/a b\"");
        assert_eq!(printed(vec![-1, 2]), "[ (-1) 2 ]");
        assert_eq!(printed(Vec::<bool>::new()), "[ ]");
        assert_eq!(printed(Value::attrs([("b c", -1), ("a", 2)])), "{ a = 2; \"b c\" = -1; }");
        assert_eq!(printed(Value::attrs::<String, bool>([])), "{ }");
    }

    #[test]
    fn paths_are_operands_in_lists() {
        let path = RelativePath::new("a b").unwrap();
        assert_eq!(printed(vec![path]), "[ (./. + \"/a b\") ]");
    }

    #[test]
    fn what_nix_cannot_hold() {
        let refused = |value: Value| value.print(&mut String::new()).unwrap_err();
        assert_eq!(refused("a\0".into()), Unprintable::Nul);
        assert_eq!(refused(Value::attrs([("a\0", 1)])), Unprintable::Nul);
        assert_eq!(refused(f64::INFINITY.into()), Unprintable::NoFloat("inf".into()));
        let deep = (0..100).fold(Value::Null, |inner, _| Value::List(vec![inner]));
        assert_eq!(refused(deep), Unprintable::TooDeep);
    }

    #[test]
    fn json_becomes_a_value() {
        let json = serde_json::json!({ "a": [1, -2, 1.0, null, true, "x"], "b": {} });
        assert_eq!(printed(Value::try_from(json).unwrap()), "{ a = [ 1 (-2) 1.0 null true \"x\" ]; b = { }; }");
        let large = Value::try_from(serde_json::json!(u64::MAX));
        assert_eq!(large, Err(Unprintable::TooLarge("18446744073709551615".into())));
    }
}
