//! The formats of texts in settings: what a setting is, so that its values can be checked and rules know them.

use std::net::IpAddr;

use crate::load::declare::choice;
use crate::load::decode::Scalar;
use crate::value::{AbsolutePath, Address, DnsName, ServiceName, Subnet, why_not_public};

choice! {
    /// What a text is.
    pub enum Format {
        /// An IP address.
        Address = "address",
        /// A network.
        Cidr = "cidr",
        /// An address of mail.
        Email = "email",
        /// A name in DNS.
        HostName = "host_name",
        /// A URL with its scheme, host and port, and nothing behind these.
        Origin = "origin",
        /// An absolute path.
        Path = "path",
        /// A name that the public DNS can know.
        PublicName = "public_name",
        /// A name that the service answers to: a DNS name, one with `*.` before it, an address, or `_` for any.
        ServerName = "server_name",
        /// The name of another service, whose instances the template sees as `uses.<setting>`.
        Service = "service",
        /// A length of time as systemd reads it, in one word.
        TimeSpan = "time_span",
        /// A URL with its scheme and host.
        Url = "url",
    }
}

/// Why a text does not fit.
#[derive(Debug)]
pub struct Misfit {
    /// What it should be: `a URL`.
    pub what: &'static str,
    /// What is wrong in particular; may be empty.
    pub why: String,
    /// How it is written; may be empty.
    pub form: &'static str,
}

impl Misfit {
    fn plain(what: &'static str, form: &'static str) -> Self {
        Self { what, why: String::new(), form }
    }
}

impl Format {
    /// Checks a text.
    ///
    /// # Errors
    /// What it is not, and what is wrong with it.
    pub fn check(self, text: &str) -> Result<(), Misfit> {
        match self {
            Self::Address => of::<Address>(text),
            Self::Cidr => of::<Subnet>(text),
            Self::Email if is_email(text) => Ok(()),
            Self::Email => Err(Misfit::plain("an address of mail", "for instance `ana@example.org`")),
            Self::HostName => of::<DnsName>(text),
            Self::Origin if is_origin(text) => Ok(()),
            Self::Origin => {
                let form = "for instance `http://192.168.1.50:8096`";
                Err(Misfit::plain("a URL with nothing behind host and port", form))
            }
            Self::Path => of::<AbsolutePath>(text),
            Self::PublicName => {
                of::<DnsName>(text)?;
                let misfit = |why: &str| Misfit { why: why.to_owned(), ..Misfit::plain("a public name", "") };
                why_not_public(text).map_or(Ok(()), |why| Err(misfit(why)))
            }
            Self::Service => of::<ServiceName>(text),
            Self::ServerName if text == "_" || text.parse::<IpAddr>().is_ok() => Ok(()),
            Self::ServerName => of::<DnsName>(text.strip_prefix("*.").unwrap_or(text)),
            Self::TimeSpan if is_time_span(text) => Ok(()),
            Self::TimeSpan => Err(Misfit::plain("a length of time", "for instance `10min` or `1h30min`")),
            Self::Url if is_url(text) => Ok(()),
            Self::Url => Err(Misfit::plain("a URL", "for instance `http://192.168.1.50:8096`")),
        }
    }
}

fn of<T: Scalar>(text: &str) -> Result<(), Misfit> {
    T::read(text).map(|_| ()).map_err(|why| Misfit { why, ..Misfit::plain(T::WHAT, T::FORM) })
}

fn is_email(text: &str) -> bool {
    let Some((account, domain)) = text.rsplit_once('@') else { return false };
    let legal = |c: char| c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c);
    !account.is_empty() && account.chars().all(legal) && DnsName::read(&domain.to_ascii_lowercase()).is_ok()
}

/// A scheme, `://`, a host with an optional port, and whatever is neither white space nor a control character.
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    if !scheme.starts_with(|c: char| c.is_ascii_alphabetic()) || !scheme.chars().all(legal) {
        return false;
    }
    if rest.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return false;
    }
    let place = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // `http://unix:/run/x.sock` names a socket.
    if place == "unix:" {
        return true;
    }
    let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
    let (host, port) = match place.strip_prefix('[') {
        Some(inner) => match inner.split_once(']') {
            Some((host, port)) if host.parse::<std::net::Ipv6Addr>().is_ok() => ("", port),
            _ => return false,
        },
        None => place.find(':').map_or((place, ""), |at| place.split_at(at)),
    };
    let host_fits = place.starts_with('[')
        || host.parse::<IpAddr>().is_ok()
        || DnsName::read(&host.to_ascii_lowercase().replace('_', "-")).is_ok();
    let port_fits = port.is_empty() || port.strip_prefix(':').is_some_and(|p| p.parse::<u16>().is_ok_and(|p| p > 0));
    host_fits && port_fits
}

/// A URL that says whom to ask, and not what for.
fn is_origin(text: &str) -> bool {
    let behind = text.split_once("://").map_or("", |(_, behind)| behind);
    is_url(text) && !behind.contains(['/', '?', '#', '@']) && behind != "unix:"
}

/// Numbers with units, one after the other.
fn is_time_span(text: &str) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        let unit = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let end = unit.find(|c: char| c.is_ascii_digit()).unwrap_or(unit.len());
        if unit.len() == rest.len() || !UNITS.contains(&&unit[..end]) {
            return false;
        }
        rest = &unit[end..];
    }
    !text.is_empty()
}

/// The units of time that systemd knows; a bare number is in seconds.
const UNITS: &[&str] = &[
    "", "M", "d", "day", "days", "h", "hour", "hours", "hr", "m", "min", "minute", "minutes", "month", "months", "ms",
    "msec", "s", "sec", "second", "seconds", "us", "usec", "w", "week", "weeks", "y", "year", "years",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_tell_what_fits() {
        let good: &[(Format, &[&str])] = &[
            (Format::Address, &["127.0.0.1", "::1"]),
            (Format::Cidr, &["10.0.0.0/8", "fd00::/8", "10.0.0.5/32"]),
            (Format::Email, &["ana@example.org", "a.b+c@Example.org", "root@localhost"]),
            (Format::HostName, &["nas", "a.example.org"]),
            (Format::Origin, &["http://192.168.1.50:8096", "https://a.example.org", "http://[::1]:80"]),
            (Format::Path, &["/srv/www", "/"]),
            (Format::PublicName, &["shop.example.org"]),
            (Format::Service, &["etcd", "db-etcd"]),
            (Format::ServerName, &["shop.example.org", "*.example.org", "_", "192.168.1.5", "nas"]),
            (Format::TimeSpan, &["10min", "1h30min", "90", "2weeks", "0"]),
            (
                Format::Url,
                &[
                    "http://192.168.1.50:8096",
                    "https://a.example.org/x?y#z",
                    "http://[::1]:80",
                    "http://unix:/run/x.sock:/",
                    "http://back_end",
                ],
            ),
        ];
        let bad: &[(Format, &[&str])] = &[
            (Format::Address, &["nas", "10.0.0.0/8", ""]),
            (Format::Cidr, &["10.0.0.5/8", "10.0.0.5", "all"]),
            (Format::Email, &["ana", "@example.org", "ana@", "a b@example.org", "ana@exam ple.org"]),
            (Format::HostName, &["Nas", "nas.", "http://nas", "192.168.1.5", "*.example.org", "a_b"]),
            (
                Format::Origin,
                &["http://a/", "http://a/x", "http://a?b", "http://unix:/run/x.sock", "http://b@a", "a:80"],
            ),
            (Format::Path, &["srv", "/srv/../etc", "./x"]),
            (Format::PublicName, &["nas", "nas.local"]),
            (Format::Service, &["", "a b", "Etcd"]),
            (Format::ServerName, &["", "Shop.example.org", "*.", "a.*.org", "http://x", "shop.example.org:443"]),
            (Format::TimeSpan, &["", "min", "10 min", "10xmin", "-1h", "1,5h", "infinity"]),
            (
                Format::Url,
                &[
                    "192.168.1.50:8096",
                    "http://",
                    "http://a b",
                    "http://a:0",
                    "http://a:99999",
                    "http://[::1",
                    "//a",
                    "http:/a",
                ],
            ),
        ];
        for (format, text) in good.iter().flat_map(|(format, texts)| texts.iter().map(move |text| (format, text))) {
            assert!(format.check(text).is_ok(), "{format}: {text}");
        }
        for (format, text) in bad.iter().flat_map(|(format, texts)| texts.iter().map(move |text| (format, text))) {
            assert!(format.check(text).is_err(), "{format}: {text}");
        }
    }
}
