//! Values as YAML text, as somebody would write them by hand: short maps in one line, longer ones a line a key.

use std::fmt::Write as _;

use saphyr_parser::ScalarStyle;

use super::value::Value;

/// The longest map that is written in one line, in characters.
const WIDEST: usize = 100;

/// How a file is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    /// What ends a line.
    pub(super) newline: &'static str,
    /// How many columns a level is indented.
    pub(super) step: usize,
}

/// What stands behind a colon: a blank and one line, or the lines of a map whose key stands in that column.
///
/// So many levels of maps as `tall` says have a line a key however short they are.
pub(super) fn behind_colon(value: &Value, column: usize, tall: usize, manner: Manner) -> String {
    let line = inline(value, false);
    let Value::Map(members) = value else { return format!(" {line}") };
    if members.is_empty() || (tall == 0 && line.chars().count() <= WIDEST) {
        return format!(" {line}");
    }
    let below = column + manner.step;
    let lines = members.iter().map(|(key, value)| {
        let behind = behind_colon(value, below, tall.saturating_sub(1), manner);
        format!("{}{:below$}{}:{behind}", manner.newline, "", self::key(key))
    });
    lines.collect()
}

/// The lines of a map that is a file of its own.
pub(super) fn file(value: &Value, manner: Manner) -> String {
    let Value::Map(members) = value else { return inline(value, false) + manner.newline };
    if members.is_empty() {
        return format!("{{}}{}", manner.newline);
    }
    let lines = members
        .iter()
        .map(|(key, value)| format!("{}:{}{}", self::key(key), behind_colon(value, 0, 0, manner), manner.newline));
    lines.collect()
}

/// A value in one line; `flow` says that it stands between brackets.
pub(super) fn inline(value: &Value, flow: bool) -> String {
    match value {
        Value::Text(value) => text(value, flow),
        Value::Plain(text) => text.clone(),
        Value::List(items) => {
            let items: Vec<_> = items.iter().map(|item| inline(item, true)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(members) if members.is_empty() => "{}".to_owned(),
        Value::Map(members) => {
            let members: Vec<_> = members.iter().map(|(key, value)| member(key, value)).collect();
            format!("{{ {} }}", members.join(", "))
        }
    }
}

/// A key and its value between brackets.
pub(super) fn member(key: &str, value: &Value) -> String {
    format!("{}: {}", self::key(key), inline(value, true))
}

/// A value in the place of one that was quoted so.
pub(super) fn like(style: ScalarStyle, value: &Value, flow: bool) -> String {
    match (style, value) {
        (ScalarStyle::DoubleQuoted, Value::Text(text)) => double_quoted(text),
        (ScalarStyle::SingleQuoted, Value::Text(text)) if !text.contains(is_hidden) => {
            format!("'{}'", text.replace('\'', "''"))
        }
        _ => inline(value, flow),
    }
}

/// A key; one that is no plain word is quoted.
pub(super) fn key(key: &str) -> String {
    let is_word = key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if is_word { text(key, true) } else { double_quoted(key) }
}

/// Text; quoted where some reader of YAML could take it for something else.
pub(super) fn text(text: &str, flow: bool) -> String {
    if is_plain(text, flow) { text.to_owned() } else { double_quoted(text) }
}

fn double_quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for char in text.chars() {
        match char {
            '"' | '\\' => quoted.extend(['\\', char]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            hidden if is_hidden(hidden) => {
                let _ = match u32::from(hidden) {
                    code @ ..=0xff => write!(quoted, "\\x{code:02x}"),
                    code @ ..=0xffff => write!(quoted, "\\u{code:04x}"),
                    code => write!(quoted, "\\U{code:08x}"),
                };
            }
            char => quoted.push(char),
        }
    }
    quoted + "\""
}

/// Characters that cannot stand in YAML as they are, or that nobody would see.
fn is_hidden(char: char) -> bool {
    let unseen = matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    char.is_control() || unseen
}

fn is_plain(text: &str, flow: bool) -> bool {
    let begins_well = text.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_'));
    let broken = text.contains(is_hidden) || text.contains(": ") || text.contains(" #") || text.ends_with([':', ' ']);
    let bracketed = flow && text.contains([',', '[', ']', '{', '}']);
    begins_well && !broken && !bracketed && !is_other(text)
}

/// Says whether some reader of YAML 1.1 or 1.2 takes a word for something that is not text.
fn is_other(text: &str) -> bool {
    const WORDS: &[&str] = &["false", "n", "no", "null", "off", "on", "true", "y", "yes"];
    let digits = text.replace('_', "");
    let numeric = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let date = text.len() >= 8
        && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b':' | b'.' | b'T' | b'Z'))
        && text[..5].ends_with('-');
    // Base 60, and MAC addresses, some of which are such numbers: quoted, whichever digits they have.
    let sixty = text.contains(':')
        && text.split(':').all(|part| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_hexdigit()));
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
        || (numeric && (digits.parse::<f64>().is_ok() || is_radix(&digits)))
        || matches!(digits.to_ascii_lowercase().as_str(), "." | ".inf" | ".nan" | "inf" | "nan")
        || date
        || sixty
}

fn is_radix(digits: &str) -> bool {
    let of = |prefix, radix: u32| {
        digits
            .strip_prefix(prefix)
            .is_some_and(|rest: &str| !rest.is_empty() && rest.chars().all(|c| c.is_digit(radix)))
    };
    of("0x", 16) || of("0o", 8) || of("0b", 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_quoted_where_a_reader_could_take_it_for_something_else() {
        for plain in [
            "a",
            "192.168.1.1",
            "10.0.0.0/24",
            "ssh-ed25519 AAAA x@y",
            "/dev/vda1",
            "fd00::1",
            "1.2.3",
            "./a.nix",
            "a's",
            "é",
        ] {
            assert_eq!(text(plain, false), plain);
        }
        for quoted in [
            "",
            "yes",
            "No",
            "null",
            "~",
            "25.11",
            "5",
            "-5",
            "1e3",
            ".5",
            "0x1f",
            "1_000",
            "12:30:00",
            "aa:bb:cc:dd:ee:ff",
            "2024-01-02",
            "@media",
            "- x",
            "a: b",
            "a #b",
            "a:",
            " a",
            "a ",
            "*a",
            "&a",
            "!a",
            "%a",
            "`a",
            "{a",
            "[a",
            "\"a",
            "'a",
            "?",
            ".inf",
        ] {
            assert_eq!(text(quoted, false), format!("\"{}\"", quoted.replace('"', "\\\"")), "{quoted}");
        }
        assert_eq!(text("a\nb\u{7}\u{feff}\u{200b}\\", false), r#""a\nb\x07\ufeff\u200b\\""#);
        assert_eq!(text("a,b", false), "a,b");
        assert_eq!(text("a,b", true), "\"a,b\"");
    }

    #[test]
    fn short_maps_stand_in_one_line() {
        let manner = Manner { newline: "\n", step: 2 };
        let of = |length: usize| Value::Map(vec![("a".to_owned(), Value::Text("x".repeat(length)))]);
        assert_eq!(behind_colon(&of(3), 2, 0, manner), " { a: xxx }");
        assert_eq!(behind_colon(&of(3), 2, 1, manner), "\n    a: xxx");
        assert_eq!(behind_colon(&of(93), 2, 0, manner), format!(" {{ a: {} }}", "x".repeat(93)));
        assert_eq!(behind_colon(&of(94), 2, 0, manner), format!("\n    a: {}", "x".repeat(94)));
    }
}
