//! Two texts of one file, as `diff -u` shows them.

use std::fmt::Write as _;

use anstyle::Style;
use similar::ChangeTag;

use super::lines::Compared;
use super::options::{ADDED, HEAD, HUNK, NOTE, REMOVED};
use super::visible::visible;

/// Shows what leads from one text of a file to another; none stands for a file that is not there.
///
/// Empty where both are the same. `color` writes escape sequences, which never carry meaning alone.
pub fn unified(path: &str, old: Option<&str>, new: Option<&str>, color: bool) -> String {
    let mut text = String::new();
    if old == new {
        return text;
    }
    let mut line = |style: Style, words: &str| {
        let style = if color { style } else { Style::new() };
        let _ = writeln!(text, "{style}{words}{style:#}");
    };
    let name = |side: char, text: Option<&str>| match text {
        Some(_) => format!("{side}/{}", visible(path)),
        None => "/dev/null".to_owned(),
    };
    line(HEAD, &format!("--- {}", name('a', old)));
    line(HEAD, &format!("+++ {}", name('b', new)));
    let compared = Compared::new(old.unwrap_or_default(), new.unwrap_or_default());
    for hunk in compared.hunks() {
        line(HUNK, &compared.head(&hunk));
        for shown in compared.lines(&hunk, false) {
            let (sign, style) = match shown.tag {
                ChangeTag::Equal => (' ', Style::new()),
                ChangeTag::Delete => ('-', REMOVED),
                ChangeTag::Insert => ('+', ADDED),
            };
            let whole: String = shown.pieces.iter().map(|(_, piece)| *piece).collect();
            let words = whole.strip_suffix('\n').map_or(whole.as_str(), |line| line.trim_end_matches('\r'));
            line(style, &format!("{sign}{}", visible(words)));
            if !whole.ends_with('\n') {
                line(NOTE, "\\ No newline at end of file");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_shown_as_diff_does() {
        let shown = unified("a.yaml", Some("a\nb\n"), Some("a\nc"), false);
        assert_eq!(shown, "--- a/a.yaml\n+++ b/a.yaml\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n\\ No newline at end of file\n");
        assert_eq!(unified("a", None, Some("x\r\n"), false), "--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+x\n");
        assert_eq!(unified("a", Some("x"), Some("x"), false), "");
        assert!(unified("a", Some("x\n"), None, true).contains("\u{1b}[31m-x"));
    }
}
