//! Values that are nothing but random.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bip0039::English;
use zeroize::Zeroizing;

use crate::secrets::memory::Plain;

/// What an alphanumeric value consists of.
const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Digits of a hexadecimal value.
const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Takes random bytes from the operating system.
pub(super) fn fill(bytes: &mut [u8]) -> Result<(), String> {
    getrandom::fill(bytes).map_err(|error| format!("the system gives no random bytes: {error}"))
}

pub(super) fn bytes(length: u32) -> Result<Plain, String> {
    drawn(length).map(|mut bytes| Plain::new(std::mem::take(&mut *bytes)))
}

pub(super) fn base64(length: u32) -> Result<Plain, String> {
    Ok(Plain::new(STANDARD.encode(&*drawn(length)?).into_bytes()))
}

pub(super) fn hex(digits: u32) -> Result<Plain, String> {
    characters(digits, DIGITS)
}

pub(super) fn alphanumeric(length: u32) -> Result<Plain, String> {
    characters(length, LETTERS)
}

/// Words of the list of BIP 39, of which each is worth 11 bits.
pub(super) fn passphrase(words: u32) -> Result<Plain, String> {
    let list = English::words();
    let mut phrase = Plain::new(Vec::new());
    for number in 0..words {
        let mut drawn = Zeroizing::new([0; 2]);
        fill(&mut *drawn)?;
        // 2048 words divide the range evenly, so every one is as likely.
        let word = list[usize::from(u16::from_le_bytes(*drawn)) % list.len()];
        let hyphen = (number > 0).then_some(b'-');
        hyphen.into_iter().chain(word.bytes()).for_each(|byte| phrase.push(byte));
    }
    Ok(phrase)
}

/// So many characters of an alphabet, every one as likely as the others.
fn characters(length: u32, alphabet: &[u8]) -> Result<Plain, String> {
    let fair = 256 - 256 % alphabet.len();
    let mut text = Plain::new(Vec::new());
    let wanted = length as usize;
    while text.len() < wanted {
        for byte in drawn(length)?.iter().filter(|byte| usize::from(**byte) < fair).take(wanted - text.len()) {
            text.push(alphabet[usize::from(*byte) % alphabet.len()]);
        }
    }
    Ok(text)
}

fn drawn(length: u32) -> Result<Zeroizing<Vec<u8>>, String> {
    let mut bytes = Zeroizing::new(vec![0; length as usize]);
    fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bip0039::Language as _;

    #[test]
    fn values_have_their_length_and_their_letters() {
        assert_eq!(bytes(40).unwrap().len(), 40);
        assert_eq!(STANDARD.decode(base64(24).unwrap().bytes()).unwrap().len(), 24);
        assert!(hex(31).unwrap().bytes().iter().all(u8::is_ascii_hexdigit));
        assert_eq!(hex(31).unwrap().len(), 31);
        assert!(alphanumeric(50).unwrap().bytes().iter().all(u8::is_ascii_alphanumeric));
        let phrase = String::from_utf8(passphrase(7).unwrap().bytes().to_vec()).unwrap();
        assert_eq!(phrase.split('-').filter(|word| English::index_of(word).is_some()).count(), 7, "{phrase}");
    }

    #[test]
    fn every_character_is_as_likely() {
        let text = alphanumeric(62_000).unwrap();
        for letter in LETTERS {
            let count = text.bytes().iter().filter(|byte| *byte == letter).count();
            // Eight standard deviations: a fair draw fails once in 10^15 runs.
            assert!((750..1250).contains(&count), "{} stands {count} times", char::from(*letter));
        }
    }

    #[test]
    fn no_two_values_are_the_same() {
        assert_ne!(hex(16).unwrap(), hex(16).unwrap());
        assert_ne!(passphrase(6).unwrap(), passphrase(6).unwrap());
    }
}
