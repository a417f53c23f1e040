//! Rules about what nobody asks for: exporters without Prometheus, layers without hosts, services without a machine.

use std::collections::BTreeSet;

use crate::diag::{Diagnostic, Faults, codes};
use crate::model::{BROUGHT, Fleet};
use crate::value::{HostName, Managed};

/// Exporters are asked by somebody.
pub(super) fn exporters_are_asked(fleet: &Fleet, faults: &mut Faults) {
    if fleet.monitoring.is_some() || fleet.monitoring_is_uncertain {
        return;
    }
    let exporters = fleet.services.iter().filter(|(_, service)| service.is_exporter);
    let names: Vec<_> =
        exporters.clone().map(|(name, _)| format!("`{}`", name.as_str().trim_end_matches("-exporter"))).collect();
    let Some((_, first)) = exporters.into_iter().next() else { return };
    let message = match names.len() {
        1 => format!("nobody asks the exporter {}", names[0]),
        _ => format!("nobody asks the exporters {}", crate::diag::listed(&names)),
    };
    faults.push(
        Diagnostic::new(codes::UNWATCHED, message)
            .at(first.span, "answers Prometheus, which runs nowhere")
            .help("add `monitoring: { hosts: [NAME] }`, or remove `exporters`"),
    );
}

/// Prometheus has something to ask.
pub(super) fn monitors_have_targets(fleet: &Fleet, faults: &mut Faults) {
    let Some(monitoring) = &fleet.monitoring else { return };
    let uncertain = fleet.hosts_are_uncertain || fleet.services.values().any(|service| service.poisoned);
    let metrics =
        |service: &crate::model::Service| fleet.kinds.get(&service.kind).is_some_and(|k| k.front.metrics.is_some());
    let targets =
        fleet.services.values().any(|service| !service.is_brought && !service.hosts.is_empty() && metrics(service));
    let full = |name: &HostName| fleet.hosts.get(name).is_some_and(|host| host.managed == Managed::Full);
    let host = monitoring.hosts.iter().find(|host| full(&host.value));
    let (Some(host), false) = (host, targets || uncertain) else { return };
    faults.push(
        Diagnostic::new(codes::SCRAPES_NOTHING, "Prometheus would have nobody to ask")
            .at(host.span, "runs here")
            .help("add `exporters: { node: {} }` to `defaults`, or remove `monitoring`"),
    );
}

/// Profiles, sites and groups change some host.
pub(super) fn layers_are_used(fleet: &Fleet, faults: &mut Faults) {
    let routes = || fleet.monitoring.iter().flat_map(|monitoring| &monitoring.routes);
    let routed: BTreeSet<_> = routes().filter_map(|route| route.value.group.as_ref()).collect();
    for (name, span) in fleet.idle_groups.iter().filter(|(name, _)| !routed.contains(name)) {
        faults.push(
            Diagnostic::new(codes::UNUSED, format!("the group `{name}` sets nothing"))
                .at(*span, "its members are the same without it")
                .help("give it keys of a layer, name it in a route of `monitoring`, or remove it"),
        );
    }
    if fleet.hosts_are_uncertain {
        return;
    }
    for (name, span) in &fleet.idle_profiles {
        faults.push(
            Diagnostic::new(codes::UNUSED, format!("no host takes up the profile `{name}`"))
                .at(*span, "used nowhere")
                .help(format!("add it to a host, `profiles: [{name}]`, or remove it")),
        );
    }
    let sites: BTreeSet<_> =
        fleet.hosts.values().filter_map(|host| host.site.as_ref()).map(|site| &site.value).collect();
    for (name, site) in fleet.sites.iter().filter(|(name, _)| !sites.contains(name)) {
        faults.push(
            Diagnostic::new(codes::UNUSED, format!("no host stands in the site `{name}`"))
                .at(site.span, "used nowhere")
                .help(format!("set `site: {name}` on a host, or remove it"))
                .about("sites", name),
        );
    }
}

/// What monitoring brings has its configuration from there, and is no service of its own.
pub(super) fn monitoring_brings_its_own(fleet: &Fleet, faults: &mut Faults) {
    let placed = fleet.services.iter().filter(|(_, service)| !service.is_brought && !service.poisoned);
    for (name, service) in placed.filter(|(_, service)| BROUGHT.contains(&service.kind.as_str())) {
        let kind = &service.kind;
        let help = if matches!(kind.as_str(), "loki" | "alloy") { "add `monitoring.logs`" } else { "add `monitoring`" };
        faults.push(
            Diagnostic::new(
                codes::BROUGHT_BY_MONITORING,
                format!("`{name}` is of the kind `{kind}`, which only monitoring brings"),
            )
            .at(service.span, "would have nothing to read")
            .help(format!("{help}, which names the hosts, and remove the service"))
            .about("services", name),
        );
    }
}

/// Every service runs somewhere.
pub(super) fn services_run(fleet: &Fleet, faults: &mut Faults) {
    for (name, service) in fleet.services.iter().filter(|(_, service)| service.runs_nowhere && !service.poisoned) {
        faults.push(
            Diagnostic::new(codes::RUNS_NOWHERE, format!("`{name}` runs nowhere"))
                .at(service.span, "every host that its selector matches is configured by hand or only scraped")
                .help("select hosts with `managed: full`, or remove it")
                .about("services", name),
        );
    }
}
