//! Published ports, in their short and their long form.

use std::net::IpAddr;

use crate::import::tree::Tree;

/// The most ports that one entry may publish.
const MOST: u16 = 256;

/// The keys of the long form that are read.
pub(super) const KEYS: &[&str] = &["target", "published", "protocol", "host_ip", "name"];

/// A port of a container that is published at the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Published {
    /// The address of the host that it is published at, where it is not every one.
    pub(super) address: Option<String>,
    /// The port of the host.
    pub(super) outside: u16,
    /// The port of the container.
    pub(super) inside: u16,
    /// Whether it is UDP.
    pub(super) udp: bool,
    /// A name, in the long form.
    pub(super) name: Option<String>,
}

/// Reads one entry of `ports`; what is wrong with it otherwise.
pub(super) fn read(entry: &Tree) -> Result<Vec<Published>, String> {
    match entry.text() {
        Some(text) => short(text),
        None if !entry.entries().is_empty() => long(entry),
        None => Err("it is no port".to_owned()),
    }
}

/// `[address:][outside:]inside[/protocol]`, each port also a range.
fn short(text: &str) -> Result<Vec<Published>, String> {
    let (ports, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let udp = transport(protocol)?;
    let (before, inside) = match ports.rsplit_once(':') {
        Some((before, inside)) => (Some(before), inside),
        None => (None, ports),
    };
    let Some(before) = before else {
        return Err("no port of the host is named, so Docker picks one each time".to_owned());
    };
    let (address, outside) = match before.rsplit_once(':') {
        Some((address, outside)) => (Some(address.trim_matches(['[', ']']).to_owned()), outside),
        None => (None, before),
    };
    if outside.is_empty() {
        return Err("no port of the host is named, so Docker picks one each time".to_owned());
    }
    published(address, outside, inside, udp, None)
}

fn long(entry: &Tree) -> Result<Vec<Published>, String> {
    let text = |key: &str| entry.get(key).and_then(Tree::text);
    let inside = text("target").ok_or("it has no `target`")?;
    let outside = text("published").ok_or("no port of the host is named, so Docker picks one each time")?;
    let udp = transport(text("protocol").unwrap_or("tcp"))?;
    published(text("host_ip").map(str::to_owned), outside, inside, udp, text("name").map(str::to_owned))
}

fn published(
    address: Option<String>,
    outside: &str,
    inside: &str,
    udp: bool,
    name: Option<String>,
) -> Result<Vec<Published>, String> {
    if address.as_deref().is_some_and(|address| address.parse::<IpAddr>().is_err()) {
        return Err("what stands before the ports is no address".to_owned());
    }
    let (outside, inside) = (range(outside)?, range(inside)?);
    if outside.len() != inside.len() {
        return Err("the two ranges are not equally long".to_owned());
    }
    // Every address is the same as none.
    let address = address.filter(|address| !matches!(address.as_str(), "0.0.0.0" | "::"));
    let pair = |(outside, inside)| Published { address: address.clone(), outside, inside, udp, name: name.clone() };
    Ok(outside.into_iter().zip(inside).map(pair).collect())
}

fn transport(protocol: &str) -> Result<bool, String> {
    match protocol {
        "tcp" => Ok(false),
        "udp" => Ok(true),
        _ => Err("a port is TCP or UDP".to_owned()),
    }
}

fn range(text: &str) -> Result<Vec<u16>, String> {
    let port = |text: &str| {
        text.parse::<u16>().ok().filter(|port| *port > 0).ok_or("a port is a number from 1 to 65535".to_owned())
    };
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (port(first)?, port(last)?);
    if last < first || last - first >= MOST {
        return Err(format!("a range has from 1 to {MOST} ports"));
    }
    Ok((first..=last).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_are_read() {
        let show = |text: &str| {
            let ports = short(text).unwrap();
            let shown: Vec<_> = ports
                .iter()
                .map(|port| {
                    format!(
                        "{}>{}:{}{}",
                        port.address.as_deref().unwrap_or("*"),
                        port.outside,
                        port.inside,
                        if port.udp { "u" } else { "" }
                    )
                })
                .collect();
            shown.join(" ")
        };
        assert_eq!(show("8080:80"), "*>8080:80");
        assert_eq!(show("127.0.0.1:8080:80/tcp"), "127.0.0.1>8080:80");
        assert_eq!(show("0.0.0.0:53:53/udp"), "*>53:53u");
        assert_eq!(show("[::1]:80:80"), "::1>80:80");
        assert_eq!(show("3000-3002:4000-4002"), "*>3000:4000 *>3001:4001 *>3002:4002");
        for bad in [
            "80",
            "127.0.0.1::80",
            "80:",
            "x:80",
            "0:1",
            "1-2:3",
            "2-1:2-1",
            "1-65535:1-65535",
            "a:1:1",
            "1:1/icmp",
            "99999:1",
        ] {
            assert!(short(bad).is_err(), "{bad}");
        }
    }
}
