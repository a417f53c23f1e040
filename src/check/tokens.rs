//! Secrets that are known by their form: password hashes, tokens of well-known services, private keys, addresses
//! with a password.

use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};

/// A secret in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// What it is: `a GitHub token`.
    pub what: &'static str,
    /// Whether it is a private key.
    pub private_key: bool,
    /// Whether it must not be shown: the first line of a key may be.
    pub conceal: bool,
    /// Its place, in bytes.
    pub range: Range<usize>,
}

/// How a form begins, what it is, and where the secret lies in what follows the beginning.
struct Form {
    start: &'static str,
    what: &'static str,
    rest: fn(&str) -> Option<Range<usize>>,
}

const fn form(start: &'static str, what: &'static str, rest: fn(&str) -> Option<Range<usize>>) -> Form {
    Form { start, what, rest }
}

/// Every form. Beginnings that no other text has make false alarms rare; what follows is held to length and letters.
const FORMS: &[Form] = &[
    form(PEM, PRIVATE_KEY, pem),
    form("AGE-SECRET-KEY-1", PRIVATE_KEY, |t| exactly(t, 58, |b| b.is_ascii_uppercase() || b.is_ascii_digit())),
    form("$1$", "a password hash", |t| crypt(t, 22)),
    form("$5$", "a password hash", |t| crypt(t, 43)),
    form("$6$", "a password hash", |t| crypt(t, 86)),
    form("$7$", "a password hash", |t| crypt(t, 43)),
    form("$y$", "a password hash", |t| crypt(t, 43)),
    form("$gy$", "a password hash", |t| crypt(t, 43)),
    form("$apr1$", "a password hash", |t| crypt(t, 22)),
    form("$2a$", "a password hash", bcrypt),
    form("$2b$", "a password hash", bcrypt),
    form("$2y$", "a password hash", bcrypt),
    form("$argon2", "a password hash", argon),
    form("{SSHA}", "a password hash", |t| at_least(t, 28, base64)),
    form("AKIA", "a key of AWS", |t| exactly(t, 16, |b| b.is_ascii_uppercase() || b.is_ascii_digit())),
    form("ASIA", "a key of AWS", |t| exactly(t, 16, |b| b.is_ascii_uppercase() || b.is_ascii_digit())),
    form("AIza", "a key of Google", |t| exactly(t, 35, url_safe)),
    form("SG.", "a key of SendGrid", |t| dotted(t, &[22, 43])),
    form("dckr_pat_", "a token of Docker Hub", |t| at_least(t, 27, url_safe)),
    form("dop_v1_", "a token of DigitalOcean", |t| exactly(t, 64, |b| b.is_ascii_hexdigit())),
    form("eyJ", "a JSON web token", jwt),
    form("ghp_", "a token of GitHub", |t| exactly(t, 36, |b| b.is_ascii_alphanumeric())),
    form("gho_", "a token of GitHub", |t| exactly(t, 36, |b| b.is_ascii_alphanumeric())),
    form("ghr_", "a token of GitHub", |t| exactly(t, 36, |b| b.is_ascii_alphanumeric())),
    form("ghs_", "a token of GitHub", |t| exactly(t, 36, |b| b.is_ascii_alphanumeric())),
    form("ghu_", "a token of GitHub", |t| exactly(t, 36, |b| b.is_ascii_alphanumeric())),
    form("github_pat_", "a token of GitHub", |t| exactly(t, 82, url_safe)),
    form("glpat-", "a token of GitLab", |t| at_least(t, 20, url_safe)),
    form("glrt-", "a token of GitLab", |t| at_least(t, 20, url_safe)),
    form("glsa_", "a token of Grafana", |t| at_least(t, 41, url_safe)),
    form("hooks.slack.com/services/", "an address of Slack", |t| at_least(t, 30, |b| base64(b) || b == b'_')),
    form("hvs.", "a token of Vault", |t| at_least(t, 24, url_safe)),
    form("npm_", "a token of npm", |t| exactly(t, 36, |b| b.is_ascii_alphanumeric())),
    form("pypi-AgE", "a token of PyPI", |t| at_least(t, 50, url_safe)),
    form("rk_live_", "a key of Stripe", |t| at_least(t, 24, |b| b.is_ascii_alphanumeric())),
    form("sk-ant-", "a key of Anthropic", |t| at_least(t, 40, url_safe)),
    form("sk_live_", "a key of Stripe", |t| at_least(t, 24, |b| b.is_ascii_alphanumeric())),
    form("tskey-", "a key of Tailscale", |t| at_least(t, 24, url_safe)),
    form("whsec_", "a key of Stripe", |t| at_least(t, 32, base64)),
    form("xapp-", "a token of Slack", |t| at_least(t, 30, url_safe)),
    form("xoxa-", "a token of Slack", |t| at_least(t, 20, url_safe)),
    form("xoxb-", "a token of Slack", |t| at_least(t, 20, url_safe)),
    form("xoxp-", "a token of Slack", |t| at_least(t, 20, url_safe)),
    form("xoxr-", "a token of Slack", |t| at_least(t, 20, url_safe)),
    form("xoxs-", "a token of Slack", |t| at_least(t, 20, url_safe)),
    form("://", "an address with a password", address),
];

const PEM: &str = "-----BEGIN ";
const PRIVATE_KEY: &str = "a private key";

/// Different letters that what is drawn by lot has at least; placeholders such as `ghp_xxxx…` have fewer.
const VARIETY: usize = 8;

/// The longest part that is looked at, so that a text of nothing but beginnings takes no longer than any other.
const LONGEST: usize = 1_000;

/// What stands for a password in examples.
const STAND_INS: &[&str] = &["pass", "passwd", "password", "pw", "pwd", "secret", "token"];

/// Finds every secret of a known form, in one pass.
pub(super) fn find(text: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    for hit in starts().find_iter(text) {
        let form = &FORMS[hit.pattern().as_usize()];
        // Within a longer word it is something else: `…/eyJ…` is base64 like any other.
        let inside = text[..hit.start()].ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '='));
        if inside && form.start.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            continue;
        }
        let Some(rest) = (form.rest)(&text[hit.end()..]) else { continue };
        // A word is concealed with its beginning; of an address the password alone.
        let start = if rest.start == 0 { hit.start() } else { hit.end() + rest.start };
        let range = start..hit.end() + rest.end;
        if found.last().is_none_or(|last| last.range.end <= range.start) {
            found.push(Token {
                what: form.what,
                private_key: form.what == PRIVATE_KEY,
                conceal: form.start != PEM,
                range,
            });
        }
    }
    found
}

fn starts() -> &'static AhoCorasick {
    static STARTS: OnceLock<AhoCorasick> = OnceLock::new();
    STARTS.get_or_init(|| {
        let builder = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(FORMS.iter().map(|f| f.start));
        builder.expect("few and short words")
    })
}

/// How many letters of a set come first, up to [`LONGEST`].
fn run(text: &str, of: fn(u8) -> bool) -> usize {
    text.bytes().take(LONGEST).take_while(|byte| of(*byte)).count()
}

fn base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

fn url_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn crypt_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/')
}

fn varied(text: &str) -> bool {
    let mut seen = [false; 128];
    text.bytes().filter(u8::is_ascii).for_each(|byte| seen[byte as usize] = true);
    seen.iter().filter(|seen| **seen).count() >= VARIETY
}

fn exactly(text: &str, length: usize, of: fn(u8) -> bool) -> Option<Range<usize>> {
    (run(text, of) == length && varied(&text[..length])).then_some(0..length)
}

fn at_least(text: &str, length: usize, of: fn(u8) -> bool) -> Option<Range<usize>> {
    let found = run(text, of);
    (found >= length && varied(&text[..found])).then_some(0..found)
}

/// Parts of these lengths with dots between them.
fn dotted(text: &str, lengths: &[usize]) -> Option<Range<usize>> {
    let mut at = 0;
    for (number, length) in lengths.iter().enumerate() {
        if number > 0 {
            at += text[at..].starts_with('.').then_some(1)?;
        }
        at += exactly(&text[at..], *length, url_safe)?.end;
    }
    Some(0..at)
}

/// `salt$hash`, or `parameters$salt$hash`: the hash has so many letters.
fn crypt(text: &str, length: usize) -> Option<Range<usize>> {
    let of = |byte: u8| crypt_letter(byte) || matches!(byte, b'$' | b'=' | b',');
    let end = run(text, of);
    let (before, hash) = text[..end].rsplit_once('$')?;
    let whole = run(hash, crypt_letter) == length && before.len() <= 64 && varied(hash);
    whole.then_some(0..end)
}

/// `cost$salt and hash`.
fn bcrypt(text: &str) -> Option<Range<usize>> {
    let cost = run(text, |byte| byte.is_ascii_digit()) == 2 && text[2..].starts_with('$');
    let end = 3 + cost.then(|| exactly(&text[3..], 53, crypt_letter))??.end;
    Some(0..end)
}

/// `id$v=19$m=…,t=…,p=…$salt$hash`.
fn argon(text: &str) -> Option<Range<usize>> {
    let end = run(text, |byte| base64(byte) || matches!(byte, b'$' | b',' | b'-' | b'.'));
    let parts: Vec<_> = text[..end].split('$').collect();
    let hash = parts.last().filter(|hash| parts.len() >= 4 && hash.len() >= 20 && varied(hash))?;
    (!hash.contains(',')).then_some(0..end)
}

/// `header.payload.signature`, of which the first two are JSON.
fn jwt(text: &str) -> Option<Range<usize>> {
    let header = run(text, url_safe);
    let payload = text[header..].strip_prefix(".eyJ").map(|rest| 4 + run(rest, url_safe))?;
    let rest = text[header + payload..].strip_prefix('.')?;
    let signature = run(rest, url_safe);
    (header >= 10 && payload >= 10 && signature >= 16).then_some(0..header + payload + 1 + signature)
}

/// `RSA PRIVATE KEY-----` and the beginning of the key itself: mentions in a script have none.
fn pem(text: &str) -> Option<Range<usize>> {
    let end = run(text, |byte| byte.is_ascii_uppercase() || byte == b' ');
    if end > 40 || !text[end..].starts_with("-----") {
        return None;
    }
    let label = text[..end].trim_end_matches(" BLOCK");
    let inner = text[end + 5..].trim_start_matches(|c: char| c.is_whitespace() || c == '\\' || c == '\'' || c == '"');
    let inner = inner.strip_prefix('n').unwrap_or(inner);
    let key = run(inner, base64) >= 16 || ["Proc-Type:", "Version:", "Comment:"].iter().any(|h| inner.starts_with(h));
    // The line itself is no secret, and what follows is not shown.
    (label.ends_with("PRIVATE KEY") && key).then_some(0..end + 5)
}

/// `user:password@host`.
fn address(text: &str) -> Option<Range<usize>> {
    let ends = |c: char| c.is_whitespace() || !c.is_ascii() || "/\"'`<>()[]{},;?#\\|$".contains(c);
    let authority = &text[..text.find(ends).unwrap_or(text.len())];
    let account = &authority[..authority.rfind('@')?];
    let colon = account.find(':')?;
    let password = &account[colon + 1..];
    let shouted = password.bytes().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'_' | b'-'));
    let dull = password.bytes().all(|byte| byte == password.as_bytes()[0]);
    let stand_in = STAND_INS.contains(&password.to_ascii_lowercase().as_str());
    (!password.is_empty() && !shouted && !dull && !stand_in).then(|| colon + 1..account.len())
}

#[cfg(test)]
mod tests;
