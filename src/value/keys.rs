//! Public keys: of SSH and of age.

use serde::{Deserialize, Serialize};

use super::scalars::{FleetPath, scalar_schema};
use crate::diag::{Code, codes};
use crate::load::decode::Scalar;

/// A public SSH key, checked and kept as `type base64`, without its comment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SshKey(pub Box<str>);

impl SshKey {
    /// The key's type, such as `ssh-ed25519`.
    pub fn algorithm(&self) -> &str {
        self.0.split(' ').next().unwrap_or_default()
    }

    /// The key's fingerprint as OpenSSH prints it: `SHA256:…`.
    pub fn fingerprint(&self) -> String {
        let key = ssh_key::PublicKey::from_openssh(&self.0).expect("a key that was read");
        key.fingerprint(ssh_key::HashAlg::Sha256).to_string()
    }

    /// Says whether age can encrypt to it.
    pub fn suits_age(&self) -> bool {
        matches!(self.algorithm(), "ssh-ed25519" | "ssh-rsa")
    }
}

impl Scalar for SshKey {
    const WHAT: &'static str = "a public SSH key";
    const FORM: &'static str = KEY_FORM;
    const EXAMPLES: &'static [&'static str] = &[KEY];
    const FAULT: &'static Code = codes::BAD_KEY;
    fn read(text: &str) -> Result<Self, String> {
        let mut words = text.split_whitespace();
        let (algorithm, blob) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let known = |word: &str| ["ssh-", "ecdsa-", "sk-"].iter().any(|prefix| word.starts_with(prefix));
        if !known(algorithm) {
            let option = text.split_whitespace().any(known);
            return Err(if option { "an option stands before it" } else { "it does not begin with a type" }.to_owned());
        }
        let key = ssh_key::PublicKey::from_openssh(text.trim()).map_err(|error| match error {
            ssh_key::Error::Encoding(_) => "it is cut off, or something was changed in it".to_owned(),
            ssh_key::Error::AlgorithmUnknown => "its type is not that of its content, or not known".to_owned(),
            other => other.to_string(),
        })?;
        if key.algorithm().as_str() != algorithm {
            return Err("its type is not that of its content".to_owned());
        }
        Ok(Self(format!("{algorithm} {blob}").into()))
    }
}

/// A key whose private half was thrown away.
const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIChu3qAccXpL58FSEXpuMToxDQ/sT8phPmi1K68tHbO3 eden";

/// How a public key is written.
const KEY_FORM: &str = "a key stands on one line, `ssh-ed25519 AAAA… comment`, or in a file such as `./keys/ana.pub`";

scalar_schema!(SshKey, { "type": "string" });

/// A public key, or the file of the fleet directory that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// The key itself.
    Inline(SshKey),
    /// A file with one key a line.
    File(FleetPath),
}

impl Scalar for KeySource {
    const WHAT: &'static str = "a public SSH key";
    const FORM: &'static str = KEY_FORM;
    const EXAMPLES: &'static [&'static str] = &["./keys/ana.pub", KEY];
    const FAULT: &'static Code = codes::BAD_KEY;
    fn read(text: &str) -> Result<Self, String> {
        if text.starts_with("./") {
            FleetPath::read(text).map(Self::File)
        } else {
            SshKey::read(text).map(Self::Inline)
        }
    }
}

scalar_schema!(KeySource, { "type": "string" });

/// A native age recipient, or one of a plugin (`age1yubikey1…`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AgeKey(pub Box<str>);

impl Scalar for AgeKey {
    const WHAT: &'static str = "an age recipient";
    const FORM: &'static str = "a recipient is what `age-keygen` calls the public key: `age1…`";
    const EXAMPLES: &'static [&'static str] = &["age12wm435jcm247sv4f40gqute5n9mqnx8ve2v4j376z7lz579s5thsw6ylm5"];
    const FAULT: &'static Code = codes::BAD_KEY;
    fn read(text: &str) -> Result<Self, String> {
        let native = text.parse::<age::x25519::Recipient>().map(|key| key.to_string());
        let key = native.or_else(|_| text.parse::<age::plugin::Recipient>().map(|key| key.to_string()));
        key.map(|key| Self(key.into())).map_err(|_| "it is cut off, or something was changed in it".to_owned())
    }
}

scalar_schema!(AgeKey, { "type": "string", "pattern": "^age1" });

/// A key that files are encrypted to: a native age recipient, or a public SSH key that age can use.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecipientKey(pub Box<str>);

impl Scalar for RecipientKey {
    const WHAT: &'static str = "a key that age can encrypt to";
    const FORM: &'static str = "a recipient is an age key, `age1…`, or a public SSH key of type ed25519 or RSA";
    const EXAMPLES: &'static [&'static str] = AgeKey::EXAMPLES;
    const FAULT: &'static Code = codes::BAD_KEY;
    fn read(text: &str) -> Result<Self, String> {
        if text.starts_with("age1") {
            return AgeKey::read(text).map(|key| Self(key.0));
        }
        match SshKey::read(text)? {
            key if key.suits_age() => Ok(Self(key.0)),
            key => Err(format!("age cannot encrypt to {}", key.algorithm())),
        }
    }
}

scalar_schema!(RecipientKey, { "type": "string" });
