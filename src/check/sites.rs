//! Rules about the networks of sites: sound by themselves, and apart from each other.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;

use super::addresses::{misfit, no_machines, remedy};
use crate::diag::{Diagnostic, Faults, codes};
use crate::load::decode::At;
use crate::model::{Fleet, Site};
use crate::value::{Address, SiteName};

/// A site's gateway and DHCP range lie in its network, and no address is one that no machine has.
pub(super) fn are_sound(fleet: &Fleet, faults: &mut Faults) {
    for (name, site) in &fleet.sites {
        let bad = addresses_are_machines(name, site, faults);
        let mixed = range_is_of_one_family(name, site, faults);
        let Some(subnet) = &site.subnet else { continue };
        let range = site.dhcp_range.iter().filter(|_| !mixed);
        let range = range.flat_map(|(first, last)| [("the DHCP range", first), ("the DHCP range", last)]);
        // Routers of IPv6 are mostly known by their link-local address.
        let elsewhere = |gateway: &&At<Address>| !(subnet.value.0.addr().is_ipv6() && is_link_local(gateway.value.0));
        let gateway = site.gateway.iter().filter(elsewhere).map(|gateway| ("the gateway", gateway));
        for (what, address) in gateway.chain(range).filter(|(_, address)| !bad.contains(&address.value)) {
            if let Some(why) = misfit(address.value.0, subnet.value.0) {
                faults.push(
                    Diagnostic::new(codes::BAD_ADDRESSING, format!("{what} of site `{name}` {why} {}", subnet.value.0))
                        .at(address.span, "does not fit")
                        .at(subnet.span, "the site's network")
                        .help("correct the one or the other")
                        .about("sites", name),
                );
            }
        }
    }
}

fn is_link_local(ip: IpAddr) -> bool {
    matches!(ip, IpAddr::V6(ip) if ip.is_unicast_link_local())
}

/// Reports addresses that no machine has, and returns them.
fn addresses_are_machines(name: &SiteName, site: &Site, faults: &mut Faults) -> Vec<Address> {
    let mut bad = Vec::new();
    let gateway = site.gateway.iter().filter(|gateway| !is_link_local(gateway.value.0)).map(|at| ("the gateway", at));
    // A name server may run on every machine of the site, and may be known by a link-local address.
    let dns = site.dns.iter().filter(|at| !at.value.0.is_loopback() && !is_link_local(at.value.0));
    let range = site.dhcp_range.iter().flat_map(|(first, last)| [first, last]).map(|at| ("the DHCP range", at));
    for (what, address) in gateway.chain(dns.map(|at| ("a name server", at))).chain(range) {
        let Some(why) = no_machines(address.value.0) else { continue };
        bad.push(address.value);
        faults.push(
            Diagnostic::new(
                codes::BAD_ADDRESS,
                format!("{what} of site `{name}` cannot have the address {}", address.value),
            )
            .at(address.span, why)
            .help(remedy(address.value.0))
            .about("sites", name),
        );
    }
    bad
}

fn range_is_of_one_family(name: &SiteName, site: &Site, faults: &mut Faults) -> bool {
    let Some((first, last)) = &site.dhcp_range else { return false };
    let mixed = first.value.0.is_ipv4() != last.value.0.is_ipv4();
    if mixed {
        faults.push(
            Diagnostic::new(
                codes::BAD_ADDRESSING,
                format!("the DHCP range of site `{name}` begins in one family and ends in another"),
            )
            .at(last.span, "ends here")
            .at(first.span, "begins here")
            .help("give two addresses of IPv4, or two of IPv6")
            .about("sites", name),
        );
    }
    mixed
}

/// DHCP does not hand out the router's address.
pub(super) fn gateways_are_kept(fleet: &Fleet, faults: &mut Faults) {
    for (name, site) in &fleet.sites {
        let (Some(gateway), Some((first, last))) = (&site.gateway, &site.dhcp_range) else { continue };
        if first.value.0.is_ipv4() == last.value.0.is_ipv4() && (first.value..=last.value).contains(&gateway.value) {
            faults.push(
                Diagnostic::new(
                    codes::GATEWAY_IN_DHCP,
                    format!("the DHCP range of site `{name}` contains its gateway"),
                )
                .at(gateway.span, "DHCP may hand this out")
                .at(first.span, "the range begins here")
                .help("begin the range behind it, or end it before")
                .about("sites", name),
            );
        }
    }
}

/// No two sites have addresses in common; told once for each site, against the largest network that it meets.
pub(super) fn stand_apart(fleet: &Fleet, faults: &mut Faults) {
    let mut networks: BTreeMap<(IpAddr, u8, &SiteName), (&Site, IpNet)> = BTreeMap::new();
    for (name, site) in &fleet.sites {
        if let Some(subnet) = &site.subnet {
            let net = subnet.value.0;
            networks.insert((net.network(), net.prefix_len(), name), (site, net));
        }
    }
    // Networks lie in each other or apart, so what a network lies in comes before it and has not ended.
    let mut around: Option<(&SiteName, &Site, IpNet)> = None;
    for ((_, _, name), (site, net)) in networks {
        match around {
            Some((outer, of, wide)) if wide.contains(&net) => {
                let subnet = |site: &Site| site.subnet.map_or(site.span, |subnet| subnet.span);
                faults.push(
                    Diagnostic::new(
                        codes::SITES_OVERLAP,
                        match wide == net {
                            true => format!("the sites `{outer}` and `{name}` have the same network"),
                            false => format!("the network of site `{name}` lies in that of `{outer}`"),
                        },
                    )
                    .at(subnet(site), "these addresses")
                    .at(subnet(of), "stand here as well")
                    .help("give one of them another network, or make one site of the two")
                    .about("sites", name)
                    .about("sites", outer),
                );
            }
            _ => around = Some((name, site, net)),
        }
    }
}
