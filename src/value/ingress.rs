//! Words and numbers of proxies.

use serde::{Deserialize, Serialize};

use super::scalars::scalar_schema;
use crate::load::declare::choice;
use crate::load::decode::Scalar;

choice! {
    /// Who asks somebody at a proxy for a login.
    pub enum IngressAuth {
        /// The proxy, by way of the service that `ingress.auth` names.
        Forward = "forward",
        /// The service itself.
        Own = "own",
        /// Nobody: everybody is let in.
        None = "none",
    }
}

choice! {
    /// Where the certificates of proxies come from.
    pub enum IngressTls {
        /// From a public authority, by ACME.
        Acme = "acme",
        /// From the proxy itself: browsers do not know who signed them.
        Internal = "internal",
    }
}

choice! {
    /// What not every proxy can do.
    pub enum ProxyFeature {
        /// Leaving a service alone that answers with errors.
        CircuitBreaker = "circuit_breaker",
        /// Certificates of its own.
        InternalTls = "internal_tls",
        /// Few requests a second from one address.
        RateLimit = "rate_limit",
        /// The same instance for the same browser.
        Sticky = "sticky",
        /// The same for one that another service takes over from, without keeping browsers there.
        StickyFailover = "sticky_failover",
        /// More requests for some instances than for others.
        Weights = "weights",
    }
}

/// A part of a whole, above 0 and up to 1, kept as written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Share(Box<str>);

super::textual!(Share);

impl Scalar for Share {
    const WHAT: &'static str = "a part of a whole";
    const FORM: &'static str = "for instance `0.5` for half of them";
    const EXAMPLES: &'static [&'static str] = &["0.5"];
    fn read(text: &str) -> Result<Self, String> {
        let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        match text.parse::<f64>() {
            Ok(number) if plain && number > 0.0 && number <= 1.0 => Ok(Self(text.into())),
            _ => Err(String::new()),
        }
    }
}

scalar_schema!(Share, { "type": ["number", "string"], "exclusiveMinimum": 0, "maximum": 1, "examples": [0.5] });

/// Who keeps the records of a domain, by the name that lego gives it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct DnsProvider(Box<str>);

super::textual!(DnsProvider);

impl Scalar for DnsProvider {
    const WHAT: &'static str = "the name of a DNS provider";
    const FORM: &'static str = "for instance `cloudflare`, as lego's documentation lists them";
    const EXAMPLES: &'static [&'static str] = &["cloudflare"];
    fn read(text: &str) -> Result<Self, String> {
        let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        match !text.is_empty() && text.len() <= 63 && text.bytes().all(letter) {
            true => Ok(Self(text.into())),
            false => Err(String::new()),
        }
    }
}

scalar_schema!(DnsProvider, { "type": "string" });

/// A path of names that clients ask for: what proxies can tell from others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct RoutePath(Box<str>);

super::textual!(RoutePath);

impl Scalar for RoutePath {
    const WHAT: &'static str = "a path that a proxy can tell from others";
    const FORM: &'static str = "for instance `/shop`, of letters, digits, `.`, `_`, `~`, `-` and `/`";
    const EXAMPLES: &'static [&'static str] = &["/shop"];
    fn read(text: &str) -> Result<Self, String> {
        let letter = |b: u8| b.is_ascii_alphanumeric() || b"._~-/".contains(&b);
        match text.starts_with('/') && text.bytes().all(letter) && !text.contains("//") {
            true => Ok(Self(text.into())),
            false => Err(String::new()),
        }
    }
}

scalar_schema!(RoutePath, { "type": "string", "pattern": "^/" });

/// The name of a header of a request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct HeaderName(Box<str>);

super::textual!(HeaderName);

impl Scalar for HeaderName {
    const WHAT: &'static str = "the name of a header";
    const FORM: &'static str = "for instance `Remote-User`";
    const EXAMPLES: &'static [&'static str] = &["Remote-User"];
    fn read(text: &str) -> Result<Self, String> {
        let letter = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        match !text.is_empty() && text.bytes().all(letter) {
            true => Ok(Self(text.into())),
            false => Err(String::new()),
        }
    }
}

scalar_schema!(HeaderName, { "type": "string" });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_parts() {
        for text in ["0.5", "1", "1.0", ".25"] {
            assert_eq!(Share::read(text).unwrap().as_str(), text);
        }
        for text in ["0", "0.0", "1.1", "-0.5", "50%", "", "1e-1", "inf"] {
            assert!(Share::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn paths_and_headers_stay_what_they_are() {
        assert!(RoutePath::read("/a/b-c_d.e~f").is_ok() && HeaderName::read("Remote-User").is_ok());
        for text in ["", "a", "/a b", "/`)||Host(`x", "/a;b", "/a{b", "//a", "/%41"] {
            assert!(RoutePath::read(text).is_err(), "{text}");
        }
        for text in ["", "A B", "A:", "A\nB", "A_B"] {
            assert!(HeaderName::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn providers_are_words() {
        assert!(DnsProvider::read("cloudflare").is_ok());
        for text in ["", "Cloudflare", "a b", "a/b", "$(x)"] {
            assert!(DnsProvider::read(text).is_err(), "{text}");
        }
    }
}
