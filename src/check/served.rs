//! Rules about the names that services answer to.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{aliases, host_called};
use crate::diag::{Diagnostic, Faults, codes};
use crate::load::decode::At;
use crate::model::Fleet;
use crate::value::{HostName, ServiceName, why_not_public};

/// No two services that meet on a host answer to one name.
pub(super) fn stand_once(fleet: &Fleet, faults: &mut Faults) {
    let mut by_name: BTreeMap<&str, Vec<(&ServiceName, &At<String>)>> = BTreeMap::new();
    for (service, entry) in &fleet.services {
        for known in entry.names.iter().filter(|known| known.served) {
            by_name.entry(&known.name.value).or_default().push((service, &known.name));
        }
    }
    for (name, services) in by_name.iter().filter(|(_, services)| services.len() > 1) {
        let mut first_on: BTreeMap<&HostName, (&ServiceName, &At<String>)> = BTreeMap::new();
        let mut told = BTreeSet::new();
        for (service, place) in services {
            for host in fleet.services[*service].places() {
                let (first, at) = *first_on.entry(host).or_insert((service, place));
                if first == *service || !told.insert((first, service)) {
                    continue;
                }
                faults.push(
                    Diagnostic::new(
                        codes::SERVED_TWICE,
                        format!("`{first}` and `{service}` both answer to `{name}` on host `{host}`"),
                    )
                    .at(place.span, "again")
                    .at(at.span, "first here")
                    .help("give one of them another name, or place it on another host")
                    .about("services", service)
                    .about("services", first)
                    .about("hosts", host),
                );
            }
        }
    }
}

/// No service answers to what another host is called.
pub(super) fn are_no_host(fleet: &Fleet, faults: &mut Faults) {
    let aliases = aliases(fleet);
    for (service, entry) in &fleet.services {
        for known in entry.names.iter().filter(|known| known.served) {
            let name = &known.name.value;
            let called = host_called(fleet, name).map(|host| (host, host.span));
            let Some((host, span)) = called.or_else(|| aliases.get(name).copied()) else { continue };
            if entry.hosts.is_empty() || entry.hosts.contains(&host.name) {
                continue;
            }
            faults.push(
                Diagnostic::new(
                    codes::NAME_OF_A_HOST,
                    format!("`{service}` answers to `{name}`, which is the name of host `{}`", host.name),
                )
                .at(known.name.span, format!("does not run on `{}`", host.name))
                .at(span, "has this name")
                .help("give the service a name of its own")
                .about("services", service)
                .about("hosts", &host.name),
            );
        }
    }
}

/// Public certificates are asked for names that can have one.
pub(super) fn can_have_certificates(fleet: &Fleet, faults: &mut Faults) {
    for (service, entry) in &fleet.services {
        for known in entry.names.iter().filter(|known| known.public) {
            let name = &known.name.value;
            let why = match name.strip_prefix("*.") {
                _ if name == "_" => Some("it stands for any name"),
                Some(rest) => Some(why_not_public(rest).unwrap_or("a name with `*` needs a proof by DNS")),
                None => why_not_public(name),
            };
            let Some(why) = why else { continue };
            faults.push(
                Diagnostic::new(codes::NOT_CERTIFIABLE, format!("no public certificate can be had for `{name}`"))
                    .at(known.name.span, why)
                    .help("use a name of a public domain, or leave out what asks for certificates")
                    .about("services", service),
            );
        }
    }
}
