//! The white space and the comments of YAML, and the lines of a text.

/// Passes over white space and comments, and returns the byte that comes next.
pub(super) fn trivia(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            b'#' if at == 0 || bytes[at - 1].is_ascii_whitespace() => at = line_end(text, at),
            _ if at == 0 && text.starts_with('\u{feff}') => at = '\u{feff}'.len_utf8(),
            _ => break,
        }
    }
    at
}

/// Passes over white space and comments, and over the commas between them.
pub(super) fn commas(text: &str, from: usize) -> usize {
    let mut at = trivia(text, from);
    while text[at..].starts_with(',') {
        at = trivia(text, at + 1);
    }
    at
}

/// The first byte of the line.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// The end of the line, before its line end.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
    if end > at && text.as_bytes()[end - 1] == b'\r' { end - 1 } else { end }
}

/// The first byte of the next line; the end of the text where there is none.
pub(super) fn next_line(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |newline| at + newline + 1)
}

/// How many characters stand before it in its line.
pub(super) fn column(text: &str, at: usize) -> usize {
    text[line_start(text, at)..at].trim_start_matches('\u{feff}').chars().count()
}

/// Says whether nothing but white space stands before it in its line.
pub(super) fn is_first(text: &str, at: usize) -> bool {
    text[line_start(text, at)..at].trim_start_matches('\u{feff}').trim().is_empty()
}

/// A line without code.
pub(super) enum Blank {
    /// Nothing but white space.
    Empty,
    /// A comment, that many columns from the left.
    Comment(usize),
}

/// Says what stands in the line that begins there, if it has no code.
pub(super) fn blank(text: &str, start: usize) -> Option<Blank> {
    let line = &text[start..line_end(text, start)];
    let code = line.trim_start();
    if code.is_empty() {
        return (start < text.len()).then_some(Blank::Empty);
    }
    code.starts_with('#').then(|| Blank::Comment(line.len() - code.len()))
}
