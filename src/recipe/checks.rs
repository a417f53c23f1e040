//! `generate` → [`Recipe`]: every key does something, and what the type needs is there.

use super::definition::{GenerateDef, Generator};
use super::{Recipe, Script, VALUE, Written};
use crate::diag::{Diagnostic, Faults, codes, listed};
use crate::load::decode::At;
use crate::source::Span;
use crate::value::SecretName;

/// How long a value is: when nothing is said, at least, and at most.
struct Length {
    usual: u32,
    least: u32,
    most: u32,
    unit: &'static str,
}

impl Generator {
    /// How long its values are; none where the type decides it.
    fn length(self) -> Option<Length> {
        let (usual, least, most, unit) = match self {
            Self::Alphanumeric => (32, 8, 4096, "characters"),
            Self::Base64 | Self::Random => (32, 16, 4096, "bytes"),
            Self::Hex => (64, 16, 4096, "digits"),
            Self::Passphrase => (8, 6, 64, "words"),
            _ => return None,
        };
        Some(Length { usual, least, most, unit })
    }

    /// The keys that it reads besides `type`.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Alphanumeric | Self::Base64 | Self::Hex | Self::Passphrase | Self::Random => &["length"],
            Self::Argon2 | Self::AuthorityCertificate | Self::Bcrypt | Self::Certificate => &["from"],
            Self::Htpasswd => &["from", "user"],
            Self::Script => &["depends_on", "script"],
            Self::Text => &["depends_on", "format", "from"],
            Self::Authority | Self::SshEd25519 | Self::Wireguard | Self::X25519 => &[],
        }
    }
}

impl GenerateDef {
    /// Says what it means; nothing when something in it is wrong, which was then reported.
    pub fn written(&self, span: Span, faults: &mut Faults) -> Option<Written> {
        if self.poisoned {
            return None;
        }
        let Some(generator) = &self.r#type else {
            faults.push(
                Diagnostic::new(codes::MISSING_KEY, "`generate` has no `type`")
                    .at(span, "what should the value be?")
                    .help("add `type: alphanumeric`, for instance"),
            );
            return None;
        };
        let before = faults.counts();
        self.idle_keys(generator, faults);
        let recipe = self.recipe(generator, faults);
        if faults.counts() != before {
            return None;
        }
        let sources = self.from.iter().chain(self.depends_on.iter().flatten()).cloned().collect();
        Some(Written { recipe: recipe?, span, sources })
    }

    /// Tells the keys that the type does not read.
    fn idle_keys(&self, generator: &At<Generator>, faults: &mut Faults) {
        let given = [
            ("depends_on", self.depends_on.as_ref().and_then(|names| names.first()).map(|name| name.span)),
            ("format", self.format.as_ref().map(|at| at.span)),
            ("from", self.from.as_ref().map(|at| at.span)),
            ("length", self.length.as_ref().map(|at| at.span)),
            ("script", self.script.as_ref().map(|at| at.span)),
            ("user", self.user.as_ref().map(|at| at.span)),
        ];
        let known = generator.keys();
        for (key, span) in given.into_iter().filter_map(|(key, span)| Some((key, span?))) {
            if known.contains(&key) {
                continue;
            }
            let reads: Vec<_> = known.iter().map(|key| format!("`{key}`")).collect();
            let what = match reads.as_slice() {
                [] => "its type says all".to_owned(),
                reads => format!("it reads {}", listed(reads)),
            };
            faults.push(
                Diagnostic::new(codes::NO_EFFECT, format!("`{}` does not read `{key}`", generator.value))
                    .at(span, "this would do nothing")
                    .at(generator.span, what)
                    .help("remove it"),
            );
        }
    }

    fn recipe(&self, generator: &At<Generator>, faults: &mut Faults) -> Option<Recipe> {
        let depends_on = || self.depends_on.iter().flatten().map(|name| name.value.clone()).collect();
        Some(match generator.value {
            Generator::Alphanumeric => Recipe::Alphanumeric { length: self.checked_length(generator, faults)? },
            Generator::Base64 => Recipe::Base64 { length: self.checked_length(generator, faults)? },
            Generator::Hex => Recipe::Hex { length: self.checked_length(generator, faults)? },
            Generator::Passphrase => Recipe::Passphrase { length: self.checked_length(generator, faults)? },
            Generator::Random => Recipe::Random { length: self.checked_length(generator, faults)? },
            Generator::Argon2 => Recipe::Argon2 { from: self.source(generator, faults)? },
            Generator::Bcrypt => Recipe::Bcrypt { from: self.source(generator, faults)? },
            Generator::Authority => Recipe::Authority,
            Generator::AuthorityCertificate => Recipe::AuthorityCertificate { from: self.source(generator, faults)? },
            Generator::Certificate => Recipe::Certificate { from: self.source(generator, faults)? },
            Generator::Htpasswd => {
                let from = self.source(generator, faults);
                let user = self.account(generator, faults);
                Recipe::Htpasswd { user: user?, from: from? }
            }
            Generator::Script => Recipe::Script { script: self.program(generator, faults)?, depends_on: depends_on() },
            Generator::Text => {
                let from = self.from.as_ref().map(|from| from.value.clone());
                Recipe::Text { format: self.text(generator, faults)?, from, depends_on: depends_on() }
            }
            Generator::SshEd25519 => Recipe::SshEd25519,
            Generator::Wireguard => Recipe::Wireguard,
            Generator::X25519 => Recipe::X25519,
        })
    }

    fn checked_length(&self, generator: &At<Generator>, faults: &mut Faults) -> Option<u32> {
        let Length { usual, least, most, unit } = generator.length().expect("only types with a length ask");
        let Some(given) = self.length else { return Some(usual) };
        if (least..=most).contains(&given.value) {
            return Some(given.value);
        }
        let why = match given.value < least {
            true => "short enough to be guessed",
            false => "longer than anything reads",
        };
        faults.push(
            Diagnostic::new(codes::BAD_GENERATOR, format!("{} {unit} of `{}`", given.value, generator.value))
                .at(given.span, why)
                .help(format!("between {least} and {most} {unit}; without `length` it is {usual}")),
        );
        None
    }

    fn source(&self, generator: &At<Generator>, faults: &mut Faults) -> Option<SecretName> {
        match &self.from {
            Some(from) => Some(from.value.clone()),
            None => {
                let help = match generator.value {
                    Generator::AuthorityCertificate | Generator::Certificate => "name the authority: `from: NAME`",
                    _ => "name the secret that is hashed: `from: NAME`",
                };
                lacks(generator, "from", help, faults)
            }
        }
    }

    fn account(&self, generator: &At<Generator>, faults: &mut Faults) -> Option<String> {
        let Some(user) = &self.user else {
            return lacks(generator, "user", "say who logs in: `user: ana`", faults);
        };
        if user.value.is_empty() || user.value.chars().any(|c| c == ':' || c.is_control()) {
            faults.push(
                Diagnostic::new(codes::BAD_GENERATOR, "a password file has no line for such a user")
                    .at(user.span, "empty, or with a colon or a line break")
                    .help("a line is `user:hash`"),
            );
            return None;
        }
        Some(user.value.clone())
    }

    fn program(&self, generator: &At<Generator>, faults: &mut Faults) -> Option<Script> {
        match &self.script {
            Some(script) => Some(script.value.clone()),
            None => lacks(generator, "script", "add `script: ./scripts/NAME`, or lines for the shell", faults),
        }
    }

    /// The format, in which every source stands, and nothing that would be taken for one.
    fn text(&self, generator: &At<Generator>, faults: &mut Faults) -> Option<String> {
        let Some(format) = &self.format else {
            return lacks(generator, "format", "write the text, with `{value}` where `from` belongs", faults);
        };
        let further = self.depends_on.iter().flatten().map(|name| (format!("{{{}}}", name.value), name.span));
        let from = self.from.iter().map(|from| (VALUE.to_owned(), from.span));
        let holes: Vec<_> = from.chain(further).collect();
        for (hole, span) in holes.iter().filter(|(hole, _)| !format.value.contains(hole)) {
            faults.push(
                Diagnostic::new(codes::BAD_GENERATOR, format!("`{hole}` does not stand in the format"))
                    .at(format.span, "this is the text")
                    .at(*span, "this value has no place in it")
                    .help(format!("write `{hole}` where the value belongs")),
            );
        }
        if self.from.is_none() && format.value.contains(VALUE) {
            return lacks(generator, "from", "name the secret that stands for `{value}`: `from: NAME`", faults);
        }
        if holes.is_empty() {
            return lacks(generator, "from", "a text without a secret in it is none", faults);
        }
        Some(format.value.clone())
    }
}

fn lacks<T>(generator: &At<Generator>, key: &str, help: &str, faults: &mut Faults) -> Option<T> {
    faults.push(
        Diagnostic::new(codes::BAD_GENERATOR, format!("`{}` needs `{key}`", generator.value))
            .at(generator.span, format!("`{key}` is missing"))
            .help(help),
    );
    None
}
