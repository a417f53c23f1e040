//! YAML and JSON files of sops: the data key is opened with an age identity, each value with the data key, and at the
//! end the hash over all of them says whether the file is whole.

use aes_gcm::aead::consts::U32;
use aes_gcm::aead::{AeadInPlace as _, KeyInit as _};
use aes_gcm::aes::Aes256;
use aes_gcm::{AesGcm, Nonce, Tag};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha512};

use super::Part;
use crate::diag::Faults;
use crate::load::{Body, Entry, Node, parse_foreign};
use crate::secrets::memory::Plain;
use crate::source::{SourceFile, Sources};

/// The values of a file.
#[derive(Debug)]
pub(super) struct Opened {
    /// Those that were encrypted.
    pub(super) parts: Vec<Part>,
    /// The names of those that stand in it for everybody to read.
    pub(super) open: Vec<String>,
}

/// Opens what is encrypted to an age identity.
pub(super) type Open<'a> = &'a dyn Fn(&[u8]) -> Result<Plain, String>;

/// The cipher of sops: its nonces have 32 bytes.
type Cipher = AesGcm<Aes256, U32>;

/// Says whether a file is sops'.
pub(super) fn is_sops(path: &str, text: &str) -> bool {
    text.contains("ENC[AES256_GCM,") && root(path, text).is_ok_and(|root| find(&root, "sops").is_some())
}

/// Decrypts every value of a file.
///
/// # Errors
/// Why that is not possible, in a sentence.
pub(super) fn open(path: &str, text: &str, open: Open<'_>) -> Result<Opened, String> {
    let root = root(path, text)?;
    let meta = find(&root, "sops").ok_or("it has no `sops` section")?;
    let cipher = Cipher::new_from_slice(data_key(meta, open)?.bytes()).map_err(|_| "its data key has not 32 bytes")?;
    let only_encrypted = find(meta, "mac_only_encrypted").is_some_and(|node| word(node) == Some("true"));
    let mut walk = Walk {
        cipher: &cipher,
        hash: Sha512::new(),
        only_encrypted,
        path: Vec::new(),
        parts: Vec::new(),
        open: Vec::new(),
    };
    for entry in entries(&root).iter().filter(|entry| &*entry.key != "sops") {
        walk.entry(entry)?;
    }
    let Walk { hash, parts, open, .. } = walk;
    verify(meta, &cipher, &hash.finalize())?;
    Ok(Opened { parts, open })
}

fn root(path: &str, text: &str) -> Result<Node, String> {
    let mut sources = Sources::default();
    let file = SourceFile { path: path.to_owned(), text: text.replace('\t', " ") };
    let id = sources.add(path, file.text.clone());
    let mut faults = Faults::default();
    let parsed = parse_foreign(id, &file, &mut faults);
    let first = faults.iter().next().map(|fault| fault.message.clone());
    match (parsed, first) {
        (Some((node, _)), None) => Ok(node),
        (_, why) => Err(format!("it is no YAML: {}", why.unwrap_or_default())),
    }
}

fn entries(node: &Node) -> &[Entry] {
    match &node.body {
        Body::Map(entries) => entries,
        _ => &[],
    }
}

fn find<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    entries(node).iter().find(|entry| &*entry.key == key).map(|entry| &entry.value)
}

fn word(node: &Node) -> Option<&str> {
    match &node.body {
        Body::Text(scalar) => Some(&scalar.text),
        _ => None,
    }
}

/// The key of all values, which stands in the file once for each recipient.
fn data_key(meta: &Node, open: Open<'_>) -> Result<Plain, String> {
    if find(meta, "key_groups").is_some() {
        return Err(
            "its data key is split between groups; decrypt it with `sops -d`, and import what comes out".to_owned()
        );
    }
    let Some(Body::List(recipients)) = find(meta, "age").map(|node| &node.body) else {
        return Err("it is not encrypted to age; decrypt it with `sops -d`, and import what comes out".to_owned());
    };
    let mut why = "its section `age` is empty".to_owned();
    for sealed in recipients.iter().filter_map(|recipient| word(find(recipient, "enc")?)) {
        match open(sealed.as_bytes()) {
            Ok(key) => return Ok(key),
            Err(error) => why = error,
        }
    }
    Err(format!("its data key stays closed: {why}"))
}

/// The way through a file in its own order, which the hash over all values depends on.
struct Walk<'c> {
    cipher: &'c Cipher,
    hash: Sha512,
    only_encrypted: bool,
    path: Vec<String>,
    parts: Vec<Part>,
    open: Vec<String>,
}

impl Walk<'_> {
    fn entry(&mut self, entry: &Entry) -> Result<(), String> {
        self.path.push(entry.key.to_string());
        self.node(&entry.value, None)?;
        self.path.pop();
        Ok(())
    }

    /// `item` is the number in a list, which counts for names and not for what is authenticated.
    fn node(&mut self, node: &Node, item: Option<usize>) -> Result<(), String> {
        match &node.body {
            Body::Null => Ok(()),
            Body::Map(entries) => entries.iter().try_for_each(|entry| self.entry(entry)),
            Body::List(items) => items.iter().enumerate().try_for_each(|(at, node)| self.node(node, Some(at))),
            Body::Text(scalar) => {
                let name: Vec<String> = self.path.iter().cloned().chain(item.map(|item| item.to_string())).collect();
                let Some(sealed) = Sealed::read(&scalar.text) else {
                    if !self.only_encrypted {
                        self.hash.update(as_go_writes(node, &scalar.text));
                    }
                    // What is empty is not encrypted.
                    self.open.extend((!scalar.text.is_empty()).then(|| name.join(".")));
                    return Ok(());
                };
                let place = format!("{}:", self.path.join(":"));
                let value = sealed
                    .open(self.cipher, &place)
                    .ok_or_else(|| format!("`{}` was changed or stood elsewhere", name.join(".")))?;
                self.hash.update(value.bytes());
                self.parts.push(Part { path: name, value: sealed.shown(value) });
                Ok(())
            }
        }
    }
}

/// How sops writes a value that is not encrypted, for the hash.
fn as_go_writes(node: &Node, text: &str) -> String {
    match node.to_json() {
        serde_json::Value::Bool(true) => "True".to_owned(),
        serde_json::Value::Bool(false) => "False".to_owned(),
        serde_json::Value::Number(number) => number.to_string(),
        _ => text.to_owned(),
    }
}

/// `ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]`
struct Sealed {
    data: Vec<u8>,
    nonce: Vec<u8>,
    tag: Vec<u8>,
    is_bool: bool,
}

impl Sealed {
    fn read(text: &str) -> Option<Self> {
        let inner = text.strip_prefix("ENC[AES256_GCM,")?.strip_suffix(']')?;
        let part = |name: &str| {
            let found = inner.split(',').find_map(|part| part.strip_prefix(name)?.strip_prefix(':'))?;
            STANDARD.decode(found).ok()
        };
        let is_bool = inner.ends_with(",type:bool");
        Some(Self { data: part("data")?, nonce: part("iv")?, tag: part("tag")?, is_bool })
    }

    /// The value as a file would have it: sops keeps `True` for `true`.
    fn shown(&self, value: Plain) -> Plain {
        match self.is_bool {
            true => Plain::new(value.bytes().to_ascii_lowercase()),
            false => value,
        }
    }

    fn open(&self, cipher: &Cipher, place: &str) -> Option<Plain> {
        if self.nonce.len() != 32 || self.tag.len() != 16 {
            return None;
        }
        let mut data = self.data.clone();
        let (nonce, tag) = (Nonce::from_slice(&self.nonce), Tag::from_slice(&self.tag));
        cipher.decrypt_in_place_detached(nonce, place.as_bytes(), &mut data, tag).ok()?;
        Some(Plain::new(data))
    }
}

/// Holds the hash over all values against the one that the file has.
fn verify(meta: &Node, cipher: &Cipher, hash: &[u8]) -> Result<(), String> {
    let said = find(meta, "mac").and_then(word).and_then(Sealed::read);
    let when = find(meta, "lastmodified").and_then(word).unwrap_or_default();
    let said = said.and_then(|sealed| sealed.open(cipher, when)).ok_or("its hash over all values cannot be read")?;
    let own: String = hash.iter().map(|byte| format!("{byte:02X}")).collect();
    match said.bytes() == own.as_bytes() {
        true => Ok(()),
        false => Err("a value was changed, added or taken away since sops wrote it".to_owned()),
    }
}
