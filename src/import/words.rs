//! Splits a line into words as a shell does, with the place of each.

/// Splits; quotes and backslashes keep white space inside of a word. `None` when a quote is not closed.
///
/// With `comments`, a word that begins with `#` ends the line.
pub(super) fn split(line: &str, comments: bool) -> Option<Vec<(usize, String)>> {
    let mut words = Vec::new();
    let mut word: Option<(usize, String)> = None;
    let mut quote = None;
    let mut chars = line.char_indices();
    while let Some((at, c)) = chars.next() {
        let inside = quote.is_some();
        match c {
            c if quote == Some(c) => quote = None,
            '\\' if quote != Some('\'') => {
                let next = chars.next().map(|(_, next)| next)?;
                let text = &mut word.get_or_insert((at, String::new())).1;
                if inside && !matches!(next, '"' | '\\' | '$' | '`') {
                    text.push('\\');
                }
                text.push(next);
            }
            c if inside => word.get_or_insert((at, String::new())).1.push(c),
            '\'' | '"' => {
                quote = Some(c);
                word.get_or_insert((at, String::new()));
            }
            '#' if comments && word.is_none() => break,
            c if c.is_whitespace() => words.extend(word.take()),
            c => word.get_or_insert((at, String::new())).1.push(c),
        }
    }
    if quote.is_some() {
        return None;
    }
    words.extend(word);
    Some(words)
}

/// The words alone.
pub(super) fn texts(line: &str) -> Option<Vec<String>> {
    Some(split(line, false)?.into_iter().map(|(_, word)| word).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_split() {
        let found = split("web1  a=1 b='x y' c=\"q\\\" z\" # d=2", true).unwrap();
        let found: Vec<_> = found.iter().map(|(at, word)| (*at, word.as_str())).collect();
        assert_eq!(found, [(0, "web1"), (6, "a=1"), (10, "b=x y"), (18, "c=q\" z")]);
        assert_eq!(texts("a#b ''"), Some(vec!["a#b".to_owned(), String::new()]));
        assert_eq!(texts("'a"), None);
        assert_eq!(texts("a\\"), None);
        assert_eq!(texts(""), Some(Vec::new()));
    }
}
