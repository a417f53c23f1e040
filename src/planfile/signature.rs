//! Signatures of plan files, as `ssh-keygen -Y sign` makes them.

use std::fmt;

use ssh_key::{HashAlg, PublicKey, SshSig};

use crate::value::{PersonName, Role, SshKey};

/// What a signature is for: one that was made for anything else is refused.
pub const NAMESPACE: &str = "cistern-plan";

/// The public key of a person.
#[derive(Debug, Clone, Copy)]
pub struct Key<'a> {
    /// Whose it is.
    pub person: &'a PersonName,
    /// What they may do.
    pub role: Role,
    /// The key.
    pub key: &'a SshKey,
}

/// Why a signature is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It is no signature; why, in a clause.
    Unreadable(String),
    /// It was made for something else.
    Namespace(String),
    /// It was made with a key that nobody has; its fingerprint.
    UnknownKey(String),
    /// It was made by somebody who is no admin.
    NoAdmin(PersonName),
    /// It is of another text, or was tampered with; who it claims to be by.
    OtherText(PersonName),
}

/// Says which admin made the signature of a text.
///
/// # Errors
/// Why it is refused.
pub fn signer<'a>(text: &[u8], signature: &str, keys: &[Key<'a>]) -> Result<&'a PersonName, Refusal> {
    let signature = SshSig::from_pem(signature).map_err(|error| Refusal::Unreadable(error.to_string()))?;
    if signature.namespace() != NAMESPACE {
        return Err(Refusal::Namespace(signature.namespace().to_owned()));
    }
    let owned = keys.iter().filter_map(|key| Some((key, PublicKey::from_openssh(&key.key.0).ok()?)));
    let made_with = owned.filter(|(_, public)| public.key_data() == signature.public_key());
    // Whoever is an admin too under another name signs as one.
    let found = made_with.min_by_key(|(key, _)| key.role != Role::Admin);
    let Some((key, public)) = found else {
        let fingerprint = signature.public_key().fingerprint(HashAlg::Sha256);
        return Err(Refusal::UnknownKey(fingerprint.to_string()));
    };
    if key.role != Role::Admin {
        return Err(Refusal::NoAdmin(key.person.clone()));
    }
    match public.verify(NAMESPACE, text, &signature) {
        Ok(()) => Ok(key.person),
        Err(_) => Err(Refusal::OtherText(key.person.clone())),
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(f, "it cannot be read ({why}): sign the plan again"),
            Self::Namespace(found) => write!(
                f,
                "it was made for the namespace `{}`, not for `{NAMESPACE}`: sign with `cistern plan -o FILE --sign KEY`",
                found.escape_debug()
            ),
            Self::UnknownKey(fingerprint) => {
                write!(f, "the key {fingerprint} belongs to nobody in `access.people`: let an admin sign")
            }
            Self::NoAdmin(person) => write!(f, "`{person}` made it, who is no admin: let an admin sign"),
            Self::OtherText(person) => {
                write!(f, "it is not `{person}`'s signature of this file, which was changed since: make the plan again")
            }
        }
    }
}
