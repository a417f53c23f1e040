//! The header of a generated file: which entry it was made from, and hashes of what went in and of what came out.
//!
//! ```text
//! # Written by Cistern from hosts.eden. Changes belong in a module of your own, which has the last word.
//! # cistern 1 in=0f3c… body=77ab… words=91d0…
//! ```

use sha2::{Digest, Sha256};

/// The version of the header, raised when a hash is computed in another way.
const VERSION: &str = "1";

/// What a header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header<'a> {
    /// The hash of what went in.
    pub inputs: &'a str,
    body: &'a str,
    words: &'a str,
}

impl Header<'_> {
    /// Says whether a body is the one that was written under this header.
    pub fn is_intact(&self, body: &str) -> bool {
        self.body == hash(body.as_bytes())
    }
}

/// What became of a file since Cistern wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is as written, or not there, or has conflict markers and must be made anew.
    Intact,
    /// White space changed and nothing else.
    Reformatted,
    /// Its body is another.
    Edited,
}

/// Hashes bytes: the first 128 bits of SHA-256, in hexadecimal.
pub(super) fn hash(bytes: &[u8]) -> String {
    hex(Sha256::new_with_prefix(bytes))
}

/// Hashes what a value serializes to.
pub(super) fn hash_of(value: &impl serde::Serialize) -> String {
    struct Sink(Sha256);
    impl std::io::Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.update(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut sink = std::io::BufWriter::with_capacity(1 << 14, Sink(Sha256::new()));
    serde_json::to_writer(&mut sink, value).expect("plans hold nothing but text, numbers, lists and maps");
    let Ok(sink) = sink.into_inner() else { unreachable!("a hash takes every byte") };
    hex(sink.0)
}

fn hex(hash: Sha256) -> String {
    use std::fmt::Write as _;
    hash.finalize()[..16].iter().fold(String::with_capacity(32), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Hashes a text whose white space does not count.
fn words(body: &str) -> String {
    let mut hasher = Sha256::new();
    body.split_whitespace().for_each(|word| hasher.update(word));
    hex(hasher)
}

/// The line that names where a file comes from, newline included.
pub(super) fn first_line(entry: &str) -> String {
    format!("# Written by Cistern from {entry}. Changes belong in a module of your own, which has the last word.\n")
}

/// Puts a header before a body.
pub(super) fn write(entry: &str, inputs: &str, body: &str) -> String {
    let (first, hash, words) = (first_line(entry), hash(body.as_bytes()), words(body));
    format!("{first}# cistern {VERSION} in={inputs} body={hash} words={words}\n{body}")
}

/// Reads the header of a file and returns it with the body.
pub(super) fn read(text: &str) -> Option<(Header<'_>, &str)> {
    let (_, rest) = text.split_once('\n')?;
    let (line, body) = rest.split_once('\n')?;
    let fields = line.strip_prefix("# cistern ")?.strip_prefix(VERSION)?.trim_start();
    let field = |name: &str| fields.split(' ').find_map(|f| f.strip_prefix(name)?.strip_prefix('='));
    Some((Header { inputs: field("in")?, body: field("body")?, words: field("words")? }, body))
}

/// Compares a file with what its header says of it.
pub(super) fn state(text: &str) -> State {
    let conflict = |line: &str| line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ");
    match read(text) {
        Some((header, body)) if header.is_intact(body) => State::Intact,
        _ if text.lines().any(conflict) => State::Intact,
        Some((header, body)) if header.words == words(body) => State::Reformatted,
        _ => State::Edited,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_knows_what_became_of_it() {
        let text = write("hosts.eden", "0f3c", "{ a = 1; }\n");
        assert_eq!(read(&text).unwrap().0.inputs, "0f3c");
        assert_eq!(state(&text), State::Intact);
        assert_eq!(state(&text.replace("a = 1", "a=1")), State::Reformatted);
        assert_eq!(state(&text.replace("a = 1", "a = 2")), State::Edited);
        assert_eq!(state("{ }\n"), State::Edited);
        assert_eq!(state(&text.replace("{ a", "<<<<<<< HEAD\n{ a")), State::Intact);
    }
}
