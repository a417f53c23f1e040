//! What stands still: members of clusters, services with one instance, units, whole machines.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, Look};
use crate::diag::{codes, listed};
use crate::diff::meaning::{Attribute, Kind, What};
use crate::diff::sides::When;

/// Attributes of a host that only a boot puts into effect.
const BOOT: &[(&[&str], &str)] = &[
    (&["machine", "hardware"], "how it boots"),
    (&["machine", "facts"], "its hardware report"),
    (&["machine", "filesystems"], "its file systems"),
    (&["system"], "its platform"),
];

/// Members of a cluster come or go.
pub(super) fn members_change(look: &Look<'_, '_>, found: &mut Vec<Finding>) {
    for service in touched(look) {
        let Some(value) = look.sides.value(When::After, Kind::Service, &service) else { continue };
        let (old, new) = (look.sides.running_on(When::Before, &service), look.sides.running_on(When::After, &service));
        if old == new || old.is_empty() || !(look.quorum)(value["kind"].as_str().unwrap_or_default()) {
            continue;
        }
        let majority = |members: usize| members / 2 + 1;
        let message = format!(
            "{service}: {} → {} members, {} → {} of them must agree",
            old.len(),
            new.len(),
            majority(old.len()),
            majority(new.len())
        );
        let help = "change one member at a time, and deploy the members that stay before the next one goes";
        found.push(Finding::new(codes::QUORUM_CHANGES, old.union(&new).copied(), message, help));
    }
}

/// A service with one instance restarts or moves.
pub(super) fn stands_still(look: &Look<'_, '_>, found: &mut Vec<Finding>) {
    let restarts = restarting(look);
    for service in touched(look) {
        let (old, new) = (look.sides.running_on(When::Before, &service), look.sides.running_on(When::After, &service));
        let ([was], [is]) = (&*old.into_iter().collect::<Vec<_>>(), &*new.into_iter().collect::<Vec<_>>()) else {
            continue;
        };
        let message = if was != is {
            format!("{service} moves from {was} to {is}, its only instance")
        } else if restarts.get(*is).is_some_and(|services| services.contains(&service)) {
            format!("{service} restarts on {is}, its only instance")
        } else {
            continue;
        };
        let help = "deploy when nobody needs it, or give it a second instance first";
        found.push(Finding::new(codes::DOWNTIME, [*was, *is], message, help));
    }
}

/// What a host is made of changes in a way that a boot puts into effect.
pub(super) fn reboots(look: &Look<'_, '_>, found: &mut Vec<Finding>) {
    for change in look.sides.meaning.of(Kind::Host) {
        let host = change.key.name.as_str();
        let attributes = change.attributes();
        let what: BTreeSet<&str> = BOOT
            .iter()
            .filter(|(path, _)| attributes.iter().any(|one| one.is_below(path)))
            .map(|(_, what)| *what)
            .collect();
        if !what.is_empty() {
            let what = listed(&what.into_iter().collect::<Vec<_>>());
            let message = format!("{host}: a reboot puts {what} into effect");
            let help = "reboot it when it is deployed, with a console at hand; `deploy --boot` only prepares that";
            found.push(Finding::new(codes::REBOOTS, [host], message, help));
        }
    }
}

/// Units restart.
pub(super) fn restarts(look: &Look<'_, '_>, found: &mut Vec<Finding>) {
    let mut restarting: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (host, services) in self::restarting(look) {
        let units = restarting.entry(host).or_default();
        for service in &services {
            let value = look.sides.value(When::After, Kind::Service, service).unwrap_or_default();
            let own = (look.units)(value["kind"].as_str().unwrap_or_default(), service);
            match own.is_empty() {
                true => drop(units.insert(service.clone())),
                false => units.extend(own.into_iter().map(|unit| format!("{unit}.service"))),
            }
        }
    }
    for (host, units) in reading_changed_secrets(look) {
        restarting.entry(host).or_default().extend(units);
    }
    for (host, units) in restarting {
        let verb = if units.len() == 1 { "restarts" } else { "restart" };
        let message = format!("{host}: {} {verb}", listed(&units.into_iter().collect::<Vec<_>>()));
        let help = "deploy when their users can wait for it";
        found.push(Finding::new(codes::RESTARTS, [host], message, help));
    }
}

/// The units on each host that read a secret of which the value was changed.
fn reading_changed_secrets(look: &Look<'_, '_>) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for change in look.sides.meaning.of(Kind::Host) {
        let host = &change.key.name;
        for attribute in change.attributes() {
            let path: Vec<&str> = attribute.path.iter().map(String::as_str).collect();
            let (["machine", "secrets", secret, "renewed"] | ["machine", "secrets", secret, "renewed", "epoch"]) =
                *path
            else {
                continue;
            };
            let entry = look.sides.value(When::After, Kind::Host, host).unwrap_or_default();
            let units = entry["machine"]["secrets"][secret]["renewed"]["units"].as_array().cloned().unwrap_or_default();
            let units = units.iter().filter_map(|unit| Some(format!("{}.service", unit.as_str()?)));
            found.entry(host.clone()).or_default().extend(units);
        }
    }
    found.retain(|_, units| !units.is_empty());
    found
}

/// The services that restart on each host: what they are told is different there.
fn restarting(look: &Look<'_, '_>) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let both = |service: &str| -> Vec<String> {
        let old = look.sides.running_on(When::Before, service);
        let new = look.sides.running_on(When::After, service);
        old.intersection(&new).map(|host| (*host).to_owned()).collect()
    };
    for change in look.sides.meaning.of(Kind::Service) {
        if matters(change.attributes()) {
            for host in both(&change.key.name) {
                found.entry(host).or_default().insert(change.key.name.clone());
            }
        }
    }
    for change in look.sides.meaning.of(Kind::Instance) {
        if matches!(change.what, What::Changed(_)) && matters(change.attributes()) {
            found.entry(change.key.host.clone()).or_default().insert(change.key.name.clone());
        }
    }
    found
}

/// What is said of a service to those who watch it, and not to the program itself.
const ASIDE: &[&str] = &["dashboards", "depends_on", "health_check", "metrics", "owner", "scrape"];

/// Says whether one of the attributes is told to the program itself.
fn matters(attributes: &[Attribute]) -> bool {
    let of_firewall = |one: &Attribute| {
        one.path.len() == 3 && one.path[0] == "ports" && matches!(one.path[2].as_str(), "open" | "reach")
    };
    let aside = |one: &Attribute| ASIDE.iter().any(|key| one.is_below(&[key]));
    attributes.iter().any(|one| !aside(one) && !of_firewall(one))
}

/// The services that something changes of: themselves, or where they run.
fn touched(look: &Look<'_, '_>) -> BTreeSet<String> {
    let kinds = [Kind::Service, Kind::Instance];
    kinds.into_iter().flat_map(|kind| look.sides.meaning.of(kind)).map(|change| change.key.name.clone()).collect()
}
