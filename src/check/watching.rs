//! Rules about what Prometheus is told of targets: their labels, and how it asks them.

use std::collections::BTreeMap;

use super::told;
use crate::diag::{Diagnostic, Faults, codes, counted};
use crate::model::Fleet;
use crate::value::{HostName, Scheme};
use crate::watch::Scrape;

/// More labels than this on a host are too many: each is kept with every series.
const LABELS: usize = 16;

/// Hosts have few labels.
pub(super) fn labels_are_few(fleet: &Fleet, faults: &mut Faults) {
    let many = fleet.hosts.values().filter(|host| host.labels.len() > LABELS);
    let mut by_number: BTreeMap<usize, Vec<&HostName>> = BTreeMap::new();
    for host in many {
        by_number.entry(host.labels.len()).or_default().push(&host.name);
    }
    for (number, hosts) in by_number {
        told::once(fleet, codes::MANY_LABELS, hosts, faults, |among| {
            let labels = counted(number, "label");
            Diagnostic::new(codes::MANY_LABELS, format!("{among} has {labels}"))
                .at(fleet.hosts[among.first].span, format!("{LABELS} are enough"))
                .help("keep what selectors, routes and queries ask for; put the rest into the host's own modules")
        });
    }
}

/// Targets are asked in a way that makes sense.
pub(super) fn scrapes_are_whole(fleet: &Fleet, faults: &mut Faults) {
    for (name, service) in fleet.services.iter().filter(|(_, service)| !service.poisoned) {
        let silent = fleet.kinds.get(&service.kind).is_some_and(|kind| kind.front.metrics.is_none());
        let unheard = (silent && service.scrape.is_some()).then_some((
            "is never asked, because its kind has no `metrics`",
            "leave `scrape` out, or let the kind say where it answers Prometheus",
        ));
        if let Some((says, help)) = unheard.or_else(|| fault(service.scrape.as_ref()?)) {
            faults.push(
                Diagnostic::new(codes::BAD_SCRAPE, format!("`{name}` {says}"))
                    .at(service.span, "asked in this way")
                    .help(help)
                    .about("services", name),
            );
        }
        let mut hosts: BTreeMap<_, Vec<&HostName>> = BTreeMap::new();
        for (host, scrape) in &service.host_scrapes {
            if let Some(fault) = fault(scrape) {
                hosts.entry(fault).or_default().push(host);
            }
        }
        for ((says, help), hosts) in hosts {
            told::once(fleet, codes::BAD_SCRAPE, hosts, faults, |among| {
                Diagnostic::new(codes::BAD_SCRAPE, format!("`{name}` on {among} {says}"))
                    .at(fleet.hosts[among.first].span, "asked in this way")
                    .help(help)
            });
        }
    }
}

/// What is wrong with a way of asking, and the remedy.
fn fault(scrape: &Scrape) -> Option<(&'static str, &'static str)> {
    let encrypted = scrape.scheme == Some(Scheme::Https);
    let certificates = scrape.ca.is_some() || scrape.server_name.is_some() || scrape.insecure;
    if certificates && !encrypted {
        return Some((
            "is asked without TLS, and `ca`, `server_name` and `insecure` are about certificates",
            "add `scheme: https` to `scrape`, or leave them out",
        ));
    }
    if scrape.insecure && (scrape.ca.is_some() || scrape.server_name.is_some()) {
        return Some((
            "takes any certificate, and `ca` and `server_name` say which one",
            "leave `insecure` out, or the two others",
        ));
    }
    match (&scrape.username, &scrape.password) {
        (Some(_), None) => Some(("has an account without a password", "add `password: { secret: NAME }` to `scrape`")),
        (None, Some(_)) => Some(("has a password without an account", "add `username` to `scrape`")),
        _ => None,
    }
}
