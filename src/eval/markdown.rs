//! An evaluation as a comment on a merge request shows it.

use std::fmt::Write as _;

use super::lines::{details, head, summary, symbol};
use super::report::{Change, Evaluated};

/// Writes an evaluation as Markdown: the counts, and a list of the hosts that are not the same, as many as fit into
/// so many bytes; the others are counted.
pub fn markdown(evaluated: &Evaluated, room: usize) -> String {
    let mut text = format!("{}\n", escaped(&summary(evaluated)));
    let hosts = evaluated.hosts.iter().filter(|(_, host)| host.change != Change::Identical);
    let items: Vec<String> = hosts
        .map(|(name, host)| {
            let mut item = format!("- `{}` **{}**: {}\n", symbol(host.change), escaped(name), head(host));
            for detail in details(host, false, code) {
                let deeper = if detail.starts_with("  ") { "    " } else { "  " };
                let detail = detail.trim_start();
                // What nix says keeps its lines.
                let detail = if detail.contains('\n') { fenced(detail) } else { marked(detail) };
                let _ = writeln!(item, "{deeper}- {detail}");
            }
            item
        })
        .collect();
    if !items.is_empty() {
        text.push('\n');
    }
    for (at, item) in items.iter().enumerate() {
        if text.len() + item.len() > room {
            let _ = writeln!(text, "- … and {} more", items.len() - at);
            break;
        }
        text.push_str(item);
    }
    text
}

/// A value as code, in as many marks as it does not hold.
fn code(text: &str) -> String {
    let longest = text.split(|char| char != '`').map(str::len).max().unwrap_or(0);
    let marks = "`".repeat(longest + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{marks}{space}{text}{space}{marks}")
}

/// Lines as a block of code in an item of a list.
fn fenced(text: &str) -> String {
    let lines: String = text.lines().map(|line| format!("\n    {}", line.replace("```", "` ` `"))).collect();
    format!("\n    ```{lines}\n    ```")
}

/// Escapes a sentence outside of the values in it, which are code.
fn marked(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('`') {
        out.push_str(&escaped(&rest[..at]));
        let marks = rest[at..].len() - rest[at..].trim_start_matches('`').len();
        let inside = &rest[at + marks..];
        let fence = "`".repeat(marks);
        let Some(end) = inside.find(&fence) else { break };
        out.push_str(&rest[at..at + marks + end + marks]);
        rest = &inside[end + marks..];
    }
    out + &escaped(rest)
}

/// Text in which Markdown finds nothing to do.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for char in text.chars() {
        if "\\`*_[]<>#|~@".contains(char) {
            out.push('\\');
        }
        out.push(char);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(escaped("a_b <x>"), "a\\_b \\<x\\>");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(marked(&format!("x_y: {}", code("a_b"))), "x\\_y: `a_b`");
        assert_eq!(fenced("a\nb"), "\n    ```\n    a\n    b\n    ```");
    }
}
