//! An encrypted file from outside: what its header says of whom it is for, which needs no key.
//!
//! The format is age's (<https://age-encryption.org/v1>). The header is read here and not by the `age` crate, which
//! panics on a header whose base64 is not canonical; what passes here, it takes.

use std::io::Read as _;
use std::str::Lines;

use age::armor::ArmoredReader;
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD};
use sha2::{Digest as _, Sha256};

const INTRODUCTION: &str = "age-encryption.org/v1";
const ARMOR: &[u8] = b"-----BEGIN AGE ENCRYPTED FILE-----";

/// How long a line of a stanza's body is, unless it is the last one.
const COLUMNS: usize = 64;

/// Letters of the code that ends a header.
const MAC: usize = 43;

/// Bytes of the number that begins the payload.
const NONCE: usize = 16;

/// Bytes of the code that ends each chunk of the payload, and of a whole chunk with it.
const TAG: usize = 16;
const CHUNK: usize = 65_536 + TAG;

/// What can be told of an encrypted file without a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgeFile {
    /// Whether it is text, in lines of base64.
    pub armored: bool,
    /// The SHA-256 of the file as it lies there, in hexadecimal.
    pub sha256: String,
    /// Whom it is for, in the order of the header.
    pub stanzas: Vec<Stanza>,
}

/// One of those whom a file is for, as far as the header says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stanza {
    /// An SSH key, by the beginning of its hash; see [`ssh_tag`].
    Ssh {
        /// `ssh-ed25519` or `ssh-rsa`.
        algorithm: String,
        /// Six letters.
        tag: String,
    },
    /// A native recipient, `age1…`, of which nothing is said.
    Native,
    /// Whoever knows a passphrase.
    Passphrase,
    /// The recipient of a plugin, by the word that begins its stanza.
    Plugin(String),
}

impl AgeFile {
    /// Reads the header of a file.
    ///
    /// # Errors
    /// Why it is none of age's, in a clause.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let sha256 = hash(bytes);
        let armored = is_armored(bytes);
        let stanzas = if armored {
            let mut binary = Vec::new();
            let read = ArmoredReader::new(bytes.trim_ascii_start()).read_to_end(&mut binary);
            read.map_err(|error| format!("its armor is damaged: {error}"))?;
            stanzas(&binary)?
        } else {
            stanzas(bytes)?
        };
        Ok(Self { armored, sha256, stanzas })
    }

    /// Counts the native recipients and those of plugins, of whom the header does not say who they are.
    pub fn anonymous(&self) -> usize {
        self.stanzas.iter().filter(|stanza| matches!(stanza, Stanza::Native | Stanza::Plugin(_))).count()
    }
}

/// Says whether a file is text, in lines of base64.
pub fn is_armored(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(ARMOR)
}

/// The tag of a public SSH key, `type base64`, as the header of a file has it: the beginning of its SHA-256, in base64.
///
/// `None` for a text that is no such key.
pub fn ssh_tag(key: &str) -> Option<String> {
    let blob = BASE64_STANDARD.decode(key.split_whitespace().nth(1)?).ok()?;
    Some(BASE64_STANDARD_NO_PAD.encode(&Sha256::digest(blob)[..4]))
}

/// The SHA-256 of some bytes, in hexadecimal.
pub fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a header and holds the payload to its form.
fn stanzas(bytes: &[u8]) -> Result<Vec<Stanza>, String> {
    if !bytes.starts_with(INTRODUCTION.as_bytes()) {
        return Err(if bytes.is_empty() { "it is empty" } else { "it does not begin as age's files do" }.to_owned());
    }
    let end = header_end(bytes).ok_or("its header has no end")?;
    let header = str::from_utf8(&bytes[..end]).map_err(|_| "its header is no text")?;
    if header.contains('\r') {
        return Err(
            "its lines end in CR LF: something took it for a text (`*.age binary` in .gitattributes)".to_owned()
        );
    }
    let stanzas = lines(header)?;
    let payload = bytes.len() - end;
    let last = payload.saturating_sub(NONCE) % CHUNK;
    let whole = payload >= NONCE + TAG && (last == 0 || last > TAG || payload == NONCE + TAG);
    if whole { Ok(stanzas) } else { Err("it was cut off".to_owned()) }
}

/// The byte after the header's last line.
fn header_end(bytes: &[u8]) -> Option<usize> {
    let start = bytes.windows(5).position(|window| window == b"\n--- ")? + 1;
    Some(start + bytes[start..].iter().position(|byte| *byte == b'\n')? + 1)
}

fn lines(header: &str) -> Result<Vec<Stanza>, String> {
    let mut lines = header.lines();
    if lines.next() != Some(INTRODUCTION) {
        return Err("it is of another version than age's first".to_owned());
    }
    let mut found = Vec::new();
    for number in 1.. {
        let line = lines.next().ok_or("its header has no end")?;
        if let Some(mac) = line.strip_prefix("--- ") {
            let whole = mac.len() == MAC && BASE64_STANDARD_NO_PAD.decode(mac).is_ok();
            return if whole { settled(found) } else { Err("the code that ends its header is damaged".to_owned()) };
        }
        let damaged = || format!("the entry {number} of its header is damaged");
        let words: Vec<&str> = line.strip_prefix("-> ").ok_or_else(damaged)?.split(' ').collect();
        if words.iter().any(|word| word.is_empty() || !word.bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(damaged());
        }
        body(&mut lines).ok_or_else(damaged)?;
        found.extend(stanza(&words).ok_or_else(damaged)?);
    }
    unreachable!("the lines of a header have an end")
}

/// Passes over the body of a stanza: whole lines, and a shorter one at the end.
fn body(lines: &mut Lines<'_>) -> Option<()> {
    let mut text = String::new();
    loop {
        let line = lines.next().filter(|line| line.len() <= COLUMNS)?;
        text.push_str(line);
        if line.len() < COLUMNS {
            return BASE64_STANDARD_NO_PAD.decode(text).ok().map(drop);
        }
    }
}

/// What a stanza says; nothing for one that programs put there so that others get used to unknown ones.
fn stanza(words: &[&str]) -> Option<Option<Stanza>> {
    let owned = |word: &&str| (*word).to_owned();
    Some(match words {
        ["X25519", _] => Some(Stanza::Native),
        ["scrypt", _, _] => Some(Stanza::Passphrase),
        ["ssh-ed25519", tag, _] | ["ssh-rsa", tag] => {
            Some(Stanza::Ssh { algorithm: owned(words.first()?), tag: owned(tag) })
        }
        ["X25519" | "scrypt" | "ssh-ed25519" | "ssh-rsa", ..] => return None,
        [word, ..] if word.ends_with("-grease") => None,
        [word, ..] => Some(Stanza::Plugin(owned(word))),
        [] => return None,
    })
}

/// A passphrase stands alone, and somebody can decrypt it.
fn settled(stanzas: Vec<Stanza>) -> Result<Vec<Stanza>, String> {
    if stanzas.is_empty() {
        return Err("nobody can decrypt it".to_owned());
    }
    match stanzas.contains(&Stanza::Passphrase) && stanzas.len() > 1 {
        true => Err("a passphrase stands beside other recipients".to_owned()),
        false => Ok(stanzas),
    }
}

#[cfg(test)]
mod tests;
