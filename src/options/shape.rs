//! What an option takes, read off the words in which nixpkgs describes its type.
//!
//! Types are described for people. What is not understood here takes anything, so that nobody is told of a mistake that
//! is none; the descriptions of older releases (`list of strings`) are ambiguous in places, and count as not understood
//! there.

use crate::nix::Literal;

/// What an option takes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    /// Anything, as far as can be told.
    Any,
    /// A set of options, and any others.
    Open,
    /// A set of options.
    Submodule,
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A whole number within bounds.
    Integer(i64, i64),
    /// A number with a fraction.
    Fraction,
    /// Text.
    Text,
    /// An absolute path.
    Path,
    /// A package.
    Package,
    /// One of some values.
    Choice(Vec<Literal>),
    /// A list.
    List(Box<Shape>),
    /// A set with any names.
    Set(Box<Shape>),
    /// Any of some shapes.
    Or(Vec<Shape>),
}

/// Reads a description, such as `null or (list of string)`.
pub(super) fn shape(text: &str) -> Shape {
    let text = without_parentheses(text.trim());
    if let Some(shape) = simple(text) {
        return shape;
    }
    let parts = alternatives(text);
    if let [most @ .., _] = &parts[..]
        && !most.is_empty()
    {
        // Older releases wrote no parentheses: `list of string or path` is either of two types.
        if most.iter().any(|part| !part.starts_with('(') && element(part).is_some()) {
            return Shape::Any;
        }
        return Shape::Or(parts.into_iter().map(shape).collect());
    }
    match element(text) {
        Some((true, inner)) => Shape::List(Box::new(shape(inner))),
        Some((false, inner)) => Shape::Set(Box::new(shape(inner))),
        None => text.strip_suffix(" convertible to it").map_or(Shape::Any, shape),
    }
}

impl Shape {
    /// Says whether what is below it need not be declared.
    pub(super) fn is_open(&self) -> bool {
        match self {
            Self::Any | Self::Open => true,
            Self::Or(shapes) => shapes.iter().any(Shape::is_open),
            _ => false,
        }
    }

    /// Says whether it takes a value, as far as that can be told.
    pub(super) fn takes(&self, value: &Literal) -> bool {
        match (self, value) {
            (Self::Any, _) | (_, Literal::Computed) => true,
            (Self::Or(shapes), _) => shapes.iter().any(|shape| shape.takes(value)),
            (Self::Null, Literal::Null)
            | (Self::Boolean, Literal::Bool(_))
            | (Self::Fraction, Literal::Fraction)
            | (Self::Text, Literal::Text(_))
            | (Self::Path | Self::Package | Self::Submodule | Self::Open, Literal::Path)
            | (Self::Open | Self::Submodule | Self::Set(_), Literal::Empty | Literal::Set(_)) => true,
            (Self::Integer(least, most), Literal::Number(number)) => (*least..=*most).contains(number),
            (Self::Path | Self::Package | Self::Submodule | Self::Open, Literal::Text(text)) => text.starts_with('/'),
            (Self::Choice(values), _) => values.contains(value),
            (Self::List(inner), Literal::List(items)) => items.iter().all(|item| inner.takes(item)),
            _ => false,
        }
    }
}

/// A type that is one phrase.
fn simple(text: &str) -> Option<Shape> {
    const EACH: i64 = i64::MAX;
    // Older releases put an `s` behind what is in a list, and another behind that for a list of lists.
    let singular = text.trim_end_matches('s');
    let is = |phrase: &str| text == phrase || text.starts_with(phrase) && singular == phrase;
    let exact: [(&str, Shape); 20] = [
        ("null", Shape::Null),
        ("boolean", Shape::Boolean),
        ("signed integer", Shape::Integer(i64::MIN, EACH)),
        ("unsigned integer, meaning >=0", Shape::Integer(0, EACH)),
        ("positive integer, meaning >0", Shape::Integer(1, EACH)),
        ("floating point number", Shape::Fraction),
        ("string", Shape::Text),
        ("non-empty string", Shape::Text),
        ("string (with check: non-empty)", Shape::Text),
        ("(optionally newline-terminated) single-line string", Shape::Text),
        ("string, not containing newlines or colons", Shape::Text),
        ("path", Shape::Path),
        ("absolute path", Shape::Path),
        ("path in the Nix store", Shape::Path),
        ("absolute path not in the Nix store", Shape::Path),
        ("package", Shape::Package),
        ("submodule", Shape::Submodule),
        ("attribute set", Shape::Set(Box::new(Shape::Any))),
        ("list", Shape::List(Box::new(Shape::Any))),
        ("unspecified value", Shape::Any),
    ];
    if let Some((_, shape)) = exact.into_iter().find(|(phrase, _)| is(phrase)) {
        return Some(shape);
    }
    if let Some(rest) = text.strip_prefix("strings concatenated with \"") {
        let (_, after) = rest.split_once('"')?;
        return after.trim_end_matches('s').is_empty().then_some(Shape::Text);
    }
    if text.starts_with("string matching the pattern ") && !text.contains(" or ") {
        return Some(Shape::Text);
    }
    if text.starts_with("open submodule of ") {
        return Some(Shape::Open);
    }
    bounds(text).or_else(|| choices(text))
}

/// `integer between 1 and 5 (both inclusive)`, `16 bit unsigned integer; between 0 and 65535 (both inclusive)`.
fn bounds(text: &str) -> Option<Shape> {
    let (before, rest) = text.split_once(" between ")?;
    let bits = before.strip_suffix(" bit unsigned integer;").or_else(|| before.strip_suffix(" bit signed integer;"));
    if before != "integer" && bits.is_none_or(|bits| bits.parse::<u8>().is_err()) {
        return None;
    }
    let (least, rest) = rest.split_once(" and ")?;
    let (most, after) = rest.split_once(" (both inclusive)")?;
    if !after.trim_end_matches('s').is_empty() {
        return None;
    }
    Some(Shape::Integer(least.parse().ok()?, most.parse().ok()?))
}

/// `one of "a", "b", 3`, and `value "a" (singular enum)`.
fn choices(text: &str) -> Option<Shape> {
    let single = text.strip_prefix("value ").and_then(|rest| rest.strip_suffix(" (singular enum)"));
    let mut rest = single.or_else(|| text.strip_prefix("one of "))?;
    let mut values = Vec::new();
    loop {
        let after;
        if let Some(quoted) = rest.strip_prefix('"') {
            let (text, behind) = quoted.split_once('"')?;
            values.push(Literal::Text(text.to_owned()));
            after = behind;
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            values.push(match &rest[..end] {
                "true" => Literal::Bool(true),
                "false" => Literal::Bool(false),
                number => Literal::Number(number.parse().ok()?),
            });
            after = &rest[end..];
        }
        if after.is_empty() {
            return Some(Shape::Choice(values));
        }
        rest = after.strip_prefix(", ")?;
    }
}

/// What a list (then `true`) or a set is of.
fn element(text: &str) -> Option<(bool, &str)> {
    let text = text.strip_prefix("lazy ").or_else(|| text.strip_prefix("non-empty ")).unwrap_or(text);
    let text = without_parentheses(text);
    let list = text.strip_prefix("list of ").map(|inner| (true, inner));
    list.or_else(|| text.strip_prefix("attribute set of ").map(|inner| (false, inner)))
}

/// Takes off parentheses that stand around the whole.
fn without_parentheses(text: &str) -> &str {
    let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) else { return text };
    let mut depth = 0_i32;
    for byte in inner.bytes() {
        depth += i32::from(byte == b'(') - i32::from(byte == b')');
        if depth < 0 {
            return text;
        }
    }
    without_parentheses(inner)
}

/// The parts between ` or `, where that stands outside of quotes and parentheses.
fn alternatives(text: &str) -> Vec<&str> {
    const OR: &str = " or ";
    let mut parts = Vec::new();
    let (mut start, mut depth, mut quoted) = (0, 0_i32, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'(' if !quoted => depth += 1,
            b')' if !quoted => depth -= 1,
            b' ' if !quoted && depth == 0 && at >= start && text[at..].starts_with(OR) => {
                parts.push(&text[start..at]);
                start = at + OR.len();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Literal {
        Literal::Text(text.to_owned())
    }

    /// Whether a type takes true, 5, 70000, "a", "/a", null, [ "a" ] and { }.
    fn taken(description: &str) -> String {
        let list = Literal::List(vec![text("a")]);
        let number = |number| Literal::Number(number);
        let values = [
            Literal::Bool(true),
            number(5),
            number(70_000),
            text("a"),
            text("/a"),
            Literal::Null,
            list,
            Literal::Empty,
        ];
        let shape = shape(description);
        values.iter().map(|value| if shape.takes(value) { '+' } else { '-' }).collect()
    }

    #[test]
    fn descriptions_of_all_releases_are_understood() {
        for (description, expected) in [
            ("boolean", "+-------"),
            ("signed integer", "-++-----"),
            ("16 bit unsigned integer; between 0 and 65535 (both inclusive)", "-+------"),
            ("integer between 6 and 100000 (both inclusive)", "--+-----"),
            ("null or string", "---+++--"),
            ("absolute path", "----+---"),
            ("list of string", "------+-"),
            ("list of 16 bit unsigned integer; between 0 and 65535 (both inclusive)", "--------"),
            ("null or 16 bit unsigned integer; between 0 and 65535 (both inclusive)s", "-+---+--"),
            ("list of strings", "------+-"),
            ("list of (string or signed integer)", "------+-"),
            ("list of signed integer", "--------"),
            ("null or (list of string)", "-----++-"),
            ("(list of string) or string", "---++-+-"),
            ("string or list of string", "---++-+-"),
            ("attribute set of (attribute set of string)", "-------+"),
            ("lazy attribute set of string", "-------+"),
            ("attribute set of attribute set of stringss", "-------+"),
            ("open submodule of attribute set of (JSON value)", "----+--+"),
            ("one of \"a\", \"b or c\", 5", "-+-+----"),
            ("null or one of \"a\", \"b\"", "---+-+--"),
            ("value \"a\" (singular enum)", "---+----"),
            ("strings concatenated with \"\\n\"", "---++---"),
            ("strings concatenated with \"\\n\" or list of strings convertible to it", "---++-+-"),
            ("(optionally newline-terminated) single-line string", "---++---"),
            ("package", "----+---"),
            ("string, not containing newlines or colons", "---++---"),
        ] {
            assert_eq!(taken(description), expected, "{description}");
        }
    }

    #[test]
    fn what_is_not_understood_takes_anything() {
        for description in [
            "unspecified",
            "unspecified value",
            "JSON value",
            "systemd option",
            "list of string or path",
            "attribute set of string or signed integer or booleans",
            "string matching the pattern (a or b)[0-9]+ or signed integer",
            "one of <null>, \"a\"",
            "null or pair of (a, b",
            "function that evaluates to a(n) string",
            "",
        ] {
            assert_eq!(taken(description), "++++++++", "{description}");
        }
    }
}
