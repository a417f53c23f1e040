//! Writes a draft as YAML, in the style of the examples: blocks for entries, one line for what is small.

use super::draft::{Draft, FILL_IN, Item, Map};

/// The longest line that a map or a list is written on.
const WIDEST: usize = 100;

/// A definition as text.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// The definition, with empty lines where somebody has to fill in a value.
    pub text: String,
    /// The same, line by line, with something of the right form in those places.
    pub filled: String,
    /// The lines that wait for a value, and what belongs there.
    pub holes: Vec<(usize, String)>,
    lines: usize,
}

/// Writes a draft; `head` are lines of comment.
pub(super) fn write(draft: &Draft, head: &[String]) -> Written {
    let mut written = Written::default();
    for line in head {
        written.comment(line, 0);
    }
    let mut before = true;
    for pair in &draft.root.pairs {
        let large = matches!(&pair.item, Item::Map(map) if flow(&pair.item).is_none() || !map.is_empty() && is_large(&pair.key));
        if written.lines > 0 && (large || before) && pair.key != "version" && pair.key != "fleet" {
            written.line("");
        }
        before = large;
        for line in &pair.above {
            written.comment(line, 0);
        }
        written.pair(&pair.key, &pair.item, 0);
    }
    written
}

/// Sections are written as blocks, but for those that say little.
fn is_large(key: &str) -> bool {
    !matches!(key, "fleet" | "monitoring")
}

impl Written {
    fn pair(&mut self, key: &str, item: &Item, depth: usize) {
        let margin = "  ".repeat(depth);
        let key_text = quoted(key);
        if let Item::Hole { needs, stand_in } = item {
            self.hole(&format!("{margin}{key_text}:"), needs, stand_in);
            return;
        }
        let one_line = flow(item).filter(|text| {
            let large = depth == 0 && is_large(key) && matches!(item, Item::Map(map) if !map.is_empty());
            !large && margin.len() + key_text.len() + 2 + text.chars().count() <= WIDEST
        });
        match (one_line, item) {
            (Some(text), _) => self.line(&format!("{margin}{key_text}: {text}")),
            (None, Item::Map(map)) => {
                self.line(&format!("{margin}{key_text}:"));
                self.map(map, depth + 1);
            }
            (None, Item::List(items)) => {
                self.line(&format!("{margin}{key_text}:"));
                for item in items {
                    match (flow(item), item) {
                        (_, Item::Hole { needs, stand_in }) => self.hole(&format!("{margin}  -"), needs, stand_in),
                        (text, _) => self.line(&format!("{margin}  - {}", text.unwrap_or_else(|| "{}".to_owned()))),
                    }
                }
            }
            // A long text stays on its line.
            (None, item) => self.line(&format!("{margin}{key_text}: {}", flow(item).unwrap_or_default())),
        }
    }

    fn map(&mut self, map: &Map, depth: usize) {
        for pair in &map.pairs {
            for line in &pair.above {
                self.comment(line, depth);
            }
            self.pair(&pair.key, &pair.item, depth);
        }
    }

    fn hole(&mut self, before: &str, needs: &str, stand_in: &str) {
        let needs = plain_line(needs);
        self.lines += 1;
        self.holes.push((self.lines, needs.clone()));
        self.text.push_str(&format!("{before} # {FILL_IN}: {needs}\n"));
        self.filled.push_str(&format!("{before} {stand_in}\n"));
    }

    fn comment(&mut self, text: &str, depth: usize) {
        let margin = "  ".repeat(depth);
        self.line(format!("{margin}# {}", plain_line(text)).trim_end());
    }

    fn line(&mut self, text: &str) {
        self.lines += 1;
        for target in [&mut self.text, &mut self.filled] {
            target.push_str(text);
            target.push('\n');
        }
    }
}

/// A value on one line; none for what holds comments or waits for a value.
fn flow(item: &Item) -> Option<String> {
    match item {
        Item::Text(text) => Some(quoted(text)),
        Item::Word(word) => Some(word.clone()),
        Item::Hole { .. } => None,
        Item::List(items) => {
            let items: Option<Vec<_>> = items.iter().map(flow).collect();
            Some(format!("[{}]", items?.join(", ")))
        }
        Item::Map(map) if map.is_empty() => Some("{}".to_owned()),
        Item::Map(map) => {
            let pair = |pair: &super::draft::Pair| {
                let text = if pair.above.is_empty() { flow(&pair.item) } else { None };
                text.map(|text| format!("{}: {text}", quoted(&pair.key)))
            };
            let pairs: Option<Vec<_>> = map.pairs.iter().map(pair).collect();
            Some(format!("{{ {} }}", pairs?.join(", ")))
        }
    }
}

/// A text as a YAML scalar that every reader takes for that text: plain where nothing can be read into it.
pub(super) fn quoted(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if is_unprintable(c) => quoted.push_str(&match u32::from(c) {
                small @ 0..=0xff => format!("\\x{small:02x}"),
                middle @ 0x100..=0xffff => format!("\\u{middle:04x}"),
                large => format!("\\U{large:08x}"),
            }),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A text on one line, for comments and messages.
pub(super) fn plain_line(text: &str) -> String {
    let mut line = String::new();
    for c in text.chars() {
        if is_unprintable(c) { line.extend(c.escape_default()) } else { line.push(c) }
    }
    line
}

fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Says whether every YAML reader, older ones included, takes it for text as it stands.
fn is_plain(text: &str) -> bool {
    const WORDS: &[&str] = &["true", "false", "yes", "no", "on", "off", "null", "y", "n", ".inf", ".nan"];
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/' | '-' | '+' | '@' | ' ' | '=');
    let first = text.chars().next().is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/'));
    let number = text.parse::<f64>().is_ok() || text.starts_with("0x") || text.starts_with("0o");
    // A digest is the one place where a colon is nothing else; times of the day would be numbers to older readers.
    let colons = text.split_once("@sha256:").map_or(text, |(before, _)| before);
    let colons = colons.replace("://", "").contains(':') && colons.bytes().all(|b| b.is_ascii_digit() || b == b':');
    first
        && text != "/"
        && !number
        && !colons
        && !text.ends_with(' ')
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
        && text.match_indices(':').all(|(at, _)| text[at + 1..].starts_with(|c: char| c.is_ascii_alphanumeric()))
        && (text.contains('@') || !text.contains(':'))
        && text.chars().all(|c| inner(c) || c == ':')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Faults;
    use crate::source::Sources;

    #[test]
    fn texts_come_back_as_they_were() {
        let odd = [
            "",
            " ",
            "a",
            "true",
            "NULL",
            "~",
            "25.11",
            "0755",
            "1e3",
            "12:30",
            "-x",
            "- x",
            "a: b",
            "a #b",
            "#",
            "@x",
            "%x",
            "&a",
            "*a",
            "!x",
            "|",
            ">",
            "'",
            "\"",
            "\\",
            "{{ x }}",
            "[a",
            "a,b",
            "x:",
            "192.168.1.1",
            "aa:bb:cc:dd:ee:ff",
            "docker.io/a/b:1@sha256:00",
            "line\nbreak",
            "tab\t",
            "\u{7f}\u{85}\u{2028}\u{feff}",
            "ü\u{1f600}",
            "a\0b",
            "=",
            "<<",
            "http://x:80/",
            "?",
            "? a",
            "a ",
            "--- a",
            "...",
            "2001:db8::1",
            "::1",
            "0x1f",
        ];
        for text in odd {
            for document in [
                format!("k: {}\n", quoted(text)),
                format!("k: [{}, {{ a: {} }}]\n", quoted(text), quoted(text)),
                format!("{}: x\n", quoted(text)),
            ] {
                let mut sources = Sources::default();
                let id = sources.add("x", document.as_str());
                let mut faults = Faults::default();
                let node = crate::load::parse(id, sources.file(id), &mut faults);
                let node = node.unwrap_or_else(|| panic!("{document:?}"));
                assert!(faults.is_empty(), "{document:?}");
                let json = node.to_json();
                let found = match &json["k"] {
                    serde_json::Value::Array(items) => {
                        assert_eq!(items[0], items[1]["a"], "{document:?}");
                        items[0].clone()
                    }
                    serde_json::Value::Null => {
                        serde_json::Value::from(json.as_object().unwrap().keys().next().unwrap().as_str())
                    }
                    found => found.clone(),
                };
                assert_eq!(found.as_str(), Some(text), "{document:?}");
            }
        }
    }

    #[test]
    fn what_is_missing_is_marked() {
        let mut draft = Draft::default();
        draft.section("fleet").set("name", "x");
        draft.section("fleet").set("domain", Item::hole("the domain, as `example.org`", "example.org"));
        draft.entry("hosts", "a").set("tags", Item::texts(["x", "y z"]));
        let written = write(&draft, &["one".to_owned()]);
        let expected = "# one\nfleet:\n  name: x\n  domain: # FILL IN: the domain, as `example.org`\n\nhosts:\n  a: { tags: [x, y z] }\n";
        assert_eq!(written.text, expected);
        assert_eq!(written.filled, expected.replace("# FILL IN: the domain, as `example.org`", "example.org"));
        assert_eq!(written.holes, [(4, "the domain, as `example.org`".to_owned())]);
    }
}
