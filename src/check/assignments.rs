//! Names and the texts that they are set to, in files of environment variables and in Terraform's.

use std::ops::Range;

/// A name and the place of the text that it is set to, without quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Assignment {
    /// The name.
    pub name: String,
    /// The place of the text, in bytes.
    pub range: Range<usize>,
}

/// Ends of the names of files that show what another one will hold.
const EXAMPLES: &[&str] = &[".dist", ".example", ".sample", ".template"];

/// Lists what a file sets, by the sort of file that its name tells; nothing for others.
pub(super) fn of(path: &str, text: &str) -> Vec<Assignment> {
    match path.rsplit('/').next().unwrap_or(path) {
        name if EXAMPLES.iter().any(|end| name.ends_with(end)) => Vec::new(),
        name if is_environment(name) => environment(text),
        name if is_terraform(name) => terraform(text),
        _ => Vec::new(),
    }
}

/// Says whether a file of that path sets something, and is no example.
pub(super) fn sets(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    (is_environment(name) || is_terraform(name)) && !EXAMPLES.iter().any(|end| name.ends_with(end))
}

/// Says whether a file of that name sets environment variables, a line for each.
fn is_environment(name: &str) -> bool {
    name.starts_with(".env") || name.ends_with(".env")
}

/// Says whether a file of that name is Terraform's, in its own language or in JSON.
fn is_terraform(name: &str) -> bool {
    [".tf", ".tf.json", ".tfvars", ".tfvars.json"].iter().any(|end| name.ends_with(end))
}

fn environment(text: &str) -> Vec<Assignment> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        found.extend(
            variable(line).map(|(name, range)| Assignment {
                name: name.to_owned(),
                range: start + range.start..start + range.end,
            }),
        );
        start += line.len();
    }
    found
}

/// `export NAME="text"`: the name, and the place of the text.
fn variable(line: &str) -> Option<(&str, Range<usize>)> {
    let (before, value) = line.split_once('=')?;
    let name = before.trim().trim_start_matches("export ").trim();
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let text = value.trim();
    let start = before.len() + 1 + (value.len() - value.trim_start().len());
    let quoted = ['"', '\''].iter().find_map(|quote| text.strip_prefix(*quote)?.split_once(*quote));
    let range = match quoted {
        Some((inner, _)) => start + 1..start + 1 + inner.len(),
        None => start..start + text.find(" #").unwrap_or(text.len()),
    };
    is_name.then_some((name, range))
}

/// A text stands in quotes on one line, behind a name and `=` or `:`. What a variable is by default belongs to its name.
fn terraform(text: &str) -> Vec<Assignment> {
    let mut found = Vec::new();
    let mut declared: Option<&str> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some(rest) = line.strip_prefix("variable ") {
            declared = rest.split('"').nth(1);
        } else if line.starts_with('}') {
            declared = None;
        }
        for (name, range) in quoted(line) {
            let name = declared.filter(|_| name == "default").unwrap_or(name).to_owned();
            found.push(Assignment { name, range: start + range.start..start + range.end });
        }
        start += line.len();
    }
    found
}

/// The texts in quotes of a line that stand behind a name.
fn quoted(line: &str) -> Vec<(&str, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = line[at..].find(['"', '#']).map(|open| at + open) {
        if line[open..].starts_with('#') {
            break;
        }
        let Some(close) = closing(line, open + 1) else { break };
        found.extend(name_before(&line[..open]).map(|name| (name, open + 1..close)));
        at = close + 1;
    }
    found
}

/// Where a text in quotes ends.
fn closing(line: &str, start: usize) -> Option<usize> {
    let mut escaped = false;
    let mut letters = line[start..].char_indices();
    letters.find_map(|(at, c)| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends.then_some(start + at)
    })
}

fn name_before(text: &str) -> Option<&str> {
    let text = text.trim_end().strip_suffix(['=', ':'])?.trim_end();
    let bare = text.strip_suffix('"').unwrap_or(text);
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let name = &bare[bare.trim_end_matches(letter).len()..];
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'t>(path: &str, text: &'t str) -> Vec<(String, &'t str)> {
        of(path, text).into_iter().map(|one| (one.name, &text[one.range])).collect()
    }

    fn pairs<const N: usize>(pairs: [(&str, &'static str); N]) -> Vec<(String, &'static str)> {
        pairs.map(|(name, text)| (name.to_owned(), text)).to_vec()
    }

    #[test]
    fn environment_files_are_read() {
        let text = "# DB=1\nA=one\n export B = \"two # 2\" # note\nC='three'\nD=four # note\nnot a name=5\nE=\n";
        let expected = pairs([("A", "one"), ("B", "two # 2"), ("C", "three"), ("D", "four"), ("E", "")]);
        for path in [".env", "web/.env.production", "prod.env", ".envrc"] {
            assert_eq!(found(path, text), expected, "{path}");
        }
        for path in ["environment", ".env.example"] {
            assert_eq!(found(path, text), [], "{path}");
        }
    }

    #[test]
    fn terraform_files_are_read() {
        let text = concat!(
            "variable \"db_password\" {\n  type    = string\n  default = \"one\" # \"not this\"\n}\n",
            "resource \"x\" \"y\" {\n  default = \"two\"\n  tags = { Name = \"three \\\" 3\", \"a-b\" : \"four\" }\n}\n",
        );
        let expected = pairs([("db_password", "one"), ("default", "two"), ("Name", "three \\\" 3"), ("a-b", "four")]);
        assert_eq!(found("main.tf", text), expected);
        let json = "{ \"variable\": { \"t\": { \"default\": \"x\" } }, \"list\": [\"y\"] }";
        assert_eq!(found("prod.tfvars.json", json), pairs([("default", "x")]));
    }

    #[test]
    fn any_text_is_read_to_its_end() {
        for text in ["", "=", "\"", "é=\"é", "a=\"\\", "variable ", "variable \"", "a = \"b\\\"", "x: \"\"\""] {
            for path in [".env", "x.tf"] {
                found(path, text);
            }
        }
    }
}
