//! A `.drv` file, as far as it is compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;

use nix_derivation::{Derivation as Parsed, Output, StoreDir};

use super::name::name_in;

/// A derivation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Derivation {
    /// Its name, with the version.
    pub(super) name: String,
    /// The directory of the store, `/nix/store`.
    pub(super) store: String,
    pub(super) system: String,
    pub(super) builder: String,
    pub(super) arguments: Vec<String>,
    /// The attributes; those of `__structuredAttrs` as JSON.
    pub(super) attributes: BTreeMap<String, String>,
    /// Derivations that are built before, by their paths, with the outputs that are needed.
    pub(super) inputs: BTreeMap<String, BTreeSet<String>>,
    /// Files that were copied into the store.
    pub(super) sources: BTreeSet<String>,
    /// Paths of outputs by their names, where they are known before they are built.
    pub(super) outputs: BTreeMap<String, String>,
    /// The hashes of outputs whose content was known beforehand: what is fetched.
    pub(super) fixed: BTreeMap<String, String>,
}

impl Derivation {
    /// Reads a `.drv` file.
    ///
    /// # Errors
    /// It is not there, or it is none.
    pub(super) fn read(path: &str) -> io::Result<Self> {
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{path}: {error}"));
        let bytes = fs::read(path).map_err(named)?;
        Self::parse(path, &bytes).map_err(|error| io::Error::other(format!("{path} is no derivation: {error}")))
    }

    fn parse(path: &str, bytes: &[u8]) -> Result<Self, String> {
        let (store, _) = path.rsplit_once('/').ok_or("it is not in a store")?;
        let directory = StoreDir::new(store).map_err(|error| error.to_string())?;
        let parsed =
            Parsed::from_aterm_bytes_in(bytes, name_in(path), directory.clone()).map_err(|error| error.to_string())?;
        let outputs = parsed.resolved_outputs().map_err(|error| error.to_string())?;
        let outputs =
            outputs.into_iter().filter_map(|(name, output)| Some((name, directory.render_path(&output.path?))));
        let inputs = parsed.input_derivations().iter();
        Ok(Self {
            name: parsed.name().to_owned(),
            store: store.to_owned(),
            system: parsed.system().to_owned(),
            builder: parsed.builder().to_owned(),
            arguments: parsed.arguments().to_vec(),
            attributes: attributes(&parsed),
            inputs: inputs.map(|(path, input)| (directory.render_path(path), input.outputs().clone())).collect(),
            sources: parsed.input_sources().iter().map(|path| directory.render_path(path)).collect(),
            outputs: outputs.collect(),
            fixed: parsed.outputs().iter().filter_map(fixed).collect(),
        })
    }

    /// An attribute that says the name or the version of the package.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

fn attributes(parsed: &Parsed) -> BTreeMap<String, String> {
    let plain = parsed.environment().iter();
    let plain = plain.map(|(name, value)| (name.clone(), String::from_utf8_lossy(value).into_owned()));
    let structured = parsed.structured_attrs().into_iter().flat_map(|attributes| attributes.iter());
    let structured = structured.map(|(name, value)| match value.as_str() {
        Some(text) => (name.to_owned(), text.to_owned()),
        None => (name.to_owned(), value.to_string()),
    });
    plain.chain(structured).collect()
}

fn fixed((name, output): (&String, &Output)) -> Option<(String, String)> {
    let hash = output.fixed_content_address()?;
    Some((name.clone(), format!("{hash}")))
}
