//! How the value of a secret is made: what the definition and kinds write, and what it means.
//!
//! A recipe says how, and never holds a value. [`definition`] reads it, [`Recipe`] is what is left of it in the plan.

mod checks;
pub mod definition;
mod order;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::load::decode::At;
use crate::source::Span;
use crate::value::{FleetPath, SecretName};

pub use definition::GenerateDef;
pub use order::{Recipes, circles, followers, in_order};

/// What stands for the value of `from` in a `format`.
pub const VALUE: &str = "{value}";

/// How a value is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recipe {
    /// So many random bytes.
    Random {
        /// Bytes.
        length: u32,
    },
    /// Random hexadecimal digits.
    Hex {
        /// Digits.
        length: u32,
    },
    /// Random bytes in base64.
    Base64 {
        /// Bytes.
        length: u32,
    },
    /// Random letters and digits.
    Alphanumeric {
        /// Characters.
        length: u32,
    },
    /// Random words with hyphens between them.
    Passphrase {
        /// Words.
        length: u32,
    },
    /// The bcrypt hash of another secret.
    Bcrypt {
        /// What is hashed.
        from: SecretName,
    },
    /// The Argon2id hash of another secret.
    Argon2 {
        /// What is hashed.
        from: SecretName,
    },
    /// The private key of an authority that signs certificates.
    Authority,
    /// The certificate of an authority.
    AuthorityCertificate {
        /// The authority.
        from: SecretName,
    },
    /// A private key and its certificate, for the hosts that read it.
    Certificate {
        /// The authority that signs it.
        from: SecretName,
    },
    /// A line of a password file of Apache's or nginx'.
    Htpasswd {
        /// Who logs in.
        user: String,
        /// The password.
        from: SecretName,
    },
    /// Other secrets in a text.
    Text {
        /// The text, with `{value}` and `{NAME}` in it.
        format: String,
        /// What stands for `{value}`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<SecretName>,
        /// What stands for `{NAME}`.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        depends_on: BTreeSet<SecretName>,
    },
    /// A private key of OpenSSH's.
    SshEd25519,
    /// A private key of WireGuard's.
    Wireguard,
    /// An identity of age's.
    X25519,
    /// What a program prints.
    Script {
        /// The program.
        script: Script,
        /// What it can read.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        depends_on: BTreeSet<SecretName>,
    },
}

/// A program that prints a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Script {
    /// A program of the fleet directory.
    File(FleetPath),
    /// Lines for the shell.
    Shell(String),
}

/// A recipe and where it stands.
#[derive(Debug, Clone)]
pub struct Written {
    /// What it says.
    pub recipe: Recipe,
    /// The place of `generate`.
    pub span: Span,
    /// The secrets that it names, each with its place.
    pub sources: Vec<At<SecretName>>,
}

impl Recipe {
    /// Lists the secrets that the value is made from.
    pub fn sources(&self) -> Vec<&SecretName> {
        match self {
            Self::Bcrypt { from } | Self::Argon2 { from } | Self::Htpasswd { from, .. } => vec![from],
            Self::AuthorityCertificate { from } | Self::Certificate { from } => vec![from],
            Self::Text { from, depends_on, .. } => from.iter().chain(depends_on).collect(),
            Self::Script { depends_on, .. } => depends_on.iter().collect(),
            _ => Vec::new(),
        }
    }

    /// Says whether the value follows from others, so that it is new only when they are.
    pub fn follows(&self) -> bool {
        !self.sources().is_empty() && !matches!(self, Self::Certificate { .. } | Self::Script { .. })
    }

    /// Says whether there is a part that everybody may know.
    pub fn has_public_part(&self) -> bool {
        matches!(self, Self::Authority | Self::SshEd25519 | Self::Wireguard | Self::X25519)
    }

    /// The same recipe from secrets of other names.
    pub fn renamed(self, name: &dyn Fn(&SecretName) -> SecretName) -> Self {
        let all = |names: BTreeSet<SecretName>| names.iter().map(name).collect();
        match self {
            Self::Bcrypt { from } => Self::Bcrypt { from: name(&from) },
            Self::Argon2 { from } => Self::Argon2 { from: name(&from) },
            Self::Htpasswd { user, from } => Self::Htpasswd { user, from: name(&from) },
            Self::AuthorityCertificate { from } => Self::AuthorityCertificate { from: name(&from) },
            Self::Certificate { from } => Self::Certificate { from: name(&from) },
            Self::Text { format, from, depends_on } => {
                let holes = depends_on.iter().map(|source| (format!("{{{source}}}"), format!("{{{}}}", name(source))));
                let format = holes.fold(format, |format, (hole, new)| format.replace(&hole, &new));
                Self::Text { format, from: from.as_ref().map(name), depends_on: all(depends_on) }
            }
            Self::Script { script, depends_on } => Self::Script { script, depends_on: all(depends_on) },
            own => own,
        }
    }
}
