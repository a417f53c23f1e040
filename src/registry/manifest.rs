//! Manifests, and what a registry says when it has none.

use sha2::{Digest as _, Sha256};

/// The types of manifest that a digest stands for: lists by platform first, which fit every host.
pub const ACCEPTED: &[&str] = &[
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
];

/// The most bytes of a manifest that registries take.
pub const LARGEST_MANIFEST: u64 = 4 << 20;

/// What a registry answered when it was asked for a manifest.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// The status.
    pub status: u16,
    /// The header `Content-Type`.
    pub media_type: Option<&'a str>,
    /// The header `Docker-Content-Digest`.
    pub digest: Option<&'a str>,
    /// The header `Retry-After`.
    pub retry_after: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
}

/// The digest that an answer stands for, which is that of its bytes.
///
/// # Errors
/// What is wrong and what to do, in a clause: the registry has no such image, refuses to say, or says something else.
pub fn digest(answer: &Answer<'_>, tag: &str, logged_in: bool) -> Result<String, String> {
    match answer.status {
        200 => {}
        401 | 403 if logged_in => return Err("it refuses the name and the password that were given".to_owned()),
        401 | 403 => {
            return Err(
                "it wants to know who asks, or has no such repository: give `--username` and `--password-file`"
                    .to_owned(),
            );
        }
        404 => return Err(format!("it has no tag `{tag}` of this repository, or no such repository: see `--tag`")),
        429 => {
            let when =
                answer.retry_after.filter(|after| !after.is_empty() && after.bytes().all(|b| b.is_ascii_digit()));
            let when = when.map_or("later".to_owned(), |seconds| format!("in {seconds} seconds"));
            return Err(format!(
                "it was asked too often; try again {when}, or give `--username` and `--password-file`"
            ));
        }
        status => return Err(format!("it answers with the status {status}")),
    }
    let media_type = answer.media_type.unwrap_or_default();
    let plain = media_type.split(';').next().unwrap_or_default().trim();
    if !ACCEPTED.contains(&plain) {
        return Err(format!("it answers with `{}`, which is no manifest that a digest can name", plain.escape_debug()));
    }
    let digest = format!("sha256:{}", hexadecimal(&Sha256::digest(answer.body)));
    match answer.digest {
        Some(told) if told.starts_with("sha256:") && told != digest => Err(format!(
            "its answer is not what it says: the digest should be {}, and is {digest}",
            told.escape_debug()
        )),
        _ => Ok(digest),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OK: Answer<'_> =
        Answer { status: 200, media_type: Some(ACCEPTED[0]), digest: None, retry_after: None, body: b"{}" };
    const OF_BRACES: &str = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

    #[test]
    fn the_digest_is_that_of_the_bytes() {
        assert_eq!(digest(&OK, "1", false).as_deref(), Ok(OF_BRACES));
        assert_eq!(digest(&Answer { digest: Some(OF_BRACES), ..OK }, "1", false).as_deref(), Ok(OF_BRACES));
        let other = Answer { digest: Some(OF_BRACES), body: b"{ }", ..OK };
        assert!(digest(&other, "1", false).is_err_and(|why| why.contains("not what it says")));
        let page = Answer { media_type: Some("text/html; charset=utf-8"), ..OK };
        assert!(digest(&page, "1", false).is_err_and(|why| why.contains("`text/html`")));
        let with_charset = Answer { media_type: Some("application/vnd.oci.image.index.v1+json; charset=utf-8"), ..OK };
        assert!(digest(&with_charset, "1", false).is_ok());
    }

    #[test]
    fn refusals_say_what_to_do() {
        let why = |status, retry_after, logged_in| {
            digest(&Answer { status, retry_after, ..OK }, "9", logged_in).expect_err("it is refused")
        };
        assert!(why(401, None, false).contains("--password-file"));
        assert!(why(403, None, true).contains("refuses the name and the password"));
        assert!(why(404, None, false).contains("no tag `9`"));
        assert!(why(429, Some("60"), false).contains("in 60 seconds"));
        assert!(why(429, Some("\u{1b}[2J"), false).contains("later"));
        assert!(why(500, None, false).contains("500"));
    }
}
