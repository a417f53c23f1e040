//! Texts in a picture: how wide they are, about, and how they are written.

/// How wide a text is, in thousandths of its size: the font is not known, so it is that of a wide one.
pub(super) fn width(text: &str, size: i32) -> i32 {
    let thousandths: i32 = text.chars().map(of).sum();
    (thousandths * size + 999) / 1000
}

fn of(c: char) -> i32 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '|' | '\'' | '!' => 320,
        'f' | 't' | 'r' | ' ' | '-' | '/' | '(' | ')' | 'I' => 410,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 930,
        'A'..='Z' => 720,
        c if c.is_ascii() => 625,
        _ => 1000,
    }
}

/// As much of a text as there is room for.
pub(super) fn fitted(text: &str, size: i32, room: i32) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut short: String = text.to_owned();
    while short.pop().is_some() && width(&short, size) + width("…", size) > room {}
    short.push('…');
    short
}

/// A text as it stands between tags and in attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_text_early() {
        assert_eq!(escaped("<a b='c' & \"d\">\u{1}"), "&lt;a b=&#39;c&#39; &amp; &quot;d&quot;&gt;\u{fffd}");
    }

    #[test]
    fn a_text_that_does_not_fit_says_so() {
        assert_eq!(fitted("website", 10, 100), "website");
        let short = fitted("website-staging", 10, 60);
        assert!(short.ends_with('…') && width(&short, 10) <= 60, "{short}");
    }
}
