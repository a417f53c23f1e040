//! Rules about what kinds need beside themselves: other services, a release of NixOS, packages that are not free.

use std::collections::BTreeSet;

use super::evidence::Evidence;
use crate::diag::{Diagnostic, Faults, codes, listed};
use crate::kind::Kind;
use crate::model::{Fleet, Host, Service};
use crate::nix::{Literal, assigned};
use crate::source::{Sources, Span};
use crate::value::{HostName, ServiceName};

/// So many hosts are named at most.
const NAMED: usize = 3;

/// What modules say who allow packages that are not free by themselves.
const ALLOWING: &[&str] =
    &["allowUnfree", "allowUnfreePackages", "allowUnfreePredicate", "allowlistedLicenses", "whitelistedLicenses"];

/// What begins the names of nixpkgs' branches that are releases.
const BRANCHES: &[&str] = &["nixos-", "release-", "nixpkgs-"];

/// The fleet has one of the kinds that a kind needs.
pub(super) fn needed_ones_are_there(fleet: &Fleet, faults: &mut Faults) {
    let present: BTreeSet<&str> = fleet.services.values().map(|service| service.kind.as_str()).collect();
    for (name, service, kind) in with_kinds(fleet) {
        let wanted: Vec<&str> = kind.front.depends_on.iter().flatten().map(|at| at.value.as_str()).collect();
        if wanted.is_empty() || wanted.iter().any(|kind| present.contains(kind)) {
            continue;
        }
        let names: Vec<_> = wanted.iter().map(|kind| format!("`{kind}`")).collect();
        let host = service.hosts.first().map_or("HOST", HostName::as_str);
        faults.push(
            Diagnostic::new(
                codes::NEEDED_KIND_MISSING,
                format!("`{name}` needs a service of kind {}, and the fleet has none", names.join(" or ")),
            )
            .at(service.span, format!("kind `{}` does not work without", kind.name))
            .help(format!("`cistern service add {} --hosts {host}` adds one", wanted[0]))
            .about("services", name),
        );
    }
}

/// Nothing that is not free runs unless somebody allowed it.
pub(super) fn unfree_is_allowed(fleet: &Fleet, faults: &mut Faults) {
    for (name, service, kind) in with_kinds(fleet) {
        let unfree: Vec<&str> = kind.front.unfree.iter().flatten().map(|at| at.value.as_str()).collect();
        let mut missing = BTreeSet::new();
        let mut refusing: Vec<&HostName> = Vec::new();
        for host in service.hosts.iter().chain(&service.standbys).filter_map(|host| fleet.hosts.get(host)) {
            let not_allowed: Vec<_> = unfree.iter().copied().filter(|package| !allows(fleet, host, package)).collect();
            if !not_allowed.is_empty() {
                missing.extend(not_allowed);
                refusing.push(&host.name);
            }
        }
        if refusing.is_empty() {
            continue;
        }
        let packages: Vec<&str> = missing.into_iter().collect();
        let shown: Vec<_> = packages.iter().map(|package| format!("`{package}`")).collect();
        let is = if packages.len() == 1 { "is" } else { "are" };
        let (shown, on) = (listed(&shown), hosts(&refusing));
        let message = format!("`{name}` runs {shown}, which {is} not free, and nothing allows that on {on}");
        let line = format!("allow_unfree: [{}]", packages.join(", "));
        let diagnostic = Diagnostic::new(codes::NOT_FREE, message)
            .at(service.span, format!("kind `{}`", kind.name))
            .help(format!("add `{line}` under `hosts.{}`, or under `defaults` for every host", refusing[0]))
            .about("services", name);
        faults.push(refusing.iter().fold(diagnostic, |diagnostic, host| diagnostic.about("hosts", host)));
    }
}

/// The nixpkgs that the flake names is new enough for the kinds.
pub(super) fn releases_are_new_enough(fleet: &Fleet, evidence: &Evidence<'_>, faults: &mut Faults) {
    let Some((release, span)) = release(evidence.sources) else { return };
    for (name, service, kind) in with_kinds(fleet) {
        let Some(needed) = kind.front.release.as_ref().filter(|needed| release.as_str() < needed.value.as_str()) else {
            continue;
        };
        faults.push(
            Diagnostic::new(
                codes::RELEASE_TOO_OLD,
                format!("`{name}` needs NixOS {}, and the flake names {release}", needed.value),
            )
            .at(service.span, format!("kind `{}` sets options of {}", kind.name, needed.value))
            .at(span, "the nixpkgs of the fleet")
            .help(format!("name nixos-{} or newer there, and run `nix flake update nixpkgs`", needed.value))
            .about("services", name),
        );
    }
}

/// Every service that is whole and runs somewhere, with its kind.
fn with_kinds(fleet: &Fleet) -> impl Iterator<Item = (&ServiceName, &Service, &Kind)> {
    let whole = fleet.services.iter().filter(|(_, service)| !service.poisoned && !service.hosts.is_empty());
    whole.filter_map(|(name, service)| Some((name, service, fleet.kinds.get(&service.kind)?)))
}

/// Whether a layer of the host or a module of its own allows a package.
fn allows(fleet: &Fleet, host: &Host, package: &str) -> bool {
    let by_layer = host.layer.allow_unfree.iter().flat_map(|names| &names.0).any(|at| at.value.as_str() == package);
    by_layer || ALLOWING.iter().any(|name| !fleet.settings(host, &["nixpkgs", "config", name]).is_empty())
}

/// The release that the input nixpkgs of the flake names, and where.
fn release(sources: &Sources) -> Option<(String, Span)> {
    let id = sources.find("flake.nix")?;
    let url = assigned(&sources.file(id).text)
        .into_iter()
        .find(|one| matches!(one.dotted().as_str(), "inputs.nixpkgs.url" | "inputs.nixpkgs"))?;
    let Literal::Text(text) = &url.value else { return None };
    let last = text.rsplit('/').next()?.split(['?', '#']).next()?;
    let version = BRANCHES.iter().find_map(|branch| last.strip_prefix(branch))?;
    let version = version.strip_suffix("-small").unwrap_or(version);
    let is_release =
        matches!(version.as_bytes(), [a, b, b'.', c, d] if [a, b, c, d].iter().all(|b| b.is_ascii_digit()));
    is_release.then(|| (version.to_owned(), Span::new(id, url.range.start, url.range.end)))
}

/// Names a few hosts, and counts the others.
fn hosts(names: &[&HostName]) -> String {
    let mut shown: Vec<_> = names.iter().take(NAMED).map(|host| format!("`{host}`")).collect();
    if names.len() > NAMED {
        shown.push(format!("{} more", names.len() - NAMED));
    }
    listed(&shown)
}
