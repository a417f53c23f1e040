//! References to images: `registry/name:tag@sha256:…`.

use std::fmt;
use std::net::IpAddr;

/// The registry of names without one.
const USUAL_REGISTRY: &str = "docker.io";

/// What precedes its name where it answers.
const USUAL_API: &str = "registry-1.";

/// Where names without a slash stand in it.
const USUAL_NAMESPACE: &str = "library/";

/// The tag of references without one.
const USUAL_TAG: &str = "latest";

/// A reference taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// What stands before tag and digest, as it was written.
    pub repository: String,
    /// The tag, where one is written.
    pub tag: Option<String>,
    /// The digest, where one is written.
    pub digest: Option<String>,
}

/// Where a repository is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The host, with its port if it has one.
    pub host: String,
    /// The repository there.
    pub name: String,
    /// Whether it is this machine: then it is asked without TLS.
    pub is_loopback: bool,
}

impl Reference {
    /// Takes a reference apart.
    pub fn read(text: &str) -> Self {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest.to_owned())),
            None => (text, None),
        };
        // A colon before the last slash belongs to the port of the registry.
        let name_at = rest.rfind('/').map_or(0, |slash| slash + 1);
        let (repository, tag) = match rest[name_at..].split_once(':') {
            Some((name, tag)) => (&rest[..name_at + name.len()], Some(tag.to_owned())),
            None => (rest, None),
        };
        Self { repository: repository.to_owned(), tag, digest }
    }

    /// The tag that it means.
    pub fn meant_tag(&self) -> &str {
        self.tag.as_deref().unwrap_or(USUAL_TAG)
    }

    /// Where to ask about it.
    ///
    /// # Errors
    /// What is no name of a repository, in a clause.
    pub fn endpoint(&self) -> Result<Endpoint, String> {
        let (host, name) = match self.repository.split_once('/') {
            Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (first, rest.to_owned()),
            _ => (USUAL_REGISTRY, self.repository.clone()),
        };
        let is_part = |part: &str| {
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
            let ends = part.bytes().next().is_some_and(plain) && part.bytes().last().is_some_and(plain);
            ends && part.bytes().all(|b| plain(b) || matches!(b, b'.' | b'_' | b'-'))
        };
        if !name.split('/').all(is_part) {
            return Err(format!("`{name}` is no name of a repository: lower-case letters, digits, `.`, `_`, `-`"));
        }
        let is_usual = host == USUAL_REGISTRY || host == format!("index.{USUAL_REGISTRY}");
        let name = if is_usual && !name.contains('/') { format!("{USUAL_NAMESPACE}{name}") } else { name };
        let host = if is_usual { format!("{USUAL_API}{USUAL_REGISTRY}") } else { host.to_owned() };
        Ok(Endpoint { is_loopback: is_loopback(&host), host, name })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repository)?;
        self.tag.iter().try_for_each(|tag| write!(f, ":{tag}"))?;
        self.digest.iter().try_for_each(|digest| write!(f, "@{digest}"))
    }
}

impl Endpoint {
    /// The URL of a manifest.
    pub fn manifest(&self, tag: &str) -> String {
        let scheme = if self.is_loopback { "http" } else { "https" };
        format!("{scheme}://{}/v2/{}/manifests/{tag}", self.host, self.name)
    }
}

/// Says whether a host, with or without a port, is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    let bare = match host.strip_prefix('[') {
        Some(inner) => inner.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_taken_apart_and_put_together() {
        let digest = format!("sha256:{}", "0".repeat(64));
        for (text, repository, tag, has_digest) in [
            ("docker.io/library/nginx", "docker.io/library/nginx", None, false),
            ("nginx:1.27", "nginx", Some("1.27"), false),
            ("127.0.0.1:5000/shop", "127.0.0.1:5000/shop", None, false),
            ("127.0.0.1:5000/shop:1", "127.0.0.1:5000/shop", Some("1"), false),
            (&format!("registry.example.org/a/b:1@{digest}"), "registry.example.org/a/b", Some("1"), true),
            (&format!("registry.example.org/a@{digest}"), "registry.example.org/a", None, true),
        ] {
            let read = Reference::read(text);
            assert_eq!((read.repository.as_str(), read.tag.as_deref()), (repository, tag), "{text}");
            assert_eq!(read.digest.is_some(), has_digest, "{text}");
            assert_eq!(read.to_string(), text);
        }
    }

    #[test]
    fn registries_are_found() {
        for (text, url) in [
            ("nginx", "https://registry-1.docker.io/v2/library/nginx/manifests/1"),
            ("docker.io/nginx", "https://registry-1.docker.io/v2/library/nginx/manifests/1"),
            ("someone/shop", "https://registry-1.docker.io/v2/someone/shop/manifests/1"),
            ("registry.example.org/shop", "https://registry.example.org/v2/shop/manifests/1"),
            ("localhost/shop", "http://localhost/v2/shop/manifests/1"),
            ("127.0.0.1:5000/a/b", "http://127.0.0.1:5000/v2/a/b/manifests/1"),
            ("192.168.1.5:5000/a", "https://192.168.1.5:5000/v2/a/manifests/1"),
            ("localhost.example.org/a", "https://localhost.example.org/v2/a/manifests/1"),
        ] {
            let endpoint = Reference::read(text).endpoint().expect(text);
            assert_eq!(endpoint.manifest("1"), url);
        }
        for text in ["registry.example.org/", "registry.example.org/../x", "Shop", "registry.example.org/a//b"] {
            assert!(Reference::read(text).endpoint().is_err(), "{text}");
        }
    }
}
