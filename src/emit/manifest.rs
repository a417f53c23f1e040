//! `manifest.json`: the paths, the format, Cistern's version.

use serde::{Deserialize, Serialize};

use crate::tree::Tree;

/// The format of the generated tree; raised when an older Cistern or an older mkFleet could not use it.
pub const FORMAT: u32 = 3;

/// The manifest's place in the tree.
const PATH: &str = "manifest.json";

#[derive(Serialize)]
struct Manifest<'a> {
    format: u32,
    cistern: &'static str,
    files: Vec<&'a str>,
}

#[derive(Deserialize)]
struct Head {
    format: u32,
    cistern: String,
}

/// Adds the manifest of a tree to it.
pub(super) fn add(tree: &mut Tree) {
    let files = tree.iter().map(|(path, _)| path).collect();
    let manifest = Manifest { format: FORMAT, cistern: env!("CARGO_PKG_VERSION"), files };
    let mut text = serde_json::to_string_pretty(&manifest).expect("paths and numbers");
    text.push('\n');
    tree.insert(PATH, text.into_bytes());
}

/// The version of the Cistern that wrote a tree of a newer format than this one knows.
pub fn newer(tree: &Tree) -> Option<String> {
    let head: Head = serde_json::from_slice(tree.get(PATH)?).ok()?;
    (head.format > FORMAT).then_some(head.cistern)
}

/// Files of an earlier tree that the new one would delete and that Cistern did not write, or that were edited since.
pub fn foreign(previous: &Tree, new: &Tree) -> Vec<String> {
    let listed: Listed = previous.get(PATH).and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default();
    let lost = previous.iter().filter(|(path, _)| new.get(path).is_none() && *path != PATH);
    let ours = |path: &str, bytes: &[u8]| {
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        match super::header::read(text) {
            Some(_) => super::header::state(text) != super::State::Edited,
            None => listed.files.iter().any(|file| file == path) && !path.ends_with(".nix"),
        }
    };
    lost.filter(|(path, bytes)| !ours(path, bytes)).map(|(path, _)| path.to_owned()).collect()
}

#[derive(Deserialize, Default)]
struct Listed {
    files: Vec<String>,
}
