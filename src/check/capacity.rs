//! Rules about what services need of a machine: its platform, memory and processors.

use std::collections::BTreeMap;

use crate::diag::{Diagnostic, Faults, codes, listed};
use crate::kind::Kind;
use crate::model::facts::Facts;
use crate::model::{Fleet, Host, Service};
use crate::source::Span;
use crate::value::{HostName, ServiceName, Size};

/// A service runs on the platform of each of its hosts; told once for each service.
pub(super) fn platforms_fit(fleet: &Fleet, faults: &mut Faults) {
    for (name, service) in &fleet.services {
        let Some(systems) = fleet.kinds.get(&service.kind).and_then(|kind| kind.front.systems.as_ref()) else {
            continue;
        };
        let hosts = service.places().filter_map(|host| fleet.hosts.get(host));
        let unfit: Vec<(&Host, _)> = hosts
            .filter_map(|host| Some((host, host.system?)))
            .filter(|(_, system)| !systems.iter().any(|known| known.value == *system))
            .collect();
        let Some((host, system)) = unfit.first() else { continue };
        let known: Vec<_> = systems.iter().map(|known| known.value.to_string()).collect();
        faults.push(
            Diagnostic::new(
                codes::WRONG_SYSTEM,
                match unfit.len() {
                    1 => format!("`{name}` does not run on host `{}`", host.name),
                    many => format!("`{name}` does not run on {many} hosts, `{}` among them", host.name),
                },
            )
            .at(service.span, format!("kind `{}` is for {}", service.kind, listed(&known)))
            .at(host.span, format!("is {system}"))
            .help("place it on another host")
            .about("services", name)
            .about("hosts", &host.name),
        );
    }
}

/// `resources` limit a unit, and no unit has the limits of two services.
pub(super) fn limits_reach_a_unit(fleet: &Fleet, faults: &mut Faults) {
    let mut units: BTreeMap<(&HostName, String), &ServiceName> = BTreeMap::new();
    for (name, service, kind) in limited(fleet) {
        let span = service.memory.map(|at| at.span).or(service.cpus.map(|at| at.span)).unwrap_or(service.span);
        let named: Vec<_> = kind
            .front
            .units
            .iter()
            .flatten()
            .map(|unit| unit.value.as_str().replace("{service}", name.as_str()))
            .collect();
        if named.is_empty() {
            faults.push(
                Diagnostic::new(codes::NO_UNIT, format!("the resources of `{name}` would limit nothing"))
                    .at(span, format!("kind `{}` names no units", service.kind))
                    .help(format!(
                        "add `units: [NAME]` to the front matter of `{}`, or remove `resources`",
                        service.kind
                    ))
                    .about("services", name),
            );
        }
        let places = service.places().flat_map(|host| named.iter().map(move |unit| (host, unit.clone())));
        let shared = places.filter_map(|place| {
            let first = units.insert(place.clone(), name)?;
            Some((first, place))
        });
        if let Some((first, (host, unit))) = shared.collect::<Vec<_>>().into_iter().next() {
            faults.push(
                Diagnostic::new(
                    codes::NO_UNIT,
                    format!("`{first}` and `{name}` both limit the unit `{unit}` on host `{host}`"),
                )
                .at(span, "these limits")
                .at(fleet.services[first].span, "and those of this one")
                .help("give resources to one of them, or units of their own to the kind")
                .about("services", name)
                .about("services", first),
            );
        }
    }
}

fn limited(fleet: &Fleet) -> impl Iterator<Item = (&ServiceName, &Service, &Kind)> {
    let limited = fleet.services.iter().filter(|(_, service)| service.memory.is_some() || service.cpus.is_some());
    limited.filter_map(|(name, service)| Some((name, service, fleet.kinds.get(&service.kind)?)))
}

/// What a service is promised of one good of a host: bytes, or hundredths of a processor.
struct Share<'f> {
    name: &'f ServiceName,
    amount: u64,
    shown: String,
    span: Span,
}

/// One good of a machine: what it is called, how much facts show, and how to show that.
struct Good {
    name: &'static str,
    has: fn(&Facts) -> u64,
    show: fn(u64) -> String,
    share: fn(&Service) -> Option<(u64, String, Span)>,
}

const GOODS: &[Good] = &[
    Good {
        name: "memory",
        has: |facts| facts.memory,
        show: |bytes| Size::rounded(bytes).to_string(),
        share: |service| service.memory.map(|at| (at.value.bytes(), at.value.to_string(), at.span)),
    },
    Good {
        name: "processors",
        has: |facts| u64::from(facts.cpus) * 100,
        show: |hundredths| (hundredths / 100).to_string(),
        share: |service| service.cpus.map(|at| (u64::from(at.value.hundredths()), at.value.to_string(), at.span)),
    },
];

/// No service is promised more than one of its hosts has, nor all of a host together.
pub(super) fn machines_are_large_enough(fleet: &Fleet, faults: &mut Faults) {
    for good in GOODS {
        let mut shares: BTreeMap<&HostName, Vec<Share<'_>>> = BTreeMap::new();
        for (name, service, kind) in limited(fleet) {
            let Some((amount, shown, span)) = (good.share)(service) else { continue };
            // Every unit may use that much.
            let amount = amount.saturating_mul(kind.front.units.as_ref().map_or(1, Vec::len).max(1) as u64);
            let has = |host: &HostName| fleet.hosts.get(host)?.facts.as_ref().map(good.has).filter(|has| *has > 0);
            let known = || service.places().filter_map(|host| Some((host, has(host)?)));
            let small: Vec<_> = known().filter(|(_, has)| amount > *has).collect();
            if let Some((host, has)) = small.first() {
                faults.push(
                    Diagnostic::new(
                        codes::TOO_LARGE_A_SHARE,
                        match small.len() {
                            1 => format!("`{name}` is promised more {} than host `{host}` has", good.name),
                            many => format!(
                                "`{name}` is promised more {} than {many} hosts have, `{host}` among them",
                                good.name
                            ),
                        },
                    )
                    .at(span, format!("the facts show {}", (good.show)(*has)))
                    .at(fleet.hosts[*host].span, "this host")
                    .help("lower it, or place the service on a larger host")
                    .about("services", name)
                    .about("hosts", host),
                );
            }
            for (host, _) in known().filter(|(_, has)| amount <= *has) {
                shares.entry(host).or_default().push(Share { name, amount, shown: shown.clone(), span });
            }
        }
        for (host, shares) in shares {
            together(&fleet.hosts[host], good, &shares, faults);
        }
    }
}

/// Reports a host whose services are promised more than it has.
fn together(host: &Host, good: &Good, shares: &[Share<'_>], faults: &mut Faults) {
    let has = host.facts.as_ref().map_or(0, good.has);
    let sum = shares.iter().fold(0_u64, |sum, share| sum.saturating_add(share.amount));
    if sum <= has {
        return;
    }
    let names: Vec<_> = shares.iter().map(|share| format!("`{}` ({})", share.name, share.shown)).collect();
    let diagnostic = Diagnostic::new(
        codes::OVERCOMMITTED,
        format!("the services of host `{}` are promised more {} than it has: {}", host.name, good.name, listed(&names)),
    )
    .at(host.span, format!("the facts show {}", (good.show)(has)));
    let labelled =
        shares.iter().take(4).fold(diagnostic, |diagnostic, share| diagnostic.at(share.span, "promised here"));
    faults.push(labelled.help("lower some of them, or place one elsewhere").about("hosts", &host.name));
}
