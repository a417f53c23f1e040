//! Text of others on a terminal of ours.

use std::borrow::Cow;

/// Writes out the characters that a terminal obeys or hides instead of showing them.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unseen) {
        return Cow::Borrowed(text);
    }
    let escaped = text.chars().map(|char| match char {
        '\r' => "\\r".to_owned(),
        unseen if is_unseen(unseen) => unseen.escape_unicode().to_string(),
        seen => seen.to_string(),
    });
    Cow::Owned(escaped.collect())
}

fn is_unseen(char: char) -> bool {
    let hidden =
        matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    (char.is_control() && char != '\t') || hidden
}
