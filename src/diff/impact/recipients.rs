//! Secrets whose recipients change: the files have to be encrypted again.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Finding, Look};
use crate::audit::{Drift, What as Way};
use crate::diag::{codes, listed};
use crate::diff::meaning::{Kind, What, texts};
use crate::diff::sides::When;
use crate::place::recipients::{Recipient, Whose};

const REMEDY: &str = "`cistern secrets rekey` before deploying";

/// What happens to the recipients of one secret.
#[derive(Default)]
struct Recipients {
    come: BTreeSet<String>,
    go: BTreeSet<String>,
    other_keys: BTreeSet<String>,
    hosts: BTreeSet<String>,
}

/// A recipient comes, goes or has another key.
pub(super) fn change(look: &Look<'_, '_>, found: &mut Vec<Finding>) {
    let mut secrets: BTreeMap<String, Recipients> = BTreeMap::new();
    for change in look.sides.meaning.of(Kind::Secret) {
        let What::Changed(attributes) = &change.what else { continue };
        for attribute in attributes {
            let recipients = secrets.entry(change.key.name.clone()).or_default();
            let (old, new) = (names(attribute.old.as_ref()), names(attribute.new.as_ref()));
            recipients.come.extend(new.difference(&old).cloned());
            recipients.go.extend(old.difference(&new).cloned());
            if attribute.path == ["hosts"] {
                recipients.hosts.extend(new.union(&old).cloned());
            }
        }
    }
    let other_keys = other_keys(look);
    for secret in look.sides.names(When::After, Kind::Secret).filter(|_| !other_keys.is_empty()) {
        let Some(value) = look.sides.value(When::After, Kind::Secret, secret) else { continue };
        let hosts = names(value.get("hosts"));
        let readers: BTreeSet<String> = hosts.union(&names(value.get("people"))).cloned().collect();
        let others: BTreeSet<String> = readers.intersection(&other_keys).cloned().collect();
        if !others.is_empty() && !look.sides.is_created(Kind::Secret, secret) {
            let recipients = secrets.entry(secret.to_owned()).or_default();
            recipients.other_keys = others;
            recipients.hosts.extend(hosts);
        }
    }
    let settled = settled(look);
    for (secret, recipients) in secrets.iter().filter(|(name, _)| !settled.contains(name.as_str())) {
        let list = |names: &BTreeSet<String>| listed(&names.iter().collect::<Vec<_>>());
        let mut parts = Vec::new();
        if !recipients.come.is_empty() {
            parts.push(format!("{} can read it", list(&recipients.come)));
        }
        if !recipients.go.is_empty() {
            parts.push(format!("{} no longer can", list(&recipients.go)));
        }
        if !recipients.other_keys.is_empty() {
            parts.push(format!("{} has another key", list(&recipients.other_keys)));
        }
        if parts.is_empty() {
            parts.push("its files are others".to_owned());
        }
        let renew = if recipients.go.is_empty() { "" } else { ", and set a new value: the old one was readable" };
        let help = format!("{REMEDY}{renew}");
        let message = format!("secret {secret}: {}", parts.join("; "));
        found.push(Finding::new(codes::NEEDS_REKEY, recipients.hosts.iter().cloned(), message, help));
    }
    for drift in look.drifts.into_iter().flatten().filter(|drift| drift.needs_rekey()) {
        if !secrets.contains_key(drift.file.secret.as_str()) {
            found.push(unexplained(drift));
        }
    }
}

/// The secrets of the new side whose files are as its plan has them already.
fn settled(look: &Look<'_, '_>) -> BTreeSet<String> {
    let Some(drifts) = look.drifts else { return BTreeSet::new() };
    let drifted: BTreeSet<&str> =
        drifts.iter().filter(|drift| drift.is_fault()).map(|drift| drift.file.secret.as_str()).collect();
    look.sides.names(When::After, Kind::Secret).filter(|name| !drifted.contains(name)).map(str::to_owned).collect()
}

/// A file that is not as planned, though the plan is the same as before.
fn unexplained(drift: &Drift<'_>) -> Finding {
    let lacking = |what: &Way<'_>| match what {
        Way::Lacks(recipient) => Some(format!("{} cannot decrypt it", recipient.whose)),
        Way::LacksSome(_) => Some("somebody who should cannot decrypt it".to_owned()),
        Way::Extra(stranger) => Some(format!("{stranger} can decrypt it, and should not")),
        Way::Unknown => Some("nobody can tell its age keys".to_owned()),
        _ => None,
    };
    let parts: Vec<_> = drift.what.iter().filter_map(lacking).collect();
    let hosts = drift.what.iter().filter_map(|what| match what {
        Way::Lacks(Recipient { whose: Whose::Host(name), .. }) => Some(name.to_string()),
        _ => None,
    });
    let message = format!("{}: {}", drift.file.path, parts.join("; "));
    Finding::new(codes::NEEDS_REKEY, hosts, message, REMEDY)
}

/// Hosts and people with another key than before.
fn other_keys(look: &Look<'_, '_>) -> BTreeSet<String> {
    let has_other = |change: &&crate::diff::meaning::Change| {
        change
            .attributes()
            .iter()
            .any(|one| matches!(one.path.first().map(String::as_str), Some("host_key" | "ssh_keys" | "age_keys")))
    };
    let hosts = look.sides.meaning.of(Kind::Host).filter(has_other);
    hosts.chain(look.sides.meaning.of(Kind::Person).filter(has_other)).map(|change| change.key.name.clone()).collect()
}

fn names(value: Option<&Value>) -> BTreeSet<String> {
    value.into_iter().flat_map(texts).map(str::to_owned).collect()
}
