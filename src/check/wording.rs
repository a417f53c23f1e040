//! Names that secrets stand behind, and values that are none all the same.

/// How sure a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    /// What stands behind `password` is a password, however it looks.
    Password,
    /// What stands behind `token` may be the name of one; it must look random.
    Token,
}

/// Last words of names of the first sort; `pgpassword` ends so as well.
const PASSWORDS: &[&str] = &["pass", "passphrase", "passwd", "password", "psk"];

/// Last words of names of the second sort.
const TOKENS: &[&str] =
    &["accesskey", "apikey", "authkey", "encryptionkey", "privatekey", "secret", "secretkey", "token"];

/// The same in two words, the last of which is `key`.
const KEYS: &[&str] = &["access", "api", "auth", "encryption", "preshared", "private", "secret", "shared", "signing"];

/// What people write where a password will have to be one day, and what they then forget.
const FORGOTTEN: &[&str] =
    &["123456", "admin", "changeme", "default", "hunter2", "letmein", "password", "secret", "test", "test123"];

/// Words that say that there is no password.
const NONE: &[&str] = &["disabled", "false", "no", "none", "null", "off", "true", "unset", "x", "yes"];

/// Bits a letter that text drawn by lot has at least, over twelve letters or more.
const RANDOM: f64 = 3.0;

/// Says whether a value behind a name is a secret that stands there as it is.
pub(super) fn is_literal_secret(name: &str, value: &str) -> bool {
    let value = value.trim();
    match judge(name) {
        Some(_) if refers(value) => false,
        Some(Name::Password) => true,
        Some(Name::Token) if value == name => false,
        Some(Name::Token) => FORGOTTEN.contains(&value.to_ascii_lowercase().as_str()) || is_random(value),
        None => false,
    }
}

fn judge(name: &str) -> Option<Name> {
    let words = words(name);
    let last = words.last()?.as_str();
    let before = words.len().checked_sub(2).map_or("", |at| words[at].as_str());
    if PASSWORDS.contains(&last) || ["passphrase", "passwd", "password"].iter().any(|end| last.ends_with(end)) {
        return Some(Name::Password);
    }
    let key = last == "key" && KEYS.contains(&before);
    // SECRET_KEY_BASE is what a well-known framework signs with.
    let base = last == "base" && before == "key" && words.len() > 2;
    let token = TOKENS.iter().any(|word| last == *word || (word.len() > 6 && last.ends_with(word)));
    (token || key || base).then_some(Name::Token)
}

/// `hashedPassword` → hashed, password; `DB_API_KEY` → db, api, key.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (lower && c.is_uppercase()) {
            words.push(String::new());
        }
        lower = c.is_lowercase() || c.is_ascii_digit();
        if c.is_alphanumeric() {
            words.last_mut().expect("there is always one").extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Says whether a value only points at a secret, or says that there is none.
fn refers(value: &str) -> bool {
    const PATHS: &[&str] =
        &["/", "./", "../", "~/", "@", "%", "<", "$(", "${", "{{", "ext:", "env:", "file:", "vault:"];
    let variable = |text: &str| text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    let letters: std::collections::BTreeSet<char> = value.chars().filter(|c| c.is_alphanumeric()).collect();
    value.is_empty()
        // A locked account, and what only looks like a word: `***`, `xxxx`, `…`.
        || value.starts_with('!')
        || letters.len() < 2
        || NONE.contains(&value.to_ascii_lowercase().as_str())
        || PATHS.iter().any(|start| value.starts_with(start))
        // Where a proxy passes requests on to (`proxyPass`); a password in an address is known by its form.
        || value.contains("://")
        || ["${", "{{", "$__file{"].iter().any(|inside| value.contains(inside))
        || value.strip_prefix('$').is_some_and(variable)
}

fn is_random(value: &str) -> bool {
    let plain = value.is_ascii() && !value.contains(char::is_whitespace) && !value.contains("://");
    let digest = ["sha1-", "sha256-", "sha256:", "sha512-", "md5-"].iter().any(|start| value.starts_with(start));
    let digits =
        value.bytes().any(|byte| byte.is_ascii_digit()) && value.bytes().any(|byte| byte.is_ascii_alphabetic());
    plain && !digest && digits && value.len() >= 12 && entropy(value) >= RANDOM
}

/// Bits a letter, as often as each stands in the text itself (Shannon's entropy).
pub(super) fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 128];
    text.bytes().filter(u8::is_ascii).for_each(|byte| counts[byte as usize] += 1);
    let length = text.len() as f64;
    let share = |count: &u32| f64::from(*count) / length;
    counts.iter().filter(|count| **count > 0).map(share).map(|p| -p * p.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_count_however_they_look() {
        for name in [
            "password",
            "passwd",
            "initialPassword",
            "hashedPassword",
            "POSTGRES_PASSWORD",
            "PGPASSWORD",
            "passphrase",
            "requirePass",
            "db-pass",
            "psk",
            "rootPasswd",
        ] {
            for value in ["changeme", "test123", "correct horse", "Ab3dEf6h", "password"] {
                assert!(is_literal_secret(name, value), "{name} = {value}");
            }
        }
    }

    #[test]
    fn tokens_must_look_random_or_forgotten() {
        for name in
            ["token", "apiKey", "API_KEY", "SONARR__AUTH__APIKEY", "secretKey", "clientSecret", "SECRET_KEY_BASE"]
        {
            assert!(is_literal_secret(name, "9f86d081884c7d659a2feaa0c55ad015"), "{name}");
            assert!(is_literal_secret(name, "changeme"), "{name}");
            for value in
                ["regcred", "my-token-name", "grafana-key", "https://id.example.org/token2", "sha256-9f86d081884c7d65"]
            {
                assert!(!is_literal_secret(name, value), "{name} = {value}");
            }
        }
    }

    #[test]
    fn references_and_other_names_do_not_count() {
        for value in [
            "",
            "/run/agenix/x",
            "./x",
            "${config.x}",
            "$PASSWORD",
            "$__file{/run/x}",
            "!",
            "*",
            "***",
            "xxxxxxxx",
            "x",
            "@PASSWORD@",
            "ext:home",
            "none",
            "<password>",
            "http://127.0.0.1:8080",
        ] {
            assert!(!is_literal_secret("password", value), "{value}");
        }
        for name in [
            "passwordFile",
            "password_file",
            "passwordCommand",
            "PasswordAuthentication",
            "publicKey",
            "tokenUrl",
            "key",
            "bypass",
            "compass",
            "tokens",
            "secretName",
            "monkey",
            "hostKey",
            "authorizedKeys",
        ] {
            assert!(!is_literal_secret(name, "9f86d081884c7d659a2feaa0c55ad015"), "{name}");
        }
    }
}
