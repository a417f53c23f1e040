//! Values and places as people read them.

use serde_json::Value;

use crate::source::{Sources, Span};

/// A value as YAML writes it on one line.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => word(text),
        Value::Array(items) => format!("[{}]", items.iter().map(self::value).collect::<Vec<_>>().join(", ")),
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Object(map) => {
            let entry = |(key, item): (&String, &Value)| format!("{}: {}", word(key), self::value(item));
            format!("{{ {} }}", map.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A text as YAML writes it: without quotes where it stays the same text, also between brackets.
pub(super) fn word(text: &str) -> String {
    let inner = |c: char| {
        c.is_alphanumeric()
            || matches!(c, '-' | '_' | '.' | '/' | '+' | '=' | '@' | ':' | '*' | ' ' | '~' | '(' | ')' | '$' | '\'')
    };
    let plain = text.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_'))
        && text.chars().all(inner)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ");
    let other = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "null" | "yes" | "no" | "on" | "off" | ".nan" | ".inf"
    );
    // Also what older readers of YAML take for a number: 0x1f, 1_000, 10:20.
    let digits = |c: char| c.is_ascii_digit() || matches!(c, '.' | '_' | ':');
    let numeric = text.parse::<f64>().is_ok()
        || text.starts_with("0x")
        || text.starts_with("0o")
        || text.chars().all(digits) && text.matches('.').count() < 2;
    match plain && !other && !numeric {
        true => text.to_owned(),
        false => Value::from(text).to_string(),
    }
}

/// A place as editors take it: `fleet.yaml:38:27`; the name alone of a file that is meant as a whole.
pub(super) fn place(sources: &Sources, span: Span) -> String {
    let path = &sources.file(span.file).path;
    if span == Span::top(span.file) {
        return path.clone();
    }
    let (line, column) = sources.position(span.file, span.start);
    format!("{path}:{line}:{column}")
}

/// Rows with columns under each other; the last column may be empty.
pub(crate) fn aligned(rows: &[Vec<String>], indent: &str) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = indent.to_owned();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            let gap = width - cell.chars().count() + if *width == 0 { 0 } else { 2 };
            line.extend(std::iter::repeat_n(' ', gap));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_what_they_are() {
        let texts = [
            "eden",
            "192.168.1.50",
            "25.11",
            "true",
            "no",
            "",
            "@media",
            "a: b",
            "0400",
            "1e5",
            "30d",
            "x # y",
            "a,b",
            "./m.nix",
            "fd00::50",
            "~",
            "ssh-ed25519 AAAA= x",
            "10:20",
            "{a}",
            "-x",
            "null",
            "/dev/disk/by-id/usb-0:0-part1",
            "é",
            "\n",
        ];
        for text in texts {
            for shown in [word(text), format!("[{}]", word(text)), format!("k: {} # y", word(text))] {
                let mut sources = Sources::default();
                let id = sources.add("x", shown.as_str());
                let node = crate::load::parse(id, sources.file(id), &mut crate::diag::Faults::default()).unwrap();
                let json = node.to_json();
                let found = json.get(0).or_else(|| json.get("k")).unwrap_or(&json);
                assert_eq!(found, &Value::from(text), "{shown}");
            }
        }
        assert_eq!(word("192.168.1.50"), "192.168.1.50");
        assert_eq!(word("25.11"), "\"25.11\"");
    }

    #[test]
    fn columns_stand_under_each_other() {
        let rows = [vec!["a".to_owned(), "b".to_owned()], vec!["long".to_owned(), String::new(), "c".to_owned()]];
        assert_eq!(aligned(&rows, " "), " a     b\n long     c\n");
    }
}
