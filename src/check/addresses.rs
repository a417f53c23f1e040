//! Rules about addresses: inside their network, and nobody else's.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;

use crate::diag::{Diagnostic, Faults, codes};
use crate::load::decode::At;
use crate::model::{Fleet, Host, Site};
use crate::value::{Managed, NetworkMode};

/// The way a host gets its address; DHCP when it does not say.
pub fn mode(host: &Host) -> NetworkMode {
    let network = host.layer.network.as_ref();
    network.and_then(|network| network.mode.as_ref()).map_or(NetworkMode::Dhcp, |mode| mode.value)
}

fn site<'f>(fleet: &'f Fleet, host: &Host) -> Option<&'f Site> {
    fleet.sites.get(&host.site.as_ref()?.value)
}

/// A host's address lies in its site's network, and a static one outside of what DHCP hands out.
pub(super) fn fit_their_site(fleet: &Fleet, faults: &mut Faults) {
    for host in fleet.hosts.values() {
        let (Some(address), Some(site)) = (&host.address, site(fleet, host)) else { continue };
        let ip = address.value.0;
        if no_machines(ip).is_some() {
            continue;
        }
        if let Some(subnet) = &site.subnet
            && let Some(why) = misfit(ip, subnet.value.0)
        {
            faults.push(
                Diagnostic::new(
                    codes::BAD_ADDRESSING,
                    format!("the address of host `{}` {why} {}", host.name, subnet.value.0),
                )
                .at(address.span, "does not fit")
                .at(subnet.span, "the site's network")
                .help("correct the address, or the host's `site`")
                .about("hosts", &host.name),
            );
        }
        if let Some(gateway) =
            site.gateway.filter(|gateway| gateway.value == address.value && host.managed != Managed::Scrape)
        {
            faults.push(
                Diagnostic::new(codes::BAD_ADDRESSING, format!("host `{}` has the address of the gateway", host.name))
                    .at(address.span, "the gateway's")
                    .at(gateway.span, "set here")
                    .help("give the host another address")
                    .about("hosts", &host.name),
            );
        }
        if let Some((first, last)) = &site.dhcp_range
            && mode(host) == NetworkMode::Static
            && (first.value.0..=last.value.0).contains(&ip)
        {
            faults.push(
                Diagnostic::new(
                    codes::ADDRESS_IN_DHCP,
                    format!("the static address of host `{}` lies in the DHCP range", host.name),
                )
                .at(address.span, "DHCP may hand this out")
                .at(first.span, "the range begins here")
                .about("hosts", &host.name)
                .help("take an address outside of the range, or `network: { mode: dhcp }` and a reservation"),
            );
        }
    }
}

/// Why an address cannot be a machine's in a network.
pub(super) fn misfit(ip: IpAddr, subnet: IpNet) -> Option<&'static str> {
    let point_to_point = subnet.max_prefix_len() - subnet.prefix_len() <= 1;
    if ip.is_ipv4() != subnet.addr().is_ipv4() {
        Some("is of another family than")
    } else if !subnet.contains(&ip) {
        Some("lies outside of")
    } else if point_to_point {
        None
    } else if ip == subnet.network() {
        Some("is the network address of")
    } else if ip == subnet.broadcast() && ip.is_ipv4() {
        Some("is the broadcast address of")
    } else {
        None
    }
}

/// Why an address belongs to no machine, wherever it stands.
pub(super) fn no_machines(ip: IpAddr) -> Option<&'static str> {
    match ip {
        IpAddr::V4(v4) if v4.octets()[0] == 0 => Some("stands for any address"),
        IpAddr::V4(v4) if v4.is_link_local() => Some("is link-local: machines choose those by themselves"),
        IpAddr::V4(v4) if v4.is_broadcast() => Some("is for broadcasts"),
        IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some() => Some("is an IPv4 address in the guise of IPv6"),
        IpAddr::V6(v6) if v6.is_unicast_link_local() => Some("is link-local: it means nothing without an interface"),
        _ if ip.is_unspecified() => Some("stands for any address"),
        _ if ip.is_loopback() => Some("is the machine itself, on every machine"),
        _ if ip.is_multicast() => Some("is for multicast"),
        IpAddr::V4(v4) if v4.octets()[0] >= 240 => Some("is reserved"),
        _ => None,
    }
}

/// A host's address can be a machine's.
pub(super) fn are_machines(fleet: &Fleet, faults: &mut Faults) {
    for host in fleet.hosts.values() {
        let Some(address) = &host.address else { continue };
        let Some(why) = no_machines(address.value.0) else { continue };
        faults.push(
            Diagnostic::new(
                codes::BAD_ADDRESS,
                format!("host `{}` cannot have the address {}", host.name, address.value),
            )
            .at(address.span, why)
            .help(remedy(address.value.0))
            .about("hosts", &host.name),
        );
    }
}

pub(super) fn remedy(ip: IpAddr) -> String {
    let mapped = if let IpAddr::V6(v6) = ip { v6.to_ipv4_mapped() } else { None };
    mapped.map_or_else(|| "give the address that others reach it by".to_owned(), |v4| format!("write `{v4}`"))
}

/// No two hosts share an address or a MAC.
pub(super) fn stand_once(fleet: &Fleet, faults: &mut Faults) {
    let mut addresses: BTreeMap<IpAddr, (&Host, &At<crate::value::Address>)> = BTreeMap::new();
    let mut macs = BTreeMap::new();
    for host in fleet.hosts.values() {
        if let Some(address) = &host.address
            && let Some((other, first)) = addresses.insert(address.value.0, (host, address))
        {
            faults.push(
                Diagnostic::new(
                    codes::ADDRESS_TWICE,
                    format!("hosts `{}` and `{}` have the same address", other.name, host.name),
                )
                .at(address.span, "again")
                .at(first.span, "first here")
                .help("give one of them another address")
                .about("hosts", &host.name)
                .about("hosts", &other.name),
            );
        }
        if let Some(mac) = &host.mac
            && let Some((other, first)) = macs.insert(&mac.value, (host, mac))
        {
            faults.push(
                Diagnostic::new(
                    codes::MAC_TWICE,
                    format!("hosts `{}` and `{}` have the same MAC address", other.name, host.name),
                )
                .at(mac.span, "again")
                .at(first.span, "first here")
                .help("one of the two was copied; `ip link` on the machine shows its own")
                .about("hosts", &host.name)
                .about("hosts", &other.name),
            );
        }
    }
}

/// Static addressing has a network, a gateway and an interface.
pub(super) fn static_is_complete(fleet: &Fleet, faults: &mut Faults) {
    for host in fleet.hosts.values().filter(|host| host.managed == Managed::Full && !host.poisoned) {
        if mode(host) != NetworkMode::Static {
            continue;
        }
        let site = site(fleet, host);
        if site.is_some_and(|site| site.poisoned) {
            continue;
        }
        let mut lacks = Vec::new();
        match site {
            None => lacks.push("a `site`"),
            Some(site) => {
                if site.subnet.is_none() {
                    lacks.push("the site's `subnet`");
                }
                if site.gateway.is_none() {
                    lacks.push("the site's `gateway`");
                }
            }
        }
        if host.interface.is_none() {
            lacks.push("its interface (`network.interface`, `mac`, or facts with one interface)");
        }
        if !lacks.is_empty() {
            let mode = host.layer.network.as_ref().and_then(|network| network.mode);
            faults.push(
                Diagnostic::new(
                    codes::STATIC_INCOMPLETE,
                    format!("static addressing of host `{}` is incomplete", host.name),
                )
                .at(host.span, "this host")
                .at(mode.map_or(host.span, |mode| mode.span), "is set to static")
                .help(format!("it lacks {}", crate::diag::listed(&lacks)))
                .about("hosts", &host.name),
            );
        }
    }
}
