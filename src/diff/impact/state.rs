//! What people would miss: state that stays behind, and releases that cannot be taken back.

use serde_json::Value;

use super::{Finding, Look};
use crate::diag::codes;
use crate::diff::meaning::{Attribute, Kind, What, shown, texts};
use crate::diff::sides::When;

/// State leaves a host with its service, moves elsewhere, or is read by another release or another kind.
pub(super) fn may_be_lost(look: &Look<'_, '_>, found: &mut Vec<Finding>) {
    instances(look, found);
    services(look, found);
    for change in look.sides.meaning.of(Kind::Host) {
        let host = change.key.name.as_str();
        let attribute = |path: &[&str]| change.attributes().iter().find(|one| one.path == path);
        if let Some(release) = attribute(&["machine", "state_version"]) {
            lose(found, [host], &format!("{host}: state_version {}", between(release)), STATE_VERSION);
        }
        for one in change.attributes().iter().filter(|one| one.is_below(&["machine", "filesystems"])) {
            mount(look, host, one, found);
        }
    }
    if let Some(change) = look.sides.meaning.of(Kind::Monitoring).next() {
        let hosts = |value: &Value| -> Vec<String> { texts(value).map(str::to_owned).collect() };
        let (old, new) = match &change.what {
            What::Removed(value) => (hosts(&value["hosts"]), Vec::new()),
            What::Changed(attributes) => match attributes.iter().find(|one| one.path == ["hosts"]) {
                Some(one) => (one.old.iter().flat_map(hosts).collect(), one.new.iter().flat_map(hosts).collect()),
                None => return,
            },
            _ => return,
        };
        for host in old.iter().filter(|host| !new.contains(host)) {
            let message = format!("{host}: Prometheus leaves with what it has recorded");
            lose(
                found,
                [host.as_str()],
                &message,
                "take a snapshot first, or keep the host until nobody asks for its past",
            );
        }
    }
}

const STATE_VERSION: &str =
    "NixOS reads it to tell how old the state is: leave it as installed, unless you have migrated by hand";

fn instances(look: &Look<'_, '_>, found: &mut Vec<Finding>) {
    for change in look.sides.meaning.of(Kind::Instance) {
        let service = change.key.name.as_str();
        let (host, to) = match &change.what {
            // What stood by has kept nothing of its own.
            What::Removed(value) if value["standby"] == true => continue,
            What::Removed(_) => (change.key.host.as_str(), taken_up(look, service)),
            What::Moved { from, .. } => (from.as_str(), Some(change.key.host.as_str())),
            What::Changed(attributes) if attributes.iter().any(begins) => match given_up(look, service) {
                Some(from) => (from, Some(change.key.host.as_str())),
                None => continue,
            },
            _ => continue,
        };
        let Some(path) = state(look, When::Before, service) else { continue };
        let (message, help) = match to {
            Some(to) => (
                format!("{service} moves from {host} to {to}, and {path} stays on {host}"),
                format!("stop it, copy {path} to {to}, then deploy; or restore a backup there"),
            ),
            None => (
                format!("{service} leaves {host}, and {path} stays there unused"),
                format!("back up {path} on {host} if anybody may want it again"),
            ),
        };
        lose(found, [Some(host), to].into_iter().flatten(), &message, &help);
    }
}

/// The one host that stood by for a service and runs it from now on, where no instance there makes place for another.
fn taken_up<'s>(look: &'s Look<'_, '_>, service: &str) -> Option<&'s str> {
    let instances = look.sides.meaning.of(Kind::Instance).filter(|change| change.key.name == service);
    let mut hosts = instances.filter(|change| change.attributes().iter().any(begins));
    hosts.next().filter(|_| given_up(look, service).is_none()).map(|change| change.key.host.as_str())
}

/// Says whether an instance that stood by runs from now on.
fn begins(attribute: &Attribute) -> bool {
    attribute.path == ["standby"] && attribute.old == Some(Value::Bool(true))
}

/// The host on which a service stands by from now on; what it has kept there does not follow.
fn given_up<'s>(look: &'s Look<'_, '_>, service: &str) -> Option<&'s str> {
    let running = look.sides.running_on(When::After, service);
    let before = look.sides.running_on(When::Before, service).into_iter();
    let placed = look.sides.hosts_of(When::After, service);
    before.filter(|host| !running.contains(host)).find(|host| placed.contains(host))
}

fn services(look: &Look<'_, '_>, found: &mut Vec<Finding>) {
    for change in look.sides.meaning.of(Kind::Service) {
        let (service, What::Changed(attributes)) = (change.key.name.as_str(), &change.what) else { continue };
        let hosts = || look.sides.hosts_of(When::After, service);
        for attribute in attributes {
            match (attribute.path.first().map(String::as_str), &attribute.old) {
                (Some("state"), Some(old)) => {
                    let message = format!("{service}: state {}", between(attribute));
                    let help = format!("move {} there while the service is stopped", shown(old));
                    lose(found, hosts(), &message, &help);
                }
                (Some("kind"), _) if state(look, When::Before, service).is_some() => {
                    let message = format!("{service}: kind {}", between(attribute));
                    lose(found, hosts(), &message, "another program reads another state: export and import it");
                }
                _ => {}
            }
        }
    }
}

/// A mount that goes or is another device, with what lies on it.
fn mount(look: &Look<'_, '_>, host: &str, attribute: &Attribute, found: &mut Vec<Finding>) {
    let Some(place) = attribute.path.get(2) else { return };
    let is_device = attribute.path.get(3).is_some_and(|key| key == "device");
    if !(is_device || attribute.path.len() == 3 && attribute.old.is_some()) {
        return;
    }
    let users: Vec<String> = look
        .sides
        .services_on(host)
        .filter(|service| state(look, When::After, service).is_some_and(|path| below(&path, place)))
        .map(str::to_owned)
        .collect();
    if place == "/" || !users.is_empty() {
        let of = if users.is_empty() {
            String::new()
        } else {
            format!(" with the state of {}", crate::diag::listed(&users))
        };
        let what = if is_device { format!("is another device: {}", between(attribute)) } else { "goes".to_owned() };
        let help = "copy what is on it before the host boots without it";
        lose(found, [host], &format!("{host}: the mount {place}{of} {what}"), help);
    }
}

fn below(path: &str, place: &str) -> bool {
    path == place || path.strip_prefix(place.trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/'))
}

/// Where a service keeps what must survive.
fn state(look: &Look<'_, '_>, when: When, service: &str) -> Option<String> {
    Some(look.sides.value(when, Kind::Service, service)?.get("state")?.as_str()?.to_owned())
}

fn between(attribute: &Attribute) -> String {
    let side = |value: &Option<Value>| value.as_ref().map_or_else(|| "none".to_owned(), shown);
    format!("{} → {}", side(&attribute.old), side(&attribute.new))
}

fn lose<'h>(found: &mut Vec<Finding>, hosts: impl IntoIterator<Item = &'h str>, message: &str, help: &str) {
    found.push(Finding::new(codes::LOSES_DATA, hosts, message, help));
}
