//! Samples are put together here, so that no scanner of somebody else's takes this file for a leak.

use super::*;

const LETTERS: &str =
    "Ab3dEf6hIj9lMn2pQr5tUv8xYz1BcDeFgHiJkLmNoPqRsTuVwXyZ0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ";

fn letters(length: usize) -> &'static str {
    &LETTERS[..length]
}

fn what(text: &str) -> Vec<&'static str> {
    find(text).into_iter().map(|token| token.what).collect()
}

#[test]
fn forms_are_known() {
    let upper: String = letters(100).to_ascii_uppercase();
    let samples = [
        ("$6$rounds=5000$salt$".to_owned(), None),
        (format!("\"$6$salt${}\"", letters(86)), Some("a password hash")),
        (format!("$6$rounds=5000$salt${}", letters(86)), Some("a password hash")),
        (format!("$5$salt${}", letters(43)), Some("a password hash")),
        (format!("$1$salt${}", letters(22)), Some("a password hash")),
        (format!("$y$j9T$salt.salt${}", letters(43)), Some("a password hash")),
        (format!("$2b$12${}", letters(53)), Some("a password hash")),
        (format!("$argon2id$v=19$m=65536,t=3,p=4$c2FsdA${}", letters(43)), Some("a password hash")),
        (format!("AKIA{}", &upper[..16]), Some("a key of AWS")),
        (format!("token ghp_{}", letters(36)), Some("a token of GitHub")),
        (format!("github_pat_{}", letters(82)), Some("a token of GitHub")),
        (format!("glpat-{}", letters(20)), Some("a token of GitLab")),
        (format!("npm_{}", letters(36)), Some("a token of npm")),
        (format!("sk_live_{}", letters(24)), Some("a key of Stripe")),
        (format!("xoxb-{}", letters(40)), Some("a token of Slack")),
        (format!("https://hooks.slack.com/services/T0/B0/{}", letters(30)), Some("an address of Slack")),
        (format!("eyJ{0}.eyJ{0}.{1}", letters(20), letters(43)), Some("a JSON web token")),
        (format!("AGE-SECRET-KEY-1{}", &upper[..58]), Some("a private key")),
        (format!("-----BEGIN OPENSSH PRIVATE KEY-----\n  {}", letters(60)), Some("a private key")),
        (format!("\"-----BEGIN RSA PRIVATE KEY-----\\n{}\"", letters(60)), Some("a private key")),
        ("postgres://shop:9fk2Lq@db/shop".to_owned(), Some("an address with a password")),
        ("redis://:9fk2Lq@cache".to_owned(), Some("an address with a password")),
    ];
    for (text, expected) in samples {
        assert_eq!(what(&text), expected.into_iter().collect::<Vec<_>>(), "{text}");
    }
}

#[test]
fn what_only_looks_like_one_is_passed_over() {
    let same = "x".repeat(36);
    for text in [
        &format!("ghp_{same}"),
        &format!("ghp_{}", letters(35)),
        &format!("ghp_{}", letters(37)),
        &format!("AAAAghp_{}", letters(36)),
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF",
        "registry.example.org:5000/x@sha256:5be1ecc7935f1dd85635d4feedaf660594030253cc97c9e9ca3819ffeac36b65",
        "grep -q -- '-----BEGIN OPENSSH PRIVATE KEY-----' file",
        "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUYe",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\nmQENBFz",
        "https://example.org:8443/@x:y@z",
        "ssh://git@example.org/a:b",
        "postgres://user:password@db/x, postgres://user:${password}@db, http://a:PASSWORD@b, http://a:***@b, http://a:…@b",
        "http://[fd00::1]:9100/metrics",
        "$6$ is SHA-512, $y$ is yescrypt, $2b$12$ bcrypt, $argon2id$ argon2",
        "/dev/disk/by-id/ata-WDC_WD80EFZZ-68BTXN0_WD-CA0XG93P-part1",
    ] {
        assert_eq!(what(text), Vec::<&str>::new(), "{text}");
    }
}

#[test]
fn what_is_concealed_is_the_secret() {
    let text = format!("a ghp_{} b http://u:9fk2Lq@h/", letters(36));
    let found: Vec<_> = find(&text).into_iter().map(|token| &text[token.range]).map(str::to_owned).collect();
    assert_eq!(found, [format!("ghp_{}", letters(36)), "9fk2Lq".to_owned()]);
    let key = format!("x -----BEGIN RSA PRIVATE KEY-----\n{}", letters(60));
    assert_eq!(&key[find(&key)[0].range.clone()], "-----BEGIN RSA PRIVATE KEY-----");
}

#[test]
fn any_text_is_read_to_its_end() {
    for text in ["", "://", "://é:é@é", "$6$", "eyJ.eyJ.", "-----BEGIN ", "é$2b$1", "://:@", "://a:@b"] {
        assert_eq!(find(text), [], "{text}");
    }
    assert!(find(&"://a:b".repeat(100_000)).is_empty());
}
