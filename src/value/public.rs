//! What the Internet can know: names and addresses that are not private.

use std::net::IpAddr;

use super::scalars::Address;

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
    if name.parse::<IpAddr>().is_ok() {
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

impl Address {
    /// Says whether the Internet can reach it; addresses that are set aside for documents count as public.
    pub fn is_public(self) -> bool {
        match self.0 {
            IpAddr::V4(ip) => {
                let shared = ip.octets()[0] == 100 && ip.octets()[1] & 0xc0 == 64;
                let special = ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_multicast();
                !special && !shared && ip.octets()[0] != 0 && ip.octets()[0] < 240
            }
            // What is handed out to the world begins with the bits 001.
            IpAddr::V6(ip) => ip.segments()[0] & 0xe000 == 0x2000,
        }
    }
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

    #[test]
    fn private_addresses_are_told_apart() {
        for (text, public) in [
            ("203.0.113.7", true),
            ("9.9.9.9", true),
            ("100.128.0.1", true),
            ("2001:db8::1", true),
            ("10.0.0.1", false),
            ("172.31.0.1", false),
            ("192.168.1.1", false),
            ("100.64.0.1", false),
            ("100.127.255.255", false),
            ("127.0.0.1", false),
            ("169.254.0.1", false),
            ("224.0.0.1", false),
            ("fd00::1", false),
            ("fe80::1", false),
            ("::1", false),
        ] {
            assert_eq!(Address(text.parse().unwrap()).is_public(), public, "{text}");
        }
    }
}
