//! Rules about addresses that move: they belong to the network of their hosts, and to nobody else.

use std::collections::BTreeMap;

use super::addresses::misfit;
use crate::diag::{Diagnostic, Faults, codes, listed};
use crate::load::decode::At;
use crate::model::{Failover, Fleet, Host, Site};
use crate::source::Span;
use crate::value::{Address, FailoverName, RouterId, SiteName, Vip};

/// What has an address that moves, with its hosts; also where the service has faults of its own.
fn floating(fleet: &Fleet) -> impl Iterator<Item = (&FailoverName, &Failover, At<Vip>, Vec<&Host>)> {
    let read = fleet.failover.iter().filter(|(_, failover)| !failover.poisoned && failover.lease.is_none());
    read.filter_map(|(name, failover)| {
        let hosts = failover.hosts.iter().filter_map(|host| fleet.hosts.get(&host.value)).collect();
        Some((name, failover, failover.vip?, hosts))
    })
}

/// The one site of some hosts.
fn site_of<'f>(fleet: &'f Fleet, hosts: &[&'f Host]) -> Option<(&'f SiteName, &'f Site)> {
    let name = &hosts.first()?.site.as_ref()?.value;
    let same = hosts.iter().all(|host| host.site.as_ref().is_some_and(|site| site.value == *name));
    fleet.sites.get_key_value(name).filter(|_| same)
}

/// The hosts of an address share a network.
pub(super) fn hosts_share_a_network(fleet: &Fleet, faults: &mut Faults) {
    for (name, failover, vip, hosts) in floating(fleet) {
        let found = site_of(fleet, &hosts);
        if hosts.is_empty() || found.is_some_and(|(_, site)| site.subnet.is_some() || site.poisoned) {
            continue;
        }
        let place = |host: &&Host| match &host.site {
            Some(site) => format!("`{}` is in {}", host.name, site.value),
            None => format!("`{}` is in no site", host.name),
        };
        let (label, help) = match found {
            Some(_) => ("nothing says which network this is", "add `subnet` to the site of these hosts".to_owned()),
            None => {
                let places = listed(&hosts.iter().map(place).collect::<Vec<_>>());
                ("an address moves only within one network", places)
            }
        };
        faults.push(
            Diagnostic::new(codes::VIP_BETWEEN_SITES, format!("the hosts of `{name}` share no network"))
                .at(vip.span, label)
                .at(failover.span, "moves between them")
                .help(help)
                .about("failover", name),
        );
    }
}

/// An address that moves lies in the network of its hosts, outside of what DHCP hands out, and is nobody else's.
pub(super) fn addresses_are_free(fleet: &Fleet, faults: &mut Faults) {
    let mut taken: BTreeMap<_, (String, Span)> = BTreeMap::new();
    for (site, of) in &fleet.sites {
        let servers = of.dns.iter().map(|at| (at.value, (format!("a name server of site `{site}`"), at.span)));
        taken.extend(servers);
        taken.extend(of.gateway.map(|at| (at.value, (format!("the gateway of site `{site}`"), at.span))));
    }
    for host in fleet.hosts.values() {
        taken.extend(host.address.map(|at| (at.value, (format!("the address of host `{}`", host.name), at.span))));
    }
    for (name, _, vip, hosts) in floating(fleet) {
        let address = vip.value.address();
        let mut wrong = |label: String, other: Option<(Span, String)>, help: &str| {
            let message = format!("`{name}` cannot have the address {address}");
            let mut diagnostic = Diagnostic::new(codes::VIP_MISPLACED, message).at(vip.span, label);
            if let Some((span, what)) = other {
                diagnostic = diagnostic.at(span, what);
            }
            faults.push(diagnostic.help(help.to_owned()).about("failover", name));
        };
        if let Some((what, span)) = taken.insert(address, (format!("the address of `{name}`"), vip.span)) {
            wrong(format!("is {what}"), Some((span, "set here".to_owned())), "take an address that nobody has");
            continue;
        }
        let other_family = |host: &&&Host| host.address.is_some_and(|at| at.value.0.is_ipv4() != address.0.is_ipv4());
        if let Some(host) = hosts.iter().find(other_family) {
            let own = host.address.map(|at| (at.span, format!("the address of host `{}`", host.name)));
            let help = "VRRP speaks one family at a time: take an address of that of the hosts";
            wrong("is of another family than its hosts".to_owned(), own, help);
            continue;
        }
        let Some((_, site)) = site_of(fleet, &hosts) else { continue };
        let Some(subnet) = site.subnet else { continue };
        let there = Some((subnet.span, "the site's network".to_owned()));
        if let Some(why) = misfit(address.0, subnet.value.0) {
            wrong(format!("{why} {}", subnet.value.0), there, "take an address of the network of its hosts");
        } else if vip.value.0.prefix_len() != subnet.value.0.prefix_len() {
            let help = format!("write `{address}/{}`", subnet.value.0.prefix_len());
            wrong(format!("says that the network is {}", vip.value.0.trunc()), there, &help);
        } else if let Some((first, last)) = &site.dhcp_range
            && (first.value..=last.value).contains(&address)
        {
            let range = Some((first.span, "the range begins here".to_owned()));
            wrong("DHCP may hand this out".to_owned(), range, "take an address outside of the range");
        }
    }
}

/// An address is put on an interface that is known.
pub(super) fn interfaces_are_known(fleet: &Fleet, faults: &mut Faults) {
    for (name, _, vip, hosts) in floating(fleet) {
        for host in hosts.into_iter().filter(|host| host.interface.is_none() && !host.poisoned) {
            let message = format!("nothing says on which interface of host `{}` `{name}` is", host.name);
            faults.push(
                Diagnostic::new(codes::NO_INTERFACE, message)
                    .at(host.span, "no interface")
                    .at(vip.span, "is put on one")
                    .help("add `network: { interface: NAME }` or `mac`, or facts with one interface")
                    .about("failover", name)
                    .about("hosts", &host.name),
            );
        }
    }
}

/// No two addresses of a network have one number in VRRP.
pub(super) fn numbers_stand_once(fleet: &Fleet, faults: &mut Faults) {
    let mut numbers: BTreeMap<(&SiteName, bool, RouterId), (&FailoverName, Span, Address)> = BTreeMap::new();
    for (name, failover, vip, hosts) in floating(fleet) {
        let Some((site, network)) = site_of(fleet, &hosts) else { continue };
        let address = vip.value.address();
        // An address that cannot be is told of by itself.
        if network.subnet.is_some_and(|subnet| misfit(address.0, subnet.value.0).is_some()) {
            continue;
        }
        let span = failover.router_id.map_or(vip.span, |at| at.span);
        let Some(number) = failover.router_id.map(|at| at.value).or_else(|| vip.value.router_id()) else {
            faults.push(
                Diagnostic::new(codes::ROUTER_ID_TWICE, format!("`{name}` has no number in VRRP"))
                    .at(span, "ends in 0, and numbers begin with 1")
                    .help("add `router_id`, from 1 to 255, which nothing else on this network has")
                    .about("failover", name),
            );
            continue;
        };
        let v4 = vip.value.0.addr().is_ipv4();
        let found = numbers.insert((site, v4, number), (name, span, address));
        if let Some((other, first, _)) = found.filter(|(.., other)| *other != address) {
            let help = match failover.router_id {
                Some(_) => "give one of them another number, from 1 to 255",
                None => "it is the last byte of the address: take another address, or add `router_id` to one of them",
            };
            faults.push(
                Diagnostic::new(
                    codes::ROUTER_ID_TWICE,
                    format!("`{other}` and `{name}` have the number {number} in VRRP"),
                )
                .at(span, "again")
                .at(first, "first here")
                .help(help)
                .about("failover", name)
                .about("failover", other),
            );
        }
    }
}
