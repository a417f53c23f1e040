//! What a hole prints.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr, Value as Dynamic, ValueKind, serializing_for_value};
use minijinja::{Error, ErrorKind, Output, State};
use serde::{Serialize, Serializer};

use crate::nix::fault::Unprintable;
use crate::nix::literal::{self, Place};
use crate::nix::path::RelativePath;

/// Nix text that a hole inserts as it is. Only Rust code can make one.
///
/// It must be whole: rendered by [`Templates`](super::Templates), or printed by [`Value`](crate::nix::Value).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment(Arc<str>);

impl Fragment {
    /// Takes text that is Nix.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Object for Fragment {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn is_true(self: &Arc<Self>) -> bool {
        !self.0.trim().is_empty()
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// To a template a fragment goes as itself, to any other format as a string.
impl Serialize for Fragment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializing_for_value() {
            Dynamic::from_object(self.clone()).serialize(serializer)
        } else {
            serializer.serialize_str(&self.0)
        }
    }
}

/// What the filters `attr` and `comment` return: text that was printed already, for a hole of its own.
#[derive(Debug)]
struct Printed {
    text: String,
    what: &'static str,
}

impl Object for Printed {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The filter `attr`: an attribute name, quoted where it must be.
pub(super) fn attr(value: &Dynamic) -> Result<Dynamic, Error> {
    let text = literal::attr_name(&name(value)?)?.into_owned();
    Ok(Dynamic::from_object(Printed { text, what: "an attribute name" }))
}

/// The filter `comment`: a comment with as many lines as the text.
pub(super) fn comment(value: &Dynamic) -> Result<Dynamic, Error> {
    let mut text = String::new();
    literal::comment(&name(value)?, &mut text)?;
    Ok(Dynamic::from_object(Printed { text, what: "a comment" }))
}

/// Prints the value of a hole, with a space on either side so that it touches nothing.
pub(super) fn write(out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Dynamic) -> Result<(), Error> {
    if let Some(Fragment(text)) = value.downcast_object_ref() {
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        return write!(out, "{text}{end}").map_err(Error::from);
    }
    let mut text = String::from(" ");
    match value.downcast_object_ref::<Printed>() {
        Some(printed) => text.push_str(&printed.text),
        None => print(value, Place::Operand, 0, &mut text)?,
    }
    text.push(' ');
    out.write_str(&text).map_err(Error::from)
}

fn print(value: &Dynamic, place: Place, depth: usize, out: &mut String) -> Result<(), Error> {
    if depth > Unprintable::DEEPEST {
        return Err(Unprintable::TooDeep.into());
    }
    match value.kind() {
        ValueKind::None => out.push_str("null"),
        ValueKind::Bool => out.push_str(if value.is_true() { "true" } else { "false" }),
        ValueKind::Number => print_number(value, place, out)?,
        ValueKind::String => literal::string(value.as_str().unwrap_or_default(), out)?,
        ValueKind::Seq | ValueKind::Iterable => {
            out.push_str("[ ");
            for item in value.try_iter()? {
                print(&item, Place::Operand, depth + 1, out)?;
                out.push(' ');
            }
            out.push(']');
        }
        ValueKind::Map => {
            out.push_str("{ ");
            for (key, item) in value.as_object().and_then(|map| map.try_iter_pairs()).into_iter().flatten() {
                out.push_str(&literal::attr_name(&name(&key)?)?);
                out.push_str(" = ");
                print(&item, Place::Alone, depth + 1, out)?;
                out.push_str("; ");
            }
            out.push('}');
        }
        _ => match (value.downcast_object_ref::<RelativePath>(), value.downcast_object_ref::<Printed>()) {
            (Some(path), _) => path.print(place, out)?,
            (_, Some(printed)) => return Err(error(format!("{} stands in a value", printed.what))),
            _ => return Err(unprintable(value)),
        },
    }
    Ok(())
}

fn print_number(value: &Dynamic, place: Place, out: &mut String) -> Result<(), Unprintable> {
    if value.is_integer() {
        let number = value.as_i64().ok_or_else(|| Unprintable::TooLarge(value.to_string()))?;
        literal::int(number, place, out);
        return Ok(());
    }
    literal::float(f64::try_from(value.clone()).unwrap_or(f64::NAN), place, out)
}

/// Reads a string, or a number as the string that names it.
fn name(value: &Dynamic) -> Result<String, Error> {
    match value.kind() {
        ValueKind::String => Ok(value.as_str().unwrap_or_default().to_owned()),
        ValueKind::Number if value.is_integer() => Ok(value.to_string()),
        _ => Err(error(format!("a string is expected, not {}", kind(value)))),
    }
}

fn unprintable(value: &Dynamic) -> Error {
    match value.kind() {
        ValueKind::Undefined => error("the value is undefined, or an `if` without `else` gave none".to_owned()),
        // What could not be serialized says why.
        ValueKind::Invalid => error(value.to_string()),
        _ => error(format!("{} is no Nix value", kind(value))),
    }
}

fn kind(value: &Dynamic) -> String {
    match value.kind() {
        ValueKind::None => "none".to_owned(),
        ValueKind::Bool => "a boolean".to_owned(),
        ValueKind::Number => "a number".to_owned(),
        ValueKind::Seq | ValueKind::Iterable => "a sequence".to_owned(),
        ValueKind::Map => "a map".to_owned(),
        ValueKind::Bytes => "a row of bytes".to_owned(),
        ValueKind::Plain => format!("`{value}`"),
        other => other.to_string(),
    }
}

impl From<Unprintable> for Error {
    fn from(why: Unprintable) -> Self {
        error(why.to_string())
    }
}

fn error(message: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}
