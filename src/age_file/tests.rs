use std::io::Write as _;
use std::iter;

use age::armor::{ArmoredWriter, Format};
use age::secrecy::SecretString;
use age::{Encryptor, Recipient};

use super::*;

const ED25519: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIChu3qAccXpL58FSEXpuMToxDQ/sT8phPmi1K68tHbO3";
const NATIVE: &str = "age12wm435jcm247sv4f40gqute5n9mqnx8ve2v4j376z7lz579s5thsw6ylm5";

fn sealed(recipients: &[&str], plain: &[u8], format: Format) -> Vec<u8> {
    let recipients: Vec<Box<dyn Recipient>> = recipients
        .iter()
        .map(|text| match text.parse::<age::x25519::Recipient>() {
            Ok(native) => Box::new(native) as Box<dyn Recipient>,
            Err(_) => Box::new(text.parse::<age::ssh::Recipient>().unwrap()),
        })
        .collect();
    write(Encryptor::with_recipients(recipients.iter().map(|one| &**one)).unwrap(), plain, format)
}

fn write(encryptor: Encryptor, plain: &[u8], format: Format) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = encryptor.wrap_output(ArmoredWriter::wrap_output(&mut bytes, format).unwrap()).unwrap();
    writer.write_all(plain).unwrap();
    writer.finish().and_then(ArmoredWriter::finish).unwrap();
    bytes
}

#[test]
fn a_header_says_whom_the_file_is_for() {
    for armored in [false, true] {
        for plain in [&b""[..], b"x", &vec![b'x'; 65_536], &vec![b'x'; 65_537]] {
            let format = if armored { Format::AsciiArmor } else { Format::Binary };
            let bytes = sealed(&[ED25519, NATIVE], plain, format);
            let file = AgeFile::read(&bytes).unwrap();
            assert_eq!(file.armored, armored);
            assert_eq!(file.anonymous(), 1);
            let tag = ssh_tag(ED25519).unwrap();
            let ssh = Stanza::Ssh { algorithm: "ssh-ed25519".to_owned(), tag };
            assert_eq!(file.stanzas.iter().filter(|one| **one == ssh).count(), 1, "{:?}", file.stanzas);
            assert_eq!(file.stanzas.len(), 2, "what is there for practice is left out: {:?}", file.stanzas);
        }
    }
    let passphrase = write(Encryptor::with_user_passphrase(SecretString::from("x".to_owned())), b"x", Format::Binary);
    assert_eq!(AgeFile::read(&passphrase).unwrap().stanzas, [Stanza::Passphrase]);
}

#[test]
fn what_is_no_key_has_no_tag() {
    assert_eq!(ssh_tag("ssh-ed25519"), None);
    assert_eq!(ssh_tag("ssh-ed25519 ???"), None);
}

#[test]
fn what_is_damaged_is_told() {
    let whole = sealed(&[ED25519], b"a value", Format::Binary);
    let text = String::from_utf8_lossy(&whole).into_owned();
    let armored = String::from_utf8(sealed(&[ED25519], b"a value", Format::AsciiArmor)).unwrap();
    let head = "age-encryption.org/v1\n";
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (b"".to_vec(), "empty"),
        (b"hello".to_vec(), "does not begin"),
        (head.into(), "no end"),
        (b"age-encryption.org/v2\n--- x\n".to_vec(), "does not begin"),
        (b"age-encryption.org/v1x\n-> X25519 a\n\n--- x\n".to_vec(), "another version"),
        (whole[..whole.len() - 8].to_vec(), "cut off"),
        (text.replace('\n', "\r\n").into(), "CR LF"),
        (format!("{head}-> X25519\n\n--- x\n").into(), "entry 1"),
        (format!("{head}-> ssh-rsa a\nA\n--- x\n").into(), "entry 1"),
        (format!("{head}-> ssh-rsa a\n%\n--- x\n").into(), "entry 1"),
        (format!("{head}nobody\n--- x\n").into(), "entry 1"),
        (format!("{head}-> ssh-rsa a\n\n--- x\n").into(), "code"),
        (format!("{head}--- {}\n", "A".repeat(43)).into(), "nobody can decrypt"),
        (armored.replace("-----END", "-----").into(), "armor"),
    ];
    for (bytes, why) in cases {
        let error = AgeFile::read(&bytes).unwrap_err();
        assert!(error.contains(why), "{error} should say {why}: {}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn what_is_taken_the_age_crate_takes_and_nothing_panics() {
    // Every file that differs in one byte from a whole one.
    let whole = sealed(&[ED25519, NATIVE], b"v", Format::Binary);
    for at in 0..whole.len() {
        for byte in [0, b'\n', b' ', b'-', b'A', b'=', b'z', 0xff] {
            let mut bytes = whole.clone();
            bytes[at] = byte;
            if AgeFile::read(&bytes).is_ok() {
                let decryptor = age::Decryptor::new_buffered(&bytes[..]);
                let opened = decryptor.map(|decryptor| decryptor.decrypt(iter::empty()).is_ok());
                assert!(matches!(opened, Ok(false)), "byte {at} as {byte}");
            }
        }
    }
}
