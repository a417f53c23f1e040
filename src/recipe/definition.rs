//! `generate`: every key that it has.

use crate::load::declare::{choice, definition};
use crate::load::decode::{At, Scalar};
use crate::value::{FleetPath, SecretName};

use super::Script;

choice! {
    /// What a value is.
    pub enum Generator {
        /// Random letters and digits.
        Alphanumeric = "alphanumeric",
        /// The Argon2id hash of `from`.
        Argon2 = "argon2",
        /// The private key of an authority that signs certificates; its own certificate is kept beside it.
        Authority = "authority",
        /// The certificate of the authority `from`, by which others know what it signed.
        AuthorityCertificate = "authority-certificate",
        /// Random bytes, in base64.
        Base64 = "base64",
        /// The bcrypt hash of `from`.
        Bcrypt = "bcrypt",
        /// A private key and its certificate, signed by the authority `from`, for the hosts that read it.
        Certificate = "certificate",
        /// Random hexadecimal digits.
        Hex = "hex",
        /// A line `user:hash` for the password `from`, as web servers read it.
        Htpasswd = "htpasswd",
        /// Random words with hyphens between them.
        Passphrase = "passphrase",
        /// Random bytes.
        Random = "random",
        /// What a program prints.
        Script = "script",
        /// A private SSH key; the public one is kept beside it.
        SshEd25519 = "ssh-ed25519",
        /// `format`, with other secrets in it.
        Text = "text",
        /// A private key of WireGuard's; the public one is kept beside it.
        Wireguard = "wireguard",
        /// An age identity; its recipient is kept beside it.
        X25519 = "x25519",
    }
}

definition! {
    /// How the value of a secret is made.
    pub struct GenerateDef {
        /// What it is.
        #[schemars(required)]
        r#type: At<Generator>,
        /// How long: bytes of `random` and `base64`, digits of `hex`, characters of `alphanumeric`, words of `passphrase`.
        #[schemars(example = 32)]
        length: At<u32>,
        /// The secret that is hashed, or put into the text as `{value}`, or the authority that signs.
        from: At<SecretName>,
        /// Further secrets: a script reads them as files, a text as `{NAME}`.
        depends_on: Vec<At<SecretName>>,
        /// The text around other secrets.
        #[schemars(example = &"SONARR__AUTH__APIKEY={value}")]
        format: At<String>,
        /// Who logs in with the password.
        #[schemars(example = &"ana")]
        user: At<String>,
        /// Lines for the shell, or a program of the fleet directory.
        script: At<Script>,
    }
}

impl Scalar for Script {
    const WHAT: &'static str = "lines for the shell, or a program of the fleet directory";
    const EXAMPLES: &'static [&'static str] = &["./scripts/token", "openssl rand -hex 16"];
    fn read(text: &str) -> Result<Self, String> {
        match text.strip_prefix("./") {
            // `./a b` is a line for the shell that calls a program.
            Some(path) if !path.contains(char::is_whitespace) => FleetPath::read(text).map(Self::File),
            _ => String::read(text).map(Self::Shell),
        }
    }
}

impl schemars::JsonSchema for Script {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Script".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        crate::load::schema::scalar::<Self>(schemars::json_schema!({ "type": "string" }))
    }
}
