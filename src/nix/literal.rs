//! Every way in which a piece of data becomes Nix text.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::fault::Unprintable;

/// Words that cannot stand as an attribute name without quotes.
const KEYWORDS: &[&str] = &["assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with"];

/// Where an expression stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Right of `=`: anything goes.
    Alone,
    /// An element of a list or an argument of a function: one operand.
    Operand,
}

/// Writes a string as a Nix string literal of one line.
///
/// Escaped are `"`, `\`, `${`, line feed, carriage return and tab; every other character stands for itself, so the
/// text evaluates to exactly the given string. `$${` becomes `$\${`: Nix would read `$$` as a pair, but not `$\`.
///
/// # Errors
///
/// NUL cannot be written.
pub fn string(text: &str, out: &mut String) -> Result<(), Unprintable> {
    out.reserve(text.len() + 2);
    out.push('"');
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            b'$' if text.as_bytes().get(at + 1) == Some(&b'{') => "\\$",
            0 => return Err(Unprintable::Nul),
            _ => continue,
        };
        out.push_str(&text[from..at]);
        out.push_str(escaped);
        from = at + 1;
    }
    out.push_str(&text[from..]);
    out.push('"');
    Ok(())
}

/// Gives the text of an attribute name: bare where Nix allows it, a string literal elsewhere.
///
/// # Errors
///
/// NUL cannot be written.
pub fn attr_name(name: &str) -> Result<Cow<'_, str>, Unprintable> {
    if is_identifier(name) && !KEYWORDS.contains(&name) {
        return Ok(Cow::Borrowed(name));
    }
    let mut out = String::new();
    string(name, &mut out)?;
    Ok(Cow::Owned(out))
}

/// Writes text as a comment, each line of it behind a `#`, with the line feed that ends it.
///
/// A carriage return ends a comment in Nix as a line feed does, so it begins a new line here.
///
/// # Errors
///
/// NUL cannot be written.
pub fn comment(text: &str, out: &mut String) -> Result<(), Unprintable> {
    if text.contains('\0') {
        return Err(Unprintable::Nul);
    }
    for line in text.split(['\n', '\r']) {
        out.push_str("# ");
        out.truncate(out.len() - usize::from(line.is_empty()));
        out.push_str(line);
        out.push('\n');
    }
    Ok(())
}

/// Writes an integer. Nix reads a sign as an operator, so a negative number is no operand, and the smallest one of
/// all has no literal.
pub(super) fn int(number: i64, place: Place, out: &mut String) {
    // Writing to a `String` cannot fail.
    let _ = match (number, place) {
        (i64::MIN, _) => write!(out, "({} - 1)", i64::MIN + 1),
        (..0, Place::Operand) => write!(out, "({number})"),
        _ => write!(out, "{number}"),
    };
}

/// Writes a float so that Nix reads the same bits again: with a point always, and with an exponent only behind one.
///
/// Nix refuses literals of subnormal numbers.
pub(super) fn float(number: f64, place: Place, out: &mut String) -> Result<(), Unprintable> {
    if !number.is_normal() && number != 0.0 {
        return Err(Unprintable::NoFloat(format!("{number:e}")));
    }
    let size = number.abs();
    let plain = size == 0.0 || (1e-5..1e17).contains(&size);
    let mut text = if plain { format!("{number}") } else { format!("{number:e}") };
    if !text.contains('.') {
        let at = text.find('e').unwrap_or(text.len());
        text.insert_str(at, ".0");
    }
    if place == Place::Operand && text.starts_with('-') {
        text = format!("({text})");
    }
    out.push_str(&text);
    Ok(())
}

/// Says whether Nix reads the whole text as one identifier, or as a keyword.
fn is_identifier(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'\''))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> String {
        let mut out = String::new();
        string(text, &mut out).unwrap();
        out
    }

    #[test]
    fn strings_are_escaped() {
        assert_eq!(printed("a \"b\" \\ \n\r\t"), r#""a \"b\" \\ \n\r\t""#);
        assert_eq!(printed("${x}"), r#""\${x}""#);
        assert_eq!(printed("$${x} $$$ $"), r#""$\${x} $$$ $""#);
        assert_eq!(printed("''${x}'' é 🐧 # */ \u{1} \u{2028}"), "\"''\\${x}'' é 🐧 # */ \u{1} \u{2028}\"");
        assert_eq!(string("a\0b", &mut String::new()), Err(Unprintable::Nul));
    }

    #[test]
    fn names_are_quoted_where_they_must_be() {
        for bare in ["a", "_a", "a-b", "a'", "ab1", "true", "null", "__curPos"] {
            assert_eq!(attr_name(bare).unwrap(), bare);
        }
        for quoted in ["", "1a", "a.b", "a b", "if", "or", "rec", "inherit", "é", "${a}", "-a", "'a"] {
            assert!(attr_name(quoted).unwrap().starts_with('"'), "{quoted}");
        }
    }

    #[test]
    fn comments_cannot_be_left() {
        let mut out = String::new();
        comment("one\n\ntwo\r*/ three", &mut out).unwrap();
        assert_eq!(out, "# one\n#\n# two\n# */ three\n");
        assert_eq!(comment("\0", &mut String::new()), Err(Unprintable::Nul));
    }

    #[test]
    fn numbers_are_operands() {
        let int = |number, place| {
            let mut out = String::new();
            super::int(number, place, &mut out);
            out
        };
        assert_eq!(int(-5, Place::Alone), "-5");
        assert_eq!(int(-5, Place::Operand), "(-5)");
        assert_eq!(int(i64::MAX, Place::Operand), "9223372036854775807");
        assert_eq!(int(i64::MIN, Place::Alone), "(-9223372036854775807 - 1)");

        let float = |number| {
            let mut out = String::new();
            super::float(number, Place::Operand, &mut out).unwrap();
            out
        };
        assert_eq!(float(1.0), "1.0");
        assert_eq!(float(-0.5), "(-0.5)");
        assert_eq!(float(1e300), "1.0e300");
        assert_eq!(float(1.5e-7), "1.5e-7");
        assert_eq!(float(f64::MIN_POSITIVE), "2.2250738585072014e-308");
        for refused in [f64::NAN, f64::INFINITY, 5e-324] {
            assert!(super::float(refused, Place::Alone, &mut String::new()).is_err(), "{refused}");
        }
    }
}
