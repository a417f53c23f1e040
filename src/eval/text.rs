//! Texts of derivations as they are compared and as they are shown.

use super::name::{Name, is_hash, name_in};

/// Characters of a value that are shown.
const SHOWN: usize = 72;

/// Characters on both sides of a difference that are shown.
const AROUND: usize = 16;

/// The text with every path in the store replaced by the name of its package. What is left equal differs in its
/// inputs at most.
pub(super) fn without_inputs(text: &str, store: &str) -> String {
    replaced(text, store, |name| format!("{store}/{}", Name::parse(name).package))
}

/// Two texts cut to what surrounds their first difference, on one line each and without the place and the hashes
/// of the store.
pub(super) fn shortened(old: &str, new: &str, store: &str) -> (String, String) {
    let [old, new] = [old, new].map(|text| readable(text, store));
    let [olds, news] = [&old, &new].map(|text| text.chars().collect::<Vec<_>>());
    // A short text is shown whole.
    if olds.len().max(news.len()) <= SHOWN {
        return (window(&olds, 0, olds.len()), window(&news, 0, news.len()));
    }
    let before = olds.iter().zip(&news).take_while(|(old, new)| old == new).count();
    let [old_rest, new_rest] = [&olds[before..], &news[before..]];
    let after = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(old, new)| old == new).count();
    let start = before.saturating_sub(AROUND);
    let shown = |text: &[char]| window(text, start, text.len() - after.saturating_sub(AROUND));
    (shown(&olds), shown(&news))
}

/// One text, cut to its beginning.
pub(super) fn beginning(text: &str, store: &str) -> String {
    let text: Vec<char> = readable(text, store).chars().collect();
    window(&text, 0, text.len())
}

/// A text with the names of what is in the store, and not where.
fn readable(text: &str, store: &str) -> String {
    replaced(text, store, |name| format!("…/{name}"))
}

/// A part of a text, at most so much as is shown; what a terminal obeys or hides is written out.
fn window(text: &[char], start: usize, end: usize) -> String {
    let end = end.min(start + SHOWN);
    let mut shown = if start > 0 { String::from("…") } else { String::new() };
    text[start..end].iter().for_each(|char| match char {
        '\n' => shown.push_str("\\n"),
        '\t' => shown.push_str("\\t"),
        char if is_unseen(*char) => shown.extend(char.escape_unicode()),
        char => shown.push(*char),
    });
    if end < text.len() {
        shown.push('…');
    }
    shown
}

/// Text of others on a terminal of ours.
pub(super) fn visible(text: &str) -> String {
    let escape = |char: char| if is_unseen(char) { char.escape_unicode().to_string() } else { char.to_string() };
    text.chars().map(escape).collect()
}

fn is_unseen(char: char) -> bool {
    let hidden =
        matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    char.is_control() || hidden
}

/// Replaces every `STORE/HASH-name` by what a function makes of the name.
fn replaced(text: &str, store: &str, by: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(store) {
        out.push_str(&rest[..at]);
        let found = &rest[at..];
        match path_at(found, store) {
            Some(path) => {
                out.push_str(&by(name_in(path)));
                rest = &found[path.len()..];
            }
            None => {
                out.push_str(store);
                rest = &found[store.len()..];
            }
        }
    }
    out + rest
}

/// The path in the store that a text begins with.
fn path_at<'t>(text: &'t str, store: &str) -> Option<&'t str> {
    let last = text[store.len()..].strip_prefix('/')?;
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"+-._?=".contains(&byte);
    let length = last.bytes().take_while(|byte| legal(*byte)).count();
    let (hash, name) = last[..length].split_once('-')?;
    (is_hash(hash) && !name.is_empty()).then(|| &text[..store.len() + 1 + length])
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORE: &str = "/nix/store";
    const HASH: &str = "4ykjprpvb0lplxvp1lprirgd1dry7469";

    #[test]
    fn inputs_are_taken_out() {
        let text = format!("exec {STORE}/{HASH}-openssh-9.9p1/bin/sshd {STORE}/x {STORE}");
        assert_eq!(without_inputs(&text, STORE), "exec /nix/store/openssh/bin/sshd /nix/store/x /nix/store");
    }

    #[test]
    fn the_first_difference_is_shown() {
        let long = "a".repeat(100);
        let (old, new) = shortened(&format!("{long}\nold"), &format!("{long}\nnew\u{1b}"), STORE);
        assert_eq!(old, format!("…{}\\nold", "a".repeat(15)));
        assert_eq!(new, format!("…{}\\nnew\\u{{1b}}", "a".repeat(15)));
        assert_eq!(shortened("80", "81", STORE), ("80".to_owned(), "81".to_owned()));
        let (old, new) = shortened(&format!("{long}1{long}"), &format!("{long}{long}"), STORE);
        let around = "a".repeat(16);
        assert_eq!((old, new), (format!("…{around}1{around}…"), format!("…{around}{around}…")));
        let (_, new) = shortened("", &"b".repeat(100), STORE);
        assert_eq!(new, "b".repeat(72) + "…");
    }
}
