//! Headers of generated files: which of their words are hashes.

use std::borrow::Cow;

/// How the line of a header begins that holds hashes, as in `# cistern 1 in=0123abcd body=4567cdef`.
const MARK: &[u8] = b"# cistern ";

/// What stands in the place of a hash.
const MASK: &str = "…";

/// The fewest hexadecimal digits that make a hash.
const SHORTEST_HASH: usize = 8;

/// Puts a mask over the hashes of a file's header, so that two headers compare by all else.
///
/// The header is among the comment lines that the file begins with.
pub(super) fn masked(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut start = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n').take_while(|line| line.starts_with(b"#")) {
        let end = start + line.len();
        if line.starts_with(MARK) {
            let Some(line) = masked_line(line) else { return Cow::Borrowed(bytes) };
            return Cow::Owned([&bytes[..start], line.as_bytes(), &bytes[end..]].concat());
        }
        start = end;
    }
    Cow::Borrowed(bytes)
}

fn masked_line(line: &[u8]) -> Option<String> {
    let line = str::from_utf8(line).ok()?;
    let text = line.trim_end_matches(['\n', '\r']);
    let words: Vec<_> = text.split(' ').map(masked_word).collect();
    Some(words.join(" ") + &line[text.len()..])
}

fn masked_word(word: &str) -> Cow<'_, str> {
    let is_hash = |value: &str| value.len() >= SHORTEST_HASH && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    match word.split_once('=') {
        Some((key, value)) if is_hash(value) => Cow::Owned(format!("{key}={MASK}")),
        _ => Cow::Borrowed(word),
    }
}

#[cfg(test)]
mod tests {
    use super::masked;

    fn shown(text: &str) -> String {
        String::from_utf8(masked(text.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn only_the_hashes_of_the_header_are_masked() {
        assert_eq!(
            shown("# hosts.eden\n# cistern 1 in=0123456789ab body=deadbeef\n{ }\n"),
            "# hosts.eden\n# cistern 1 in=… body=…\n{ }\n"
        );
        assert_eq!(shown("# cistern 2 in=0123456789ab\r\n"), "# cistern 2 in=…\r\n");
    }

    #[test]
    fn all_else_stays() {
        for text in [
            "",
            "{ }\n# cistern 1 in=0123456789ab\n",
            "\n# cistern 1 in=0123456789ab\n",
            "# cistern 1 in=eden body=abc\n",
            "#cistern 1 in=0123456789ab\n",
        ] {
            assert_eq!(shown(text), text);
        }
    }
}
