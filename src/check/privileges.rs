//! A rule about the accounts of services: none is in a group that amounts to root.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::Evidence;
use super::told;
use crate::diag::{Diagnostic, Faults, codes};
use crate::model::{Fleet, Service};
use crate::nix::{Assigned, Literal};
use crate::source::Span;
use crate::value::{HostName, KindName, Managed, ServiceName};

/// Groups whose members take on root, by sudo or by a container.
const AS_ROOT: &[&str] = &["docker", "incus-admin", "lxd", "podman", "root", "wheel"];

/// No account of a service is in such a group: by a module, by a kind, or by a setting that a kind takes for a group.
pub(super) fn keep_services_small(fleet: &Fleet, evidence: &Evidence<'_>, faults: &mut Faults) {
    modules(fleet, faults);
    kinds(fleet, evidence, faults);
    settings(fleet, evidence, faults);
}

fn modules(fleet: &Fleet, faults: &mut Faults) {
    let of_host = services_of_hosts(fleet);
    let mut found: BTreeMap<(Span, String, String), Vec<&HostName>> = BTreeMap::new();
    for host in fleet.hosts.values().filter(|host| host.managed == Managed::Full) {
        let modules = fleet.modules_of(host);
        let joined: Vec<_> =
            modules.assigned().flat_map(|(place, one)| joins(one).into_iter().map(move |j| (place, j))).collect();
        if joined.is_empty() {
            continue;
        }
        let mut accounts: BTreeSet<String> = accounts(fleet, of_host.get(&host.name));
        accounts.extend(modules.assigned().filter_map(|(_, one)| system_user(one)));
        for (place, (account, group)) in joined.into_iter().filter(|(_, (account, _))| accounts.contains(account)) {
            found.entry((place, account, group)).or_default().push(&host.name);
        }
    }
    for ((span, account, group), hosts) in found {
        told::once(fleet, codes::SERVICE_IS_ROOT, hosts, faults, |among| {
            let message = format!("the service account `{account}` would be in the group `{group}` on {among}");
            remedy(Diagnostic::new(codes::SERVICE_IS_ROOT, message.trim_end_matches(',')), span)
        });
    }
}

/// Bodies of the fleet's own kinds, which a reader of the definition does not see.
fn kinds(fleet: &Fleet, evidence: &Evidence<'_>, faults: &mut Faults) {
    for kind in fleet.kinds.own() {
        let Some(outline) = evidence.outline(&kind.name) else { continue };
        for one in &outline.assigned {
            for (account, group) in joins(one) {
                let span = Span::new(kind.file, one.range.start, one.range.end);
                let message = format!("kind `{}` puts the account `{account}` into the group `{group}`", kind.name);
                faults.push(remedy(Diagnostic::new(codes::SERVICE_IS_ROOT, message), span));
            }
        }
    }
}

/// Settings that end up in `extraGroups` of an account, such as `media_group`.
fn settings(fleet: &Fleet, evidence: &Evidence<'_>, faults: &mut Faults) {
    let mut of_kind: BTreeMap<&KindName, BTreeSet<String>> = BTreeMap::new();
    for (name, service) in fleet.services.iter().filter(|(_, service)| !service.poisoned) {
        let groups = of_kind.entry(&service.kind).or_insert_with(|| group_settings(&service.kind, evidence));
        for (setting, node) in service.given.iter().filter(|(setting, _)| groups.contains(*setting)) {
            let Some(group) = service.settings.get(setting).and_then(serde_json::Value::as_str) else { continue };
            if AS_ROOT.contains(&group) {
                let message = format!("`{name}` would be in the group `{group}`");
                let diagnostic = remedy(Diagnostic::new(codes::SERVICE_IS_ROOT, message), node.span);
                faults.push(diagnostic.about("services", name));
            }
        }
    }
}

fn group_settings(kind: &KindName, evidence: &Evidence<'_>) -> BTreeSet<String> {
    let mut settings = BTreeSet::new();
    let Some(outline) = evidence.outline(kind) else { return settings };
    for one in outline.assigned.iter().filter(|one| is_membership(one)) {
        let holes = outline.holes_in(&one.range);
        settings.extend(holes.filter_map(|hole| hole.expression.strip_prefix("settings.").map(str::to_owned)));
    }
    settings
}

fn services_of_hosts(fleet: &Fleet) -> BTreeMap<&HostName, Vec<(&ServiceName, &Service)>> {
    let mut of_host: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (name, service) in &fleet.services {
        for host in service.places() {
            of_host.entry(host).or_default().push((name, service));
        }
    }
    of_host
}

fn accounts(fleet: &Fleet, services: Option<&Vec<(&ServiceName, &Service)>>) -> BTreeSet<String> {
    let kinds = services.into_iter().flatten().filter_map(|(_, service)| fleet.kinds.get(&service.kind));
    kinds.filter_map(|kind| kind.front.user.as_ref()).map(|user| user.value.to_string()).collect()
}

/// The account that this makes one of the system's.
fn system_user(one: &Assigned) -> Option<String> {
    let is = one.is_below(&["users", "users"]) && one.path.len() == 4 && one.value == Literal::Bool(true);
    let last = one.path.last()?.name.as_deref()?;
    (is && last == "isSystemUser").then(|| one.path[2].name.clone()).flatten()
}

fn is_membership(one: &Assigned) -> bool {
    let last = one.path.last().and_then(|segment| segment.name.as_deref());
    one.is_below(&["users", "users"]) && one.path.len() == 4 && matches!(last, Some("extraGroups" | "group"))
}

/// The accounts that this puts into a group that amounts to root, and the group.
fn joins(one: &Assigned) -> Vec<(String, String)> {
    let name = |at: usize| one.path.get(at).and_then(|segment| segment.name.as_deref()).unwrap_or_default();
    let last = one.path.last().and_then(|segment| segment.name.as_deref());
    let as_root = |group: &&str| AS_ROOT.contains(group);
    if is_membership(one) && !name(2).is_empty() {
        texts(&one.value).into_iter().filter(as_root).map(|group| (name(2).to_owned(), group.to_owned())).collect()
    } else if one.is_below(&["users", "groups"]) && last == Some("members") && as_root(&name(2)) {
        texts(&one.value).into_iter().map(|account| (account.to_owned(), name(2).to_owned())).collect()
    } else {
        Vec::new()
    }
}

fn texts(value: &Literal) -> Vec<&str> {
    match value {
        Literal::Text(text) => vec![text],
        Literal::List(items) => items.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

fn remedy(diagnostic: Diagnostic, span: Span) -> Diagnostic {
    diagnostic
        .at(span, "whoever takes over the service is root")
        .help("give what it needs to a group of its own, and the service that group")
}
