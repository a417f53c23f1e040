//! Encrypting files anew to those who are to read them now: all of them, or none.

use rayon::prelude::*;

use super::identity::Identities;
use super::seal;
use super::store::{Store, keys};
use crate::age_file::is_armored;
use crate::place::Entries;
use crate::place::recipients::SecretFile;

/// A file that stays as it is because it cannot be opened or sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Its path below the fleet directory.
    pub path: String,
    /// Why, in a sentence.
    pub why: String,
}

/// Encrypts files anew, and hands them to the store, which has yet to be committed.
///
/// The value of each is in memory only while it is worked at. `on` is called after each file.
///
/// # Errors
/// Every file that is broken or that no identity opens; then the store is as it was.
pub fn rekey(
    store: &mut Store,
    files: &[SecretFile<'_>],
    entries: &Entries,
    identities: &Identities,
    on: &(dyn Fn() + Sync),
) -> Result<(), Vec<Broken>> {
    let sealed: Vec<_> = files
        .par_iter()
        .map(|file| {
            let sealed = one(store, file, entries, identities);
            on();
            sealed.map_err(|why| Broken { path: file.path.clone(), why })
        })
        .collect();
    let broken: Vec<_> = sealed.iter().filter_map(|sealed| sealed.as_ref().err().cloned()).collect();
    if !broken.is_empty() {
        return Err(broken);
    }
    for (file, sealed) in files.iter().zip(sealed.into_iter().flatten()) {
        store.keep(&file.path, sealed, &keys(file, entries));
    }
    Ok(())
}

fn one(store: &Store, file: &SecretFile<'_>, entries: &Entries, identities: &Identities) -> Result<Vec<u8>, String> {
    let bytes = store.read(&file.path).ok_or("it is not there")?;
    let value = seal::open(bytes, identities)?;
    seal::seal(&value, &keys(file, entries), is_armored(bytes))
}
