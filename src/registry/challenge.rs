//! How a registry asks who somebody is: the header `WWW-Authenticate`.

use super::reference::is_loopback;

/// What a registry asks for before it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Challenge {
    /// A name and a password.
    Basic,
    /// A token, which another address gives out.
    Bearer(Realm),
}

/// Who gives out tokens, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Realm {
    url: String,
    service: Option<String>,
    scope: Option<String>,
}

impl Challenge {
    /// Reads the header; nothing when it asks in a way that is not known.
    pub fn read(header: &str) -> Option<Self> {
        let (scheme, rest) = header.trim().split_once(' ').unwrap_or((header.trim(), ""));
        if scheme.eq_ignore_ascii_case("basic") {
            return Some(Self::Basic);
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let mut parameters = parameters(rest);
        let mut take = |name: &str| {
            let at = parameters.iter().position(|(known, _)| known.eq_ignore_ascii_case(name))?;
            Some(parameters.swap_remove(at).1)
        };
        let url = take("realm")?;
        Some(Self::Bearer(Realm { url, service: take("service"), scope: take("scope") }))
    }
}

impl Realm {
    /// The URL that gives out a token for reading a repository.
    ///
    /// # Errors
    /// Why nobody should be asked there, in a clause.
    pub fn url(&self, repository: &str) -> Result<String, String> {
        let plain = self.url.strip_prefix("http://").map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
        let is_safe = match plain {
            Some(host) => !host.contains('@') && is_loopback(host),
            None => self.url.starts_with("https://"),
        };
        if !is_safe {
            return Err(format!("it sends for a token to `{}`, which is not asked without TLS", shown(&self.url)));
        }
        let scope = self.scope.clone().unwrap_or_else(|| format!("repository:{repository}:pull"));
        let separator = if self.url.contains('?') { '&' } else { '?' };
        let service = self.service.as_ref().map(|service| format!("service={}&", encoded(service)));
        Ok(format!("{}{separator}{}scope={}", self.url, service.unwrap_or_default(), encoded(&scope)))
    }
}

/// `a="b, c",d=e` in pairs.
fn parameters(mut rest: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    while let Some((name, behind)) = rest.split_once('=') {
        let name = name.trim_matches([' ', ',', '\t']).to_owned();
        let (value, behind) = match behind.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => behind.split_once(',').unwrap_or((behind, "")),
        };
        found.push((name, value.trim().to_owned()));
        rest = behind;
    }
    found
}

/// Percent-encodes what is not plain in a query.
fn encoded(text: &str) -> String {
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b':' | b'/' | b',');
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// A text of others, without what a terminal would take for orders.
fn shown(text: &str) -> String {
    text.chars().take(200).collect::<String>().escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(header: &str) -> Result<String, String> {
        match Challenge::read(header) {
            Some(Challenge::Bearer(realm)) => realm.url("someone/shop"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn challenges_are_read() {
        assert_eq!(Challenge::read("Basic realm=\"shop\""), Some(Challenge::Basic));
        assert_eq!(Challenge::read("basic"), Some(Challenge::Basic));
        assert_eq!(Challenge::read("Negotiate"), None);
        assert_eq!(Challenge::read("Bearer service=\"x\""), None);
        let header =
            r#"Bearer realm="https://auth.example.org/token",service="a b",scope="repository:someone/shop:pull,push""#;
        assert_eq!(
            url(header).expect("it is asked with TLS"),
            "https://auth.example.org/token?service=a%20b&scope=repository:someone/shop:pull,push"
        );
        assert_eq!(
            url(r#"bearer realm="https://auth.example.org/token?x=y""#).expect("it is asked with TLS"),
            "https://auth.example.org/token?x=y&scope=repository:someone/shop:pull"
        );
    }

    #[test]
    fn tokens_are_not_asked_for_without_tls() {
        assert!(url(r#"Bearer realm="http://auth.example.org/token""#).is_err());
        assert!(url(r#"Bearer realm="http://127.0.0.1:80@auth.example.org/token""#).is_err());
        assert!(url(r#"Bearer realm="file:///etc/passwd""#).is_err());
        assert!(url(r#"Bearer realm="http://127.0.0.1:5001/token""#).is_ok());
    }
}
