//! Keys and hashes of passwords that everybody knows: those of examples, of images and of appliances.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::{Digest as _, Sha256};

/// The fingerprints of public keys whose private halves are published, as OpenSSH prints them behind `SHA256:`.
const KEYS: &[(&str, &str)] = &[
    ("+oCBm1A1Mzt3CuOnz392raccJznodBlQkGTcQQa5HUg", "the snake oil of NixOS' tests"),
    ("1M4RzhMyWuFS/86uPY/ce2prh/dVTHW7iD2RhpquOZA", "Vagrant's insecure key"),
    ("9prMbqhS4QteoFQ1ZRJDqSBLWoHXPyKB0iWR05Ghro4", "of an appliance of F5"),
    ("WkvqjnyPAeC0cbPErYiGP9vqHdgL1MqqvPdIe3lvHgI", "Vagrant's insecure key"),
    ("Z+q4XhSwWY7q0BIDVPR1v/S306FjGBsid7tLq/8kIxM", "of an appliance of Ceragon"),
];

/// The SHA-256 of hashes whose passwords are published with them.
const HASHES: &[(&str, &str)] = &[
    ("5b56b3c85d7178be0006dcce6fdb6641107f1fda08c9f763b107a21857e1f84c", "Spring's example, of `password`"),
    ("994f6dfd28458f7bfc9f2c8114c98173ebd3c24a1a99539c6b0ad9fade29d8cc", "Traefik's example, of `test2`"),
    ("9a3eed6a1158c5e18f68177656f85daeb345125192541918122f112f8326ecd6", "Traefik's example, of `test`"),
    ("eeff4d1bcd7b68413c85d06797b16fc8470aac23a6e828c4406f249400e78ac7", "Laravel's example, of `password`"),
];

/// Whose a password hash is, when its password is published.
pub(super) fn hash(text: &str) -> Option<&'static str> {
    let digest: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    HASHES.iter().find(|(known, _)| *known == digest).map(|(_, whose)| *whose)
}

/// Finds the public keys whose private halves are published, and whose they are.
pub(super) fn keys(text: &str) -> Vec<(Range<usize>, &'static str)> {
    let blobs = text.match_indices(" AAAA");
    blobs.filter_map(|(at, _)| key(text, at)).collect()
}

/// The key whose blob follows a space.
fn key(text: &str, space: usize) -> Option<(Range<usize>, &'static str)> {
    let typed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '@');
    let start = text[..space].trim_end_matches(typed).len();
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let end = text[space + 1..].find(|c| !letter(c)).map_or(text.len(), |end| space + 1 + end);
    let blob = STANDARD.decode(&text[space + 1..end]).ok()?;
    let fingerprint = STANDARD_NO_PAD.encode(Sha256::digest(blob));
    let (_, whose) = KEYS.iter().find(|(known, _)| *known == fingerprint)?;
    Some((start..end, whose))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_everybody_are_found() {
        let vagrant = concat!("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", "AAAAIN1YdxBpNlzxDqfJyw/QKow1F+wvG9hXGoqiysfJOn5Y");
        let text = format!("keys = [ \"{vagrant} a\" \"ssh-ed25519 AAAA\" \"\" ];");
        let found = keys(&text);
        assert_eq!(found.len(), 1);
        assert_eq!((&text[found[0].0.clone()], found[0].1), (vagrant, "Vagrant's insecure key"));
        assert_eq!(keys(" AAAA é AAAA"), []);
    }

    #[test]
    fn hashes_of_everybody_are_known() {
        let laravel = ["$2y$10$92IXUNpkjO0rOQ5byMi.Ye4o", "KoEa3Ro9llC/.og/at2.uheWG/igi"].concat();
        assert_eq!(hash(&laravel), Some("Laravel's example, of `password`"));
        assert_eq!(hash("x"), None);
    }
}
