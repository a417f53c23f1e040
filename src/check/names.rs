//! Rules about the names of hosts: each means one machine, and something answers for it.

use std::collections::BTreeMap;

use crate::diag::{Diagnostic, Faults, codes};
use crate::load::decode::At;
use crate::model::{Fleet, Host};
use crate::nix::Literal;
use crate::source::Span;
use crate::value::{DnsName, Domain, HostName, Managed, is_below};

/// An alias as it is written, and in the fleet's domain where it has no dot.
pub fn in_domain(alias: &DnsName, domain: Option<&Domain>) -> impl Iterator<Item = String> {
    let full = domain.filter(|_| !alias.as_str().contains('.')).map(|domain| format!("{alias}.{domain}"));
    std::iter::once(alias.to_string()).chain(full)
}

/// The host that a name means, by its own name.
pub(super) fn host_called<'f>(fleet: &'f Fleet, name: &str) -> Option<&'f Host> {
    let domain = fleet.domain.as_ref().map(Domain::as_str);
    let label = domain.and_then(|domain| name.strip_suffix(domain)?.strip_suffix('.')).unwrap_or(name);
    fleet.hosts.get(label)
}

/// Every alias, with the host that has it.
pub(super) fn aliases(fleet: &Fleet) -> BTreeMap<String, (&Host, Span)> {
    let mut known = BTreeMap::new();
    for host in fleet.hosts.values() {
        for alias in &host.aliases {
            for name in in_domain(&alias.value, fleet.domain.as_ref()) {
                known.entry(name).or_insert((host, alias.span));
            }
        }
    }
    known
}

/// No alias is a name of another host, or one that its host has anyway.
pub(super) fn mean_one_host(fleet: &Fleet, faults: &mut Faults) {
    let known = aliases(fleet);
    for host in fleet.hosts.values() {
        for alias in &host.aliases {
            let mut names = in_domain(&alias.value, fleet.domain.as_ref());
            let taken = names.find_map(|name| {
                let called = host_called(fleet, &name).map(|host| (host, host.span));
                called.or_else(|| known.get(&name).copied()).filter(|(_, span)| *span != alias.span)
            });
            let Some((other, span)) = taken else { continue };
            faults.push(if other.name == host.name {
                idle(host, alias, span)
            } else {
                twice(host, other, alias, span)
            });
        }
    }
}

fn idle(host: &Host, alias: &At<DnsName>, first: Span) -> Diagnostic {
    Diagnostic::new(codes::NO_EFFECT, format!("host `{}` is called `{}` already", host.name, alias.value))
        .at(alias.span, "this has no effect")
        .at(first, "by this")
        .help("remove it")
        .about("hosts", &host.name)
}

fn twice(host: &Host, other: &Host, alias: &At<DnsName>, first: Span) -> Diagnostic {
    Diagnostic::new(
        codes::NAME_TWICE,
        format!("`{}` would mean host `{}` and host `{}`", alias.value, host.name, other.name),
    )
    .at(alias.span, format!("means `{}`", host.name))
    .at(first, format!("means `{}`", other.name))
    .help("give one of them another name")
    .about("hosts", &host.name)
    .about("hosts", &other.name)
}

/// No host is called what no machine can be reached by.
pub(super) fn can_be_asked_for(fleet: &Fleet, faults: &mut Faults) {
    let suffix = fleet.domain.as_ref().map_or(0, |domain| domain.as_str().len() + 1);
    for host in fleet.hosts.values() {
        let own = (host.name.as_str(), host.span);
        for (name, span) in std::iter::once(own).chain(host.aliases.iter().map(|at| (at.value.as_str(), at.span))) {
            let why = if is_below(name, "localhost") {
                "means every machine itself"
            } else if name.len() + if name.contains('.') { 0 } else { suffix } > 253 {
                "is longer than 253 characters with the domain"
            } else {
                continue;
            };
            faults.push(
                Diagnostic::new(codes::RESERVED_NAME, format!("no host can be called `{name}`"))
                    .at(span, why)
                    .help("choose another name")
                    .about("hosts", &host.name),
            );
        }
    }
}

/// Something answers for names in `.local`; told once for each name.
pub(super) fn are_answered_for(fleet: &Fleet, faults: &mut Faults) {
    let is_local = |name: &str| is_below(name, "local");
    if fleet.domain.as_ref().is_some_and(|domain| is_local(domain.as_str())) {
        return;
    }
    for host in fleet.hosts.values().filter(|host| host.managed == Managed::Full && !host.poisoned) {
        let reached = host.layer.deploy.as_ref().and_then(|deploy| deploy.hostname.as_ref());
        let reached = reached.map(|hostname| (hostname.value.as_str(), hostname.span));
        let names = host.aliases.iter().map(|alias| (alias.value.as_str(), alias.span)).chain(reached);
        for (name, span) in names.filter(|(name, _)| is_local(name)) {
            if !has_multicast_dns(fleet, host) {
                faults.push(unanswered(name, span, &host.name).about("hosts", &host.name));
            }
        }
    }
    for (service, entry) in &fleet.services {
        for known in entry.names.iter().filter(|known| is_local(&known.name.value)) {
            let mut hosts = entry.hosts.iter().filter_map(|host| fleet.hosts.get(host));
            if let Some(host) = hosts.find(|host| !host.poisoned && !has_multicast_dns(fleet, host)) {
                let diagnostic = unanswered(&known.name.value, known.name.span, &host.name);
                faults.push(diagnostic.about("services", service).about("hosts", &host.name));
            }
        }
    }
}

fn unanswered(name: &str, span: Span, host: &HostName) -> Diagnostic {
    Diagnostic::new(codes::LOCAL_WITHOUT_MDNS, format!("nothing on host `{host}` answers for `{name}`"))
        .at(span, "`.local` is resolved by multicast DNS")
        .help("set `services.avahi.enable` in a module of the host, or use a name below a domain of yours")
}

fn has_multicast_dns(fleet: &Fleet, host: &Host) -> bool {
    let avahi = fleet.settings(host, &["services", "avahi", "enable"]);
    let on = |value: &Literal| *value != Literal::Bool(false);
    let resolved = || {
        fleet.settings(host, &["services", "resolved"]).iter().any(|setting| {
            let named = setting.assigned.dotted().ends_with(".MulticastDNS");
            let in_text = match &setting.assigned.value {
                Literal::Text(text) => text.contains("MulticastDNS"),
                _ => false,
            };
            in_text || named && on(&setting.assigned.value)
        })
    };
    avahi.iter().any(|setting| on(&setting.assigned.value)) || resolved()
}
