//! Encrypting and decrypting one file, in memory.

use std::collections::BTreeSet;
use std::io::{self, Write as _};

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use age::plugin::RecipientPluginV1;
use age::{DecryptError, Decryptor, Encryptor, NoCallbacks, Recipient};

use super::identity::Identities;
use super::memory::Plain;
use crate::age_file::{AgeFile, is_armored};

/// Encrypts a value to everybody named (`ssh-ed25519 …`, `ssh-rsa …`, `age1…`), in letters if `armor` says so.
///
/// # Errors
/// What keeps age from it, in a sentence: nobody named, a key that it cannot use, a plugin that is missing.
pub fn seal(plain: &Plain, recipients: &[&str], armor: bool) -> Result<Vec<u8>, String> {
    let recipients = parsed(recipients)?;
    let encryptor = Encryptor::with_recipients(recipients.iter().map(|one| &**one as &dyn Recipient))
        .map_err(|error| error.to_string())?;
    let format = if armor { Format::AsciiArmor } else { Format::Binary };
    let written = || {
        let armored = ArmoredWriter::wrap_output(Vec::with_capacity(plain.len() + 1024), format)?;
        let mut writer = encryptor.wrap_output(armored)?;
        writer.write_all(plain.bytes())?;
        writer.finish()?.finish()
    };
    written().map_err(|error: io::Error| error.to_string())
}

/// Decrypts a file with whichever identity it was encrypted to; one with a passphrase of its own by asking for it.
///
/// # Errors
/// Why it stays closed, in a sentence.
pub fn open(bytes: &[u8], identities: &Identities) -> Result<Plain, String> {
    // It is held to its form first: the header of a damaged file is no matter for age.
    AgeFile::read(bytes)?;
    let bytes = if is_armored(bytes) { bytes.trim_ascii_start() } else { bytes };
    let decryptor = Decryptor::new_buffered(ArmoredReader::new(bytes)).map_err(|error| told(&error))?;
    let mut reader = if decryptor.is_scrypt() {
        let passphrase = identities.passphrase()?;
        decryptor.decrypt([&passphrase as &dyn age::Identity].into_iter()).map_err(|error| match error {
            DecryptError::DecryptionFailed | DecryptError::NoMatchingKeys => told(&DecryptError::KeyDecryptionFailed),
            other => told(&other),
        })?
    } else {
        decryptor.decrypt(identities.iter()).map_err(|error| match error {
            DecryptError::NoMatchingKeys => identities.why_none(),
            other => told(&other),
        })?
    };
    Plain::read(&mut reader, bytes.len()).map_err(|_| told(&DecryptError::DecryptionFailed))
}

/// Reads recipients, each key once; those of one plugin together.
fn parsed(keys: &[&str]) -> Result<Vec<Box<dyn Recipient>>, String> {
    let mut recipients: Vec<Box<dyn Recipient>> = Vec::new();
    let mut of_plugins: Vec<age::plugin::Recipient> = Vec::new();
    let mut seen = BTreeSet::new();
    for key in keys.iter().copied().filter(|key| seen.insert(*key)) {
        match native(key) {
            Some(recipient) => recipients.push(recipient),
            None => of_plugins.push(key.parse().map_err(|_| format!("age cannot encrypt to `{key}`"))?),
        }
    }
    let plugins: BTreeSet<&str> = of_plugins.iter().map(age::plugin::Recipient::plugin).collect();
    for name in plugins {
        let plugin = RecipientPluginV1::new(name, &of_plugins, &[], NoCallbacks);
        let missing = |_| format!("`age-plugin-{name}`, which encrypts to `age1{name}1…`, is not on PATH");
        recipients.push(Box::new(plugin.map_err(missing)?));
    }
    Ok(recipients)
}

/// Reads a recipient that age knows by itself.
fn native(key: &str) -> Option<Box<dyn Recipient>> {
    if key.starts_with("ssh-") {
        return key.parse::<age::ssh::Recipient>().ok().map(|key| Box::new(key) as _);
    }
    let usual = key.parse::<age::x25519::Recipient>().ok().map(|key| Box::new(key) as Box<dyn Recipient>);
    let tagged = || key.parse::<age::tag::Recipient>().ok().map(|key| Box::new(key) as _);
    let quantum = || key.parse::<age::tagpq::Recipient>().ok().map(|key| Box::new(key) as _);
    usual.or_else(tagged).or_else(quantum)
}

/// Says why a file stays closed.
fn told(error: &DecryptError) -> String {
    match error {
        DecryptError::InvalidHeader | DecryptError::UnknownFormat | DecryptError::Io(_) => {
            "it is no age file, or its beginning was changed".to_owned()
        }
        DecryptError::InvalidMac | DecryptError::DecryptionFailed => "it was changed or cut off".to_owned(),
        DecryptError::KeyDecryptionFailed => "the passphrase is another".to_owned(),
        DecryptError::ExcessiveWork { .. } => "its passphrase was made to take longer than is reasonable".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use age::secrecy::ExposeSecret as _;

    use super::*;

    fn identity() -> (Identities, String) {
        let key = age::x25519::Identity::generate();
        let text = key.to_string();
        (Identities::from_lines(text.expose_secret()).unwrap(), key.to_public().to_string())
    }

    #[test]
    fn what_was_sealed_opens_again() {
        let (identities, recipient) = identity();
        for length in [0, 1, 65_535, 65_536, 65_537, 200_000] {
            let plain = Plain::new(vec![b'x'; length]);
            for armor in [false, true] {
                let sealed = seal(&plain, &[&recipient, &recipient], armor).unwrap();
                assert_eq!(is_armored(&sealed), armor);
                assert_eq!(open(&sealed, &identities).unwrap(), plain, "{length}");
            }
        }
    }

    #[test]
    fn what_cannot_be_opened_says_why() {
        let (identities, recipient) = identity();
        let (others, _) = identity();
        let sealed = seal(&Plain::new(b"x".to_vec()), &[&recipient], false).unwrap();
        let said = |bytes: &[u8], identities: &Identities| open(bytes, identities).unwrap_err();
        assert!(said(&sealed, &others).contains("none of"), "{}", said(&sealed, &others));
        assert_eq!(said(b"text", &identities), "it does not begin as age's files do");
        assert_eq!(said(&sealed[..sealed.len() - 1], &identities), "it was changed or cut off");
        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert_eq!(said(&changed, &identities), "it was changed or cut off");
    }

    #[test]
    fn whom_age_cannot_encrypt_to_is_named() {
        let plain = Plain::new(Vec::new());
        assert!(seal(&plain, &[], false).is_err());
        assert_eq!(seal(&plain, &["ssh-dss AAAA"], false).unwrap_err(), "age cannot encrypt to `ssh-dss AAAA`");
    }
}
