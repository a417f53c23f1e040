//! Files of environment variables, a line for each: `NAME=value`, in quotes or not.

use super::Part;
use crate::secrets::memory::Plain;

/// Takes a file apart into its variables.
///
/// # Errors
/// The first line that cannot be read, with its number.
pub(super) fn parts(plain: &Plain) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    for (number, line) in plain.bytes().split(|byte| *byte == b'\n').enumerate() {
        let part = part(line.trim_ascii()).map_err(|why| format!("line {}: {why}", number + 1))?;
        parts.extend(part);
    }
    Ok(parts)
}

fn part(line: &[u8]) -> Result<Option<Part>, &'static str> {
    if line.is_empty() || line.starts_with(b"#") {
        return Ok(None);
    }
    let line = line.strip_prefix(b"export ").unwrap_or(line).trim_ascii_start();
    let equals = line.iter().position(|byte| *byte == b'=').ok_or("it is not NAME=value")?;
    let name = std::str::from_utf8(line[..equals].trim_ascii_end()).unwrap_or_default();
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Err("it is not NAME=value");
    }
    let value = line[equals + 1..].trim_ascii();
    let value = match value.first() {
        Some(b'"') => unescaped(&value[1..])?,
        Some(b'\'') => {
            let end = value[1..].iter().position(|byte| *byte == b'\'').ok_or(OPEN)?;
            Plain::copy(&value[1..=end])
        }
        _ => Plain::copy(value[..comment(value)].trim_ascii_end()),
    };
    Ok(Some(Part { path: vec![name.to_owned()], value }))
}

const OPEN: &str = "the quotes do not end on the line; name the file without --split, as one secret";

/// Where a comment begins behind a value without quotes.
fn comment(value: &[u8]) -> usize {
    value.windows(2).position(|pair| pair == b" #").unwrap_or(value.len())
}

/// A text up to the quotes that end it.
fn unescaped(text: &[u8]) -> Result<Plain, &'static str> {
    let mut value = Vec::with_capacity(text.len());
    let mut bytes = text.iter();
    loop {
        match bytes.next() {
            None => return Err(OPEN),
            Some(b'"') => return Ok(Plain::new(value)),
            Some(b'\\') => value.push(match bytes.next() {
                Some(b'n') => b'\n',
                Some(b't') => b'\t',
                Some(b'r') => b'\r',
                Some(other) => *other,
                None => return Err(OPEN),
            }),
            Some(byte) => value.push(*byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(String, String)>, String> {
        let pair = |part: Part| (part.path.concat(), String::from_utf8_lossy(part.value.bytes()).into_owned());
        parts(&Plain::copy(text.as_bytes())).map(|parts| parts.into_iter().map(pair).collect())
    }

    #[test]
    fn variables_are_read() {
        let text = "# no\n\nA=one two # note\nexport B=\"x\\n\\\"y\\\" # z\" # note\nC='$a \\n'\nD=\nE=a#b\r\n";
        let expected = [("A", "one two"), ("B", "x\n\"y\" # z"), ("C", "$a \\n"), ("D", ""), ("E", "a#b")];
        assert_eq!(read(text).unwrap(), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_line() {
        for text in ["A=1\nwhat", "A=1\nB=\"x", "A=1\nB='x", "A=1\nB=\"\\", "A=1\n=2", "A=1\na b=2"] {
            assert!(read(text).unwrap_err().starts_with("line 2: "), "{text}");
        }
    }
}
