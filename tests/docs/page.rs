//! Parts of a page: headings and their anchors, rows of tables, YAML in a line.

use serde_json::Value as Json;

/// What a generated page says of itself, below its heading.
pub(crate) fn made_from(what: &str) -> String {
    format!("<!-- Made from {what} by `CISTERN_BLESS=1 cargo test --test docs`; edit that instead. -->\n")
}

/// The anchor that a heading gets, as GitHub makes it.
pub(crate) fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// A row of a table; what would end a cell is escaped.
pub(crate) fn row<S: AsRef<str>>(cells: &[S]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| cell.as_ref().replace('|', "\\|").replace('\n', " ")).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// A table with a head.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let line = vec!["---"; head.len()];
    let body: String = rows.iter().map(|cells| row(cells)).collect();
    format!("{}|{}|\n{body}", row(head), line.join("|"))
}

/// Sentences; what would be a tag of HTML outside of code is escaped.
pub(crate) fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let parts: Vec<_> =
        parts.map(|(at, part)| if at % 2 == 0 { part.replace('<', "\\<") } else { part.to_owned() }).collect();
    parts.join("`")
}

/// A block of text that is shown as it is.
pub(crate) fn block(language: &str, text: &str) -> String {
    let mut fence = "```".to_owned();
    while text.contains(&fence) {
        fence.push('`');
    }
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end())
}

/// A value as YAML in one line.
pub(crate) fn yaml(value: &Json) -> String {
    match value {
        Json::String(text) => scalar(text),
        Json::Array(items) => format!("[{}]", items.iter().map(yaml).collect::<Vec<_>>().join(", ")),
        Json::Object(map) if map.is_empty() => "{}".to_owned(),
        Json::Object(map) => {
            let entries: Vec<_> = map.iter().map(|(key, value)| format!("{}: {}", scalar(key), yaml(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

/// A text, in quotes where it would be something else without them.
fn scalar(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || " ./_-+=@".contains(c);
    let begins = text.starts_with(|c: char| c.is_alphabetic() || c == '.') || text.starts_with('/') && text.len() > 1;
    let address = text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '/'));
    let number = text.parse::<f64>().is_ok();
    let word = matches!(text, "true" | "false" | "null" | "~");
    if (begins && text.chars().all(plain) || address) && !number && !word {
        text.to_owned()
    } else {
        Json::from(text).to_string()
    }
}

#[test]
fn values_are_written_as_yaml_reads_them() {
    use cistern::diag::Faults;
    use cistern::load::parse;
    use cistern::source::Sources;
    use serde_json::json;

    for (value, expected) in [
        (json!("eden"), "eden"),
        (json!("25.11"), "\"25.11\""),
        (json!("0400"), "\"0400\""),
        (json!("192.168.1.0/24"), "192.168.1.0/24"),
        (json!("@media"), "\"@media\""),
        (json!("aa:bb"), "\"aa:bb\""),
        (json!("true"), "\"true\""),
        (json!({ "/": { "n": 1, "at": "/a/b" } }), "{ \"/\": { at: /a/b, n: 1 } }"),
        (json!(["a b", "c, d"]), "[a b, \"c, d\"]"),
    ] {
        let text = yaml(&value);
        assert_eq!(text, expected);
        let mut sources = Sources::default();
        let id = sources.add("x", text);
        let read = parse(id, sources.file(id), &mut Faults::default()).map(|node| node.to_json());
        assert_eq!(read, Some(value));
    }
}

#[test]
fn tags_stay_text() {
    assert_eq!(prose("store it as facts/<host>.json, see `<host>`"), "store it as facts/\\<host>.json, see `<host>`");
}
