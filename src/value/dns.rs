//! Which names the public DNS can know.

/// Domains that no public name lies in, and why.
const PRIVATE: &[(&str, &str)] = &[
    ("corp", "`.corp` belongs to nobody"),
    ("home", "`.home` belongs to nobody"),
    ("home.arpa", "`home.arpa` is for homes"),
    ("internal", "`.internal` is for private networks"),
    ("intranet", "`.intranet` belongs to nobody"),
    ("invalid", "`.invalid` never exists"),
    ("lan", "`.lan` belongs to nobody"),
    ("local", "`.local` is for multicast DNS"),
    ("localdomain", "`.localdomain` is for the machine itself"),
    ("localhost", "`.localhost` is the machine itself"),
    ("onion", "`.onion` is for Tor"),
    ("private", "`.private` belongs to nobody"),
    ("test", "`.test` is for tests"),
];

/// Why a name is none that the public DNS knows, in a clause; nothing for one that it may know.
pub fn why_not_public(name: &str) -> Option<&'static str> {
    if name.parse::<std::net::IpAddr>().is_ok() {
        return Some("it is an address");
    }
    let private = PRIVATE.iter().find(|(domain, _)| is_below(name, domain));
    match private {
        Some((_, why)) => Some(why),
        None if !name.contains('.') => Some("it has no dot"),
        None => None,
    }
}

/// Says whether a name is a domain or lies in it.
pub fn is_below(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_names_are_told_apart() {
        for name in ["nas", "nas.local", "local", "a.b.home.arpa", "box.lan", "192.168.1.5", "fd00::1", "_"] {
            assert!(why_not_public(name).is_some(), "{name}");
        }
        for name in ["shop.example.org", "local.example.org", "vocal.at", "home.arpanet.at", "*.example.org"] {
            assert_eq!(why_not_public(name), None, "{name}");
        }
    }
}
