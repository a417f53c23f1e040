//! What looks like a secret: by the name of a value, and by the value itself.
//!
//! Taking too much for a secret costs a line to store; taking too little writes it into files that everybody reads.

/// Parts of names that belong to secrets.
const NAMES: &[&str] = &[
    "accesskey",
    "apikey",
    "authkey",
    "credential",
    "encryptionkey",
    "licensekey",
    "masterkey",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "secret",
    "signingkey",
    "token",
];

/// Words that are secrets only when they stand by themselves: `DB_PASS`, but not `BYPASS`.
const WORDS: &[&str] = &["auth", "cert", "dsn", "jwt", "key", "keys", "pass", "pgpass", "psk", "pw", "pwd", "salt"];

/// How well-known secrets begin.
const BEGINNINGS: &[&str] = &[
    "$2a$",
    "$2b$",
    "$2y$",
    "$5$",
    "$6$",
    "$7$",
    "$apr1$",
    "$argon2",
    "$y$",
    "-----BEGIN",
    "AGE-SECRET-KEY-",
    "AKIA",
    "eyJ",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "sk-",
    "sk_live_",
    "tskey-",
    "xoxb-",
    "xoxp-",
];

/// Says whether a value of that name is confidential.
pub(super) fn is_secret(name: &str, value: &str) -> bool {
    !value.is_empty() && (named_secret(name) || valued_secret(value))
}

/// Says whether a name is one of secrets.
pub(super) fn named_secret(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    // What ends so names a file or a public half, which is none.
    if lower.ends_with("_file") || lower.contains("public") || lower.ends_with("_pub") {
        return false;
    }
    let joined: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
    let mut words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    NAMES.iter().any(|part| joined.contains(part)) || words.any(|word| WORDS.contains(&word))
}

/// Says whether a value is confidential by its own look.
pub(super) fn valued_secret(value: &str) -> bool {
    let words = value.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '\'' | '"'));
    words.clone().any(|word| BEGINNINGS.iter().any(|begin| word.starts_with(begin)))
        || words.clone().any(has_login)
        || words.clone().any(assigns_secret)
        || words.flat_map(|word| word.rsplit(['=', ':']).take(1)).any(is_random)
}

/// `scheme://user:password@host`.
fn has_login(word: &str) -> bool {
    let Some((_, rest)) = word.split_once("://") else { return false };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    authority
        .rsplit_once('@')
        .and_then(|(login, _)| login.split_once(':'))
        .is_some_and(|(_, password)| !password.is_empty())
}

/// `--password=x`, `PASSWORD=x` or `?token=x` inside of a longer text.
fn assigns_secret(word: &str) -> bool {
    word.split(['?', '&']).any(|part| {
        part.split_once('=')
            .is_some_and(|(name, value)| !value.is_empty() && named_secret(name.trim_start_matches('-')))
    })
}

/// Long, of letters and digits, and no word of any language: a key that a program made up.
fn is_random(word: &str) -> bool {
    let word = word.trim_end_matches('=');
    let legal = word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '_' | '-'));
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    legal
        && word.len() >= 20
        && digits >= 3
        && word.bytes().filter(u8::is_ascii_alphabetic).count() >= 3
        && !word.contains("--")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_seen() {
        for name in [
            "POSTGRES_PASSWORD",
            "db_pass",
            "ansible_become_password",
            "API_KEY",
            "apiKey",
            "JWT_SECRET",
            "SONARR__AUTH__APIKEY",
            "GITHUB_TOKEN",
            "APP_KEY",
            "vault_smtp_pw",
        ] {
            assert!(is_secret(name, "x"), "{name}");
        }
        for value in [
            "postgres://app:hunter2@db/app",
            "redis://:hunter2@cache:6379",
            "-----BEGIN RSA PRIVATE KEY-----",
            "$6$abc$def",
            "4f6a2c9e8b7d4a1f9c3e5d6b7a8f9e0c",
            "server --password=hunter2",
            "https://x.example.org/?token=abc",
        ] {
            assert!(is_secret("ANY", value), "{value}");
        }
    }

    #[test]
    fn what_is_no_secret_is_not_taken_for_one() {
        for (name, value) in [
            ("POSTGRES_DB", "app"),
            ("POSTGRES_PASSWORD", ""),
            ("POSTGRES_PASSWORD_FILE", "/run/secrets/x"),
            ("SSH_PUBLIC_KEY", "ssh-ed25519 AAAA"),
            ("URL", "https://app.example.org/some/path?x=1"),
            ("URL", "postgres://app@db:5432/app"),
            ("BYPASS", "true"),
            ("KEYBOARD", "de"),
            ("TZ", "Europe/Vienna"),
            ("JAVA_OPTS", "-Xmx512m -XX:+UseG1GC"),
            ("IMAGE", "this-is-a-rather-long-name-of-a-thing"),
        ] {
            assert!(!is_secret(name, value), "{name}={value}");
        }
    }
}
