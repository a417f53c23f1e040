//! Values that are made: by their recipe, from the randomness of the operating system.

mod certificates;
mod hashes;
mod keys;
mod random;
mod script;
mod text;

use std::collections::BTreeMap;
use std::path::Path;

use super::memory::Plain;
use crate::recipe::Recipe;
use crate::value::{Date, SecretName};

/// A value that was made.
#[derive(Debug)]
pub struct Made {
    /// The value.
    pub value: Plain,
    /// The part of a key that everybody may know, a line.
    pub public: Option<String>,
}

/// What a value is for.
#[derive(Debug)]
pub struct Subject {
    /// The secret and its host, for comments of keys.
    pub label: String,
    /// The names and addresses of the hosts that read it.
    pub names: Vec<String>,
    /// The day on which it is made.
    pub today: Date,
}

/// The values that another one is made from.
pub type Sources<'s> = BTreeMap<&'s SecretName, &'s Plain>;

/// Makes a value. Programs run in the fleet directory.
///
/// # Errors
/// Why it cannot be made, in a sentence.
pub fn make(recipe: &Recipe, subject: &Subject, sources: &Sources<'_>, fleet: &Path) -> Result<Made, String> {
    let value = match recipe {
        Recipe::Random { length } => random::bytes(*length),
        Recipe::Hex { length } => random::hex(*length),
        Recipe::Base64 { length } => random::base64(*length),
        Recipe::Alphanumeric { length } => random::alphanumeric(*length),
        Recipe::Passphrase { length } => random::passphrase(*length),
        Recipe::Bcrypt { from } => hashes::bcrypt(source(sources, from)),
        Recipe::Argon2 { from } => hashes::argon2(source(sources, from)),
        Recipe::Htpasswd { user, from } => hashes::htpasswd(user, source(sources, from)),
        Recipe::Text { format, from, .. } => text::filled_in(format, from.as_ref(), sources),
        Recipe::Script { script, .. } => script::printed(script, sources, fleet),
        Recipe::AuthorityCertificate { from } => certificates::of_authority(source(sources, from), subject),
        Recipe::Certificate { from } => certificates::signed(source(sources, from), subject),
        Recipe::Authority => return certificates::authority(subject),
        Recipe::SshEd25519 => return keys::ssh_ed25519(&subject.label),
        Recipe::Wireguard => return keys::wireguard(),
        Recipe::X25519 => return keys::x25519(),
    };
    value.map(|value| Made { value, public: None })
}

/// The bytes of a source, without the line break that an editor leaves at its end.
fn source<'s>(sources: &Sources<'s>, name: &SecretName) -> &'s [u8] {
    let bytes = sources[name].bytes();
    bytes.strip_suffix(b"\n").map_or(bytes, |line| line.strip_suffix(b"\r").unwrap_or(line))
}
