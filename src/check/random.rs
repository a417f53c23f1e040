//! Long texts that look as if they had been drawn by lot, behind any name.
//!
//! Repositories are full of random texts that are no secrets: hashes, revisions, public keys, identifiers. Those have
//! forms of their own (hexadecimal, base32, a name before them), and what has one of these is passed over.

use std::ops::Range;

/// How long such a text is.
const LENGTH: std::ops::RangeInclusive<usize> = 24..=160;

/// How many letters and digits stand in a row somewhere in it.
const ROW: usize = 16;

/// The share of the entropy that a text of that length can have at most.
const SHARE: f64 = 0.85;

/// How often a capital, a small letter or a digit follows one of another sort: words in camel case do so less often.
const CHANGES: f64 = 0.45;

/// Words that stand before what everybody may know.
const PUBLIC: &[&str] = &[
    "by-id",
    "cert",
    "checksum",
    "digest",
    "fingerprint",
    "hash",
    "integrity",
    "pubkey",
    "public",
    "rev",
    "sha1",
    "sha256",
    "sha512",
    "signature",
    "uuid",
];

/// How much of a line is looked at for such words.
const BEFORE: usize = 60;

/// Finds every such text.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let armored = armored(text);
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = bytes[at..].iter().position(is_letter).map(|start| at + start) {
        let end = start + bytes[start..].iter().take_while(|byte| is_letter(byte)).count();
        let padding = bytes[end..].iter().take(2).take_while(|byte| **byte == b'=').count();
        at = end + padding;
        if end - start < *LENGTH.start() {
            continue;
        }
        let apart = !armored.iter().any(|range| range.contains(&start));
        if apart && stands_alone(text, start, at) && is_random(&text[start..end], padding) && !is_public(text, start) {
            found.push(start..at);
        }
    }
    found
}

/// Letters of base64, of both sorts.
fn is_letter(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'_' | b'-')
}

/// Certificates and public keys between lines of their own.
fn armored(text: &str) -> Vec<Range<usize>> {
    let begins = text.match_indices("-----BEGIN ").map(|(start, _)| start);
    begins.map(|start| start..text[start..].find("-----END ").map_or(text.len(), |end| start + end)).collect()
}

fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    let opens = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '=' | '[' | '(' | ',' | '>');
    let closes = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ']' | ')' | ',' | ';' | '}');
    before.is_none_or(opens) && after.is_none_or(closes)
}

fn is_random(text: &str, padding: usize) -> bool {
    // 32 bytes in base64 are a public key (of WireGuard, of Matrix) as often as a secret: what it is, its name tells.
    let thirty_two_bytes = text.len() == 43 && padding < 2;
    let minisign = text.starts_with("RW") && text.len() == 56;
    let known = ["AAAA", "MII", "sha1-", "sha256-", "sha384-", "sha512-", "md5-", "age1", "/", "--"];
    let row = text.split(|c: char| !c.is_ascii_alphanumeric()).map(str::len).max().unwrap_or_default();
    let of = |is: fn(&u8) -> bool| text.as_bytes().iter().filter(|byte| is(byte)).count();
    LENGTH.contains(&text.len())
        && !thirty_two_bytes
        && !minisign
        && !known.iter().any(|start| text.starts_with(start))
        && row >= ROW
        && text.matches('/').count() <= 2
        && of(u8::is_ascii_uppercase) >= 3
        && of(u8::is_ascii_lowercase) >= 3
        && of(u8::is_ascii_digit) >= 2
        && super::wording::entropy(text) >= SHARE * (text.len().min(64) as f64).log2()
        && changes(text) >= CHANGES
}

/// How often the sort of letter changes from one to the next.
fn changes(text: &str) -> f64 {
    let sort = |byte: &u8| match byte {
        b'A'..=b'Z' => 0,
        b'a'..=b'z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let sorts: Vec<_> = text.as_bytes().iter().map(sort).collect();
    let changes = sorts.windows(2).filter(|pair| pair[0] != pair[1]).count();
    changes as f64 / (text.len() - 1) as f64
}

fn is_public(text: &str, start: usize) -> bool {
    let line = &text[text[..start].rfind('\n').map_or(0, |at| at + 1)..start];
    let from = line.char_indices().rev().nth(BEFORE).map_or(0, |(at, _)| at);
    let before = line[from..].to_ascii_lowercase();
    PUBLIC.iter().any(|word| before.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> usize {
        find(text).len()
    }

    #[test]
    fn what_was_drawn_by_lot_is_found() {
        for text in [
            "SALT=q7Zt2Lw9XbR4vNc8Ym3HsK5d",
            "x = \"kT7mQ2xZ9pL4vB8nR3cW6yH1\";",
            "- 'wJ4rX9tNbF7kLmQ2zVc8ShYg3pDaEu5'",
            "key: \"qZ8Rk2Vt5Xw9Lb3Nc7Mf4Hs6Jd1Py0Tg/Ua+Ie==\"",
        ] {
            assert_eq!(count(text), 1, "{text}");
        }
    }

    #[test]
    fn what_everybody_may_know_is_passed_over() {
        for text in [
            "hash = \"sha256-q7Zt2Lw9XbR4vNc8Ym3HsK5dq7Zt2Lw9XbR4vNc8Ym3=\"",
            "sha256 = \"1b3d5f7h9k2m4n6p8r0s1v3x5z7a9c2d4f6h8j0k2m4n6p8q0s1v\"",
            "rev = \"9f86d081884c7d659a2feaa0c55ad0159f86d081\"",
            "/nix/store/9f8sd081884c7d659a2fvaa0c55ad015-Name-1.2.3Beta4",
            "id = \"3F2504E0-4F89-11D3-9A0C-0305E82C3301\"",
            "image: registry.example.org/x@sha256:5be1ecc7935f1dd85635d4feedaf660594030253cc97c9e9ca3819ffeac36b65",
            "keys = [ \"cache.example.org-1:q7Zt2Lw9XbR4vNc8Ym3HsK5dTg6JpF1aEu0Ri8Ox3Wz=\" ]",
            "publicKey = \"q7Zt2Lw9XbR4vNc8Ym3HsK5dT\"",
            "peer: q7Zt2Lw9XbR4vNc8Ym3HsK5dTg6JpF1aEu0Ri8Ox3Wz=",
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF",
            "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg",
            "device: /dev/disk/by-id/ata-Samsung_SSD_860_EVO_500GB_S3YZNB0K123456A",
            "boot.kernelPackages.callPackageWithX11Support2ForGtk3Applications",
            "services.prometheus.exporters.unifiPoller2AndMoreWordsInCamelCase = 1",
            "-----BEGIN CERTIFICATE-----\nq7Zt2Lw9XbR4vNc8Ym3HsK5dTg6JpF1aEu0Ri8Ox3Wz\n-----END CERTIFICATE-----",
            "SHA256:q7Zt2Lw9XbR4vNc8Ym3HsK5dTg6JpF1aEu0Ri8Ox3Wz",
            "PubkeyAcceptedAlgorithms2AndHostbasedAcceptedAlgorithms3",
            "é",
            "",
        ] {
            assert_eq!(count(text), 0, "{text}");
        }
    }
}
